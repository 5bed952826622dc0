"""Notices to other platforms, in the words of the console."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from argine.desk.cases.enums import CaseKind, CaseState
from argine.desk.cases.models import Case
from argine.desk.cases.permissions import seen_by
from argine.desk.console import wording
from argine.desk.core import time
from argine.desk.outward import queries
from argine.desk.outward.enums import OutwardState, Way
from argine.desk.outward.models import OutwardNotice
from argine.desk.people.models import Staff


@dataclass(frozen=True, slots=True)
class OutwardLine:
    id: UUID
    case: Case
    platform: str
    law: str
    way: str
    sent_at: datetime
    due_at: datetime
    answered_at: datetime | None
    state: str
    tone: str
    missed: bool
    follow_ups: int
    next_at: datetime | None
    to_follow_up: bool
    may_answer: bool
    may_refuse: bool


@dataclass(frozen=True, slots=True)
class OutwardCard:
    hosts: list[tuple[str, int]]
    lines: list[OutwardLine]


def of(case: Case) -> OutwardCard | None:
    """Only where the desk works for people elsewhere; nothing of a case about somebody under 18."""
    if not settings.CONFIG.is_helpline or case.kind == CaseKind.ORDER or case.state == CaseState.FROZEN:
        return None
    hosts = [(host, len(urls)) for host, urls in queries.platforms(case).items()]
    return OutwardCard(hosts, [line(notice) for notice in queries.of_case(case)])


def waiting(person: Staff) -> list[OutwardLine]:
    return [line(notice) for notice in queries.waiting(seen_by(person, "case"))]


def line(notice: OutwardNotice) -> OutwardLine:
    state, now = OutwardState(notice.state), time.now()
    tone = {OutwardState.REMOVED: "good", OutwardState.REFUSED: "bad"}.get(state, "")
    return OutwardLine(
        id=notice.id,
        case=notice.case,
        platform=notice.platform,
        law=wording.regime_title(notice.law),
        way=str(Way(notice.way).label),
        sent_at=notice.sent_at,
        due_at=notice.due_at,
        answered_at=notice.answered_at,
        state=str(state.label),
        tone=tone,
        missed=notice.missed or (state == OutwardState.SENT and notice.due_at < now),
        follow_ups=notice.follow_ups,
        next_at=notice.next_at,
        to_follow_up=state == OutwardState.SENT and notice.next_at is not None and notice.next_at <= now,
        may_answer=state != OutwardState.REMOVED,
        may_refuse=state == OutwardState.SENT,
    )

"""What happened within a period, read once from the cases: what the sheets of a report count."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Count, Min, QuerySet

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.models import BankEntry
from argine.desk.cases.enums import REMOVING, CaseState
from argine.desk.cases.models import Action, Address, Appeal, Decision, Notice, Order
from argine.desk.core import time
from argine.desk.reports import categories
from argine.desk.reports.categories import Place
from argine.desk.reports.period import Period
from argine.matching.verdict import Verdict


@dataclass(frozen=True, slots=True)
class NoticeFact:
    """A notice that came within the period."""

    place: Place
    items: int


@dataclass(frozen=True, slots=True)
class ActionFact:
    """A removal that the platform carried out within the period. `took`: from the notice, if it is the first on it."""

    place: Place
    by_law: bool
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class StoppedFact:
    """An upload that a fingerprint stopped within the period, by itself."""

    place: Place
    by_law: bool


@dataclass(frozen=True, slots=True)
class Facts:
    period: Period
    notices: list[NoticeFact]
    actions: list[ActionFact]
    stopped: list[StoppedFact]
    appeals: list[Appeal]
    orders: list[Order]


def of(period: Period) -> Facts:
    inside = {"received_at__gte": period.start, "received_at__lt": period.end}
    return Facts(
        period=period,
        notices=_notices(Notice.objects.filter(**inside)),
        actions=_actions(period),
        stopped=_stopped(period),
        appeals=list(Appeal.objects.filter(at__gte=period.start, at__lt=period.end).select_related("decision", "case")),
        orders=list(Order.objects.filter(**inside).select_related("case")),
    )


def hours(spans: list[timedelta]) -> float | str:
    """The median in hours; empty where there is nothing to take it of."""
    return round(median(span.total_seconds() for span in spans) / 3600, 1) if spans else ""


def _notices(received: QuerySet[Notice]) -> list[NoticeFact]:
    """An item is an address; where none was given, a picture; and a description alone is one."""
    addresses = _count_by_case(Address.objects.filter(order=None))
    pictures = _count_by_case(BankEntry.objects.exclude(case_id=None))
    found = []
    for case, nature, state in received.values_list("case_id", "nature", "case__state"):
        place = (categories.MINORS, "") if state == CaseState.FROZEN else categories.BY_NATURE[nature]
        found.append(NoticeFact(place, addresses.get(case) or pictures.get(case) or 1))
    return found


def _count_by_case(rows: "QuerySet[Address] | QuerySet[BankEntry]") -> dict[UUID, int]:
    return dict(rows.order_by().values_list("case_id").annotate(count=Count("pk")))


def _actions(period: Period) -> list[ActionFact]:
    done = Action.objects.filter(measure__in=REMOVING, decision__ground__in=categories.BY_GROUND, at__lt=period.end)
    received = dict(Notice.objects.order_by().values_list("case_id").annotate(first=Min("received_at")))
    firsts: dict[UUID, datetime] = {}
    found = []
    for action in done.select_related("decision").order_by("at"):
        case = action.decision.case_id
        is_first = firsts.setdefault(case, action.at) == action.at
        if action.at in period:
            took = action.at - received[case] if is_first else None
            place = categories.BY_GROUND[action.decision.ground]
            found.append(ActionFact(place, place[0] != categories.TERMS, took))
    return found


def _stopped(period: Period) -> list[StoppedFact]:
    """Read from the log, which keeps what sightings forget. An upload that several pictures stop counts once."""
    grounds = _grounds()
    met = Entry.objects.filter(event=Event.UPLOAD_MATCHED, at__gte=time.iso(period.start), at__lt=time.iso(period.end))
    found = []
    for text in met.order_by("index").values_list("data", flat=True):
        data = json.loads(text)
        if data["verdict"] == Verdict.BLOCK:
            known = (grounds[UUID(entry)] for entry in data["entries"] if UUID(entry) in grounds)
            place = categories.BY_GROUND.get(next(known, ""), (categories.CYBER_VIOLENCE, categories.OTHER))
            found.append(StoppedFact(place, place[0] != categories.TERMS))
    return found


def _grounds() -> dict[UUID, str]:
    """By bank entry: the ground of the last removal decided on its case."""
    removals = Decision.objects.filter(ground__in=categories.BY_GROUND).order_by("seq")
    of_case = dict(removals.values_list("case_id", "ground"))
    entries = BankEntry.objects.filter(case_id__in=of_case).values_list("id", "case_id")
    return {entry: of_case[case] for entry, case in entries if case is not None}


def by_place(places: list[Place]) -> dict[Place, int]:
    """Count: each keyword, each category, and the total under the empty name."""
    counts: dict[Place, int] = defaultdict(int)
    for category, keyword in places:
        counts["TOTAL", ""] += 1
        counts[category, ""] += 1
        if keyword:
            counts[category, keyword] += 1
    return counts

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Min

from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.law.terms import ClockKind


def clocks_of_case(case_id: UUID) -> list[Clock]:
    """Every clock of a case, the nearest first, unanswered ones before answered; at one instant, statutes first."""
    found = Clock.objects.filter(case_id=case_id)
    return sorted(found, key=lambda clock: (clock.ended_at is not None, clock.due_at, *standing(clock)))


def standing(clock: Clock) -> tuple[int, str]:
    """What binds the platform most comes first: a law's hours before an operator's own promise."""
    return ClockKind(clock.kind).rank, clock.regime


def open_clocks(case_id: UUID) -> list[Clock]:
    """The clocks that still wait for an answer: running, or missed and not yet answered."""
    return list(Clock.objects.filter(case_id=case_id, ended_at=None).order_by("due_at"))


def nearest_due(case_ids: Collection[UUID]) -> dict[UUID, datetime]:
    rows = Clock.objects.filter(case_id__in=case_ids, ended_at=None).values_list("case_id").annotate(due=Min("due_at"))
    return dict(rows)


def overdue(now: datetime) -> list[UUID]:
    """Which clocks run past their due instant: ids alone, so that one row that cannot be read hides no other."""
    late = Clock.objects.filter(state=ClockState.RUNNING, due_at__lt=now).order_by("due_at")
    return list(late.values_list("pk", flat=True))

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Min

from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.law.terms import ClockKind

# The ticker looks each few seconds; a clock that is this long overdue and still runs says that nobody ticks.
TICK_GRACE = timedelta(minutes=2)


def clocks_of_case(case_id: UUID) -> list[Clock]:
    """Every clock of a case, the nearest first, unanswered ones before answered; at one instant, statutes first."""
    found = Clock.objects.filter(case_id=case_id)
    return sorted(found, key=lambda clock: (clock.ended_at is not None, clock.due_at, *standing(clock)))


def clock_of(item_id: UUID) -> Clock | None:
    """The newest clock of an item, if one ever ran."""
    return Clock.objects.filter(item_id=item_id).order_by("-started_at").first()


def standing(clock: Clock) -> tuple[int, str]:
    """What binds the platform most comes first: a law's hours before an operator's own promise."""
    return ClockKind(clock.kind).rank, clock.regime


def open_clocks(case_id: UUID, duty: Duty | None = None) -> list[Clock]:
    """The clocks that still wait for an answer: running, or missed and not yet answered. Of one duty, or of all."""
    found = Clock.objects.filter(case_id=case_id, ended_at=None).order_by("due_at")
    return list(found if duty is None else found.filter(duty=duty))


def answered_clocks(case_id: UUID) -> list[Clock]:
    """The platform's own clocks of what was reported that were answered, the newest last."""
    answered = Clock.objects.filter(case_id=case_id, duty=Duty.ACT, ended_at__isnull=False)
    return list(answered.exclude(state=ClockState.SUPERSEDED).order_by("started_at", "due_at"))


def nearest_due(case_ids: Collection[UUID]) -> dict[UUID, datetime]:
    rows = (
        Clock.objects.filter(case_id__in=case_ids, ended_at=None)
        .exclude(duty=Duty.AUTHORITY)
        .values_list("case_id")
        .annotate(due=Min("due_at"))
    )
    return dict(rows)


def warned(case_ids: Collection[UUID]) -> dict[UUID, int]:
    """By case: the highest percent at which one of its running clocks has warned."""
    running = Clock.objects.filter(case_id__in=case_ids, state=ClockState.RUNNING, warned__gt=0)
    return dict(running.values_list("case_id").annotate(percent=Max("warned")))


def count_warned() -> int:
    """How many running clocks have warned."""
    return Clock.objects.filter(state=ClockState.RUNNING, warned__gt=0).count()


def to_warn(now: datetime) -> list[UUID]:
    """Which running clocks are to warn now: ids alone, as of those that are overdue."""
    waiting = Clock.objects.filter(state=ClockState.RUNNING, warn_at__lte=now).order_by("warn_at")
    return list(waiting.values_list("pk", flat=True))


def overdue(now: datetime) -> list[UUID]:
    """Which clocks run past their due instant: ids alone, so that one row that cannot be read hides no other."""
    late = Clock.objects.filter(state=ClockState.RUNNING, due_at__lt=now).order_by("due_at")
    return list(late.values_list("pk", flat=True))


def are_unmarked(now: datetime) -> bool:
    """Whether a clock is long overdue and still runs: then nobody ticks."""
    return Clock.objects.filter(state=ClockState.RUNNING, due_at__lt=now - TICK_GRACE).exists()

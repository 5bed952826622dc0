"""What the dashboard counts: now, and within a period; of all laws, or of the cases under one."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Count, Min, Q, QuerySet

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.cases.enums import OPEN, REMOVING, AppealState, Appellant
from argine.desk.cases.models import Action, Appeal, Case
from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.reports.period import DAY, Period

HOURS = 3600
LEFT_HOURS = (0, 12, 24, 48, 168)
"""Where the groups of time left end, in hours; the first is overdue, the last has more."""
TOOK_HOURS = (6, 12, 24, 48, 96)
"""Where the groups of time to removal end, in hours; the last took longer."""
MOST_POINTS = 60
NO_CLOCK = -1
"""The group of open cases on which no clock waits."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How the clocks of one law ended that were due within the period. `waiting`: their time still runs."""

    law: str
    met: int
    missed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Appeals:
    """How the appeals of one side ended that were decided within the period; `waiting` is counted now."""

    who: Appellant
    upheld: int
    overturned: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the dashboard.

    Attributes:
        left: open cases by the group of the time left (index into LEFT_HOURS, its length for more, NO_CLOCK).
        took: cases first removed within the period, by the group of hours from report to removal.
        took_median: of those, in hours; None without any.
        kept: one line a law, the one with most clocks first.
        backlog: how many cases were open at the end of a day, by day, oldest first.
        appeals: one line a side.
    """

    left: dict[int, int]
    took: dict[int, int]
    took_median: float | None
    kept: list[Kept]
    backlog: list[tuple[date, int]]
    appeals: list[Appeals]


def of(period: Period, now: datetime, law: str = "") -> Figures:
    """Count.

    Args:
        period: of removals, clocks, appeals and the backlog.
        now: for the time left, and for where the backlog ends.
        law: id of a law; then only cases on which a clock of it runs or ran.
    """
    cases = Case.objects.all()
    if law:
        cases = cases.filter(pk__in=Clock.objects.filter(regime=law).values("case_id"))
    took = _took(period, cases)
    return Figures(
        left=_left(cases, now, law),
        took=dict(Counter(_group(hours, TOOK_HOURS) for hours in took)),
        took_median=round(median(took), 1) if took else None,
        kept=_kept(period, law),
        backlog=_backlog(period, cases, now, only_some=bool(law)),
        appeals=_appeals(period, cases),
    )


def _group(hours: float, ends: Sequence[int]) -> int:
    """The place of the first end that is not passed; the number of ends if all are."""
    return next((place for place, end in enumerate(ends) if hours < end), len(ends))


def _left(cases: QuerySet[Case], now: datetime, law: str) -> dict[int, int]:
    """Each open case once, by its nearest deadline; with a law, by the nearest under it."""
    still = cases.filter(state__in=OPEN)
    waiting = Clock.objects.filter(ended_at=None, case_id__in=still.values("pk")).exclude(duty=Duty.AUTHORITY)
    nearest = (waiting.filter(regime=law) if law else waiting).order_by().values("case_id").annotate(due=Min("due_at"))
    ends = [now + timedelta(hours=hours) for hours in LEFT_HOURS]
    begins = [None, *ends]
    wanted = {
        f"group_{place}": Count("case_id", filter=_between(begin, end))
        for place, (begin, end) in enumerate(zip(begins, [*ends, None], strict=True))
    }
    counted = nearest.aggregate(**wanted)
    found = {place: counted[f"group_{place}"] for place in range(len(begins))}
    found[NO_CLOCK] = still.count() - sum(found.values())
    return {place: count for place, count in found.items() if count}


def _between(begin: datetime | None, end: datetime | None) -> Q:
    after = Q(due__gte=begin) if begin else Q()
    return after & (Q(due__lt=end) if end else Q())


def _took(period: Period, cases: QuerySet[Case]) -> list[float]:
    """Hours from report to the first removal, of the cases first removed within the period."""
    done = Action.objects.filter(measure__in=REMOVING, decision__case__in=cases).order_by()
    first = done.values("decision__case", "decision__case__opened_at").annotate(first=Min("at"))
    rows = first.filter(first__gte=period.start, first__lt=period.end)
    return [
        (at - opened).total_seconds() / HOURS
        for opened, at in rows.values_list("decision__case__opened_at", "first")
    ]  # fmt: skip


def _kept(period: Period, law: str) -> list[Kept]:
    due = Clock.objects.filter(due_at__gte=period.start, due_at__lt=period.end).exclude(duty=Duty.AUTHORITY)
    counted = (
        (due.filter(regime=law) if law else due)
        .order_by()
        .values("regime")
        .annotate(
            met=Count("pk", filter=Q(state=ClockState.MET)),
            missed=Count("pk", filter=Q(state=ClockState.MISSED)),
            waiting=Count("pk", filter=Q(state=ClockState.RUNNING)),
        )
    )
    found = [Kept(row["regime"], row["met"], row["missed"], row["waiting"]) for row in counted]
    some = [row for row in found if row.met or row.missed or row.waiting]
    return sorted(some, key=lambda row: (-row.met - row.missed - row.waiting, row.law))


def _appeals(period: Period, cases: QuerySet[Case]) -> list[Appeals]:
    decided = Q(decided_at__gte=period.start, decided_at__lt=period.end)
    rows = Appeal.objects.filter(case__in=cases).order_by().values("who").annotate(
        upheld=Count("pk", filter=decided & Q(state=AppealState.UPHELD)),
        overturned=Count("pk", filter=decided & Q(state=AppealState.OVERTURNED)),
        waiting=Count("pk", filter=Q(state=AppealState.OPEN)),
    )  # fmt: skip
    found = [Appeals(Appellant(row["who"]), row["upheld"], row["overturned"], row["waiting"]) for row in rows]
    return sorted((row for row in found if row.upheld or row.overturned or row.waiting), key=lambda row: row.who)


def days_shown(period: Period, today: date) -> list[date]:
    """The days of a period that have come; every so many of them where they are too many to draw, the last one in."""
    last = min(period.last, today)
    count = (last - period.first).days + 1
    step = max(1, -(-count // MOST_POINTS))
    return [last - DAY * back for back in range(0, count, step)][::-1]


def _backlog(period: Period, cases: QuerySet[Case], now: datetime, *, only_some: bool) -> list[tuple[date, int]]:
    """How many were open at the end of each day: told backwards from now, by what the log says happened since."""
    days = days_shown(period, now.date())
    if not days:
        return []
    changes: Counter[date] = Counter()
    start = Period(days[0], days[0]).start
    for opened_at in cases.filter(opened_at__gte=start).values_list("opened_at", flat=True):
        changes[opened_at.date()] += 1
    for day, change in _moves(
        start, {f"case:{pk}" for pk in cases.values_list("pk", flat=True)} if only_some else None
    ):
        changes[day] += change
    count, day, found = cases.filter(state__in=OPEN).count(), now.date(), []
    for shown in reversed(days):
        while day > shown:
            count, day = count - changes[day], day - DAY
        found.append((shown, count))
    return found[::-1]


def _moves(start: datetime, only: set[str] | None) -> Iterator[tuple[date, int]]:
    """By day: +1 where a case was opened again, -1 where one was closed."""
    moved = Entry.objects.filter(event=Event.CASE_MOVED, at__gte=time.iso(start)).order_by()
    for at, subject, text in moved.values_list("at", "subject", "data").iterator(chunk_size=5000):
        if only is None or subject in only:
            data = json.loads(text)
            change = (data["to"] in OPEN) - (data["from"] in OPEN)
            if change:
                yield date.fromisoformat(at[:10]), change

"""Counts and ages for the metrics, each by a query or two."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from argine.desk.cases.models import Case
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core.models import Heartbeat
from argine.desk.jobs.models import Job
from argine.desk.notify.enums import MessageState
from argine.desk.notify.models import Outgoing

Values = Iterable[tuple[Sequence[str], float]]
"""Each with the words of its labels."""


def cases(_now: datetime) -> Values:
    return counted(Case.objects.order_by(), "state")


def clocks(_now: datetime) -> Values:
    return counted(Clock.objects.order_by(), "state", "kind")


def clocks_open(_now: datetime) -> Values:
    """Those that still wait for an answer, missed ones among them."""
    return counted(Clock.objects.filter(ended_at=None).order_by(), "state", "kind")


def next_due(now: datetime) -> Values:
    running = Clock.objects.filter(state=ClockState.RUNNING).order_by()
    for kind, due in running.values_list("kind").annotate(due=Min("due_at")):
        yield (kind,), (due - now).total_seconds()


def jobs(now: datetime) -> Values:
    yield ("due",), Job.objects.filter(run_after__lte=now).count()
    yield ("failing",), Job.objects.exclude(last_error="").count()


def job_age(now: datetime) -> Values:
    yield (), age(now, Job.objects.filter(run_after__lte=now).aggregate(first=Min("run_after"))["first"])


def messages(_now: datetime) -> Values:
    return counted(Outgoing.objects.order_by(), "channel", "state")


def message_age(now: datetime) -> Values:
    waiting = Outgoing.objects.filter(state=MessageState.WAITING).order_by()
    for channel, first in waiting.values_list("channel").annotate(first=Min("created_at")):
        yield (channel,), age(now, first)


def signs_of_life(now: datetime) -> Values:
    for name, at in Heartbeat.objects.values_list("name", "at"):
        yield (name,), age(now, at)


def counted(rows: QuerySet[Case] | QuerySet[Clock] | QuerySet[Outgoing], *names: str) -> Values:
    for *words, count in rows.values_list(*names).annotate(count=Count("pk")):
        yield [str(word) for word in words], count


def age(now: datetime, since: datetime | None) -> float:
    """Seconds since then; 0 if there is nothing that waits."""
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())

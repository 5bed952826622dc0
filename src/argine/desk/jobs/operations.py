"""Work for later, at least once. Every job must be safe to do twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from argine.desk.core import nodes, time
from argine.desk.jobs.models import Job

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(hours=6)
AT = "@"
"""In the key of a job stands behind it the node that does it; a job without is done by any."""
GONE = timedelta(days=1)
"""A node that has not done its own jobs for so long is not there any more."""


@dataclass(frozen=True, slots=True)
class Leased:
    id: int
    kind: str
    payload: dict[str, object]


def enqueue(
    kind: str, dedupe_key: str, *, payload: dict[str, object] | None = None, run_after: datetime | None = None
) -> bool:
    """Put a job in the queue, unless one with this key waits already; tell whether it was put."""
    defaults = {"kind": kind, "payload": payload or {}, "run_after": run_after or time.now()}
    return Job.objects.get_or_create(dedupe_key=dedupe_key, defaults=defaults)[1]


def of_this_node(kind: str) -> str:
    """The key of a job that each node does for itself."""
    return f"{kind}{AT}{nodes.name()}"


def forget_gone_nodes() -> int:
    """Drop what nodes were to do that are gone; tell how many jobs."""
    return Job.objects.filter(dedupe_key__contains=AT, run_after__lt=time.now() - GONE).delete()[0]


def lease() -> Leased | None:
    """Take the next job that is due, for `LEASE`. A worker that dies leaves it to another after that."""
    ours = ~Q(dedupe_key__contains=AT) | Q(dedupe_key__endswith=f"{AT}{nodes.name()}")
    with transaction.atomic():
        moment = time.now()  # only now: who waited for its turn must not take what was leased meanwhile for older
        # A lease that ends much later than any made now, by whatever node, is of before the clock was set back.
        free = Q(lease_until=None) | Q(lease_until__lt=moment) | Q(lease_until__gt=moment + 2 * LEASE)
        due = Job.objects.select_for_update().filter(free, ours, run_after__lte=moment)
        job = due.order_by("run_after", "id").first()
        if job is None:
            return None
        job.lease_until, job.attempts = moment + LEASE, job.attempts + 1
        job.save(update_fields=["lease_until", "attempts"])
    return Leased(job.pk, job.kind, job.payload)


def bring_back(latest: datetime) -> int:
    """Let jobs be done now that wait for later than any is planned: the clock was set back. Tell how many."""
    return Job.objects.filter(run_after__gt=latest).update(run_after=time.now())


def finish(job: Leased) -> None:
    Job.objects.filter(pk=job.id).delete()


def fail(job: Leased, error: str) -> None:
    """Give a job back, to be tried again later and later. `error` is the error's class, never its text."""
    attempts = Job.objects.values_list("attempts", flat=True).filter(pk=job.id).first()
    if attempts is None:
        return  # the lease was over and another worker has done it
    wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(attempts - 1, 12))
    Job.objects.filter(pk=job.id).update(lease_until=None, run_after=time.now() + wait, last_error=error[:80])

"""Work for later, at least once. Every job must be safe to do twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from argine.desk.core import time
from argine.desk.jobs.models import Job

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(hours=6)


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


def lease() -> Leased | None:
    """Take the next job that is due, for `LEASE`. A worker that dies leaves it to another after that."""
    moment = time.now()
    # A lease that ends later than any made now is of before the clock was set back.
    free = Q(lease_until=None) | Q(lease_until__lt=moment) | Q(lease_until__gt=moment + LEASE)
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(free, run_after__lte=moment).order_by("run_after", "id").first()
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

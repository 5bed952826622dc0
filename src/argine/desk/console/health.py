"""Whether the desk itself is well: what an operator sees above the queue."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from argine.desk.audit.queries import latest_checkpoint, size
from argine.desk.clocks.queries import are_unmarked, count_warned
from argine.desk.core import hashing, time
from argine.desk.core.queries import late_processes
from argine.desk.jobs.models import Job
from argine.desk.notify import queries, ways


@dataclass(frozen=True, slots=True)
class Health:
    entries: int
    signed_at: datetime | None
    jobs_waiting: int
    jobs_failing: int
    ticker_stands: bool
    clocks_warned: int
    decoder: str
    sends_mail: bool
    mail_fails: bool
    webhooks_fail: bool
    courier_stands: bool
    stuck: int


def now() -> Health:
    head = latest_checkpoint()
    moment = time.now()
    waiting = Job.objects.filter(run_after__lte=moment)
    return Health(
        entries=size(),
        signed_at=time.parse_iso(head.at) if head else None,
        jobs_waiting=waiting.count(),
        jobs_failing=Job.objects.exclude(last_error="").count(),
        ticker_stands="ticker" in late_processes(moment) or are_unmarked(moment),
        clocks_warned=count_warned(),
        decoder=hashing.found_level(),
        sends_mail=settings.CONFIG.sends_mail,
        mail_fails=bool(ways.mail_way().problem),
        webhooks_fail=any(way.problem for way in ways.webhook_ways().ways),
        courier_stands=ways.courier_stands(),
        stuck=queries.count_need_somebody(),
    )

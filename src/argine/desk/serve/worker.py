"""One pass of the job worker: plan what is done regularly, then do the next job that is due."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from argine.desk.audit.operations import publish_head
from argine.desk.banks import snapshots
from argine.desk.banks.operations import purge_sightings, watch_floods
from argine.desk.cases.operations import forget_misuse, purge
from argine.desk.core import time
from argine.desk.core.metrics import JOBS
from argine.desk.core.operations import forget_old_buckets
from argine.desk.core.shared import forget_old_values
from argine.desk.evidence.operations import ask_due, forget_of_minors, look_at_due
from argine.desk.exchange.operations import sync_due
from argine.desk.hma.operations import enable_what_is_due
from argine.desk.jobs import operations as jobs
from argine.desk.notify.operations import forget_old_messages
from argine.desk.people.operations import forget_old_exposures, forget_old_invitations
from argine.desk.people.sessions import forget_ended
from argine.desk.serve.pulse import Pulse
from argine.desk.serve.steady import Steady

logger = logging.getLogger(__name__)
_pulse = Pulse("worker")
_steady = Steady()


@dataclass(frozen=True, slots=True)
class Regular:
    """`each_node`: it is about files beside this node's keys, so every node does it for itself."""

    every: timedelta
    do: Callable[[], object]
    each_node: bool = False


REGULAR = {
    "log.publish": Regular(timedelta(minutes=1), publish_head, each_node=True),
    "banks.files": Regular(timedelta(minutes=10), snapshots.write_if_due, each_node=True),
    "exchange.sync": Regular(timedelta(seconds=30), sync_due),
    "hma.enable": Regular(timedelta(minutes=1), enable_what_is_due),
    "banks.floods": Regular(timedelta(minutes=5), watch_floods),
    "banks.verify": Regular(timedelta(days=1), snapshots.verify, each_node=True),
    "sightings.purge": Regular(timedelta(days=1), lambda: purge_sightings(settings.CONFIG.sighting_days)),
    "records.purge": Regular(timedelta(days=1), lambda: settings.CONFIG.purge and purge()),
    "pages.forget_minors": Regular(timedelta(minutes=1), forget_of_minors),
    "watch.look": Regular(timedelta(minutes=1), look_at_due),
    "watch.hosts": Regular(timedelta(minutes=5), ask_due),
    "misuse.forget": Regular(timedelta(days=1), forget_misuse),
    "nodes.forget": Regular(timedelta(days=1), jobs.forget_gone_nodes),
    "buckets.forget": Regular(timedelta(hours=6), forget_old_buckets),
    "shared.forget": Regular(timedelta(hours=1), forget_old_values),
    "invitations.forget": Regular(timedelta(hours=6), forget_old_invitations),
    "sessions.forget": Regular(timedelta(hours=1), forget_ended),
    "exposures.forget": Regular(timedelta(hours=6), forget_old_exposures),
    "outgoing.forget": Regular(timedelta(days=1), forget_old_messages),
}

# No job is planned for later, nor put off for longer.
LATEST = max(*(regular.every for regular in REGULAR.values()), jobs.LONGEST_RETRY) + timedelta(minutes=1)


def one_pass() -> bool:
    """Plan, then do one job; tell whether there was one."""
    _pulse.beat()
    if _steady.holds():
        return False
    moment = time.now()
    jobs.bring_back(moment + LATEST)
    for kind, regular in REGULAR.items():
        key = jobs.of_this_node(kind) if regular.each_node else kind
        jobs.enqueue(kind, dedupe_key=key, run_after=moment + regular.every)
    job = jobs.lease()
    if job is None:
        return False
    _do(job)
    return True


def _do(job: jobs.Leased) -> None:
    try:
        REGULAR[job.kind].do()
    except Exception as error:
        logger.exception("The job %s failed; it is tried again", job.kind)
        jobs.fail(job, type(error).__name__)
        JOBS.labels(job.kind, "failed").inc()
    else:
        jobs.finish(job)
        JOBS.labels(job.kind, "done").inc()

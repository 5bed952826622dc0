"""Looking again at reported addresses: by hand started and stopped, or by the settings; done by the job worker.

A look reads the head of the answer alone. What is gone and then answers again waits for a reviewer, as a copy would
that the platform met: the desk decides nothing by itself.
"""

import logging
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases.models import Address
from argine.desk.cases.operations import note_there_again, steps
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.errors import RefusedError
from argine.desk.evidence import fetch, policies, queries
from argine.desk.evidence.enums import Seen, WhyStopped
from argine.desk.evidence.fetch import Visit
from argine.desk.evidence.models import Look, Watch
from argine.desk.evidence.operations.watching import LATELY, PASS_S, begin, claim, end
from argine.merkle.canonical import Json

logger = logging.getLogger(__name__)

MOST_A_PASS = 20
NO_BODY = ("none/",)


def start(address: Address, *, by: Actor) -> Watch:
    """Look again at an address from now on; the first look comes within a minute or so.

    Raises:
        RefusedError: no removal stands in the case, or the settings do not allow it.
    """
    with transaction.atomic():
        case = address.case
        steps.hold(case)
        policies.check_watch(case)
        policies.check_address(address.url)
        watch = queries.watch_of(address) or Watch(case=case, address=address)
        begin(watch, Event.WATCH_STARTED, by=by)
    return watch


def stop(watch: Watch, *, by: Actor, why: WhyStopped = WhyStopped.STAFF) -> None:
    """Look no more, until somebody starts it again. Doing it twice is harmless."""
    with transaction.atomic():
        end(watch, Event.WATCH_STOPPED, by=by, why=why)


def look_at_due() -> int:
    """Look at what is due, each host once a pass; tell at how many. One that fails never stops the others."""
    if settings.CONFIG.watch:
        _start_by_setting()
    until, hosts, count = monotonic() + PASS_S, set(), 0
    for watch in queries.due_watches(time.now(), MOST_A_PASS):
        host = urlsplit(watch.address.url).hostname if watch.address.url else ""
        if monotonic() > until or (host and host in hosts):
            continue
        hosts.add(host)
        try:
            count += claim(watch) and look_again(watch)
        except Exception:
            logger.exception("A watched address could not be looked at; it is tried again")
    return count


def _start_by_setting() -> None:
    for address in queries.unwatched(time.now() - LATELY, MOST_A_PASS):
        try:
            start(address, by=SYSTEM)
        except RefusedError:
            continue  # a host that may not be looked at


def look_again(watch: Watch) -> bool:
    """Look once; tell whether that was done. Where the reason to look is gone, it stops instead."""
    why = _why_to_stop(watch)
    if why is not None:
        stop(watch, by=SYSTEM, why=why)
        return False
    url = watch.address.url
    visit = fetch.look(url, takes=NO_BODY)
    with transaction.atomic():
        steps.hold(watch.case)
        watch.refresh_from_db(from_queryset=Watch.objects.select_for_update().select_related("case", "address"))
        if watch.next_at is None or watch.case.state not in policies.WATCHED:
            return False  # stopped while it was looked at: nothing of it is kept
        _note(watch, url, visit)
    return True


def _why_to_stop(watch: Watch) -> WhyStopped | None:
    try:
        policies.check_watch(watch.case)
    except RefusedError:
        return WhyStopped.CASE if settings.CONFIG.evidence_hosts else WhyStopped.HOST
    if not watch.address.url:
        return WhyStopped.CASE
    if not policies.is_allowed(watch.address.url, settings.CONFIG.evidence_hosts):
        return WhyStopped.HOST
    return WhyStopped.TIME if time.now() >= watch.ends_at else None


def _note(watch: Watch, url: str, visit: Visit) -> None:
    seen = policies.seen(url, visit.url, visit.status, visit.problem)
    known, moment = queries.last_seen(watch), time.now()
    moved_to = visit.target if seen == Seen.MOVED else ""
    Look(watch=watch, at=moment, seen=seen, status=visit.status, moved_to=moved_to).save(force_insert=True)
    before, watch.looked_at = Seen(watch.seen), moment
    if before == seen:
        watch.same += 1
    else:
        watch.seen, watch.since, watch.same = seen, moment, 1
        data: dict[str, Json] = {"watch": str(watch.id), "from": before.value, "to": seen.value}
        append(Event.WATCH_CHANGED, f"case:{watch.case_id}", by=SYSTEM, data=data)
    watch.next_at = policies.next_look(watch.same, moment)
    watch.save()
    if policies.is_there_again(known, seen):
        note_there_again(watch.case, url, by=SYSTEM)

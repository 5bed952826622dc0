"""Watching who holds the name of a reported host: by hand started and stopped, or by the settings; done by the worker.

A site that was closed leaves a name, which others may pick up. The registries and the reported address are asked again
and again; what has changed is a line of the case and waits for somebody's look. The desk decides nothing by itself.
"""

import logging
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases.models import Case
from argine.desk.cases.operations import steps
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.evidence import domains, fetch, policies, queries, rdap, record
from argine.desk.evidence.domains import Known
from argine.desk.evidence.enums import Change, Seen, Standing, WhyStopped
from argine.desk.evidence.models import HostChange, HostWatch
from argine.desk.evidence.operations import hosts
from argine.desk.evidence.operations.watching import LATELY, PASS_S, begin, claim, end
from argine.desk.evidence.rdap import RegistryError
from argine.desk.evidence.reading import UnreadableError
from argine.merkle.canonical import Json, canonical_json

logger = logging.getLogger(__name__)

MOST_A_PASS = 10
MOST_REMEMBERED = 256


def start_host(case: Case, host: str, *, by: Actor) -> HostWatch:
    """Watch a host of a case from now on; the first question goes out within a minute or so.

    Raises:
        RefusedError: no removal stands in the case, the host is a number, or the settings do not allow it.
        NotFoundError: no address of the case is on this host.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_watch_host(case, host)
        if host not in queries.hosts(case):
            raise NotFoundError("No address of this case is there.")
        watch = queries.host_watch_of(case, host) or HostWatch(case=case, host=host)
        begin(watch, Event.HOST_WATCH_STARTED, by=by)
    return watch


def stop_host(watch: HostWatch, *, by: Actor, why: WhyStopped = WhyStopped.STAFF) -> None:
    """Ask no more, until somebody starts it again. Doing it twice is harmless."""
    with transaction.atomic():
        end(watch, Event.HOST_WATCH_STOPPED, by=by, why=why)


def note_change_seen(change: HostChange, *, by: Actor) -> None:
    """Somebody has looked at what changed. Doing it twice is harmless."""
    with transaction.atomic():
        change.refresh_from_db(from_queryset=HostChange.objects.select_for_update().select_related("watch"))
        if change.seen_at is None:
            change.seen_at, change.seen_by = time.now(), by
            change.save(update_fields=["seen_at", "seen_by"])
            data = {"change": str(change.id)}
            append(Event.HOST_CHANGE_SEEN, f"case:{change.watch.case_id}", by=by, data=data)


def ask_due() -> int:
    """Ask about what is due; tell about how many hosts. One that fails never stops the others."""
    if settings.CONFIG.watch and settings.CONFIG.domain_lookups:
        for case, host in queries.unwatched_hosts(time.now() - LATELY, MOST_A_PASS):
            start_host(case, host, by=SYSTEM)
    until, count = monotonic() + PASS_S, 0
    for watch in queries.due_host_watches(time.now(), MOST_A_PASS):
        if monotonic() > until:
            break
        try:
            count += claim(watch) and _ask_again(watch)
        except Exception:
            logger.exception("About a watched host nobody could be asked; it is tried again")
    return count


def _ask_again(watch: HostWatch) -> bool:
    """Ask once; tell whether that was done. Where the reason to ask is gone, it stops instead."""
    why = _why_to_stop(watch)
    if why is not None:
        stop_host(watch, by=SYSTEM, why=why)
        return False
    moment = time.now()
    said = _said(watch.host, f"{moment:%Y-%m-%d}")
    now = _with_look(domains.of_registries(said, moment) if said else Known(), watch)
    with transaction.atomic():
        steps.hold(watch.case)
        watch.refresh_from_db(from_queryset=HostWatch.objects.select_for_update().select_related("case"))
        if watch.next_at is None or watch.case.state not in policies.WATCHED:
            return False  # stopped while it was asked: nothing of it is kept
        _note(watch, said, now, moment)
    return True


def _why_to_stop(watch: HostWatch) -> WhyStopped | None:
    if not settings.CONFIG.domain_lookups:
        return WhyStopped.HOST
    try:
        policies.check_watch_host(watch.case, watch.host)
    except RefusedError:
        return WhyStopped.CASE
    if not watch.host:
        return WhyStopped.CASE
    return WhyStopped.TIME if time.now() >= watch.ends_at else None


def _said(host: str, day: str) -> dict[str, Json] | None:
    """What the registries say of a host on a day; None if none of them answers."""
    try:
        return _asked(host, day)
    except RegistryError:
        return None


@lru_cache(maxsize=MOST_REMEMBERED)
def _asked(host: str, day: str) -> dict[str, Json]:
    """Many cases may name one host: it is asked about once a day. What did not answer is asked again."""
    said = rdap.facts(host, day)
    if not rdap.says_anything(said):
        raise RegistryError("No registry answered.")
    return said


def _with_look(known: Known, watch: HostWatch) -> Known:
    """What is known, and what the reported address answers, where the desk may look at it."""
    address = queries.address_on(watch.case, watch.host)
    if address is None or not policies.is_allowed(address.url, settings.CONFIG.evidence_hosts):
        return known
    visit = fetch.look(address.url)
    seen = policies.seen(address.url, visit.url, visit.status, visit.problem)
    more: dict[str, Any] = {"seen": seen}
    if seen == Seen.MOVED:
        more["leads_to"] = urlsplit(visit.target).hostname or ""
    elif seen == Seen.THERE:
        try:
            page = record.page_of(visit)
        except UnreadableError:
            page = None
        more["title"] = domains.words(page.title) if page else ""
    return replace(known, **more)


def _note(watch: HostWatch, said: dict[str, Json] | None, now: Known, moment: datetime) -> None:
    before = queries.known_of(watch.known)
    found, known = domains.changes(before, now), domains.merged(before, now)
    if said and (found or not watch.known):
        hosts.keep(watch.case, said, moment, by=SYSTEM)
    if found:
        _tell(watch, found, (before, known), moment)
    watch.known, watch.asked_at = canonical_json(known.told()).decode(), moment
    watch.same = 1 if found else watch.same + bool(said)
    is_free = known.expired or known.standing == Standing.RELEASED
    watch.next_at = policies.next_ask(watch.same if said else 1, moment, is_free=is_free)
    watch.save()


def _tell(watch: HostWatch, found: tuple[Change, ...], both: tuple[Known, Known], moment: datetime) -> None:
    before, after = (canonical_json(one.told()).decode() for one in both)
    codes = [change.value for change in found]
    row = HostChange(watch=watch, at=moment, changes=" ".join(codes), before=before, after=after)
    row.save(force_insert=True)
    data: dict[str, Json] = {"watch": str(watch.id), "change": str(row.id), "changes": list(codes)}
    append(Event.HOST_CHANGED, f"case:{watch.case_id}", by=SYSTEM, data=data)

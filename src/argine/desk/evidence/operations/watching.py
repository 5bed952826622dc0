"""What watches of addresses and of hosts have in common: how one begins and ends, and whose turn it is."""

from datetime import timedelta
from typing import TypeVar

from django.conf import settings

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.evidence.enums import WhyStopped
from argine.desk.evidence.models import HostWatch, Watch

AnyWatch = TypeVar("AnyWatch", Watch, HostWatch)

LEASE = timedelta(minutes=10)
PASS_S = 60.0
# How long ago a case may have been closed for the setting to start a watch: longer ago, somebody has stopped it.
LATELY = timedelta(days=2)


def begin(watch: AnyWatch, event: Event, *, by: Actor) -> None:
    """Let a watch run from now on, a new one or one that was stopped. One that runs is left alone."""
    if watch.next_at is not None:
        return
    moment = time.now()
    watch.by, watch.started_at, watch.next_at, watch.same = by, moment, moment, 0
    watch.ends_at = moment + timedelta(days=settings.CONFIG.watch_days)
    watch.stopped_at, watch.stopped_by, watch.why = None, "", ""
    watch.save()
    data = {"watch": str(watch.id), "until": time.iso(watch.ends_at)}
    append(event, f"case:{watch.case_id}", by=by, data=data)


def end(watch: AnyWatch, event: Event, *, by: Actor, why: WhyStopped) -> None:
    """Stop a watch, in the transaction of who calls. One that is stopped is left alone."""
    watch.refresh_from_db(from_queryset=type(watch).objects.select_for_update())
    if watch.next_at is None:
        return
    watch.next_at, watch.stopped_at, watch.stopped_by, watch.why = None, time.now(), by, why
    watch.save(update_fields=["next_at", "stopped_at", "stopped_by", "why"])
    append(event, f"case:{watch.case_id}", by=by, data={"watch": str(watch.id), "why": why.value})


def claim(watch: AnyWatch) -> bool:
    """Keep other workers from it for a while; whoever dies meanwhile leaves it to them."""
    until = time.now() + LEASE
    return bool(type(watch).objects.filter(pk=watch.pk, next_at=watch.next_at).update(next_at=until))

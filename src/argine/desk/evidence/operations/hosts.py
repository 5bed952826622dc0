"""Asking the public registries about a reported host, when somebody at the desk wants to know whom to write to."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases.models import Case
from argine.desk.cases.operations import steps
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.crypto import new_salt
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.evidence import policies, queries, rdap
from argine.desk.evidence.models import HostRecord
from argine.merkle.canonical import Json, canonical_json

FORMAT = "argine-host-record/1"


def ask(case: Case, host: str, *, by: Actor) -> HostRecord:
    """Ask who runs a host of a case, and keep the answers.

    Raises:
        RefusedError: the settings do not allow it, the case has ended, or no registry answered.
        NotFoundError: no address of the case is on this host.
    """
    policies.check_ask(case)
    if host not in queries.hosts(case):
        raise NotFoundError("No address of this case is there.")
    moment = time.now()
    said = rdap.facts(host, f"{moment:%Y-%m-%d}")
    if not rdap.says_anything(said):
        raise RefusedError(_("No registry answered about this host. Try again later."))
    with transaction.atomic():
        steps.hold(case)
        policies.check_ask(case)
        return keep(case, said, moment, by=by)


def keep(case: Case, said: dict[str, Json], moment: datetime, *, by: Actor) -> HostRecord:
    """Keep what `rdap.facts` told at an instant, in the caller's transaction; the log holds a commitment to it."""
    row = HostRecord(case=case, asked_at=moment, by=by, host=str(said["host"]), salt=new_salt())
    told = {"format": FORMAT, "record": str(row.id), "asked_at": time.iso(moment), **said}
    row.record = canonical_json(told).decode()
    row.save(force_insert=True)
    data = {"record": str(row.id), "commitment": queries.host_committed(row)}
    append(Event.HOST_ASKED, f"case:{case.id}", by=by, data=data)
    return row

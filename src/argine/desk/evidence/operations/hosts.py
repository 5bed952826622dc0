"""Asking the public registries about a reported host, when somebody at the desk wants to know whom to write to."""

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
from argine.merkle.canonical import canonical_json

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
    row = HostRecord(case=case, asked_at=time.now(), by=by, host=host, salt=new_salt())
    said = rdap.facts(host, f"{row.asked_at:%Y-%m-%d}")
    if said["domain"] is None and not said["networks"]:
        raise RefusedError(_("No registry answered about this host. Try again later."))
    told = {"format": FORMAT, "record": str(row.id), "asked_at": time.iso(row.asked_at), **said}
    row.record = canonical_json(told).decode()
    with transaction.atomic():
        steps.hold(case)
        policies.check_ask(case)
        row.save(force_insert=True)
        data = {"record": str(row.id), "commitment": queries.host_committed(row)}
        append(Event.HOST_ASKED, f"case:{case.id}", by=by, data=data)
    return row

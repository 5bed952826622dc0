"""Taking records of pages."""

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.cases.models import Address
from argine.desk.cases.operations import steps
from argine.desk.core.actor import Actor
from argine.desk.core.crypto import new_salt
from argine.desk.evidence import fetch, policies, queries, record, stamps
from argine.desk.evidence.models import PageRecord
from argine.merkle.canonical import canonical_json


def take(address: Address, *, by: Actor) -> PageRecord:
    """Look at a reported address now, and keep what stands there without any of its media.

    Raises:
        RefusedError: the settings do not allow it, the case has ended, or is about somebody under 18.
    """
    policies.check_take(address.case)
    policies.check_address(address.url)
    row, visit = record.made(address, by=by), fetch.look(address.url)
    row.status, row.problem, row.salt = visit.status, visit.problem, new_salt()
    row.record = canonical_json(record.facts(row, address, visit)).decode()
    row.stamped, row.stamp = stamps.stamp(queries.committed(row))
    with transaction.atomic():
        case = address.case
        steps.hold(case)
        # It may have been stopped while the page was looked at: then nothing of it is kept.
        policies.check_take(case)
        row.save(force_insert=True)
        data = {"record": str(row.id), "commitment": queries.committed(row)}
        append(Event.PAGE_RECORDED, f"case:{case.id}", by=by, data=data)
    sign_head_now()
    return row

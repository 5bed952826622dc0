"""Taking records of pages, and erasing them at once where nothing may be kept."""

import logging

from django.db import transaction
from django.db.models import Model

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Address, Case
from argine.desk.cases.operations import steps
from argine.desk.cases.personal import holder_of
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.crypto import new_salt
from argine.desk.core.privacy import personal
from argine.desk.evidence import fetch, policies, queries, record, stamps
from argine.desk.evidence.models import PageRecord
from argine.merkle.canonical import canonical_json

logger = logging.getLogger(__name__)


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


def forget_of_minors() -> int:
    """Erase what was seen for cases that were stopped since, as about somebody under 18; tell of how many cases."""
    count = 0
    for case in Case.objects.filter(state=CaseState.FROZEN, page_records__isnull=False).distinct():
        try:
            count += _forget(case)
        except Exception:
            logger.exception("What was seen for a case about somebody under 18 could not be erased; it is tried again")
    return count


def _forget(case: Case) -> bool:
    holder = holder_of(PageRecord, _personal(PageRecord))
    with transaction.atomic():
        filled = holder.filled([case.id])
        ids = [str(pk) for pk in filled.values_list("pk", flat=True)]
        if ids:
            filled.update(**holder.empty)
            append(Event.PAGES_ERASED, f"case:{case.id}", by=SYSTEM, data={"records": list(ids)})
    return bool(ids)


def _personal(model: type[Model]) -> list[str]:
    return [name for name, said in model.PRIVACY.items() if said == personal()]  # type: ignore[attr-defined]

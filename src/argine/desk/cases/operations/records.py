"""Erasing the records whose time is over, and holding them where somebody has to keep them longer.

What is erased is a logged fact: which class of record of which case, by which rule, how many rows of which kind. Doing
it again does nothing; each case is a transaction of its own, so one that fails, or a power cut, stops no other.
"""

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks import operations as banks
from argine.desk.banks.queries import entries_of_case
from argine.desk.cases import keeping, policies, queries, records
from argine.desk.cases.enums import OPEN, CaseState
from argine.desk.cases.keeping import Removal
from argine.desk.cases.models import Action, Appeal, Case, RecordHold, Relation
from argine.desk.cases.operations import steps
from argine.desk.cases.personal import holders, with_something_left
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.crypto import new_salt
from argine.desk.core.operations import drop_old_pages
from argine.desk.core.privacy import Keep
from argine.law.terms import RecordClass
from argine.merkle.canonical import Json

logger = logging.getLogger(__name__)

BATCH = 500
DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Purged:
    """What one run did: how many cases lost something, of how many it failed and will be tried again."""

    cases: int
    failed: int


def purge(*, by: Actor = SYSTEM) -> Purged:
    """Erase everything whose time is over, then drop what the database still holds of it beside its rows."""
    done = failed = 0
    for case_id in due_cases(time.now()):
        try:
            done += bool(purge_case(case_id, by=by))
        except Exception:
            failed += 1
            logger.exception("The records of a case could not be erased; it is tried again at the next run")
    drop_old_pages()
    if done:
        sign_head_now()
    return Purged(done, failed)


def due_cases(now: datetime) -> Iterator[UUID]:
    """The cases of which something is to be erased now. They are read in batches, oldest first."""
    last = 0
    while batch := list(Case.objects.filter(number__gt=last).exclude(state__in=OPEN).order_by("number")[:BATCH]):
        last = batch[-1].number
        plans = keeping.plan(batch)
        left = {keep: with_something_left([case.id for case in batch], keep) for keep in (Keep.CASE, Keep.OBLIGATION)}
        for case in batch:
            if any(removal.is_due(now) and _is_left(case, removal, left) for removal in plans[case.id]):
                yield case.id


def _is_left(case: Case, removal: Removal, left: dict[Keep, set[UUID]]) -> bool:
    if removal.record is RecordClass.ACTION_LOG:
        return records.leads_to_somebody(case)
    return case.id in left[Keep.CASE if removal.record is RecordClass.CASE_FILE else Keep.OBLIGATION]


def purge_case(case_id: UUID, *, by: Actor) -> list[RecordClass]:
    """Erase of one case, judged again as it is now, what is due; tell which classes of record lost something."""
    erased = []
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        for removal in keeping.plan([case])[case_id]:
            rows = _erase(case, removal.record, by=by) if removal.is_due(time.now()) else {}
            if rows:
                _log(case, removal, rows, by=by)
                erased.append(removal.record)
    return erased


def _erase(case: Case, record: RecordClass, *, by: Actor) -> dict[str, int]:
    if record is RecordClass.CASE_FILE:
        return _erase_file(case, by=by)
    if record is RecordClass.MINOR_REFERENCE:
        return _empty(case, Keep.OBLIGATION)
    return _erase_ways(case)


def _erase_file(case: Case, *, by: Actor) -> dict[str, int]:
    rows = _empty(case, Keep.CASE)
    if case.state != CaseState.REMOVED:
        # Nothing is kept out for this case, so nobody needs its signals, nor who met a copy where.
        kept = [entry for entry in entries_of_case(case.id) if entry.signals.all()]
        for entry in kept:
            banks.withdraw_entry(entry, erase=True, by=by)
        rows |= {"signals": len(kept)} if kept else {}
        met = banks.forget_sightings(case.id)
        rows |= {"sightings": met} if met else {}
    related = Relation.objects.filter(Q(case=case) | Q(other=case)).delete()[0]
    rows |= {"relations": related} if related else {}
    if rows:
        case.purged_at = time.now()
        case.save(update_fields=["purged_at"])
    return rows


def _empty(case: Case, keep: Keep) -> dict[str, int]:
    """Empty every personal field that stays so long; tell how many rows of which kind held something."""
    counts = {holder.name: holder.filled([case.id]).update(**holder.empty) for holder in holders(keep)}
    return {name: count for name, count in counts.items() if count}


def _erase_ways(case: Case) -> dict[str, int]:
    """Let nothing lead from the record of what was done to a person or to a copy any more."""
    if not records.leads_to_somebody(case):
        return {}
    case.code_digest, case.country, case.language = secrets.token_bytes(DIGEST_BYTES), "", ""
    case.save(update_fields=["code_digest", "country", "language"])
    rows = {"case": 1}
    for name, found in (
        ("actions", Action.objects.filter(decision__case=case)),
        ("appeals", Appeal.objects.filter(case=case)),
    ):
        for row in found.only("pk"):
            row.copy_digest = secrets.token_bytes(DIGEST_BYTES)
            row.save(update_fields=["copy_digest"])
            rows[name] = rows.get(name, 0) + 1
    return rows


def _log(case: Case, removal: Removal, rows: dict[str, int], *, by: Actor) -> None:
    basis = removal.basis
    data: dict[str, Json] = {
        "record": removal.record.value,
        "due": time.iso(removal.at) if removal.at else None,
        "regime": (basis.regime_id if basis else None) or "",
        "version": basis.version if basis else 0,
        "rule": basis.ref if basis else "",
        "rows": dict(rows),
    }
    append(Event.CASE_PURGED, f"case:{case.id}", by=by, data=data)


def hold_records(case: Case, reason: str, *, by: Actor) -> RecordHold:
    """Keep the records of a case beyond their time, for a reason that somebody can check.

    Raises:
        RefusedError: they are held already.
        InvalidError: there is no reason, or too much of it.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_hold_records(records.record_hold(case))
        steps.check_text("reason", reason)
        hold = RecordHold(case=case, at=time.now(), by=by, reason=reason.strip(), salt=new_salt())
        hold.save(force_insert=True)
        committed = queries.commitment(hold.salt, records.hold_facts(hold))
        append(Event.RECORDS_HELD, f"case:{case.id}", by=by, data={"hold": str(hold.id), "commitment": committed})
    sign_head_now()
    return hold


def release_records(case: Case, *, by: Actor) -> None:
    """End the hold: what is due goes at the next run.

    Raises:
        RefusedError: they are not held.
    """
    with transaction.atomic():
        steps.hold(case)
        hold = records.record_hold(case)
        policies.check_release_records(hold)
        assert hold is not None  # noqa: S101  # what was just checked
        hold.released_at, hold.released_by = time.now(), by
        hold.save(update_fields=["released_at", "released_by"])
        data = {"hold": str(hold.id), "at": time.iso(hold.released_at)}
        append(Event.RECORDS_RELEASED, f"case:{case.id}", by=by, data=data)
    sign_head_now()

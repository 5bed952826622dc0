"""Content that was removed is met again: counted where it was stopped, looked at where it was not; then reopened."""

import logging
from uuid import UUID

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import Checked, Content
from argine.desk.cases import policies, queries, reappearances, related
from argine.desk.cases.enums import CaseState, Reappeared
from argine.desk.cases.models import Address, Case, Decision, Reappearance
from argine.desk.cases.operations import steps
from argine.desk.clocks import operations as clocks
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.crypto import new_salt
from argine.matching import BankKind
from argine.signals.patch.strength import Strength

logger = logging.getLogger(__name__)


def note_seen_again(checked: Checked, content: Content, *, by: Actor) -> None:
    """Write down, in cases that were closed as removed, that an upload matched. The check is answered in any case."""
    try:
        stopped = _cases_of(checked)
        if not stopped:
            return
        with transaction.atomic():
            for case in Case.objects.filter(pk__in=stopped, state=CaseState.REMOVED).order_by("number"):
                if stopped[case.id]:
                    _count(case, by=by)
                else:
                    _let_wait(case, content, by=by)
    except Exception:
        logger.exception("That content was seen again could not be written down in its case")


def _cases_of(checked: Checked) -> dict[UUID, bool]:
    """By case: whether a match of its pictures stopped the upload; otherwise one came to review."""
    kinds: dict[UUID, bool] = {}
    for match in checked.matches:
        blocks = match.bank_kind is BankKind.BLOCK and match.strength is Strength.BLOCK
        kinds[UUID(match.entry)] = kinds.get(UUID(match.entry), False) or blocks
    cases: dict[UUID, bool] = {}
    for entry, case_id in BankEntry.objects.filter(pk__in=kinds, case_id__isnull=False).values_list("pk", "case_id"):
        if case_id is not None:
            cases[case_id] = cases.get(case_id, False) or kinds[entry]
    return cases


def _count(case: Case, *, by: Actor) -> None:
    """One row for each day: who sends the same picture a thousand times writes one."""
    moment = time.now()
    today = Reappearance.objects.filter(case=case, state=Reappeared.STOPPED, at__date=moment.date()).first()
    if today is None:
        _save(case, Content(), Reappeared.STOPPED, by=by)
        return
    today.count += 1
    today.save(update_fields=["count"])


def _let_wait(case: Case, content: Content, *, by: Actor) -> None:
    """A copy that has no name cannot be looked at; one that waits, or was looked at, is not asked about again."""
    digest = content.digest
    if digest is None:
        return
    looked_at = Reappearance.objects.filter(case=case, copy_digest=digest)
    if not looked_at.exclude(state=Reappeared.CONFIRMED).exists() and reappearances.waiting_copy(case, digest) is None:
        _save(case, content, Reappeared.WAITING, by=by)


def note_there_again(case: Case, url: str, *, by: Actor) -> None:
    """A place of a case that was closed as removed was gone and answers again: a reviewer looks, as at any other copy.

    Within the caller's transaction. The same place is not asked about twice while it waits, or once it was looked at.
    """
    if case.state == CaseState.REMOVED:
        _let_wait(case, Content(url=url), by=by)


def _save(case: Case, content: Content, state: Reappeared, *, by: Actor) -> Reappearance:
    row = Reappearance(
        case=case,
        at=time.now(),
        by=by,
        state=state,
        copy_digest=content.digest,
        content_id=content.id,
        content_url=content.url,
        salt=new_salt(),
    )
    row.save(force_insert=True)
    data = {
        "reappearance": str(row.id),
        "state": state.value,
        "commitment": queries.commitment(row.salt, reappearances.facts(row)),
    }
    append(Event.SEEN_AGAIN, f"case:{case.id}", by=by, data=data)
    return row


def report_reappearance(decision: Decision, content: Content, *, by: Actor) -> Reappearance:
    """The platform tells that removed content is there again, at an address or under an id: the case reopens.

    So do those that are decided together with it. Telling it again while it is still to be removed is harmless.

    Raises:
        RefusedError: no removal stands, or the content is not named.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=decision.case_id)
        decision.case = case
        policies.check_reappearance(decision, queries.current_decision(case), is_named=content.digest is not None)
        twins = [twin.case for twin in related.twins(decision) if twin.case.state in policies.REOPENED_FROM]
        rows = [_tell(one, content, by=by) for one in [case, *twins]]
    sign_head_now()
    return rows[0]


def _tell(case: Case, content: Content, *, by: Actor) -> Reappearance:
    steps.hold(case)
    known = reappearances.waiting_copy(case, content.digest or b"")
    if known is not None:
        return known
    row = _save(case, content, Reappeared.CONFIRMED, by=by)
    _reopen(row, by=by)
    return row


def decide_reappearance(row: Reappearance, *, is_copy: bool, by: Actor) -> Reappearance:
    """A reviewer looked at the platform's copy: if it is the removed content, the case reopens with it as a new item.

    Raises:
        RefusedError: somebody has looked at it already, or no removal stands any more.
    """
    with transaction.atomic():
        case = row.case
        steps.hold(case)
        row.refresh_from_db()
        row.case = case
        policies.check_decide_reappearance(case, row)
        row.state = Reappeared.CONFIRMED if is_copy else Reappeared.REJECTED
        row.decided_at, row.decided_by = time.now(), by
        row.save(update_fields=["state", "decided_at", "decided_by"])
        data = {"reappearance": str(row.id), "state": row.state.value}
        append(Event.SEEN_AGAIN_DECIDED, f"case:{case.id}", by=by, data=data)
        if is_copy:
            _reopen(row, by=by)
    sign_head_now()
    return row


def _reopen(row: Reappearance, *, by: Actor) -> None:
    """The removal that stands is to be carried out once more, on a new item with clocks of its own."""
    case = row.case
    if row.content_url:
        position = Address.objects.filter(case=case).count()
        steps.name_place(case, position, row.content_url, reappearance=row)
    clocks.run_anew(case.id, item=reappearances.item_of(row), by=by)
    if case.state == CaseState.REMOVED:
        steps.move(case, CaseState.REMOVAL, by=by)

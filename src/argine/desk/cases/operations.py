"""Everything that changes a case. Each operation is one transaction with its log entries; a refusal changes nothing."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks import operations as banks
from argine.desk.banks.queries import entries_of_case, sightings_of_case
from argine.desk.cases import duties, policies, queries
from argine.desk.cases.drafts import LONGEST_TEXT, ActionDraft, DecisionDraft, NoticeDraft
from argine.desk.cases.enums import REMOVING, Author, CaseState, Outcome
from argine.desk.cases.models import Action, Address, Case, Decision, Message, Notice
from argine.desk.clocks import operations as clocks
from argine.desk.clocks.queries import open_clocks
from argine.desk.core import case_code, time
from argine.desk.core.actor import REPORTER, SYSTEM, Actor
from argine.desk.core.case_code import CaseCode
from argine.desk.core.crypto import keyed_digest
from argine.desk.core.errors import InvalidError
from argine.merkle.canonical import Json

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Submission:
    """What a person gets: the case, and its code, which is told this once and not kept."""

    case: Case
    notice: Notice
    code: CaseCode


def submit_notice(draft: NoticeDraft) -> Submission:
    """Receive a notice: a case, its clocks, its signals in the bank of kind `review`, a signed head of the log.

    Raises:
        InvalidError: something is missing; `fields` says what. Nothing is kept.
    """
    draft.check()
    code = case_code.new(draft.language)
    with transaction.atomic():
        moment = time.now()
        case = Case(
            number=queries.next_number(),
            code_digest=case_code.digest(code),
            language=draft.language,
            country=draft.country,
            opened_at=moment,
            changed_at=moment,
        )
        case.save(force_insert=True)
        notice = _save_notice(case, draft)
        items: Sequence[UUID | None] = [address.id for address in notice.addresses.all()] or [None]
        clocks.start(case.id, items, duties.dues(draft, moment), by=SYSTEM)
    sign_head_now()
    return Submission(case, notice, code)


def _save_notice(case: Case, draft: NoticeDraft) -> Notice:
    notice = Notice(
        case=case,
        received_at=case.opened_at,
        capacity=draft.capacity,
        nature=draft.nature,
        no_consent=draft.no_consent,
        good_faith=draft.good_faith,
        complete=not duties.missing(draft, case.opened_at),
        statement=draft.statement.strip(),
        where_hint=draft.where_hint.strip(),
        contact=draft.contact.strip(),
        contact_note=draft.contact_note.strip(),
        signature=draft.signature.strip(),
        declarations=draft.declarations,
        salt=secrets.token_hex(SALT_BYTES),
        entry_index=0,
    )
    notice.save(force_insert=True)
    for position, url in enumerate(draft.addresses):
        Address(notice=notice, position=position, url=url).save(force_insert=True)
    origin = queries.origin_of(notice)
    for signals in draft.pictures:
        banks.add_entry(banks.REPORTED, signals, origin=origin, case_id=case.id, by=REPORTER)
    committed = queries.commitment(notice.salt, queries.notice_facts(notice))
    entry = append(
        Event.NOTICE_RECEIVED,
        f"case:{case.id}",
        by=REPORTER,
        data={"notice": str(notice.id), "commitment": committed},
    )
    notice.entry_index = entry.index
    notice.save(update_fields=["entry_index"])
    return notice


def add_information(case: Case, text: str, *, by: Actor) -> None:
    """Take what the reporter adds; a case that waited for it goes back to review.

    Raises:
        RefusedError: the case is closed.
        InvalidError: there is no text, or too much.
    """
    with transaction.atomic():
        _hold(case)
        policies.check_add_information(case)
        _save_message(case, Author.REPORTER, text, by=by)
        append(Event.INFORMATION_ADDED, f"case:{case.id}", by=by)
        if case.state == CaseState.WAITING:
            _move(case, CaseState.RECEIVED, by=by)


def ask_again(case: Case, text: str, *, by: Actor) -> None:
    """The reporter asks to have a refusal looked at again: the case goes back to review, its signals too.

    Raises:
        RefusedError: nothing was refused.
        InvalidError: there is no text, or too much.
    """
    with transaction.atomic():
        _hold(case)
        policies.check_ask_again(case)
        _save_message(case, Author.REPORTER, text, by=by)
        append(Event.INFORMATION_ADDED, f"case:{case.id}", by=by)
        _move(case, CaseState.RECEIVED, by=by)
        for entry in entries_of_case(case.id):
            banks.move_entry(entry, banks.REPORTED, by=by)


def ask_reporter(case: Case, text: str, *, by: Actor) -> None:
    """Ask the reporter for more. The clocks run on: the law knows no pause.

    Raises:
        RefusedError: the case is not open.
        InvalidError: there is no text, or too much.
    """
    with transaction.atomic():
        _hold(case)
        policies.check_ask(case)
        _save_message(case, Author.STAFF, text, by=by)
        append(Event.INFORMATION_ASKED, f"case:{case.id}", by=by)
        if case.state == CaseState.RECEIVED:
            _move(case, CaseState.WAITING, by=by)


def decide(case: Case, draft: DecisionDraft, *, by: Actor, override: bool = False) -> Decision:
    """Decide a case. Removal: its entries block from the next check on. Keep: they leave the banks, duties are done.

    With `override` a decision that stands is replaced; it stays on record.

    Raises:
        RefusedError: the case's state does not permit it, or the reviewer cannot have seen what `basis` says.
        InvalidError: ground or reasons will not do.
    """
    draft.check()
    with transaction.atomic():
        _hold(case)
        current = queries.current_decision(case)
        _check_decide(case, draft, current, override=override)
        decision = _save_decision(case, draft, current if override else None, by=by)
        if draft.outcome == Outcome.REMOVE:
            _block(case, draft, by=by)
            _move(case, CaseState.REMOVAL, by=by)
        else:
            _let_go(case, decision, by=by)
            _move(case, CaseState.KEPT, by=by)
    sign_head_now()
    return decision


def _check_decide(case: Case, draft: DecisionDraft, current: Decision | None, *, override: bool) -> None:
    if override:
        policies.check_override(case, draft.outcome, current)
    else:
        policies.check_decide(case)
    addresses = list(Address.objects.filter(notice__case=case))
    policies.check_basis(draft.basis, addresses, sightings_of_case(case.id))


def _save_decision(case: Case, draft: DecisionDraft, overridden: Decision | None, *, by: Actor) -> Decision:
    decision = Decision(
        seq=queries.next_seq(),
        case=case,
        at=time.now(),
        by=by,
        outcome=draft.outcome,
        ground=draft.ground,
        basis=draft.basis,
        reasons=draft.reasons.strip(),
        overrides=overridden,
    )
    decision.digest = queries.decision_digest(decision)
    decision.save(force_insert=True)
    data: dict[str, Json] = {
        "decision": str(decision.id),
        "outcome": decision.outcome,
        "ground": decision.ground,
        "basis": decision.basis,
        "digest": decision.digest.hex(),
    }
    append(Event.DECISION_MADE, f"case:{case.id}", by=by, data=data)
    return decision


def _block(case: Case, draft: DecisionDraft, *, by: Actor) -> None:
    for entry in entries_of_case(case.id):
        if draft.covers is None or entry.id in draft.covers:
            banks.move_entry(entry, banks.REMOVED, by=by)


def _let_go(case: Case, decision: Decision, *, by: Actor) -> None:
    for entry in entries_of_case(case.id):
        banks.withdraw_entry(entry, erase=False, by=by)
    clocks.answer(case.id, None, at=decision.at, by=by)


def report_action(decision: Decision, draft: ActionDraft, *, by: Actor) -> Action:
    """Take the platform's word for a measure: it meets the clocks of what it was done to. Saying it twice is harmless.

    A copy that is at none of the reported addresses answers for itself only: those are still due.

    Raises:
        RefusedError: the decision was replaced, withdrawn, or asks for something else.
        InvalidError: the address is not one of the case's.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=decision.case_id)
        decision.case = case  # as it stands now: the notice may have been withdrawn since the decision was read
        address = _address_meant(case, draft)
        digest = draft.content.digest or keyed_digest("content", str(address.id if address else case.id))
        said = Action.objects.filter(decision=decision, copy_digest=digest, measure=draft.measure).first()
        if said is not None:
            return said
        policies.check_action(decision, queries.current_decision(case), draft.measure)
        action = _save_action(decision, draft, address, digest, by=by)
        if address is not None or queries.is_about_all(action):
            clocks.answer(case.id, address.id if address else None, at=action.at, by=by)
        if draft.measure in REMOVING and case.state == CaseState.REMOVAL and not open_clocks(case.id):
            _move(case, CaseState.REMOVED, by=by)
    sign_head_now()
    return action


def _address_meant(case: Case, draft: ActionDraft) -> Address | None:
    """The reported address that an action is about: named by id, or recognised by the content's own address."""
    addresses = {address.id: address for address in Address.objects.filter(notice__case=case)}
    if draft.address_id is not None:
        if draft.address_id not in addresses:
            raise InvalidError("This case has no such address.", fields={"address": "unknown"})
        return addresses[draft.address_id]
    wanted = draft.content.url.rstrip("/")
    return next((address for address in addresses.values() if wanted and address.url.rstrip("/") == wanted), None)


def _save_action(
    decision: Decision, draft: ActionDraft, address: Address | None, digest: bytes, *, by: Actor
) -> Action:
    action = Action(
        decision=decision,
        address=address,
        at=time.now(),
        by=by,
        measure=draft.measure,
        copy_digest=digest,
        content_id=draft.content.id,
        content_url=draft.content.url,
    )
    action.save(force_insert=True)
    data: dict[str, Json] = {
        "action": str(action.id),
        "decision": str(decision.id),
        "measure": action.measure,
    }
    append(Event.ACTION_REPORTED, f"case:{decision.case_id}", by=by, data=data)
    return action


def withdraw(case: Case, *, by: Actor) -> None:
    """The person takes the notice back: its signals leave every bank for good, its clocks stop.

    Raises:
        RefusedError: it was withdrawn already.
    """
    with transaction.atomic():
        _hold(case)
        policies.check_withdraw(case)
        for entry in entries_of_case(case.id):
            banks.withdraw_entry(entry, erase=True, by=by)
        clocks.stop(case.id, by=by)
        append(Event.CASE_WITHDRAWN, f"case:{case.id}", by=by)
        _move(case, CaseState.WITHDRAWN, by=by)
    sign_head_now()


def record_statement_fetched(decision: Decision, *, by: Actor) -> None:
    """The platform took the statement of reasons: from here on it can give it to the uploader."""
    with transaction.atomic():
        append(Event.STATEMENT_FETCHED, f"case:{decision.case_id}", by=by, data={"decision": str(decision.id)})


def _hold(case: Case) -> None:
    """Bring the case up to date and keep others from it until the transaction ends: a page may have shown it older."""
    case.refresh_from_db(from_queryset=Case.objects.select_for_update())


def _move(case: Case, to: CaseState, *, by: Actor) -> None:
    policies.check_move(case, to)
    before, case.state, case.changed_at = case.state, to, time.now()
    case.save(update_fields=["state", "changed_at"])
    append(Event.CASE_MOVED, f"case:{case.id}", by=by, data={"from": str(before), "to": to.value})


def _save_message(case: Case, author: Author, text: str, *, by: Actor) -> None:
    if not text.strip():
        raise InvalidError(_("Write something first."), fields={"text": _("Write something first.")})
    if len(text) > LONGEST_TEXT:
        problem = _("This is too long: at most %(count)d characters.") % {"count": LONGEST_TEXT}
        raise InvalidError(problem, fields={"text": problem})
    Message(case=case, at=time.now(), author=author, by=by, text=text.strip()).save(force_insert=True)

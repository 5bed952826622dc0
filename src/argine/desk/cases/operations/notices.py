"""Receiving a notice, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks import operations as banks
from argine.desk.banks.queries import entries_of_case
from argine.desk.cases import duties, policies, queries
from argine.desk.cases.drafts import NoticeDraft
from argine.desk.cases.enums import CaseState
from argine.desk.cases.misuse import contact_digest, suspension_for, without_suspended
from argine.desk.cases.models import Case, Notice
from argine.desk.cases.operations import closing, mailing, misuse, relating, steps
from argine.desk.clocks import operations as clocks
from argine.desk.core import case_code, time
from argine.desk.core.actor import REPORTER, SYSTEM, Actor
from argine.desk.core.case_code import CaseCode
from argine.desk.core.crypto import new_salt


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
            contact_digest=contact_digest(draft.contact),
            language=draft.language,
            country=draft.country,
            opened_at=moment,
            changed_at=moment,
        )
        case.save(force_insert=True)
        notice = _save_notice(case, draft)
        mailing.note(case, draft.mail, by=REPORTER)
        items: Sequence[UUID | None] = [address.id for address in notice.addresses.all()] or [None]
        suspension = suspension_for(notice)
        if suspension is not None:
            misuse.hold_back(case, suspension, by=SYSTEM)
        clocks.start(case.id, items, without_suspended(duties.dues(draft, moment), suspension), by=SYSTEM)
    sign_head_now()
    relating.relate_now(case)
    return Submission(case, notice, code)


def _save_notice(case: Case, draft: NoticeDraft) -> Notice:
    notice = Notice(
        case=case,
        received_at=case.opened_at,
        capacity=draft.capacity,
        nature=draft.nature,
        no_consent=draft.no_consent,
        good_faith=draft.good_faith,
        statement=draft.statement.strip(),
        where_hint=draft.where_hint.strip(),
        contact=draft.contact.strip(),
        contact_note=draft.contact_note.strip(),
        signature=draft.signature.strip(),
        declarations=draft.declarations,
        salt=new_salt(),
        entry_index=0,
    )
    notice.save(force_insert=True)
    for position, url in enumerate(draft.addresses):
        steps.name_place(case, position, url, notice=notice)
    origin = queries.origin_of(notice)
    for position, signals in enumerate(draft.pictures):
        part = draft.regions.get(position)
        banks.add_entry(banks.REPORTED, signals, origin=origin, case_id=case.id, by=REPORTER, region=part)
    committed = queries.commitment(notice.salt, queries.notice_facts(notice))
    entry = append(
        Event.NOTICE_RECEIVED,
        f"case:{case.id}",
        by=REPORTER,
        data={"notice": str(notice.id), "commitment": committed},
    )
    notice.entry_index = entry.index
    notice.save(update_fields=["entry_index"])
    if not duties.missing(draft, case.opened_at):
        steps.complete(notice, case.opened_at, by=REPORTER)
    return notice


def withdraw(case: Case, *, by: Actor) -> None:
    """The person takes the notice back: its signals leave every bank for good, its clocks stop.

    Raises:
        RefusedError: it was withdrawn already.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_withdraw(case)
        for entry in entries_of_case(case.id):
            banks.withdraw_entry(entry, erase=True, by=by)
        closing.close_open_appeals(case, by=by)
        clocks.stop(case.id, by=by)
        closing.leave_others(case, by=by)
        append(Event.CASE_WITHDRAWN, f"case:{case.id}", by=by)
        steps.move(case, CaseState.WITHDRAWN, by=by)
    sign_head_now()

"""What a notice lacked and the reporter adds later; and that they turned to an authority too."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.cases import duties, policies, queries, questions
from argine.desk.cases.drafts import SupplementDraft
from argine.desk.cases.enums import CaseState
from argine.desk.cases.misuse import contact_digest, suspension_for, without_suspended
from argine.desk.cases.models import Address, Case, Notice, Referral, Supplement
from argine.desk.cases.operations import messages, relating, steps
from argine.desk.clocks import operations as clocks
from argine.desk.clocks.enums import Duty
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.crypto import new_salt
from argine.desk.core.errors import InvalidError
from argine.law.regime import Regime


def ask_for_missing(case: Case, *, by: Actor) -> None:
    """Ask the reporter, in their language, for what some law asks and the notice does not say.

    Raises:
        RefusedError: the case is not open, or nothing lacks.
    """
    with transaction.atomic():
        steps.hold(case)
        notice = queries.first_notice(case)
        lacking = {} if notice is None else duties.missing(queries.notice_draft(notice), notice.received_at)
        policies.check_ask_for_missing(case, lacking)
        asked = questions.for_missing((key for keys in lacking.values() for key in keys), case.language)
        messages.ask_reporter(case, asked, by=by)


def add_to_notice(notice: Notice, draft: SupplementDraft, *, by: Actor) -> Supplement:
    """Take what the reporter adds. The clocks ran all along; new addresses have clocks of their own, from now.

    When nothing lacks any more, that instant is kept beside the one of receipt.

    Raises:
        RefusedError: the case is closed.
        InvalidError: nothing was added, or what was given before; `fields` says what.
    """
    with transaction.atomic():
        case = notice.case
        steps.hold(case)
        policies.check_add_information(case)
        draft.check(queries.notice_draft(notice))
        supplement = _save(notice, draft, by=by)
        whole = queries.notice_draft(notice)
        if draft.addresses:
            added = list(supplement.addresses.order_by("position").values_list("pk", flat=True))
            held_back = suspension_for(notice) if case.suspended_until else None
            clocks.start(case.id, added, without_suspended(duties.dues(whole, supplement.at), held_back), by=SYSTEM)
        if notice.completed_at is None and not duties.missing(whole, notice.received_at):
            steps.complete(notice, supplement.at, by=by)
        if case.state == CaseState.WAITING:
            steps.move(case, CaseState.RECEIVED, by=by)
    sign_head_now()
    if draft.addresses:
        relating.relate_now(case)
    return supplement


def _save(notice: Notice, draft: SupplementDraft, *, by: Actor) -> Supplement:
    supplement = Supplement(
        notice=notice,
        at=time.now(),
        by=by,
        entry_index=0,
        statement=draft.statement.strip(),
        where_hint=draft.where_hint.strip(),
        contact=draft.contact.strip(),
        signature=draft.signature.strip(),
        salt=new_salt(),
    )
    supplement.save(force_insert=True)
    if supplement.contact and not notice.case.contact_digest:
        notice.case.contact_digest = contact_digest(supplement.contact)
        notice.case.save(update_fields=["contact_digest"])
    first = Address.objects.filter(case=notice.case_id).count()
    for position, url in enumerate(draft.addresses, start=first):
        steps.name_place(notice.case, position, url, supplement=supplement)
    committed = queries.commitment(supplement.salt, queries.supplement_facts(supplement))
    data = {"notice": str(notice.id), "supplement": str(supplement.id), "commitment": committed}
    entry = append(Event.NOTICE_SUPPLEMENTED, f"case:{notice.case_id}", by=by, data=data)
    supplement.entry_index = entry.index
    supplement.save(update_fields=["entry_index"])
    return supplement


def tell_referral(case: Case, regime_id: str, reported_at: datetime, *, by: Actor) -> Referral:
    """The reporter says when an authority received their report: its clock runs beside the platform's own.

    Told again with another time, the earlier clock is replaced.

    Raises:
        RefusedError: the case is not one that runs clocks.
        InvalidError: no such authority for this person, or a time that cannot be; `fields` says which.
    """
    with transaction.atomic():
        steps.hold(case)
        policies.check_referral(case)
        notice = case.notices.earliest("received_at")
        whole = queries.notice_draft(notice)
        regime = _regime_of(duties.referrals(whole).get(regime_id), reported_at)
        before = queries.latest_referral(case, regime_id)
        if before is not None and before.reported_at == reported_at:
            return before
        referral = Referral(case=case, regime=regime_id, reported_at=reported_at, told_at=time.now(), by=by)
        referral.save(force_insert=True)
        data = {"referral": str(referral.id), "regime": regime_id, "at": time.iso(reported_at)}
        append(Event.REFERRAL_TOLD, f"case:{case.id}", by=by, data=data)
        due = duties.due_of_referral(whole, notice.received_at, regime, reported_at)
        clocks.supersede(case.id, [due] if due else [], by=SYSTEM, duty=Duty.AUTHORITY)
    sign_head_now()
    return referral


def _regime_of(regime: Regime | None, reported_at: datetime) -> Regime:
    if regime is None:
        raise InvalidError(_("Choose an authority."), fields={"regime": _("Choose an authority.")})
    if reported_at > time.now():
        problem = _("This lies in the future.")
        raise InvalidError(problem, fields={"reported_at": problem})
    return regime

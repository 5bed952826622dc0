"""Appeals: filed by the reporter or an uploader, decided by somebody else than the one who decided."""

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks import operations as banks
from argine.desk.banks.queries import entries_of_case, sightings_of_case
from argine.desk.cases import appeals, policies, queries, votes
from argine.desk.cases.drafts import AppealDraft, VerdictDraft
from argine.desk.cases.enums import AppealState, Appellant, CaseState, Outcome
from argine.desk.cases.models import Address, Appeal, Case, Decision
from argine.desk.cases.operations import closing, decisions, steps
from argine.desk.clocks import operations as clocks
from argine.desk.clocks.enums import Duty
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.crypto import new_salt
from argine.merkle.canonical import Json


def file_appeal(decision: Decision, draft: AppealDraft, *, by: Actor) -> Appeal:
    """Take an appeal; its clock starts. A reporter's brings the pictures back to review. Saying it twice is harmless.

    Raises:
        RefusedError: there is no such decision to appeal, it was appealed already, or the time is over.
        InvalidError: there is no text, or too much.
    """
    draft.check()
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=decision.case_id)
        decision.case = case
        said = appeals.filed(decision, draft.who, draft.content.digest)
        if said is not None and said.text == draft.text.strip():
            return said
        appeals.check_file(decision, draft.who, draft.content.digest)
        appeal = _save(decision, draft, by=by)
        due = appeals.due(decision, draft.who, appeal.at)
        clocks.start(case.id, [appeal.id], [due], by=SYSTEM, duty=Duty.APPEAL)
        if draft.who == Appellant.REPORTER:
            steps.move(case, CaseState.APPEALED, by=by)
            for entry in entries_of_case(case.id):
                banks.move_entry(entry, banks.REPORTED, by=by)
    sign_head_now()
    return appeal


def _save(decision: Decision, draft: AppealDraft, *, by: Actor) -> Appeal:
    appeal = Appeal(
        case=decision.case,
        decision=decision,
        who=draft.who,
        at=time.now(),
        by=by,
        until=appeals.open_until(decision, draft.who),
        expedited=appeals.is_expedited(decision, draft.who),
        copy_digest=draft.content.digest or appeals.about_all(decision),
        text=draft.text.strip(),
        content_id=draft.content.id,
        content_url=draft.content.url,
        salt=new_salt(),
    )
    appeal.save(force_insert=True)
    data: dict[str, Json] = {
        "appeal": str(appeal.id),
        "decision": str(decision.id),
        "who": appeal.who,
        "expedited": appeal.expedited,
        "commitment": queries.commitment(appeal.salt, queries.appeal_facts(appeal)),
    }
    append(Event.APPEAL_FILED, f"case:{decision.case_id}", by=by, data=data)
    return appeal


def decide_appeal(appeal: Appeal, draft: VerdictDraft, *, by: Actor) -> Appeal:
    """Decide an appeal: the decision stands, or another replaces it and its pictures and clocks follow.

    Raises:
        RefusedError: it is decided or closed, this person took the decision, or cannot have seen what `basis` says.
        InvalidError: ground or reasons will not do.
    """
    with transaction.atomic():
        appeal.refresh_from_db(from_queryset=Appeal.objects.select_related("case", "decision"))
        case, decision = appeal.case, appeal.decision
        steps.hold(case)
        appeals.check_decide(appeal, by)
        draft.check(Outcome(decision.outcome))
        addresses = list(Address.objects.filter(case=case))
        policies.check_basis(draft.basis, addresses, sightings_of_case(case.id))
        if draft.ground is None:
            _uphold(appeal, draft, by=by)
        else:
            _overturn(appeal, draft, by=by)
    sign_head_now()
    return appeal


def _uphold(appeal: Appeal, draft: VerdictDraft, *, by: Actor) -> None:
    _end(appeal, AppealState.UPHELD, draft, by=by)
    if appeal.who == Appellant.REPORTER:
        steps.move(appeal.case, CaseState.KEPT, by=by)
        for entry in entries_of_case(appeal.case_id):
            banks.withdraw_entry(entry, erase=False, by=by)


def _overturn(appeal: Appeal, draft: VerdictDraft, *, by: Actor) -> None:
    instead = draft.instead(Outcome(appeal.decision.outcome))
    appeal.result = decisions.replace(appeal.case, instead, appeal.decision, by=by)
    _end(appeal, AppealState.OVERTURNED, draft, by=by)
    closing.close_open_appeals(appeal.case, by=by)


def _end(appeal: Appeal, to: AppealState, draft: VerdictDraft, *, by: Actor) -> None:
    """Write down what was found. The clock is answered at that instant."""
    policies.check_appeal_move(appeal, to)
    appeal.state, appeal.decided_at, appeal.decided_by = to, time.now(), by
    appeal.basis, appeal.reasons = draft.basis, draft.reasons.strip()
    appeal.same_person = by in {appeal.decision.by, *votes.voters(appeal.case)}
    appeal.save(update_fields=["state", "decided_at", "decided_by", "basis", "reasons", "same_person", "result"])
    data: dict[str, Json] = {
        "appeal": str(appeal.id),
        "outcome": to.value,
        "same_person": appeal.same_person,
        "commitment": queries.commitment(appeal.salt, queries.appeal_outcome_facts(appeal)),
    }
    append(Event.APPEAL_DECIDED, f"case:{appeal.case_id}", by=by, data=data)
    clocks.answer(appeal.case_id, appeal.id, at=appeal.decided_at, by=by, duty=Duty.APPEAL)

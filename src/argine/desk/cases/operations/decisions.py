"""Deciding a case, and replacing a decision."""

from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks import operations as banks
from argine.desk.banks.queries import entries_of_case, sightings_of_case
from argine.desk.cases import policies, queries, related, votes
from argine.desk.cases.drafts import DecisionDraft
from argine.desk.cases.enums import Basis, CaseState, Ground, Outcome
from argine.desk.cases.models import Address, Case, Decision
from argine.desk.cases.operations import closing, steps
from argine.desk.clocks import operations as clocks
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.crypto import new_salt
from argine.desk.core.errors import RefusedError
from argine.merkle.canonical import Json


def decide(case: Case, draft: DecisionDraft, *, by: Actor, override: bool = False) -> Decision:
    """Decide a case. Removal: its entries block from the next check on. Keep: they leave the banks, duties are done.

    With `override` a decision that stands is replaced; it stays on record.

    Raises:
        RefusedError: the case's state does not permit it, or the reviewer cannot have seen what `basis` says.
        InvalidError: ground or reasons will not do.
    """
    draft.check()
    with transaction.atomic():
        steps.hold(case)
        current = queries.current_decision(case)
        _check_decide(case, draft, current, by=by, override=override)
        decision = replace(case, draft, current if override else None, by=by)
        closing.close_open_appeals(case, by=by)
    sign_head_now()
    return decision


def replace(case: Case, draft: DecisionDraft, overridden: Decision | None, *, by: Actor) -> Decision:
    """Write a decision down and let the case, its pictures and its clocks follow it; and the cases decided with it."""
    decision = _apply(case, draft, overridden, None, by=by)
    for other in related.decided_with(case):
        steps.hold(other)
        carry_over(decision, other, by=by)
    return decision


def carry_over(decision: Decision, case: Case, *, by: Actor) -> None:
    """Let a decision apply to another case about the same content, unless the one that stands there says the same.

    A removal blocks the pictures that surely agree with those it covers; others stay in review.
    """
    current = queries.current_decision(case)
    if current is not None and current.outcome == decision.outcome:
        return
    covered = [entry.id for entry in entries_of_case(decision.case_id) if entry.bank_id == banks.REMOVED]
    draft = DecisionDraft(
        Outcome(decision.outcome),
        Ground(decision.ground),
        Basis(decision.basis),
        decision.reasons,
        related.same_entries(decision.case, case, covered),
    )
    _apply(case, draft, current, decision, by=by)
    closing.close_open_appeals(case, by=by)


def _apply(
    case: Case, draft: DecisionDraft, overridden: Decision | None, follows: Decision | None, *, by: Actor
) -> Decision:
    decision = _save_decision(case, draft, overridden, follows, by=by)
    if draft.outcome == Outcome.REMOVE:
        _block(case, draft, by=by)
        if overridden is not None:
            clocks.run_anew(case.id, by=SYSTEM)
        steps.move(case, CaseState.REMOVAL, by=by)
    else:
        _let_go(case, decision, by=by)
        steps.move(case, CaseState.KEPT, by=by)
    return decision


def _check_decide(case: Case, draft: DecisionDraft, current: Decision | None, *, by: Actor, override: bool) -> None:
    if override:
        policies.check_override(case, draft.outcome, current)
    else:
        policies.check_decide(case, by, votes.voters(case))
        if votes.is_by_vote(case) and votes.needs_second(draft.outcome):
            raise RefusedError(_("Two people decide this: yours is the first vote."))
    check_draft(case, draft)


def check_draft(case: Case, draft: DecisionDraft) -> None:
    """Raise unless the draft fits the case, and the reviewer can have seen what it says."""
    policies.check_ground(case, draft.ground, draft.basis)
    addresses = list(Address.objects.filter(case=case))
    policies.check_basis(draft.basis, addresses, sightings_of_case(case.id))


def _save_decision(
    case: Case, draft: DecisionDraft, overridden: Decision | None, follows: Decision | None, *, by: Actor
) -> Decision:
    decision = Decision(
        seq=queries.next_seq(),
        case=case,
        at=time.now(),
        by=by,
        outcome=draft.outcome,
        ground=draft.ground,
        basis=draft.basis,
        reasons=draft.reasons.strip(),
        salt=new_salt(),
        overrides=overridden,
        follows=follows,
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

"""Votes, where two people decide; and who works on a case for a while."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.cases import policies, queries, votes
from argine.desk.cases.drafts import DecisionDraft
from argine.desk.cases.enums import CaseState, Outcome
from argine.desk.cases.models import Case, Claim, Decision, Vote
from argine.desk.cases.operations import decisions, steps
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.crypto import new_salt

Covers = frozenset[UUID] | None


def vote(case: Case, draft: DecisionDraft, *, by: Actor) -> Decision | None:
    """Vote. Where two votes agree they make the decision, which is returned; the second names ground and reasons.

    A first vote that needs a second holds the case; two that disagree bring it before a supervisor.

    Raises:
        RefusedError: the case's state does not permit it, this person has voted, or cannot have seen what `basis` says.
        InvalidError: ground or reasons will not do.
    """
    draft.check()
    with transaction.atomic():
        steps.hold(case)
        before = votes.of_case(case)
        policies.check_vote(case, by, {said.by for said in before})
        decisions.check_draft(case, draft)
        _save(case, draft, by=by)
        decision = _second(case, draft, before[0], by=by) if before else _first(case, draft, by=by)
    sign_head_now()
    return decision


def _save(case: Case, draft: DecisionDraft, *, by: Actor) -> Vote:
    said = Vote(
        case=case,
        at=time.now(),
        by=by,
        outcome=draft.outcome,
        ground=draft.ground,
        basis=draft.basis,
        covers=None if draft.covers is None else sorted(map(str, draft.covers)),
        reasons=draft.reasons.strip(),
        salt=new_salt(),
    )
    said.save(force_insert=True)
    # Not how: who votes second may be able to read the log.
    data = {"vote": str(said.id), "digest": queries.vote_digest(said)}
    append(Event.VOTE_CAST, f"case:{case.id}", by=by, data=data)
    return said


def _first(case: Case, draft: DecisionDraft, *, by: Actor) -> Decision | None:
    if not votes.needs_second(draft.outcome):
        return decisions.replace(case, draft, None, by=by)
    steps.move(case, CaseState.HELD, by=by)
    return None


def _second(case: Case, draft: DecisionDraft, first: Vote, *, by: Actor) -> Decision | None:
    both = _both(draft.covers, None if first.covers is None else frozenset(map(UUID, first.covers)))
    nothing_left = draft.outcome == Outcome.REMOVE and both is not None and not both
    if first.outcome != draft.outcome or nothing_left:
        steps.move(case, CaseState.DISPUTED, by=by)
        return None
    agreed = DecisionDraft(draft.outcome, draft.ground, draft.basis, draft.reasons, both)
    return decisions.replace(case, agreed, None, by=by)


def _both(one: Covers, other: Covers) -> Covers:
    """The pictures that both cover: what only one has seen stays in review."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def claim(case: Case, *, by: Actor) -> Claim:
    """Take a case for a while, or for longer.

    Raises:
        RefusedError: a colleague works on it.
    """
    with transaction.atomic():
        steps.hold(case)
        moment, held = time.now(), Claim.objects.filter(case=case).first()
        policies.check_claim(held, by, moment)
        taken = Claim(case=case, by=by, at=moment, until=moment + timedelta(minutes=settings.CONFIG.claim_minutes))
        taken.save()
        append(Event.CASE_CLAIMED, f"case:{case.id}", by=by)
    return taken


def release(case: Case, *, by: Actor) -> None:
    """Give a case back.

    Raises:
        RefusedError: this person has not taken it.
    """
    with transaction.atomic():
        steps.hold(case)
        held = Claim.objects.filter(case=case).first()
        policies.check_release(held, by)
        Claim.objects.filter(case=case).delete()
        append(Event.CASE_RELEASED, f"case:{case.id}", by=by)

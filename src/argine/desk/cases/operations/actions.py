"""What the platform says it has done."""

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks.operations import Content
from argine.desk.banks.queries import copies_let_in
from argine.desk.cases import policies, queries, reappearances, related
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import REMOVING, CaseState, Reappeared
from argine.desk.cases.models import Action, Address, Case, Decision, Reappearance
from argine.desk.cases.operations import steps
from argine.desk.clocks import operations as clocks
from argine.desk.clocks.enums import Duty
from argine.desk.clocks.queries import open_clocks
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.crypto import keyed_digest
from argine.desk.core.errors import InvalidError
from argine.desk.core.web_address import address_digest
from argine.merkle.canonical import Json


def report_action(decision: Decision, draft: ActionDraft, *, by: Actor) -> Action:
    """Take the platform's word for a measure: it meets the clocks of what it was done to. Saying it twice is harmless.

    A copy that is at none of the reported addresses answers for itself only: those are still due. So do, where no
    address was reported, the other copies that the decision was about.

    Raises:
        RefusedError: the decision was replaced, withdrawn, or asks for something else.
        InvalidError: the address is not one of the case's.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=decision.case_id)
        decision.case = case  # as it stands now: the notice may have been withdrawn since the decision was read
        address = _address_meant(case, draft)
        action = _take(decision, draft, address, by=by)
        for twin in related.twins(decision):
            steps.hold(twin.case)
            _take_for_twin(twin, draft, address, by=by)
    sign_head_now()
    return action


def _take(decision: Decision, draft: ActionDraft, address: Address | None, *, by: Actor) -> Action:
    case = decision.case
    again = _met_again(case, draft, address)
    named = None if again else draft.content.digest
    digest = named or keyed_digest("content", str(again.id if again else address.id if address else _everything(case)))
    said = Action.objects.filter(decision=decision, copy_digest=digest, measure=draft.measure).first()
    if said is not None:
        return said
    policies.check_action(decision, queries.current_decision(case), draft.measure)
    action = _save_action(decision, draft, address, digest, by=by)
    item = address.id if address else again.id if again else None
    if item is not None or _leaves_nothing(action):
        clocks.answer(case.id, item, at=action.at, by=by)
    if draft.measure in REMOVING and case.state == CaseState.REMOVAL and not open_clocks(case.id, Duty.ACT):
        steps.move(case, CaseState.REMOVED, by=by)
    return action


def _leaves_nothing(action: Action) -> bool:
    """Whether all that was reported is dealt with, as far as its decision knew of it.

    Where no address was reported, the copies that checks had met are what the decision was about: one of them answers
    for itself, and the last one for all.
    """
    if not queries.is_about_all(action) or not (action.content_id or action.content_url):
        return queries.is_about_all(action)
    decision = action.decision
    acted = {bytes(digest) for digest in decision.actions.values_list("copy_digest", flat=True)}
    return copies_let_in(decision.case_id, decision.at) <= acted


def _everything(case: Case) -> str:
    """All that is known of the case by now: what appeared again later is something else."""
    times = Reappearance.objects.filter(case=case, state=Reappeared.CONFIRMED).count()
    return f"{case.id} {times}" if times else str(case.id)


def _met_again(case: Case, draft: ActionDraft, address: Address | None) -> Reappearance | None:
    """The copy that appeared again and is still to be dealt with, if that is what the action is about."""
    if address is not None:
        return address.reappearance
    digest = draft.content.digest
    return reappearances.waiting_copy(case, digest) if digest else None


def _take_for_twin(twin: Decision, draft: ActionDraft, address: Address | None, *, by: Actor) -> None:
    """The same content was reported in another case too: what was done to it there is done here.

    The other case knows it by its own name of the place, or, if it names none there, as a copy.
    """
    content = draft.content
    if address is not None and not content.id and not content.url:
        content = Content(url=address.url)
    mine = None
    if content.url:
        same = Address.objects.filter(case=twin.case, digest=address_digest(content.url))
        mine = same.select_related("reappearance").order_by("-position").first()
    _take(twin, ActionDraft(draft.measure, content, mine.id if mine else None), mine, by=by)


def _address_meant(case: Case, draft: ActionDraft) -> Address | None:
    """The reported address that an action is about: named by id, or recognised by the content's own address."""
    newest_first = Address.objects.filter(case=case).select_related("reappearance").order_by("-position")
    addresses = {address.id: address for address in newest_first}
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


def record_statement_fetched(decision: Decision, *, by: Actor) -> None:
    """The platform took the statement of reasons: from here on it can give it to the uploader."""
    with transaction.atomic():
        append(Event.STATEMENT_FETCHED, f"case:{decision.case_id}", by=by, data={"decision": str(decision.id)})

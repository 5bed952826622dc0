"""A decision as a platform needs it: what to act on, by when, and whether it still stands."""

from datetime import datetime

from argine.desk.api.answers import AddressAnswer, ClockAnswer, CopyAnswer, DecisionAnswer, ReappearanceAnswer
from argine.desk.banks.models import Sighting
from argine.desk.banks.queries import sightings_of_case
from argine.desk.cases.enums import ENDED, CaseState, Ground, Outcome
from argine.desk.cases.models import Action, Address, Decision, Reappearance
from argine.desk.cases.queries import current_decision, get_case, is_about_all
from argine.desk.cases.reappearances import item_of
from argine.desk.clocks.queries import clocks_of_case


def decision_answer(decision: Decision) -> DecisionAnswer:
    current = current_decision(decision.case)
    actions = list(decision.actions.all())
    frozen = decision.case.state == CaseState.FROZEN
    return DecisionAnswer(
        id=decision.id,
        cursor=decision.seq,
        case=decision.case_id,
        case_number=decision.case.number,
        outcome=Outcome(decision.outcome),
        ground=Ground(decision.ground),
        at=decision.at,
        overrides=decision.overrides_id,
        follows=decision.follows_id,
        superseded=current is not None and current.pk != decision.pk,
        withdrawn=decision.case.state in ENDED,
        addresses=[] if frozen else _addresses(decision, actions),
        copies=[] if frozen else _copies(sightings_of_case(decision.case_id), actions),
        clocks=[ClockAnswer.of(clock) for clock in clocks_of_case(decision.case_id)],
    )


def _addresses(decision: Decision, actions: list[Action]) -> list[AddressAnswer]:
    acted = {action.address_id for action in actions}
    on_all = max((action.at for action in actions if is_about_all(action)), default=None)
    found = Address.objects.filter(case=decision.case_id).select_related("reappearance").order_by("position")
    # Once their time is over, addresses are erased: nobody can act on them any more.
    known = [address for address in found if address.url]
    return [
        AddressAnswer(id=address.id, url=address.url, acted=address.id in acted or _covered(address, on_all))
        for address in known
    ]


def _covered(address: Address, on_all: datetime | None) -> bool:
    """An action on everything is about the places that were known by then, not about what appeared later."""
    again = address.reappearance
    return on_all is not None and (again is None or (again.decided_at or again.at) <= on_all)


def reappearance_answer(row: Reappearance, decision: Decision) -> ReappearanceAnswer:
    item = item_of(row)
    return ReappearanceAnswer(
        id=row.id,
        decision=decision.id,
        address=None if item == row.id else item,
        at=row.at,
        clocks=[ClockAnswer.of(clock) for clock in clocks_of_case(row.case_id) if clock.item_id == item],
        case_state=CaseState(get_case(row.case_id).state),
    )


def _copies(sightings: list[Sighting], actions: list[Action]) -> list[CopyAnswer]:
    """Each copy once, as it was met last; those that the platform gave no name cannot be acted on.

    An action that names nothing is about every copy that had been met by then.
    """
    acted = {bytes(action.copy_digest) for action in actions}
    on_all = max((action.at for action in actions if _names_nothing(action)), default=None)
    newest: dict[bytes, Sighting] = {}
    for sighting in sightings:
        if sighting.copy_digest is not None:
            newest.setdefault(bytes(sighting.copy_digest), sighting)
    return [
        CopyAnswer(
            content_id=sighting.content_id,
            content_url=sighting.content_url,
            seen_at=sighting.at,
            acted=digest in acted or (on_all is not None and sighting.at <= on_all),
        )
        for digest, sighting in newest.items()
    ]


def _names_nothing(action: Action) -> bool:
    return action.address_id is None and not action.content_id and not action.content_url

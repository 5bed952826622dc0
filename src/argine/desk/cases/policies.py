"""Does the case's state permit it? Each `check_` raises the sentence that its disabled button shows."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from argine.desk.banks.models import Sighting
from argine.desk.cases.enums import DECIDABLE, OPEN, REMOVING, TRANSITIONS, Basis, CaseState, Measure, Outcome
from argine.desk.cases.models import Address, Case, Decision
from argine.desk.core.errors import RefusedError


def check_move(case: Case, to: CaseState) -> None:
    if to not in TRANSITIONS[CaseState(case.state)]:
        raise RefusedError(_("In its present state the case cannot become: %(state)s.") % {"state": to.label})


def check_decide(case: Case) -> None:
    if case.state not in DECIDABLE:
        raise RefusedError(_("This case was decided already, or withdrawn."))


def check_override(case: Case, outcome: Outcome, current: Decision | None) -> None:
    if current is None or case.state == CaseState.WITHDRAWN:
        raise RefusedError(_("There is no decision to replace."))
    if current.outcome == outcome:
        raise RefusedError(_("The decision that stands says the same."))


def check_basis(basis: Basis, addresses: Sequence[Address], sightings: Sequence[Sighting]) -> None:
    """A reviewer cannot have looked at what does not exist."""
    if basis == Basis.OWN_COPY and not any(sighting.content_id or sighting.content_url for sighting in sightings):
        raise RefusedError(_("No copy on the platform has been met yet."))
    if basis == Basis.ADDRESS and not addresses:
        raise RefusedError(_("No address was reported."))


def check_ask(case: Case) -> None:
    if case.state not in DECIDABLE:
        raise RefusedError(_("Only an open case can be asked about."))


def check_add_information(case: Case) -> None:
    if case.state not in OPEN:
        raise RefusedError(_("This case is closed. If it was not removed, you can ask to have it looked at again."))


def check_ask_again(case: Case) -> None:
    if case.state != CaseState.KEPT:
        raise RefusedError(_("You can ask for another look when it was decided not to remove."))


def check_withdraw(case: Case) -> None:
    if case.state == CaseState.WITHDRAWN:
        raise RefusedError(_("This report was withdrawn already."))


def check_action(decision: Decision, current: Decision | None, measure: Measure) -> None:
    if current is None or decision.pk != current.pk:
        raise RefusedError("Another decision has replaced this one: read the decisions again.")
    if decision.case.state == CaseState.WITHDRAWN:
        raise RefusedError("The notice was withdrawn: nothing is to be done any more.")
    if (decision.outcome == Outcome.REMOVE) != (measure in REMOVING):
        raise RefusedError(f"The decision is to {decision.outcome}: the measure {measure!r} does not carry it out.")

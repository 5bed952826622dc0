"""Does the case's state permit it? Each `check_` raises the sentence that its disabled button shows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from argine.desk.banks.models import Sighting
from argine.desk.cases.enums import (
    APPEAL_TRANSITIONS,
    DECIDABLE,
    ENDED,
    OPEN,
    ORDER_GROUNDS,
    REAPPEARED_TRANSITIONS,
    REMOVING,
    TRANSITIONS,
    AppealState,
    Appellant,
    Basis,
    CaseKind,
    CaseState,
    Ground,
    Measure,
    Misuse,
    Outcome,
    Reappeared,
)
from argine.desk.cases.misuse import Record
from argine.desk.cases.models import Address, Appeal, Case, Claim, Decision, MisuseStep, Reappearance, RecordHold
from argine.desk.core.errors import RefusedError


def check_move(case: Case, to: CaseState) -> None:
    if to not in TRANSITIONS[CaseState(case.state)]:
        raise RefusedError(_("In its present state the case cannot become: %(state)s.") % {"state": to.label})


def check_decide(case: Case, by: str, voters: Collection[str]) -> None:
    """Judge who decides alone: where two voted and disagreed, a third person."""
    check_leads(case)
    if case.state not in DECIDABLE | {CaseState.DISPUTED}:
        raise RefusedError(_("This case was decided already, or withdrawn."))
    if case.state == CaseState.DISPUTED and by in voters:
        raise RefusedError(_("You voted on this case. Somebody who did not decides it."))


def check_leads(case: Case) -> None:
    if case.leading_id is not None:
        raise RefusedError(_("This case follows another one: what is decided there applies here too."))


# Where a case can be led, and where it can still be led along.
LEADING = frozenset(OPEN - {CaseState.APPEALED}) | {CaseState.REMOVED}


def check_merge(case: Case, leading: Case, *, are_related: bool, has_followers: bool) -> None:
    """Judge whether `case` may follow `leading` from now on."""
    if CaseKind.ORDER in {case.kind, leading.kind}:
        raise RefusedError(_("An order is carried out for itself."))
    if case.pk == leading.pk or not are_related:
        raise RefusedError(_("These two cases share no picture and no address."))
    if case.leading_id is not None or leading.leading_id is not None:
        raise RefusedError(_("One of the two follows another case already. Split it first."))
    if has_followers:
        raise RefusedError(_("Others follow this case. Let the other one follow it instead."))
    if case.state not in DECIDABLE:
        raise RefusedError(_("This case was decided already, or is being voted on."))
    if leading.state not in LEADING:
        raise RefusedError(_("That case was closed without a removal. Decide this one for itself."))


def check_split(case: Case) -> None:
    if case.leading_id is None:
        raise RefusedError(_("This case follows no other."))


def check_vote(case: Case, by: str, voters: Collection[str]) -> None:
    check_leads(case)
    if case.state not in DECIDABLE | {CaseState.HELD}:
        raise RefusedError(_("This case was decided already, or withdrawn."))
    if by in voters:
        raise RefusedError(_("You have voted. Somebody else votes without seeing how."))


def check_mark_sensitive(*, sensitive: bool, seeing: int) -> None:
    """Refuse to hide a case from everybody; `seeing` counts who sees sensitive cases."""
    if sensitive and not seeing:
        raise RefusedError(
            _("Nobody here may see sensitive cases yet, so nobody would see this one. Ask an operator to let somebody.")
        )


def check_claim(claim: Claim | None, by: str, now: datetime) -> None:
    if claim is not None and claim.by != by and claim.until > now:
        raise RefusedError(_("A colleague works on this case until %(time)s UTC.") % {"time": f"{claim.until:%H:%M}"})


def check_release(claim: Claim | None, by: str) -> None:
    if claim is None or claim.by != by:
        raise RefusedError(_("You have not taken this case."))


def check_ground(case: Case, ground: Ground, basis: Basis) -> None:
    """An order is carried out on its own grounds, which no notice has."""
    is_order = case.kind == CaseKind.ORDER
    if (ground in ORDER_GROUNDS) != is_order or (basis == Basis.ORDER) != is_order:
        raise RefusedError(
            _("An order is carried out, or it is void: choose one of its own grounds.")
            if is_order
            else _("This ground is for orders of authorities only.")
        )


def check_extend(case: Case, due_at: datetime | None, new_due_at: datetime | None) -> None:
    """Judge more time that an authority gives: `due_at` is when the order is due now, `new_due_at` when it would be."""
    if case.state not in OPEN:
        raise RefusedError(_("This order was carried out already, or is void."))
    if new_due_at is None or (due_at is not None and new_due_at <= due_at):
        raise RefusedError(_("That gives no more time than the order has: the law sets its limit."))


def check_override(case: Case, outcome: Outcome, current: Decision | None) -> None:
    check_leads(case)
    if current is None or case.state in ENDED:
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
    if case.kind == CaseKind.ORDER:
        raise RefusedError(_("An order has no reporter who could be asked."))
    if case.state not in DECIDABLE | {CaseState.HELD, CaseState.DISPUTED, CaseState.APPEALED}:
        raise RefusedError(_("Only an open case can be asked about."))


def check_ask_for_missing(case: Case, lacking: Mapping[str, tuple[str, ...]]) -> None:
    check_ask(case)
    if not lacking:
        raise RefusedError(_("Nothing lacks: the notice is complete under every law."))


def check_referral(case: Case) -> None:
    if case.kind == CaseKind.ORDER or case.state in ENDED:
        raise RefusedError(_("No clock runs for this case."))


def check_add_information(case: Case) -> None:
    if case.state not in OPEN:
        raise RefusedError(_("This case is closed. If it was not removed, you can appeal."))


# The states in which a decision can be appealed, and what it must have said, by who appeals.
APPEALABLE: dict[Appellant, tuple[Outcome, frozenset[CaseState]]] = {
    Appellant.REPORTER: (Outcome.KEEP, frozenset({CaseState.KEPT})),
    Appellant.UPLOADER: (Outcome.REMOVE, frozenset({CaseState.REMOVAL, CaseState.REMOVED})),
}


def check_appeal(
    decision: Decision | None, who: Appellant, said: Appeal | None, until: datetime, now: datetime
) -> None:
    """Judge an appeal against a decision that stands; `said` is one that the same side filed on the same copy."""
    outcome, states = APPEALABLE[who]
    if decision is not None and decision.case.kind == CaseKind.ORDER:
        raise RefusedError(_("An authority ordered this. Only that authority, or a court, can change it."))
    if said is not None:
        raise RefusedError(_("There is an appeal against this decision already."))
    if decision is None or decision.outcome != outcome or decision.case.state not in states:
        raise RefusedError(
            _("You can appeal when it was decided not to remove.")
            if who == Appellant.REPORTER
            else _("There is no removal that stands and could be appealed.")
        )
    if now > until:
        raise RefusedError(_("The time to appeal is over: it ended on %(day)s.") % {"day": f"{until:%Y-%m-%d}"})


def check_appeal_move(appeal: Appeal, to: AppealState) -> None:
    if to not in APPEAL_TRANSITIONS[AppealState(appeal.state)]:
        raise RefusedError(_("This appeal was decided already, or closed."))


def check_decide_appeal(appeal: Appeal, by: str, voters: Collection[str], *, same_person_may: bool) -> None:
    check_appeal_move(appeal, AppealState.UPHELD)
    if by in {appeal.decision.by, *voters} and not same_person_may:
        raise RefusedError(_("You took this decision yourself. Somebody else decides the appeal."))


def check_choose_mail(case: Case) -> None:
    if case.kind == CaseKind.ORDER or case.state == CaseState.FROZEN:
        raise RefusedError(_("No e-mail is sent about this case."))


def check_freeze(case: Case) -> None:
    if case.state in ENDED:
        raise RefusedError(_("This case has ended already, and its fingerprints are erased."))


def check_preserve(case: Case) -> None:
    if case.state != CaseState.FROZEN:
        raise RefusedError(_("Only of a case about somebody under 18 is kept who holds what."))


def check_hold_records(held: RecordHold | None) -> None:
    if held is not None:
        raise RefusedError(_("The records of this case are held already."))


def check_release_records(held: RecordHold | None) -> None:
    if held is None:
        raise RefusedError(_("The records of this case are not held."))


def check_reappearance(decision: Decision, current: Decision | None, *, is_named: bool) -> None:
    """Judge whether a platform may tell that content appeared again: `decision` is the removal that it names."""
    if not is_named:
        raise RefusedError("Name the content that appeared again, by its id or address.")
    if current is None or decision.pk != current.pk or decision.outcome != Outcome.REMOVE:
        raise RefusedError("This is not a removal that stands: read the decisions again.")
    if decision.case.state not in REOPENED_FROM:
        raise RefusedError("The notice was withdrawn or stopped: nothing is to be done any more.")


REOPENED_FROM = frozenset({CaseState.REMOVED, CaseState.REMOVAL})


def check_decide_reappearance(case: Case, row: Reappearance) -> None:
    if Reappeared.CONFIRMED not in REAPPEARED_TRANSITIONS[Reappeared(row.state)]:
        raise RefusedError(_("A colleague has looked at this copy already."))
    if case.state not in REOPENED_FROM:
        raise RefusedError(_("No removal stands in this case any more."))


def check_misuse(case: Case, kind: Misuse, record: Record) -> None:
    """Judge which step against frequent, manifestly unfounded reports may be taken now."""
    most = settings.CONFIG.misuse_number
    if not case.contact_digest:
        raise RefusedError(_("No contact was given, so nothing is counted."))
    if kind == Misuse.FINDING:
        if case.state != CaseState.KEPT:
            raise RefusedError(_("Only a report that was refused can be found unfounded."))
        if record.found_here:
            raise RefusedError(_("This report was found unfounded already."))
    elif record.found < most:
        raise RefusedError(
            _("%(found)d of %(most)d reports by this contact were found unfounded: that is not frequent.")
            % {"found": record.found, "most": most}
        )
    elif kind == Misuse.WARNING and record.warned_at is not None:
        raise RefusedError(_("This contact was warned already."))
    elif kind == Misuse.SUSPENSION and (record.warned_at is None or not record.found_since):
        raise RefusedError(_("First a warning is sent; only if another unfounded report follows, this is possible."))
    elif kind == Misuse.SUSPENSION and record.suspension is not None:
        raise RefusedError(_("A suspension runs already."))


def check_suspension_days(days: int) -> None:
    most = settings.CONFIG.misuse_days
    if not 0 < days <= most:
        raise RefusedError(_("At most %(count)d days at once.") % {"count": most})


def _check_runs(step: MisuseStep, now: datetime) -> None:
    if step.kind != Misuse.SUSPENSION or step.lifted or step.until is None or step.until <= now:
        raise RefusedError(_("This suspension does not run any more."))


def check_appeal_suspension(step: MisuseStep, now: datetime) -> None:
    _check_runs(step, now)
    if step.appealed_at is not None:
        raise RefusedError(_("You have appealed already."))


def check_review_suspension(step: MisuseStep, by: str, now: datetime, *, same_person_may: bool) -> None:
    _check_runs(step, now)
    if step.reviewed_at is not None and step.appealed_at is not None and step.reviewed_at >= step.appealed_at:
        raise RefusedError(_("The appeal was decided already."))
    if step.by == by and not same_person_may:
        raise RefusedError(_("You suspended yourself. Somebody else looks at it."))


def check_mark(case: Case) -> None:
    if case.state in ENDED:
        raise RefusedError(_("This case has ended already, and its fingerprints are erased."))


def check_withdraw(case: Case) -> None:
    if case.state == CaseState.FROZEN:
        raise RefusedError(_("This case has ended already, and its fingerprints are erased."))
    if case.kind == CaseKind.ORDER:
        raise RefusedError(_("An order ends when its authority revokes it."))
    if case.state == CaseState.WITHDRAWN:
        raise RefusedError(_("This report was withdrawn already."))


def check_action(decision: Decision, current: Decision | None, measure: Measure) -> None:
    if current is None or decision.pk != current.pk:
        raise RefusedError("Another decision has replaced this one: read the decisions again.")
    if decision.case.state == CaseState.WITHDRAWN:
        raise RefusedError("The notice was withdrawn: nothing is to be done any more.")
    if decision.case.state == CaseState.FROZEN:
        raise RefusedError("The case was stopped: it is about somebody under 18. Act in your own store, by law.")
    if (decision.outcome == Outcome.REMOVE) != (measure in REMOVING):
        raise RefusedError(f"The decision is to {decision.outcome}: the measure {measure!r} does not carry it out.")

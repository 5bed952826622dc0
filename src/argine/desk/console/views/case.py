"""The page of a case and what is done on it: decide, override, ask the reporter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from argine.desk.banks.queries import entries_of_case, sightings_of_case
from argine.desk.cases import copies, operations, policies, replies, votes
from argine.desk.cases.drafts import DecisionDraft
from argine.desk.cases.enums import Basis, CaseKind, CaseState, Ground, Outcome, ReplyUse
from argine.desk.cases.models import Address, Case, Decision
from argine.desk.cases.permissions import seen_by
from argine.desk.cases.queries import current_decision, get_case
from argine.desk.console import (
    again_card,
    appeal_cards,
    case_page,
    claim_card,
    dossier_card,
    evidence_card,
    frozen_card,
    host_card,
    misuse_card,
    order_card,
    outgoing,
    outward_card,
    record_card,
    related_card,
)
from argine.desk.console.access import StaffRequest, check, needs, refusal
from argine.desk.console.forms import YES, AppealForm, AskForm, DecisionForm, MisuseForm, ReasonForm, Seen
from argine.desk.console.order_form import ExtendForm, PreserveForm
from argine.desk.console.region_card import RegionForm
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.core.region_words import region_words
from argine.desk.people import permissions
from argine.desk.people.enums import Permission

CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
@needs(Permission.SEE_CASES)
def show(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return page(request, get_case(case_id))


@require_POST
@needs(Permission.DECIDE)
def decide(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = get_case(case_id)
    check(request.user, may_decide(case))
    return _decide(request, case, override=False)


@require_POST
@needs(Permission.OVERRIDE)
def override(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return _decide(request, get_case(case_id), override=True)


@require_POST
@needs(Permission.DECIDE)
def ask(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case, form = get_case(case_id), AskForm(request.POST)
    if not form.is_valid():
        return page(request, case, sent=Sent(ask=form))
    try:
        operations.ask_reporter(case, form.cleaned_data["text"], by=request.actor)
    except RefusedError as error:
        return page(request, case, refused=str(error), unsent=form.cleaned_data["text"])
    messages.success(request, _("Your question waits for the reporter. The case comes back when they answer."))
    return redirect("console:case", case.id)


@require_POST
@needs(Permission.DECIDE)
def claim(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Take the case for a while, so that colleagues take another."""
    return _try(request, get_case(case_id), operations.claim)


@require_POST
@needs(Permission.DECIDE)
def release(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return _try(request, get_case(case_id), operations.release)


@require_POST
@needs(Permission.DECIDE)
def freeze(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The person shown is, or may be, under 18: asked once more, then done at once."""
    case = get_case(case_id)
    if request.POST.get("confirmed") != YES:
        return render(request, "console/freeze.html", {"case": case, "yes": YES})
    return _try(request, case, operations.freeze)


@require_POST
@needs(Permission.DECIDE)
def sensitive(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Show the case to few, or to all again. Who would lose sight of it is asked once more."""
    case, hide = get_case(case_id), request.POST.get("sensitive") == YES
    if hide and not request.user.sees_sensitive and request.POST.get("confirmed") != YES:
        return render(request, "console/sensitive.html", {"case": case, "yes": YES})
    try:
        operations.mark_sensitive(case, sensitive=hide, by=request.actor)
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error))
    messages.success(request, _("The case is sensitive now.") if hide else _("All of the staff see the case again."))
    return redirect("console:case", case.id) if request.user.sees_sensitive else redirect("console:queue")


@require_POST
@needs(Permission.DECIDE)
def preserve(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Write down that a provider reported, under which number: how long it keeps what follows from the law."""
    case, form = get_case(case_id), PreserveForm(request.POST)
    if form.is_valid():
        try:
            operations.preserve(case, form.moment(), form.cleaned_data["reference"], by=request.actor)
            return redirect("console:case", case.id)
        except InvalidError as error:
            for field_name, text in error.fields.items():
                form.add_error(field_name, text)
        except RefusedError as error:
            return page(request, get_case(case.id), refused=str(error))
    return page(request, case, sent=Sent(preserve=form))


def _try(request: StaffRequest, case: Case, operation: Callable[..., object]) -> HttpResponse:
    try:
        operation(case, by=request.actor)
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error))
    return redirect("console:case", case.id)


@require_POST
@needs(Permission.DECIDE)
def ask_missing(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Ask for what lacks, in the reporter's language, in words that are ready."""
    case = get_case(case_id)
    try:
        operations.ask_for_missing(case, by=request.actor)
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error))
    messages.success(request, _("Your question waits for the reporter. The case comes back when they answer."))
    return redirect("console:case", case.id)


def may_decide(case: Case) -> Permission:
    """What a person needs to be granted to decide this case."""
    if case.state == CaseState.DISPUTED:
        return Permission.OVERRIDE
    return Permission.CONFIRM_ORDERS if case.kind == CaseKind.ORDER else Permission.DECIDE


def _seen(case: Case) -> Seen:
    return Seen(
        addresses=list(Address.objects.filter(case=case)),
        sightings=sightings_of_case(case.id),
        pictures=[entry.id for entry in entries_of_case(case.id) if entry.signals.all()],
    )


def _decide(request: StaffRequest, case: Case, *, override: bool) -> HttpResponse:
    current = current_decision(case) if override else None
    form = DecisionForm(case, _seen(case), request.POST, current=current)
    if not form.is_valid() or "back" in request.POST:
        return page(request, case, sent=Sent(decision=form))
    draft = form.draft()
    if (override or draft.outcome == Outcome.REMOVE) and not form.is_confirmed:
        return _confirm(request, form, override=override)
    try:
        done = _carry_out(request, case, draft, override=override)
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error), unsent=draft.reasons)
    except InvalidError as error:
        for field, text in error.fields.items():
            form.add_error(field, text)
        return page(request, case, sent=Sent(decision=form))
    messages.success(request, done)
    return redirect("console:case", case.id)


def _carry_out(request: StaffRequest, case: Case, draft: DecisionDraft, *, override: bool) -> str:
    """Decide, or vote where two people decide; say what came of it."""
    if override or not votes.is_by_vote(case):
        operations.decide(case, draft, by=request.actor, override=override)
    elif operations.vote(case, draft, by=request.actor) is None:
        if case.state == CaseState.HELD:
            return _("Case %(number)d: your vote is kept. A second person votes.") % {"number": case.number}
        return _("Case %(number)d: the votes differ. A supervisor decides.") % {"number": case.number}
    return _done(draft.outcome, case)


def _done(outcome: Outcome, case: Case) -> str:
    if outcome == Outcome.REMOVE:
        return _("Case %(number)d: removal decided. The platform has been asked to carry it out.") % {
            "number": case.number
        }
    return _("Case %(number)d: it stays. The reporter can read why.") % {"number": case.number}


def _confirm(request: StaffRequest, form: DecisionForm, *, override: bool) -> HttpResponse:
    draft = form.draft()
    context = {
        "form": form,
        "case": form.case,
        "override": override,
        "removes": draft.outcome == Outcome.REMOVE,
        "outcome": draft.outcome.label,
        "ground": Ground(draft.ground).label,
        "basis": Basis(draft.basis).label,
        "covered": len(draft.covers or ()),
        "pictures": len(form.seen.pictures),
        "hidden": [
            ("ground", draft.ground.value),
            ("basis", draft.basis.value),
            ("reasons", draft.reasons),
            *(("covers", str(picture)) for picture in draft.covers or ()),
        ],
        "yes": YES,
    }
    return render(request, "console/confirm.html", context)


@dataclass(frozen=True, slots=True)
class Sent:
    """The forms of the page that were sent and need a change; those that were not are shown empty."""

    decision: DecisionForm | None = None
    ask: AskForm | None = None
    extend: ExtendForm | None = None
    preserve: PreserveForm | None = None
    hold: ReasonForm | None = None
    misuse: MisuseForm | None = None
    appeals: Mapping[UUID, AppealForm] = field(default_factory=dict)
    regions: Mapping[UUID, RegionForm] = field(default_factory=dict)

    @property
    def is_wrong(self) -> bool:
        forms = (self.decision, self.ask, self.extend, self.preserve, self.hold, self.misuse)
        more = (*self.appeals.values(), *self.regions.values())
        return any(form is not None and form.errors for form in (*forms, *more))


NOTHING_SENT = Sent()


def page(
    request: StaffRequest,
    case: Case,
    *,
    sent: Sent = NOTHING_SENT,
    refused: str = "",
    unsent: str = "",
) -> HttpResponse:
    """Show the case. `unsent` is what was typed and could not be taken: it is shown, so that nothing is lost."""
    seen, current = _seen(case), current_decision(case)
    settled = refusal(partial(votes.check, case, request.actor))
    context = {
        **_rights(request, case),
        "case": case_page.of(case, sent.regions),
        "form": sent.decision or DecisionForm(case, seen, current=current if settled else None),
        "ask_form": sent.ask or AskForm(),
        "appeals": appeal_cards.of(case, request.actor, sent.appeals),
        "order": order_card.of(case, sent.extend),
        "claim": claim_card.of(case, request.actor),
        "by_vote": votes.is_by_vote(case),
        "frozen": frozen_card.of(case),
        "outward": outward_card.of(case),
        "evidence": evidence_card.of(case),
        "hosts": host_card.of(case),
        "letters": None if case.kind == CaseKind.ORDER else outgoing.letters_card(case),
        "preserve_form": sent.preserve or PreserveForm(),
        "again": again_card.of(case),
        "dossier": dossier_card.of(case, request),
        "misuse": misuse_card.of(case, request.actor, sent.misuse),
        "related": related_card.of(case, request.user),
        "records": record_card.of(case, sent.hold),
        "exact_copies": len(copies.of_decision(current, seen_by(request.user))) if current else 0,
        "is_sensitive": case.sensitive,
        "sees_sensitive": request.user.sees_sensitive,
        "starters": replies.ready(case, ReplyUse.REASONS),
        "questions": replies.ready(case, ReplyUse.QUESTION),
        "settled": settled,
        "overridable": settled != "" and _is_overridable(case, current),
        "region_words": region_words(),
        "refused": refused,
        "unsent": unsent,
    }
    status = CONFLICT if refused else UNPROCESSABLE if sent.is_wrong else 200
    return render(request, "console/case.html", context, status=status)


def _rights(request: StaffRequest, case: Case) -> dict[str, object]:
    """What this person may do here, and where not, why: the reason that a button which is off tells."""
    return {
        "may_not_extend": refusal(partial(permissions.check, request.user, Permission.CONFIRM_ORDERS)),
        "cannot_freeze": refusal(partial(_check_freeze, request, case)),
        "may_not_hold": refusal(partial(permissions.check, request.user, Permission.MANAGE_RECORDS)),
        "may_replies": permissions.may(request.user, Permission.MANAGE_REPLIES),
        "may_not_decide": refusal(partial(permissions.check, request.user, may_decide(case))),
        "may_not_override": refusal(partial(permissions.check, request.user, Permission.OVERRIDE)),
        "cannot_ask": refusal(partial(policies.check_ask, case)),
        "cannot_mark": refusal(partial(_check_mark, request, case)),
        "cannot_take": refusal(partial(policies.check_hash_copy, case)),
        "shows_copies": not refusal(partial(policies.check_look, case)),
    }


def _check_freeze(request: StaffRequest, case: Case) -> None:
    permissions.check(request.user, Permission.DECIDE)
    policies.check_freeze(case)


def _check_mark(request: StaffRequest, case: Case) -> None:
    permissions.check(request.user, Permission.DECIDE)
    policies.check_mark(case)


def _is_overridable(case: Case, current: Decision | None) -> bool:
    return any(not refusal(partial(policies.check_override, case, outcome, current)) for outcome in Outcome)

"""The page of a case and what is done on it: decide, override, ask the reporter."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from argine.desk.banks.queries import entries_of_case, sightings_of_case
from argine.desk.cases import operations, policies
from argine.desk.cases.enums import Basis, Ground, Outcome
from argine.desk.cases.models import Address, Case, Decision
from argine.desk.cases.queries import current_decision, get_case
from argine.desk.console import case_page
from argine.desk.console.access import StaffRequest, needs, refusal
from argine.desk.console.forms import YES, AskForm, DecisionForm, Seen
from argine.desk.console.starters import STARTERS
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.people import permissions
from argine.desk.people.enums import Permission

CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
@needs(Permission.SEE_CASES)
def show(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return _page(request, get_case(case_id))


@require_POST
@needs(Permission.DECIDE)
def decide(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return _decide(request, get_case(case_id), override=False)


@require_POST
@needs(Permission.OVERRIDE)
def override(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return _decide(request, get_case(case_id), override=True)


@require_POST
@needs(Permission.DECIDE)
def ask(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case, form = get_case(case_id), AskForm(request.POST)
    if not form.is_valid():
        return _page(request, case, ask_form=form)
    try:
        operations.ask_reporter(case, form.cleaned_data["text"], by=request.actor)
    except RefusedError as error:
        return _page(request, case, refused=str(error), unsent=form.cleaned_data["text"])
    messages.success(request, _("Your question waits for the reporter. The case comes back when they answer."))
    return redirect("console:case", case.id)


def _seen(case: Case) -> Seen:
    return Seen(
        addresses=list(Address.objects.filter(notice__case=case)),
        sightings=sightings_of_case(case.id),
        pictures=[entry.id for entry in entries_of_case(case.id) if entry.signals.all()],
    )


def _decide(request: StaffRequest, case: Case, *, override: bool) -> HttpResponse:
    current = current_decision(case) if override else None
    form = DecisionForm(case, _seen(case), request.POST, current=current)
    if not form.is_valid() or "back" in request.POST:
        return _page(request, case, decision_form=form)
    draft = form.draft()
    if (override or draft.outcome == Outcome.REMOVE) and not form.is_confirmed:
        return _confirm(request, form, override=override)
    try:
        operations.decide(case, draft, by=request.actor, override=override)
    except RefusedError as error:
        return _page(request, get_case(case.id), refused=str(error), unsent=draft.reasons)
    except InvalidError as error:
        for field, text in error.fields.items():
            form.add_error(field, text)
        return _page(request, case, decision_form=form)
    messages.success(request, _done(draft.outcome, case))
    return redirect("console:case", case.id)


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


def _page(
    request: StaffRequest,
    case: Case,
    *,
    decision_form: DecisionForm | None = None,
    ask_form: AskForm | None = None,
    refused: str = "",
    unsent: str = "",
) -> HttpResponse:
    """Show the case. `unsent` is what was typed and could not be taken: it is shown, so that nothing is lost."""
    seen, current = _seen(case), current_decision(case)
    settled = refusal(partial(policies.check_decide, case))
    forms = (decision_form, ask_form)
    context = {
        "case": case_page.of(case),
        "form": decision_form or DecisionForm(case, seen, current=current if settled else None),
        "ask_form": ask_form or AskForm(),
        "starters": STARTERS,
        "settled": settled,
        "overridable": settled != "" and _is_overridable(case, current),
        "may_not_decide": refusal(partial(permissions.check, request.user, Permission.DECIDE)),
        "may_not_override": refusal(partial(permissions.check, request.user, Permission.OVERRIDE)),
        "cannot_ask": refusal(partial(policies.check_ask, case)),
        "refused": refused,
        "unsent": unsent,
    }
    wrong = any(form is not None and form.errors for form in forms)
    status = CONFLICT if refused else UNPROCESSABLE if wrong else 200
    return render(request, "console/case.html", context, status=status)


def _is_overridable(case: Case, current: Decision | None) -> bool:
    return any(not refusal(partial(policies.check_override, case, outcome, current)) for outcome in Outcome)

"""Steps against frequent reports that are manifestly unfounded, on the page of a case."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from argine.desk.cases import misuse, operations
from argine.desk.cases.enums import Misuse
from argine.desk.cases.models import Case
from argine.desk.cases.queries import get_case
from argine.desk.console.access import StaffRequest, check, needs
from argine.desk.console.forms import YES, MisuseForm
from argine.desk.console.views.case import Sent, page
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.people.enums import Permission


@require_POST
@needs(Permission.DECIDE)
def take(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """A finding or a warning by who decides; a suspension by a supervisor."""
    case, form = get_case(case_id), MisuseForm(request.POST)
    kind = request.POST.get("kind", "")
    if kind == Misuse.SUSPENSION:
        check(request.user, Permission.OVERRIDE)
    if not form.is_valid() or kind not in Misuse.values:
        return page(request, case, sent=Sent(misuse=form))
    if kind == Misuse.SUSPENSION and not form.cleaned_data["days"]:
        form.add_error("days", _("Say for how many days."))
        return page(request, case, sent=Sent(misuse=form))
    try:
        _do(request, case, Misuse(kind), form)
    except InvalidError as error:
        form.add_error("reasons", str(error))
        return page(request, case, sent=Sent(misuse=form))
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error), unsent=form.cleaned_data["reasons"])
    return redirect("console:case", case.id)


def _do(request: StaffRequest, case: Case, kind: Misuse, form: MisuseForm) -> None:
    reasons, days = form.cleaned_data["reasons"], form.cleaned_data["days"]
    if kind == Misuse.FINDING:
        operations.find_unfounded(case, reasons, by=request.actor)
    elif kind == Misuse.WARNING:
        operations.warn_of_misuse(case, reasons, by=request.actor)
    else:
        operations.suspend(case, days, reasons, by=request.actor)


@require_POST
@needs(Permission.OVERRIDE)
def review(request: StaffRequest, step_id: UUID) -> HttpResponse:
    step, reasons = misuse.get_step(step_id), request.POST.get("reasons", "")
    try:
        operations.review_suspension(step, reasons, lift=request.POST.get("lift") == YES, by=request.actor)
    except (InvalidError, RefusedError) as error:
        return page(request, get_case(step.case_id), refused=str(error), unsent=reasons)
    return redirect("console:case", step.case_id)

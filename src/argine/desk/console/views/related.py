"""Letting a duplicate follow another case, and splitting it again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from argine.desk.cases import operations
from argine.desk.cases.queries import get_case
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.forms import YES
from argine.desk.console.views.case import page
from argine.desk.core.errors import RefusedError
from argine.desk.people.enums import Permission


@require_POST
@needs(Permission.DECIDE)
def merge(request: StaffRequest, case_id: UUID, leading_id: UUID) -> HttpResponse:
    """Asked once more: both persons will read the same reasons."""
    case, leading = get_case(case_id), get_case(leading_id)
    if request.POST.get("confirmed") != YES:
        return render(request, "console/merge.html", {"case": case, "leading": leading, "yes": YES})
    try:
        operations.merge(case, leading, by=request.actor)
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error))
    messages.success(
        request,
        _("Case %(number)d follows case %(leading)d from here on.")
        % {"number": case.number, "leading": leading.number},
    )
    return redirect("console:case", case.id)


@require_POST
@needs(Permission.DECIDE)
def split(request: StaffRequest, case_id: UUID) -> HttpResponse:
    case = get_case(case_id)
    try:
        operations.split(case, by=request.actor)
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error))
    return redirect("console:case", case.id)

"""Judging a copy that was met again, on the page of its case."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from argine.desk.cases import operations, reappearances
from argine.desk.cases.queries import get_case
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.forms import YES
from argine.desk.console.views.case import page
from argine.desk.core.errors import RefusedError
from argine.desk.people.enums import Permission


@require_POST
@needs(Permission.DECIDE)
def decide(request: StaffRequest, reappearance_id: UUID) -> HttpResponse:
    row, is_copy = reappearances.get(reappearance_id), request.POST.get("is_copy") == YES
    try:
        operations.decide_reappearance(row, is_copy=is_copy, by=request.actor)
    except RefusedError as error:
        return page(request, get_case(row.case_id), refused=str(error))
    if is_copy:
        messages.success(request, _("The case is open again. The platform has been asked to remove this copy."))
    return redirect("console:case", row.case_id)

"""Marking the altered part of a reported picture."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from argine.desk.banks.queries import find_entry
from argine.desk.cases import operations
from argine.desk.cases.queries import get_case
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.region_card import RegionForm
from argine.desk.console.views.case import Sent, page
from argine.desk.core.errors import RefusedError
from argine.desk.people.enums import Permission


@require_POST
@needs(Permission.DECIDE)
def mark(request: StaffRequest, case_id: UUID, entry_id: UUID) -> HttpResponse:
    """Mark the part that a copy must agree in, or take the mark away."""
    case, form = get_case(case_id), RegionForm(find_entry(entry_id), request.POST)
    if not form.is_valid():
        return page(request, case, sent=Sent(regions={entry_id: form}))
    reason = form.cleaned_data["reason"]
    try:
        operations.mark_region(case, entry_id, form.region, reason, by=request.actor)
    except RefusedError as error:
        return page(request, get_case(case.id), refused=str(error), unsent=reason)
    messages.success(
        request,
        _("Done: from the next check on, a copy must agree in the marked part.")
        if form.region is not None
        else _("Done: from the next check on, the whole picture is compared."),
    )
    return redirect("console:case", case.id)

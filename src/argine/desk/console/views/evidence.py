"""Records of what stands at reported addresses: taking one, reading it, handing it on."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from argine.desk.cases.queries import get_case
from argine.desk.console import evidence_card
from argine.desk.console.access import StaffRequest, needs
from argine.desk.core.errors import RefusedError
from argine.desk.evidence import operations, queries
from argine.desk.evidence.enums import Problem
from argine.desk.people.enums import Permission


@require_POST
@needs(Permission.DECIDE)
def take(request: StaffRequest, case_id: UUID, address_id: UUID) -> HttpResponse:
    """Look at the address now, and keep what stands there without its media."""
    case = get_case(case_id)
    try:
        row = operations.take(queries.get_address(case, address_id), by=request.actor)
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("console:case", case.id)
    if row.problem:
        messages.warning(request, _("Written down: %(problem)s.") % {"problem": Problem(row.problem).label})
    else:
        messages.success(request, _("The record of the page is kept, without any of its media."))
    return redirect("console:page_record", row.id)


@require_safe
@needs(Permission.SEE_CASES)
def show(request: StaffRequest, record_id: UUID) -> HttpResponse:
    row = queries.get(record_id)
    context = {"case": row.case, "page": evidence_card.page(row)}
    return render(request, "console/page_record.html", context)


@require_safe
@needs(Permission.SEE_CASES)
def download(request: StaffRequest, record_id: UUID) -> HttpResponse:  # noqa: ARG001  # who asks was looked at
    """The record with all that proves it, as a file."""
    row = queries.get(record_id)
    text = json.dumps(queries.export(row), indent=1, ensure_ascii=False)
    headers = {"Content-Disposition": f'attachment; filename="page-{row.id}.json"'}
    return HttpResponse(text.encode(), content_type="application/json", headers=headers)


@require_POST
@needs(Permission.DECIDE)
def watch(request: StaffRequest, case_id: UUID, address_id: UUID) -> HttpResponse:
    """Look at the address again and again from now on."""
    case = get_case(case_id)
    try:
        operations.start(queries.get_address(case, address_id), by=request.actor)
        messages.success(request, _("The desk looks at this address from now on, first within a minute or so."))
    except RefusedError as error:
        messages.error(request, str(error))
    return redirect("console:case", case.id)


@require_POST
@needs(Permission.DECIDE)
def stop_watch(request: StaffRequest, watch_id: UUID) -> HttpResponse:
    found = queries.get_watch(watch_id)
    operations.stop(found, by=request.actor)
    messages.success(request, _("The desk looks at this address no more."))
    return redirect("console:case", found.case_id)


@require_POST
@needs(Permission.DECIDE)
def ask(request: StaffRequest, case_id: UUID, host: str) -> HttpResponse:
    """Ask the public registries who runs a host, and where it takes complaints."""
    case = get_case(case_id)
    try:
        operations.ask(case, host, by=request.actor)
        messages.success(request, _("The registries answered: see whom to write to."))
    except RefusedError as error:
        messages.error(request, str(error))
    return redirect("console:case", case.id)

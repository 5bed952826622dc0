"""Watching who holds the name of a reported host: starting, stopping, having looked at a change."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from argine.desk.cases.queries import get_case
from argine.desk.console.access import StaffRequest, needs
from argine.desk.core.errors import RefusedError
from argine.desk.evidence import operations, queries
from argine.desk.people.enums import Permission


def _back(case_id: UUID) -> HttpResponse:
    """To the case, where its hosts are."""
    return redirect(reverse("console:case", args=[case_id]) + "#hosts")


@require_POST
@needs(Permission.DECIDE)
def watch(request: StaffRequest, case_id: UUID, host: str) -> HttpResponse:
    """Ask the registries about the host again and again from now on."""
    case = get_case(case_id)
    try:
        operations.start_host(case, host, by=request.actor)
        messages.success(request, _("The desk watches this website from now on, and first asks within some minutes."))
    except RefusedError as error:
        messages.error(request, str(error))
    return _back(case.id)


@require_POST
@needs(Permission.DECIDE)
def stop(request: StaffRequest, host_watch_id: UUID) -> HttpResponse:
    found = queries.get_host_watch(host_watch_id)
    operations.stop_host(found, by=request.actor)
    messages.success(request, _("The desk watches this website no more."))
    return _back(found.case_id)


@require_POST
@needs(Permission.DECIDE)
def seen(request: StaffRequest, host_change_id: UUID) -> HttpResponse:
    """Somebody has looked at what changed: the queue shows it no more."""
    found = queries.get_host_change(host_change_id)
    operations.note_change_seen(found, by=request.actor)
    messages.success(request, _("Noted: you have looked at what changed."))
    return _back(found.watch.case_id)

"""What goes out: how it is doing, what did not go, a test."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from argine.desk.console import outgoing
from argine.desk.console.access import StaffRequest, needs
from argine.desk.core.errors import RefusedError
from argine.desk.notify import operations, queries, ways
from argine.desk.people.enums import Permission


@require_safe
@needs(Permission.MANAGE_OUTGOING)
def show(request: StaffRequest) -> HttpResponse:
    context = {
        "mail": ways.mail_way(),
        "mail_from": settings.CONFIG.mail_from,
        "webhooks": ways.webhook_ways(),
        "courier_stands": ways.courier_stands(),
        "waiting": queries.count_waiting(),
        "stuck": outgoing.stuck(request.user),
    }
    return render(request, "console/outgoing.html", context)


@require_POST
@needs(Permission.MANAGE_OUTGOING)
def test(request: StaffRequest) -> HttpResponse:
    """Send a test e-mail to oneself."""
    if settings.CONFIG.sends_mail:
        operations.send_test(request.user, get_language() or "en")
        messages.success(request, _("A test is on its way to you. If it does not come, this page says why."))
    return redirect("console:outgoing")


@require_POST
@needs(Permission.MANAGE_OUTGOING)
def test_event(request: StaffRequest) -> HttpResponse:
    """Send a test event to each address of the platform's software."""
    if operations.send_test_events():
        messages.success(request, _("A test event is on its way. If it does not arrive, this page says why."))
    return redirect("console:outgoing")


@require_POST
@needs(Permission.MANAGE_OUTGOING)
def retry(request: StaffRequest, message_id: UUID) -> HttpResponse:
    return _try(request, message_id, operations.retry, _("It is sent again."))


@require_POST
@needs(Permission.MANAGE_OUTGOING)
def discard(request: StaffRequest, message_id: UUID) -> HttpResponse:
    return _try(request, message_id, operations.discard, _("Given up: its text and address are erased."))


def _try(request: StaffRequest, message_id: UUID, operation: Callable[..., None], done: str) -> HttpResponse:
    try:
        operation(queries.get(message_id), by=request.actor)
        messages.success(request, done)
    except RefusedError as error:
        messages.error(request, str(error))
    return redirect("console:outgoing")

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.forms import KeyForm
from argine.desk.core import time
from argine.desk.people import operations
from argine.desk.people.enums import GIVEN, Permission, Scope
from argine.desk.people.models import ApiKey
from argine.desk.people.policies import is_over

UNPROCESSABLE = 422


@require_safe
@needs(Permission.MANAGE_KEYS)
def show(request: StaffRequest) -> HttpResponse:
    return _page(request, KeyForm())


@require_POST
@needs(Permission.MANAGE_KEYS)
def create(request: StaffRequest) -> HttpResponse:
    """Make a key and show it once: only its digest is kept."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    scopes = [Scope(scope) for scope in form.cleaned_data["scopes"]]
    name, ends_on = form.cleaned_data["name"], form.cleaned_data["ends_on"]
    return _page(request, KeyForm(), secret=operations.create_key(name, scopes, by=request.actor, ends_on=ends_on))


@require_POST
@needs(Permission.MANAGE_KEYS)
def revoke(request: StaffRequest, key_id: UUID) -> HttpResponse:
    operations.revoke_key(get_object_or_404(ApiKey, pk=key_id, revoked_at=None), by=request.actor)
    messages.success(request, _("Revoked: the key opens nothing any more."))
    return redirect("console:keys")


def _page(request: StaffRequest, form: KeyForm, *, secret: str = "") -> HttpResponse:
    today = time.now().date()
    context = {
        "keys": [
            (key, [Scope(scope).label for scope in key.scopes], is_over(key.ends_on, today))
            for key in ApiKey.objects.order_by("revoked_at", "-created_at")
        ],
        "form": form,
        "scopes": [(scope.value, scope.label) for scope in GIVEN],
        "chosen": form["scopes"].value() or [],
        "secret": secret,
        "check_url": settings.CONFIG.base_url.rstrip("/") + "/api/v1/check",
    }
    return render(request, "console/keys.html", context, status=UNPROCESSABLE if form.errors else 200)

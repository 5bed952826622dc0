from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from argine.desk.console import wording
from argine.desk.console.access import StaffRequest, needs, refusal
from argine.desk.console.forms import RoleForm
from argine.desk.core.errors import RefusedError
from argine.desk.people import operations, policies, queries, sessions
from argine.desk.people.enums import Permission, Role
from argine.desk.people.models import Staff

UNPROCESSABLE = 422


@require_safe
@needs(Permission.MANAGE_PEOPLE)
def show(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@needs(Permission.MANAGE_PEOPLE)
def invite(request: StaffRequest) -> HttpResponse:
    """Make a one-time link and show it once: only its digest is kept."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    token = operations.invite(Role(form.cleaned_data["role"]), by=request.actor)
    link = settings.CONFIG.base_url.rstrip("/") + reverse("console:welcome", args=[token])
    return _page(request, link=link)


@require_POST
@needs(Permission.MANAGE_PEOPLE)
def take_back(request: StaffRequest, invitation_id: UUID) -> HttpResponse:
    """End a one-time link that nobody has used."""
    link = next((link for link in queries.open_invitations() if link.id == invitation_id), None)
    if link is None:
        messages.error(request, _("This link is not open any more."))
    else:
        operations.take_back([link], by=request.actor)
        messages.success(request, _("The link was taken back: it opens nothing any more."))
    return redirect("console:people")


@require_POST
@needs(Permission.MANAGE_PEOPLE)
def change_role(request: StaffRequest, person_id: int) -> HttpResponse:
    person, form = get_object_or_404(Staff, pk=person_id), RoleForm(request.POST)
    if form.is_valid():
        try:
            operations.change_role(person, Role(form.cleaned_data["role"]), by=request.actor)
            messages.success(request, _("The role was changed."))
        except RefusedError as error:
            messages.error(request, str(error))
    return redirect("console:people")


@require_POST
@needs(Permission.MANAGE_PEOPLE)
def set_active(request: StaffRequest, person_id: int) -> HttpResponse:
    person = get_object_or_404(Staff, pk=person_id)
    active = request.POST.get("active") == "yes"
    try:
        operations.set_active(person, active=active, by=request.actor)
        messages.success(request, _("Let in again.") if active else _("Out: the next click of this person ends."))
    except RefusedError as error:
        messages.error(request, str(error))
    return redirect("console:people")


@require_POST
@needs(Permission.MANAGE_PEOPLE)
def see_sensitive(request: StaffRequest, person_id: int) -> HttpResponse:
    """Let one person see the cases that are marked as sensitive, or no longer."""
    person, sees = get_object_or_404(Staff, pk=person_id), request.POST.get("sees") == "yes"
    try:
        operations.let_see_sensitive(person, sees=sees, by=request.actor)
        messages.success(request, _("Sees sensitive cases now.") if sees else _("Sees them no longer."))
    except RefusedError as error:
        messages.error(request, str(error))
    return redirect("console:people")


@require_POST
@needs(Permission.MANAGE_PEOPLE)
def end_sessions(request: StaffRequest, person_id: int) -> HttpResponse:
    """Log a member of staff out wherever they are logged in: a lost device, an account in wrong hands."""
    person = get_object_or_404(Staff, pk=person_id)
    ended = operations.end_sessions(person, by=request.actor)
    messages.success(request, wording.sessions_ended(ended))
    return redirect("console:people")


def _page(request: StaffRequest, *, form: RoleForm | None = None, link: str = "") -> HttpResponse:
    operators = queries.operators()
    people = Staff.objects.order_by("-is_active", "name")
    invitations = queries.open_invitations()
    makers = wording.who(invitation.by for invitation in invitations)
    context = {
        "people": [
            (person, Role(person.role).label, refusal(partial(policies.check_operator_remains, person, operators)))
            for person in people
        ],
        "logged_in": sessions.logged_in(),
        "roles": Role.choices,
        "invitations": [(invitation, Role(invitation.role).label, makers[invitation.by]) for invitation in invitations],
        "hours": operations.INVITATION_HOURS,
        "form": form or RoleForm(),
        "link": link,
    }
    return render(request, "console/people.html", context, status=UNPROCESSABLE if form and form.errors else 200)

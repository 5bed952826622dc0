"""What the operator may set while the desk runs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from argine.desk.configuration import operations
from argine.desk.configuration.enums import SECTIONS, WAYS_OUT, Section
from argine.desk.configuration.queries import from_environment
from argine.desk.console import settings_page
from argine.desk.console.access import StaffRequest, needs
from argine.desk.console.settings_forms import LawForm, SettingsForm
from argine.desk.console.settings_words import TITLES
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.people import permissions
from argine.desk.people.enums import Permission

CONFLICT, UNPROCESSABLE = 409, 422


@require_safe
@needs(Permission.MANAGE_SETTINGS)
def show(request: StaffRequest) -> HttpResponse:
    context = {
        "parts": settings_page.parts(),
        "ways_out": WAYS_OUT,
        "may_ways_out": permissions.may(request.user, Permission.MANAGE_WAYS_OUT),
        "may_keys": permissions.may(request.user, Permission.MANAGE_KEYS),
        "at_start": settings_page.at_start(),
        "changes": settings_page.changes(),
    }
    return render(request, "console/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SETTINGS)
def section(request: StaffRequest, name: str) -> HttpResponse:
    """Show one part, or set it."""
    if name not in SECTIONS:
        raise NotFoundError(_("There is no such part of the settings."))
    part = Section(name)
    if part in WAYS_OUT:
        permissions.check(request.user, Permission.MANAGE_WAYS_OUT)
    form = _form(part, request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, part, form)
    try:
        changed = operations.change(form.values(), by=request.actor)
    except RefusedError as error:
        return _page(request, part, form, refused=str(error))
    if changed:
        messages.success(request, _("Saved. Every part of the desk goes by it from now on; nothing has to be started."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("console:settings")


def _form(part: Section, data: object) -> SettingsForm | LawForm:
    return LawForm(data) if part is Section.LAW else SettingsForm(part, data)


def _page(request: StaffRequest, part: Section, form: SettingsForm | LawForm, *, refused: str = "") -> HttpResponse:
    is_law = isinstance(form, LawForm)
    context = {
        "part": part.value,
        "title": TITLES[part],
        "form": form,
        "laws": settings_page.laws(form) if isinstance(form, LawForm) else [],
        "is_law": is_law,
        "outside": settings_page.from_outside(part),
        "can_save": not any(map(from_environment, ("regimes", "accept_unverified"))) if is_law else bool(form.fields),
        "refused": refused,
    }
    status = CONFLICT if refused else UNPROCESSABLE if form.errors else 200
    return render(request, "console/settings_section.html", context, status=status)

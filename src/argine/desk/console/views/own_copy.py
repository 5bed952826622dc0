"""The platform's own copy: its signals for the case, and, where the operator allows it, a look at it.

A page names a copy by the row that tells of it (a match, a reported address), never by the platform's own id.
"""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from argine.desk.banks.models import Sighting
from argine.desk.cases import operations, own_copy
from argine.desk.cases.models import Address, Case
from argine.desk.cases.queries import get_case
from argine.desk.console.access import StaffRequest, needs
from argine.desk.core import hashing, time
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.people.enums import Permission
from argine.desk.people.queries import looks_today
from argine.media.errors import MediaError
from argine.signals.pool import BusyError, UnsafeError

CONFLICT = 409
MAY_LOOK = "may_look"
GOOD_FOR_S = 60
SIDE = 640
"""Pixels of the longer side that are shown at most."""


def _content_id(case: Case, thing_id: UUID) -> str:
    """The platform's id of a copy that a match of the case or one of its addresses tells of.

    Raises:
        NotFoundError: nothing of the case has that name, or it leads to no copy.
    """
    sighting = Sighting.objects.filter(pk=thing_id, case_id=case.id).first()
    address = None if sighting else Address.objects.filter(pk=thing_id, case=case).first()
    found = sighting.content_id if sighting else own_copy.id_of(address.url) if address else ""
    if not own_copy.is_content_id(found):
        raise NotFoundError(_("The desk knows no copy by this name."))
    return found


@require_POST
@needs(Permission.DECIDE)
def take(request: StaffRequest, case_id: UUID, thing_id: UUID) -> HttpResponse:
    """Let signals of the copy join the case; the copy itself is dropped."""
    case = get_case(case_id)
    try:
        operations.hash_own_copy(case, _content_id(case, thing_id), by=request.actor)
        messages.success(request, _("Its signals are among the pictures of the case now. The copy was dropped."))
    except RefusedError as error:
        messages.error(request, str(error))
    return redirect("console:case", case.id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def look(request: StaffRequest, case_id: UUID, thing_id: UUID) -> HttpResponse:
    """Ask first; then let the picture be shown once, small, grey and blurred."""
    case = get_case(case_id)
    content_id, is_shown, refused = _content_id(case, thing_id), False, ""
    if request.method == "POST":
        try:
            operations.look_at_copy(case, content_id, request.user, by=request.actor)
            request.session[MAY_LOOK] = [str(thing_id), time.iso(time.now())]
            is_shown = True
        except RefusedError as error:
            refused = str(error)
    looks, rest = looks_today(request.user), settings.CONFIG.preview_break
    context = {
        "case": case,
        "thing_id": thing_id,
        "is_shown": is_shown,
        "refused": refused,
        "is_on": settings.CONFIG.preview,
        "looks": looks,
        "most": settings.CONFIG.preview_per_day,
        "needs_break": looks > 0 and looks % rest == 0,
    }
    return render(request, "console/look.html", context, status=CONFLICT if refused else 200)


@require_safe
@needs(Permission.DECIDE)
def picture(request: StaffRequest, case_id: UUID, thing_id: UUID) -> HttpResponse:
    """Show the picture once, soon after it was asked for: drawn anew, small and grey. Nothing of it is kept.

    Its own bytes never reach a reviewer's browser: whoever uploaded it made them.
    """
    named, asked_at = request.session.pop(MAY_LOOK, ["", time.iso(time.now())])
    is_old = (time.now() - time.parse_iso(asked_at)).total_seconds() > GOOD_FOR_S
    if not settings.CONFIG.preview or named != str(thing_id) or is_old:
        raise NotFoundError(_("Ask for the look first: each is counted."))
    data = own_copy.fetch(_content_id(get_case(case_id), thing_id))
    try:
        drawn = hashing.drawn_anew(data, SIDE)
    except MediaError:
        raise NotFoundError(_("The copy is no picture that can be read.")) from None
    except (BusyError, UnsafeError):
        raise RefusedError(_("The copy cannot be shown just now. Try again in a moment.")) from None
    return HttpResponse(drawn, content_type="image/png", headers={"Cache-Control": "no-store"})

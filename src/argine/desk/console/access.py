"""Who may open which page of the console."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy

from argine.desk.cases.operations import note_opened
from argine.desk.console import sight
from argine.desk.console.adapters import has_second_factor
from argine.desk.core.actor import Actor, staff
from argine.desk.core.errors import DeskError, ForbiddenError
from argine.desk.people import permissions
from argine.desk.people.enums import Permission
from argine.desk.people.models import Staff
from argine.desk.people.operations import note_not_permitted

P = ParamSpec("P")
SAFE = frozenset({"GET", "HEAD"})
ENDED = gettext_lazy(
    "You were logged out: after half an hour without use, eight hours after the log-in, or because the session was "
    "ended elsewhere."
)
CHANGE_FIRST = "account_change_password"
NOT_TAKEN = gettext_lazy("What you sent just now was not taken.")


class StaffRequest(HttpRequest):
    """A request of somebody who works at the desk; `needs` has let it in and named who acts."""

    user: Staff
    actor: Actor


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def needs(permission: Permission, *, second_factor: bool = True) -> Callable[[View[P]], View[P]]:
    """Let in who may, lead the others: to the log-in, to their second factor, or to the sentence that says why not."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user: AbstractBaseUser | AnonymousUser = request.user
            if not isinstance(user, Staff):
                return _to_log_in(request)
            if must_change_password(user):
                return redirect(CHANGE_FIRST)
            check(user, permission)
            if second_factor and settings.CONFIG.mfa_required and not has_second_factor(user):
                return redirect("mfa_index")
            request.actor = staff(user.pk)
            for case_id in sight.cases(user, kwargs):
                note_opened(case_id, by=request.actor)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def must_change_password(user: Staff) -> bool:
    """Whether somebody has to choose a password of their own before anything else; who was put out chooses none."""
    return user.is_active and user.must_change_password


def check(user: Staff, permission: Permission) -> None:
    """Refuse who may not do what they ask for, and write down that they tried.

    Raises:
        ForbiddenError: with the sentence that says why not.
    """
    try:
        permissions.check(user, permission)
    except ForbiddenError:
        note_not_permitted(user.pk, permission)
        raise


def _to_log_in(request: HttpRequest) -> HttpResponse:
    """From the log-in back to the page; to the one that a form stood on, since what it sent is not sent again."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        messages.info(request, ENDED)
    if request.method in SAFE:
        return redirect_to_login(request.get_full_path())
    messages.warning(request, NOT_TAKEN)
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    return redirect_to_login(urlsplit(came_from).path if ours else reverse("console:queue"))


def refusal(check: Callable[[], None]) -> str:
    """Why it is refused, as the disabled button says it; empty if it is not."""
    try:
        check()
    except DeskError as error:
        return str(error)
    return ""

"""Who may open which page of the console."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from argine.desk.cases.operations import note_opened
from argine.desk.console import sight
from argine.desk.console.adapters import has_second_factor
from argine.desk.core.actor import Actor, staff
from argine.desk.core.errors import DeskError
from argine.desk.people import permissions
from argine.desk.people.enums import Permission
from argine.desk.people.models import Staff

P = ParamSpec("P")


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
                return redirect_to_login(request.get_full_path())
            permissions.check(user, permission)
            if second_factor and settings.CONFIG.mfa_required and not has_second_factor(user):
                return redirect("mfa_index")
            request.actor = staff(user.pk)
            for case_id in sight.cases(user, kwargs):
                note_opened(case_id, by=request.actor)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def refusal(check: Callable[[], None]) -> str:
    """Why it is refused, as the disabled button says it; empty if it is not."""
    try:
        check()
    except DeskError as error:
        return str(error)
    return ""

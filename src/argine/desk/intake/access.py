"""Which case this browser has opened, and which form it has sent: signed cookies, nothing on the server.

A person needs no account and leaves no session row. The cookie ends half an hour after the last page, or at once with
the way out.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from argine.desk.cases.models import Case
from argine.desk.cases.queries import get_case
from argine.desk.core.errors import NotFoundError

CASE_COOKIE = "argine_case"
SENT_COOKIE = "argine_sent"
IDLE_S = 30 * 60


def _put(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=name,
        max_age=IDLE_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _read(request: HttpRequest, name: str) -> str:
    value = request.get_signed_cookie(name, default=None, salt=name, max_age=IDLE_S)
    return value or ""


def open_case(response: HttpResponseBase, case: Case) -> None:
    """Open the case in this browser, or keep it open for another half hour."""
    _put(response, CASE_COOKIE, str(case.id))


def opened_case(request: HttpRequest) -> Case | None:
    text = _read(request, CASE_COOKIE)
    try:
        return get_case(UUID(text)) if text else None
    except NotFoundError:
        return None


def remember_sent(response: HttpResponseBase, submission: str) -> None:
    _put(response, SENT_COOKIE, submission)


def was_sent(request: HttpRequest, submission: str) -> bool:
    return submission != "" and _read(request, SENT_COOKIE) == submission


def close(response: HttpResponseBase) -> None:
    for name in (CASE_COOKIE, SENT_COOKIE):
        response.delete_cookie(name, samesite="Strict")

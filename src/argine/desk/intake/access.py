"""Which case this browser has opened, and which form it has sent: signed cookies, nothing on the server.

A person needs no account and leaves no session row. The cookie ends half an hour after the last page, four hours after
the code was typed, or at once with the way out. Who closes a case leaves one short-lived value: a digest of the number
of this opening, so that no copy of the cookie opens the case until the copy has ended by itself.
"""

import contextlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from argine.desk.cases.models import Case
from argine.desk.cases.queries import get_case
from argine.desk.core import time
from argine.desk.core.errors import NotFoundError

CASE_COOKIE = f"{settings.COOKIE_PREFIX}argine_case"
SENT_COOKIE = f"{settings.COOKIE_PREFIX}argine_sent"
IDLE_S = 30 * 60
LONGEST = timedelta(hours=4)
# A page that was on its way while the case was closed may have signed the cookie anew a moment later.
CLOSED_S = IDLE_S + 5 * 60
NUMBER_BYTES = 12


class Opening(NamedTuple):
    """A case that was opened in a browser: which, when, and a random number that tells this opening from others."""

    case_id: UUID
    at: datetime
    number: str

    def text(self) -> str:
        return f"{self.case_id}.{self.at.timestamp():.0f}.{self.number}"


def new_opening(case: Case) -> Opening:
    return Opening(case.id, time.now(), secrets.token_urlsafe(NUMBER_BYTES))


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


def _opening(request: HttpRequest) -> Opening | None:
    """What the cookie says, unless it has ended."""
    try:
        case_id, at, number = _read(request, CASE_COOKIE).split(".")
        found = Opening(UUID(case_id), datetime.fromtimestamp(int(at), UTC), number)
    except ValueError:
        return None
    return found if time.now() - found.at < LONGEST else None


def _mark(opening: Opening) -> str:
    return f"closed-case:{opening.number}"


def open_case(response: HttpResponseBase, case: Case) -> None:
    """Open the case in this browser."""
    _put(response, CASE_COOKIE, new_opening(case).text())


def keep_open(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep the case that is open in this browser open for another half hour."""
    if (opening := _opening(request)) is not None:
        _put(response, CASE_COOKIE, opening.text())


def opened_case(request: HttpRequest) -> Case | None:
    opening = _opening(request)
    try:
        return None if opening is None or cache.get(_mark(opening)) else get_case(opening.case_id)
    except NotFoundError:
        return None


def remember_sent(response: HttpResponseBase, submission: str) -> None:
    _put(response, SENT_COOKIE, submission)


def was_sent(request: HttpRequest, submission: str) -> bool:
    return submission != "" and _read(request, SENT_COOKIE) == submission


def close(request: HttpRequest, response: HttpResponseBase) -> None:
    """Close the case in this browser, and for every copy of its cookie. The way out works without the database too."""
    for name in (CASE_COOKIE, SENT_COOKIE):
        response.delete_cookie(name, samesite="Strict")
    if (opening := _opening(request)) is not None:
        with contextlib.suppress(DatabaseError):
            cache.set(_mark(opening), 1, CLOSED_S)

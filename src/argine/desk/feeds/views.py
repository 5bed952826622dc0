"""What partners ask of this desk, with the key that was made for each: the feed, and what they say back.

The same in StopNCII's shape, whose client `tx` of the package `threatexchange` reads it.
"""

import base64
import json
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from argine.desk.core import keys
from argine.desk.core.errors import InvalidError
from argine.desk.exchange import bundle, operations, queries
from argine.desk.exchange.enums import Progress
from argine.desk.exchange.models import Partner
from argine.desk.exchange.operations.offering import Said
from argine.desk.people import doors
from argine.desk.people.doors import DoorRequest, Refused, tell

MOST_ITEMS, MOST_SAID = 500, 2000
MOST_BODY = 1024 * 1024
LONGEST_NONCE = 100
LARGEST = 2**53 - 1
JSON = "application/json"


def refuse(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return Refused({"message": "The request cannot be read."}, 400)
    return doors.refuse(request, error)


at = partial(doors.at, refuse)


def key(_request: DoorRequest) -> HttpResponse:
    """The public key that bundles are signed with."""
    raw = queries.public_key()
    return tell({"algorithm": "ed25519", "name": bundle.key_name(raw), "public_key": base64.b64encode(raw).decode()})


def feed(request: DoorRequest) -> HttpResponse:
    """A signed page of what is offered and what was taken back, behind the cursor `after`."""
    reader = partner_of(request)
    after, limit = whole(request, "after", 0, LARGEST), whole(request, "limit", 200, MOST_ITEMS)
    nonce = request.GET.get("nonce", "")
    if not 0 < len(nonce) <= LONGEST_NONCE or not nonce.isascii() or not nonce.isprintable():
        raise InvalidError(f"Send a nonce of at most {LONGEST_NONCE} letters: it shows that the page is fresh.")
    page = operations.read_page(reader, after, max(limit, 1))
    return HttpResponse(bundle.write(page, nonce, keys.exchange_key(settings.KEYS)), content_type=JSON)


def feedback(request: DoorRequest) -> HttpResponse:
    """What a partner did with entries that it got from here."""
    reader = partner_of(request)
    items = items_of(request, "items")
    said = [found for found in map(_said, items) if found is not None]
    return tell({"taken": operations.take_feedback(reader, said), "sent": len(items)})


def _said(raw: Any) -> Said | None:  # noqa: ANN401 - whatever a partner wrote
    try:
        stopped = raw.get("stopped", 0)
        return Said(UUID(raw["id"]), Progress(raw["progress"]), stopped if isinstance(stopped, int) else 0)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def partner_of(request: DoorRequest) -> Partner:
    return queries.partner_of_key(request.key_id)


def whole(request: HttpRequest, name: str, default: int, most: int) -> int:
    """A whole number of the query.

    Raises:
        InvalidError: it is none, or too large.
    """
    text = request.GET.get(name) or str(default)
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(LARGEST)) or int(text) > LARGEST:
        raise InvalidError(f"{name} is a whole number from 0 on.")
    return min(int(text), most)


def items_of(request: HttpRequest, name: str) -> list[Any]:
    """The list of a JSON body.

    Raises:
        InvalidError: it is none, or too long.
        NotJsonError: it is announced as something else.
    """
    doors.check_json(request)
    doors.check_length(request, MOST_BODY)
    try:
        found = json.loads(request.body)[name]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidError(f"Send a JSON object with a list `{name}`.") from None
    if not isinstance(found, list) or len(found) > MOST_SAID:
        raise InvalidError(f"`{name}` is a list of at most {MOST_SAID}.")
    return found

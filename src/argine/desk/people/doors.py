"""The door of what programs ask without a schema: which key comes in, by which method, and how a refusal is told.

Tools that can send a header send `Authorization: Bearer KEY` or `X-API-Key: KEY`; for those that cannot, the key goes
into their address of the service as a password, `https://key:KEY@desk.example/hma`, which clients of HTTP send as a
header too (RFC 7617). A key is never taken from the query: addresses end up in logs.

A browser would keep such a key and send it with whatever another site has it ask. So no answer asks for one in that
form, and what a page of another site sends with it is refused: browsers say where a request comes from.
"""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from argine.desk.core import actor
from argine.desk.core.actor import Actor
from argine.desk.core.errors import DeskError, InvalidError
from argine.desk.core.http import LENGTH_MISSING, LENGTH_NO_NUMBER, Length, length_of
from argine.desk.people.enums import Scope
from argine.desk.people.operations import note_out_of_scope
from argine.desk.people.queries import KnownKey, known_key

SIGN_IN = 'Bearer realm="argine"'
BEARER, PLAIN_KEY = "Authorization", "X-API-Key"
OUR_OWN = frozenset({"same-origin", "none"})
"""What `Sec-Fetch-Site` says where no other site has a part in a request (W3C Fetch Metadata)."""
JSON_TYPE = re.compile(r"application/(?:[\w.-]+\+)?json")


class DoorRequest(HttpRequest):
    """A request whose key was found good."""

    asker: Actor
    key_id: UUID


View = Callable[..., HttpResponse]
Refuse = Callable[[HttpRequest, Exception], HttpResponse]


@dataclass(frozen=True, slots=True)
class Door:
    """What answers one method of an address, for keys that have one of the scopes; no scopes: for everybody."""

    view: View
    scopes: frozenset[Scope] = frozenset()


class NoKeyError(DeskError):
    code = "unauthorized"
    http_status = 401


class NoScopeError(DeskError):
    code = "forbidden"
    http_status = 403


class OtherSiteError(DeskError):
    code = "forbidden"
    http_status = 403


class NotJsonError(DeskError):
    code = "unsupported_media_type"
    http_status = 415


class TooLargeError(DeskError):
    code = "too_large"
    http_status = 413


class NoLengthError(DeskError):
    code = "length_required"
    http_status = 411


class Refused(JsonResponse):
    """The answer to a refused request."""

    def __init__(self, body: object, status: int) -> None:
        super().__init__(body, status=status, safe=False)


def tell(value: object, status: int = 200) -> HttpResponse:
    return JsonResponse(value, status=status, safe=False)


def refuse(_request: HttpRequest, error: Exception) -> HttpResponse:
    """Tell a refusal of the desk; any other error is raised again."""
    if not isinstance(error, DeskError):
        raise error
    answer = Refused({"message": str(error)}, 400 if isinstance(error, InvalidError) else error.http_status)
    if isinstance(error, NoKeyError):
        answer.headers["WWW-Authenticate"] = SIGN_IN
    return answer


def at(refuse: Refuse, headers: Sequence[str], **doors: Door) -> View:
    """The view of an address: the method chooses the door, one of the headers brings the key."""

    @csrf_exempt
    def view(request: DoorRequest, **parameters: object) -> HttpResponse:
        door = doors.get("GET" if request.method == "HEAD" else request.method or "")
        if door is None:
            answer = Refused({"message": f"This address answers {', '.join(doors)}."}, 405)
            answer.headers["Allow"] = ", ".join(doors)
            return answer
        try:
            if door.scopes:
                _let_in(request, door.scopes, headers)
            return door.view(request, **parameters)
        except Exception as error:  # noqa: BLE001 - handed to who knows it, or raised again there
            return refuse(request, error)

    return view


def check_length(request: HttpRequest, most: int) -> None:
    """Refuse by the announced length, before a byte is read."""
    match length_of(request, most):
        case Length.MISSING:
            raise NoLengthError(LENGTH_MISSING)
        case Length.NO_NUMBER:
            raise InvalidError(LENGTH_NO_NUMBER)
        case Length.TOO_LARGE:
            raise TooLargeError("Content too large")


def check_json(request: HttpRequest) -> None:
    """Refuse a body that is announced as something else: pages of other sites can send that without a preflight."""
    said = request.content_type or ""
    if not JSON_TYPE.fullmatch(said) and (said or request.META.get("CONTENT_LENGTH") not in {None, "", "0"}):
        raise NotJsonError("Send JSON, and say so: `Content-Type: application/json`.")


def _check_site(request: HttpRequest) -> None:
    """Refuse a key that a browser sends by itself, for a page of another site. Other headers it sends for none."""
    is_carried = request.headers.get(BEARER, "").lower().startswith("basic")
    origin = request.headers.get("Origin")
    is_ours = origin is None or origin.partition("://")[2] == request.get_host()
    if is_carried and not (is_ours and request.headers.get("Sec-Fetch-Site", "none") in OUR_OWN):
        raise OtherSiteError("This address is for programs: a page of another site may not ask it.")


def _let_in(request: DoorRequest, scopes: frozenset[Scope], headers: Sequence[str]) -> None:
    _check_site(request)
    key = _key_of(request, headers)
    if key is None:
        raise NoKeyError("Send a key that is in use: `Authorization: Bearer KEY`, or as the password of the address.")
    if not scopes & key.scopes:
        note_out_of_scope(key.id, scopes)
        raise NoScopeError(f"This key may not do this: it lacks the scope {' or '.join(sorted(scopes))}.")
    request.asker, request.key_id = actor.key(key.id), key.id


def _key_of(request: HttpRequest, headers: Sequence[str]) -> KnownKey | None:
    secret = next((_secret(name, request.headers[name]) for name in headers if name in request.headers), "")
    return known_key(secret) if secret else None


def _secret(header: str, value: str) -> str:
    scheme, _, rest = value.partition(" ")
    if header != BEARER:
        return value
    if scheme.lower() != "basic":
        return rest.strip() if scheme.lower() == "bearer" else ""
    try:
        return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""

"""The edge of HMA's API: who may come in, by which method, and how a refusal is told.

HMA itself has no keys. Tools that can send a header send `Authorization: Bearer KEY` or `X-API-Key: KEY`; for those
that cannot, the key goes into their address of the service as a password, `https://key:KEY@desk.example/hma`, which
clients of HTTP send as a header too (RFC 7617). A key is never taken from the query: addresses end up in logs.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from argine.desk.core import actor
from argine.desk.core.actor import Actor
from argine.desk.core.errors import DeskError, InvalidError
from argine.desk.core.http import drain
from argine.desk.core.outside import OutsideError
from argine.desk.people.enums import Scope
from argine.desk.people.queries import KnownKey, known_key
from argine.media.errors import MediaError, TooManyBytes
from argine.signals.pool import BusyError, UnsafeError

SIGN_IN = 'Bearer realm="argine", Basic realm="argine"'
RETRY_S = "5"
Details = list[dict[str, object]]


class HmaRequest(HttpRequest):
    """A request whose key was found good."""

    asker: Actor


View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Door:
    """What answers one method of an address, for keys that have one of the scopes; no scopes: for everybody."""

    view: View
    scopes: frozenset[Scope] = frozenset()


class UnhashableError(DeskError):
    """A picture that nothing can be told of by look: neither a match nor no match."""

    code = "unhashable"


class MissingError(DeskError):
    """What HMA answers with a list: parameters that are missing or of a wrong kind."""

    http_status = 422

    def __init__(self, details: Details) -> None:
        super().__init__("Some parameters are missing or wrong.")
        self.details = details


class NoKeyError(DeskError):
    code = "unauthorized"
    http_status = 401


class NoScopeError(DeskError):
    code = "forbidden"
    http_status = 403


class TooLargeError(DeskError):
    code = "too_large"
    http_status = 413


class NoLengthError(DeskError):
    code = "length_required"
    http_status = 411


class Refused(JsonResponse):
    """The answer to a refused request; the rest of its body is read once it is out."""

    def __init__(self, request: HttpRequest, body: object, status: int) -> None:
        super().__init__(body, status=status, safe=False)
        self._refused = request

    def close(self) -> None:
        drain(self._refused)
        super().close()


def tell(value: object, status: int = 200) -> HttpResponse:
    return JsonResponse(value, status=status, safe=False)


def missing(*names: str) -> MissingError:
    return MissingError([{"type": "missing", "loc": [name], "msg": "Field required"} for name in names])


def at(**doors: Door) -> View:
    """The view of an address: the method chooses the door."""

    @csrf_exempt
    def view(request: HmaRequest, **parameters: object) -> HttpResponse:
        door = doors.get("GET" if request.method == "HEAD" else request.method or "")
        if door is None:
            answer = Refused(request, {"message": f"This address answers {', '.join(doors)}."}, 405)
            answer.headers["Allow"] = ", ".join(doors)
            return answer
        return _answered(request, door, parameters)

    return view


def _answered(request: HmaRequest, door: Door, parameters: dict[str, object]) -> HttpResponse:
    try:
        if door.scopes:
            request.asker = _let_in(request, door.scopes)
        return door.view(request, **parameters)
    except MissingError as error:
        return Refused(request, error.details, error.http_status)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return Refused(request, [{**detail, "loc": list(detail["loc"])} for detail in found], 422)
    except (DeskError, OutsideError, MediaError, BusyError, UnsafeError) as error:
        return _refusal(request, error)
    except TooManyFilesSent:
        return Refused(request, {"message": "Only one file allowed per request"}, 400)
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        return Refused(request, {"message": "The form cannot be read: it is malformed, or ended early."}, 400)


def _let_in(request: HttpRequest, scopes: frozenset[Scope]) -> Actor:
    key = _key_of(request)
    if key is None:
        raise NoKeyError(
            "Send a key that is in use: `Authorization: Bearer KEY`, or the key as the password of the address."
        )
    if not scopes & key.scopes:
        raise NoScopeError(f"This key may not do this: it lacks the scope {' or '.join(sorted(scopes))}.")
    return actor.key(key.id)


def _key_of(request: HttpRequest) -> KnownKey | None:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    secret = request.headers.get("X-API-Key", "")
    if scheme.lower() == "bearer":
        secret = rest.strip()
    elif scheme.lower() == "basic":
        try:
            secret = base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return None
    return known_key(secret) if secret else None


def _refusal(request: HttpRequest, error: DeskError | OutsideError | MediaError | BusyError | UnsafeError) -> Refused:
    if isinstance(error, BusyError | UnsafeError):
        answer = Refused(request, {"message": str(error)}, 503)
        answer.headers["Retry-After"] = RETRY_S
        return answer
    if isinstance(error, UnhashableError):
        return Refused(request, {"message": str(error), "unhashable": True}, 400)
    if isinstance(error, OutsideError):
        return Refused(request, {"message": f"Failed to fetch URL: {error.trouble.value}"}, 400)
    if isinstance(error, MediaError):
        return Refused(request, {"message": str(error)}, 413 if isinstance(error, TooManyBytes) else 400)
    answer = Refused(request, {"message": str(error)}, 400 if isinstance(error, InvalidError) else error.http_status)
    if isinstance(error, NoKeyError):
        answer.headers["WWW-Authenticate"] = SIGN_IN
    return answer

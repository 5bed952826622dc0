"""Every refusal of the API: JSON `{"error", "message", "fields"?}`, and nothing of what was sent."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import AuthenticationError, HttpError, ValidationError

from argine.desk.core.errors import DeskError, InvalidError, TooManyError
from argine.media.errors import MediaError, TooManyBytes, UnsupportedMedia
from argine.signals.pool import BusyError, UnsafeError

RETRY_SECONDS = 5
MOST_FIELDS = 20
LONGEST_PLACE = 80
SIGN_IN = 'Bearer realm="argine"'

Details = list[dict[str, object]]


class RequestError(DeskError):
    """A request that cannot be read, found before any operation was asked."""

    code = "bad_request"
    http_status = 400


class LengthMissingError(RequestError):
    code = "length_required"
    http_status = 411


class TooLargeError(RequestError):
    code = "too_large"
    http_status = 413


class UnsupportedTypeError(RequestError):
    code = "unsupported_type"
    http_status = 415


class MissingScopeError(DeskError):
    """The key may not do this."""

    code = "forbidden"
    http_status = 403

    def __init__(self, scope: str) -> None:
        super().__init__(f"This key may not do this: it lacks the scope {scope!r}.")
        self.scope = scope


class Refusal(JsonResponse):
    """The answer to a refused request."""

    def __init__(self, status: int, code: str, message: str, fields: dict[str, str] | None = None) -> None:
        answer: dict[str, object] = {"error": code, "message": message}
        super().__init__(answer | ({"fields": fields} if fields else {}), status=status)


def desk_refusal(_request: HttpRequest, error: DeskError) -> Refusal:
    fields = error.fields if isinstance(error, InvalidError) else None
    answer = Refusal(error.http_status, error.code, str(error), fields)
    if isinstance(error, TooManyError):
        answer.headers["Retry-After"] = str(error.wait_s)
    if isinstance(error, MissingScopeError):
        answer.headers["WWW-Authenticate"] = f'{SIGN_IN}, error="insufficient_scope", scope="{error.scope}"'
    return answer


def bad_media(_request: HttpRequest, error: MediaError) -> Refusal:
    status = 415 if isinstance(error, UnsupportedMedia) else 413 if isinstance(error, TooManyBytes) else 422
    return Refusal(status, error.code, str(error))


def unavailable(_request: HttpRequest, error: BusyError | UnsafeError) -> Refusal:
    answer = Refusal(503, error.code, str(error))
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def no_key(_request: HttpRequest, _error: AuthenticationError) -> Refusal:
    message = "Send a key that is in use, in the header `Authorization: Bearer KEY`. An operator makes keys."
    answer = Refusal(401, "unauthorized", message)
    answer.headers["WWW-Authenticate"] = SIGN_IN
    return answer


def bad_http(_request: HttpRequest, error: HttpError) -> Refusal:
    return Refusal(error.status_code, "bad_request", "The request cannot be read.")


def bad_parameters(request: HttpRequest, error: ValidationError) -> Refusal:
    return desk_refusal(request, invalid(error.errors))


def bad_body(request: HttpRequest, error: MultiPartParserError | SuspiciousOperation) -> Refusal:
    """What Django's own reading of a form refuses: malformed, or with too many parts."""
    if isinstance(error, TooManyFilesSent):
        return desk_refusal(request, InvalidError("Send one file at a time.", fields={"file": "Send one file."}))
    return desk_refusal(request, RequestError("The form cannot be read: it is malformed or has too many parts."))


def gone(request: HttpRequest, _error: UnreadablePostError) -> Refusal:
    return desk_refusal(request, RequestError("The request ended before its body was complete."))


def not_allowed(allowed: str) -> Refusal:
    answer = Refusal(405, "method_not_allowed", f"This address answers {allowed} only.")
    answer.headers["Allow"] = allowed
    return answer


def invalid(details: Details) -> InvalidError:
    """Turn the findings of a schema into sentences by field. What was sent is never repeated."""
    fields: dict[str, str] = {}
    for detail in details[:MOST_FIELDS]:
        place = detail["loc"]
        names = [str(part) for part in place if part != "query"] if isinstance(place, tuple | list) else []
        fields[".".join(names)[:LONGEST_PLACE] or "body"] = f"{detail['msg']}."
    return InvalidError("Some of what was sent is missing or wrong: `fields` says what.", fields=fields)


# By kind of error, what answers it.
HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], Refusal]] = {
    DeskError: desk_refusal,
    MediaError: bad_media,
    BusyError: unavailable,
    UnsafeError: unavailable,
    AuthenticationError: no_key,
    HttpError: bad_http,
    ValidationError: bad_parameters,
    MultiPartParserError: bad_body,
    SuspiciousOperation: bad_body,
    UnreadablePostError: gone,
}

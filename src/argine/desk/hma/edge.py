"""The edge of HMA's API: how its refusals are told, in HMA's own form."""

from functools import partial

from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from pydantic import ValidationError

from argine.desk.core.errors import DeskError
from argine.desk.core.outside import OutsideError
from argine.desk.people import doors
from argine.desk.people.doors import BEARER, PLAIN_KEY, DoorRequest, Refused
from argine.media.errors import MediaError, TooManyBytes
from argine.signals.pool import BusyError, UnsafeError

RETRY_S = "5"
Details = list[dict[str, object]]
HmaRequest = DoorRequest


class UnhashableError(DeskError):
    """A picture that nothing can be told of by look: neither a match nor no match."""

    code = "unhashable"


class MissingError(DeskError):
    """What HMA answers with a list: parameters that are missing or of a wrong kind."""

    http_status = 422

    def __init__(self, details: Details) -> None:
        super().__init__("Some parameters are missing or wrong.")
        self.details = details


def missing(*names: str) -> MissingError:
    return MissingError([{"type": "missing", "loc": [name], "msg": "Field required"} for name in names])


def refuse(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: PLR0911 - one for each kind
    """Tell a refusal as HMA does; what is none is raised again."""
    match error:
        case MissingError():
            return Refused(error.details, error.http_status)
        case ValidationError():
            found = error.errors(include_url=False, include_context=False, include_input=False)
            return Refused([{**detail, "loc": list(detail["loc"])} for detail in found], 422)
        case TooManyFilesSent():
            return Refused({"message": "Only one file allowed per request"}, 400)
        case MultiPartParserError() | SuspiciousOperation() | UnreadablePostError():
            return Refused({"message": "The form cannot be read: it is malformed, or ended early."}, 400)
        case UnhashableError():
            return Refused({"message": str(error), "unhashable": True}, 400)
        case OutsideError():
            return Refused({"message": f"Failed to fetch URL: {error.trouble.value}"}, 400)
        case MediaError():
            return Refused({"message": str(error)}, 413 if isinstance(error, TooManyBytes) else 400)
        case BusyError() | UnsafeError():
            answer = Refused({"message": str(error)}, 503)
            answer.headers["Retry-After"] = RETRY_S
            return answer
    return doors.refuse(request, error)


at = partial(doors.at, refuse, (BEARER, PLAIN_KEY))

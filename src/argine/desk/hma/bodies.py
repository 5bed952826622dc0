"""Reading what tools send: a form with one file, whose field is the kind of content, or JSON, or an address."""

import json
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from argine.desk.core.errors import InvalidError
from argine.desk.core.forms import FileTooLargeError, read_form
from argine.desk.core.hashing import most_bytes, most_of, most_with_room
from argine.desk.core.outside import Limits, Request, exchange
from argine.desk.core.uploads import MIB
from argine.desk.hma.edge import missing
from argine.desk.hma.kinds import CONTENTS
from argine.desk.people.doors import TooLargeError, check_json, check_length

MOST_JSON_BYTES = MIB
FORM_MARGIN = 64 * 1024
FETCH_SECONDS = 30.0
FORM, JSON = "multipart/form-data", "application/json"
OK = 200

Ratio = Annotated[float, Field(ge=0, le=1)]


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class BankMade(Body):
    name: StrictStr
    enabled: StrictBool | None = None
    enabled_ratio: Ratio | None = None

    @property
    def ratio(self) -> float | None:
        """How far it is enabled; None where nothing is said of it."""
        if self.enabled_ratio is not None:
            return self.enabled_ratio
        return None if self.enabled is None else float(self.enabled)


class BankChanged(BankMade):
    name: StrictStr | None = None  # type: ignore[assignment]  # of a change it may be left out


class Metadata(BaseModel):
    model_config = ConfigDict(extra="forbid")

    content_id: Annotated[StrictStr, Field(max_length=300)] | None = None
    content_uri: Annotated[StrictStr, Field(max_length=2000)] | None = None
    json_: Annotated[dict[str, object] | None, Field(alias="json")] = None


class ContentChanged(Body):
    disable_until_ts: StrictInt | None = None
    note: StrictStr | None = None


Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file, whole and in memory, dropped with the request; and the fields of its form."""

    content: str
    data: bytes
    fields: dict[str, str] = field(default_factory=dict)


def read(request: HttpRequest, model: type[Model]) -> Model:
    """Read a JSON body; wrong or missing fields are told in the list that HMA tells them in."""
    return model.model_validate(read_object(request))


def read_object(request: HttpRequest) -> dict[str, object]:
    """Read a JSON object.

    Raises:
        InvalidError: it is none.
        NotJsonError: it is announced as something else, which HMA refuses too.
    """
    check_json(request)
    check_length(request, MOST_JSON_BYTES)
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise InvalidError("The body is not JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise InvalidError("The body is not a JSON object")
    return found


def read_file(request: HttpRequest) -> Sent:
    """Read a form with one file.

    Raises:
        InvalidError: there is no file, more than one, or one of another kind of content.
    """
    if request.content_type != FORM:
        raise InvalidError("Missing multipart/form-data file upload")
    check_length(request, most_bytes() + FORM_MARGIN)
    try:
        form = read_form(request, most_with_room)
    except (RequestDataTooBig, FileTooLargeError):
        raise TooLargeError("Content too large") from None
    if form.file is None:
        raise InvalidError("Missing multipart/form-data file upload")
    if form.file not in CONTENTS:
        raise InvalidError(f"no such content_type: '{form.file[:20]}'")
    return Sent(form.file, form.data, {name: values[-1] for name, values in form.fields.items()})


def fetch(request: HttpRequest) -> Sent:
    """Fetch the picture or video at the address that the query names, from a host that the operator allowed.

    Raises:
        MissingError: no address is named.
        InvalidError: its host is not one of those, or what is there is no picture or video.
        OutsideError: it could not be fetched.
    """
    url = request.GET.get("url")
    if not url:
        raise missing("url")
    _check_address(url)
    answer = exchange(Request(url, private=settings.CONFIG.fetch_private), Limits(FETCH_SECONDS, most_bytes()))
    if answer.status != OK:
        raise InvalidError(f"Failed to fetch URL: it answers {answer.status}")
    if not answer.is_whole or len(answer.body) > most_of(answer.body):
        raise TooLargeError("Content too large")
    content = request.GET.get("content_type") or _content_of(answer.header("Content-Type"))
    if content not in CONTENTS:
        raise InvalidError("no such content_type: send content_type=photo or content_type=video")
    return Sent(content, answer.body)


def _content_of(media_type: str) -> str:
    return {"image": "photo", "video": "video"}.get(media_type.partition("/")[0].strip().lower(), "")


def _check_address(url: str) -> None:
    allowed = {host.lower() for host in settings.CONFIG.fetch_hosts}
    if not allowed:
        raise InvalidError(
            "This desk fetches no addresses: its operator has allowed no host (ARGINE_FETCH_HOSTS). Send the file."
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    schemes = {"https", "http"} if settings.CONFIG.fetch_private else {"https"}
    if not host or parts.scheme not in schemes or "@" in parts.netloc or not url.isascii() or not url.isprintable():
        raise InvalidError("Invalid or unsafe URL provided")
    if port == 0 or not {host.lower(), f"{host.lower()}:{port}"} & allowed:
        raise InvalidError("Invalid or unsafe URL provided: its host is not one that the operator allowed")

"""Reading the body of a request: its length first, then its type, then its content. A file goes into memory only."""

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from pydantic import ValidationError

from argine.desk.api.asks import Asked, UploadFields
from argine.desk.api.problems import (
    Details,
    LengthMissingError,
    RequestError,
    TooLargeError,
    UnsupportedTypeError,
    invalid,
)
from argine.desk.core.errors import InvalidError
from argine.desk.core.forms import FileTooLargeError, read_form
from argine.desk.core.hashing import limits, most_bytes, most_with_room
from argine.desk.core.http import LENGTH_MISSING, LENGTH_NO_NUMBER, Length, length_of
from argine.desk.core.uploads import MIB
from argine.media.film_kinds import HEAD_BYTES
from argine.merkle import note
from argine.merkle.checkpoint import parse as parse_checkpoint
from argine.merkle.errors import MerkleError
from argine.merkle.growth import Growth, parse_growth

JSON, FORM, BYTES = "application/json", "multipart/form-data", "application/octet-stream"
HEADERS = {name: f"Argine-{name.replace('_', '-').title()}" for name in UploadFields.model_fields}
"""The fields of a file that is sent as the whole body. In headers, for addresses of requests end up in logs."""

MOST_JSON_BYTES = MIB
MOST_GROWTH_BYTES = 64 * 1024
LARGEST_LOG = 2**62
# The signals of a film, as text, with the views of its frames.
MOST_CHECK_BYTES = 10 * MIB
# What a form may have beside its file: boundaries, heads of parts, the other fields.
FORM_MARGIN = 64 * 1024
FILE_PART = "file"
LISTS = frozenset({"banks", "signals"})
LONGEST_NAME = 80

Model = TypeVar("Model", bound=Asked)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent to be checked: whole, in memory, dropped with the request."""

    data: bytes
    fields: UploadFields


def is_json(request: HttpRequest) -> bool:
    """Tell JSON from a file.

    Raises:
        UnsupportedTypeError: it is neither.
    """
    if request.content_type not in {JSON, FORM, BYTES}:
        raise UnsupportedTypeError(f"Send {FORM} with a part `{FILE_PART}`, or the file as {BYTES}, or {JSON}.")
    return request.content_type == JSON


def read_json(request: HttpRequest, model: type[Model], most: int = MOST_JSON_BYTES) -> Model:
    """Read a JSON body.

    Raises:
        RequestError: it is too large, of another type, or no JSON.
        InvalidError: something in it is missing, wrong or there twice; `fields` says what.
    """
    if request.content_type != JSON:
        raise UnsupportedTypeError(f"Send {JSON}.")
    _check_length(request, most)
    try:
        asked = model.model_validate_json(request.body)
    except ValidationError as error:
        details = _details(error)
        if details[0]["type"] == "json_invalid":
            raise RequestError("The body is not JSON in UTF-8.") from None
        raise invalid(details) from None
    _EACH_ONCE.decode(request.body.decode())
    return asked


def _each_once(pairs: list[tuple[str, object]]) -> None:
    """Refuse an object that has a name twice: of two programs on the way one reads the first, another the last."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise InvalidError("A field was sent twice.", fields={name[:LONGEST_NAME]: "Send this once."})
        seen.add(name)


_EACH_ONCE = json.JSONDecoder(object_pairs_hook=_each_once)


def read_growth(request: HttpRequest) -> Growth:
    """Read a checkpoint and its proof, as a witness is asked; the kind of content that is announced does not matter.

    Raises:
        RequestError: it is too large, or not of that form; or the older size is above the newer one.
    """
    _check_length(request, MOST_GROWTH_BYTES)
    try:
        growth = parse_growth(request.body.decode())
        newer = parse_checkpoint(note.parse(growth.checkpoint).text).size
    except (UnicodeDecodeError, MerkleError):
        raise RequestError("The body is not `old SIZE`, hashes, an empty line and a checkpoint.") from None
    if growth.old > newer or newer > LARGEST_LOG:
        raise RequestError("The older size is above that of the checkpoint, or that is larger than any log.")
    return growth


def read_upload(request: HttpRequest) -> Upload:
    """Read one file: in a form, or as the whole body with the fields in headers.

    Raises:
        BusyError: it is a film, and those that are here already take all the room; the rest of it was not read.
        RequestError: it is too large, or ended early.
        InvalidError: the file or a field is missing or wrong; `fields` says what.
        MultiPartParserError, SuspiciousOperation: the form is malformed.
    """
    return _read_bytes(request) if request.content_type == BYTES else _read_form(request)


def _read_bytes(request: HttpRequest) -> Upload:
    """Read the body at once: the quickest way, for no piece of it is looked at twice."""
    _check_length(request, most_bytes())
    given = [(name, [request.headers[head]]) for name, head in HEADERS.items() if head in request.headers]
    fields = _read_fields(given)
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    data = request.read(length) if length <= limits().max_bytes else _read_film(request, length)
    if len(data) < length:
        raise RequestError("The file ended before the length that was announced.")
    return Upload(data, fields)


def _read_film(request: HttpRequest, length: int) -> bytes:
    """Read what is larger than a picture may be, if it begins as a film does and there is room for it."""
    head = request.read(HEAD_BYTES)
    if length > (most := most_with_room(length, head)):
        raise TooLargeError(too_large(most))
    return b"".join([head, request.read(length - len(head))])


def too_large(most: int) -> str:
    return f"The file is larger than {most // MIB} MiB, the most that this desk takes of its kind."


def _read_form(request: HttpRequest) -> Upload:
    """Read a form with one file.

    Raises:
        RequestError: it is too large.
        InvalidError: the file or a field is missing or wrong; `fields` says what.
        MultiPartParserError, SuspiciousOperation: it is malformed.
    """
    _check_length(request, most_bytes() + FORM_MARGIN)
    try:
        form = read_form(request, most_with_room)
    except RequestDataTooBig:
        raise TooLargeError("A part of the form that is not the file is too large.") from None
    except FileTooLargeError as error:
        raise TooLargeError(too_large(error.most)) from None
    if form.file != FILE_PART:
        raise InvalidError("The file is missing.", fields={FILE_PART: _missing_file(form.fields)})
    return Upload(form.data, _read_fields(form.fields.items()))


def _missing_file(fields: Container[str]) -> str:
    if FILE_PART in fields:
        return "This part needs a file name in its head; without it, it is text."
    return "Send the file in a part of this name."


def _read_fields(sent: Iterable[tuple[str, Sequence[object]]]) -> UploadFields:
    """Read what comes beside a file: lists may come in several parts, the others once."""
    given: dict[str, object] = {}
    for name, values in sent:
        texts = [str(value) for value in values]
        if name in LISTS:
            given[name] = [part.strip() for text in texts for part in text.split(",")]
        elif len(texts) > 1:
            raise InvalidError("A field was sent twice.", fields={name[:LONGEST_NAME]: "Send this once."})
        else:
            given[name] = texts[0]
    try:
        return UploadFields.model_validate(given)
    except ValidationError as error:
        raise invalid(_details(error)) from None


def _check_length(request: HttpRequest, most: int) -> None:
    """Refuse by the announced length, before a byte is read."""
    match length_of(request, most):
        case Length.MISSING:
            raise LengthMissingError(LENGTH_MISSING)
        case Length.NO_NUMBER:
            raise RequestError(LENGTH_NO_NUMBER)
        case Length.TOO_LARGE:
            raise TooLargeError(f"The request is larger than {most // MIB} MiB, the most that is taken here.")


def _details(error: ValidationError) -> Details:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [{"type": detail["type"], "loc": detail["loc"], "msg": detail["msg"]} for detail in found]

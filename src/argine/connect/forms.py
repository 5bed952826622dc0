"""The files of an upload: the parts of a multipart form, or the whole body.

The parser is strict on purpose. A form that two programs may read differently could hide a file from one of them, so
what is malformed, or written as browsers never write it, is refused and not guessed at.
"""

import re
from collections.abc import Iterator
from typing import IO

from multipart import MultipartError, MultipartSegment, PushMultipartParser

from argine.connect.spool import PIECE_BYTES, size_of, spool

FORM = "multipart/form-data"
# Of a body that is no form: pictures, films, and what nobody names.
MEDIA = ("image/", "video/")
UNNAMED = {"", "application/octet-stream"}
WRITING = {"POST", "PUT", "PATCH"}
PLAIN_ENCODINGS = {"", "7bit", "8bit", "binary"}
MOST_PARTS = 2000
# A part without a file name and a type is a text field to every framework; a larger one is looked at all the same.
TEXT_FIELD_BYTES = 1024 * 1024
CHARSET = r'(?:;\s*charset="?[\w-]{1,40}"?\s*)?'
# One boundary: of two, each framework may choose another.
ONE_BOUNDARY = re.compile(
    rf"{FORM}\s*{CHARSET};\s*boundary=(?:\"([\w'()+,./:=? -]{{1,200}})\"|([\w'()+./:=?-]{{1,200}}))\s*{CHARSET};?",
    re.IGNORECASE | re.ASCII,
)


class BodyTooLargeError(Exception):
    """The upload is larger than is taken."""


class MalformedError(ValueError):
    """The upload cannot be read for certain."""


def holds_files(method: str, content_type: str) -> bool:
    """Say whether the body of a request is looked at."""
    kind = _kind(content_type)
    return method in WRITING and (kind == FORM or kind in UNNAMED or kind.startswith(MEDIA))


def files_in(body: IO[bytes], content_type: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Hand out each file of a body with its field's name, one after another; an empty one is none.

    A file is good until the next is asked for.

    Raises:
        MalformedError: it is a form that cannot be read for certain.
    """
    if size_of(body) == 0:
        return
    if _kind(content_type) != FORM:
        yield "", body
        return
    boundary = boundary_of(content_type)
    marks = count_in(body, f"--{boundary}".encode())
    body.seek(0)
    try:
        with PushMultipartParser(boundary, max_segment_count=MOST_PARTS, strict=True) as parser:
            yield from _files(parser, body, marks)
    except MultipartError as error:
        raise MalformedError(str(error)) from error


def boundary_of(content_type: str) -> str:
    """Read the boundary of a form.

    Raises:
        MalformedError: there is none, or more than one.
    """
    found = ONE_BOUNDARY.fullmatch(content_type.strip())
    if found is None:
        raise MalformedError("The form's type names no boundary, or several.")
    return found[1] or found[2]


def is_file(part: MultipartSegment) -> bool:
    """Say whether any framework could take a part for a file."""
    named = any("filename" in f"{name}{value}".lower() for name, value in part.headerlist)
    typed = part.content_type is not None and not part.content_type.startswith("text/")
    return named or typed or part.size > TEXT_FIELD_BYTES


def count_in(body: IO[bytes], mark: bytes) -> int:
    """Count how often some bytes occur in a file."""
    body.seek(0)
    found, before = 0, b""
    while piece := body.read(PIECE_BYTES):
        looked = before + piece
        found += looked.count(mark)
        before = looked[-(len(mark) - 1) :]
    return found


def _files(parser: PushMultipartParser, body: IO[bytes], marks: int) -> Iterator[tuple[str, IO[bytes]]]:
    """Hand out the files; `marks` is how often the boundary occurs in all.

    A form of n parts has n + 1. Any other stands within a part, before the first or behind the last, where some
    frameworks would begin a part of their own.

    Raises:
        MalformedError: there is such a one.
    """
    part, file = None, spool()
    try:
        for event in parser.parse_blocking(body.read, PIECE_BYTES):
            if isinstance(event, MultipartSegment):
                _refuse_encoded(event)
                marks -= 1
                file.close()
                part, file = event, spool()
            elif event is not None:
                file.write(event)
            elif part is not None and part.size and is_file(part):
                yield part.name or "", file
    finally:
        file.close()
    if marks != 1:
        raise MalformedError("The boundary of the form stands where none belongs.")


def _refuse_encoded(part: MultipartSegment) -> None:
    """Some frameworks decode such a part and others do not; RFC 7578 has done away with it."""
    encodings = {value.strip().lower() for name, value in part.headerlist if name == "Content-Transfer-Encoding"}
    if not encodings <= PLAIN_ENCODINGS:
        raise MalformedError("A part of the form is encoded for transfer.")


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()

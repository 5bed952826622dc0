"""Reading a form with one file: what is in it, however it is cut into pieces, and what is refused."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from hypothesis import given
from hypothesis import strategies as st
from tests.bad_requests import EDGE, part
from tests.bad_requests import form as form_bytes

from argine.desk.core import forms
from argine.desk.core.forms import FileTooLargeError, read_form


def request(body: bytes, boundary: str = f"; boundary={EDGE}") -> WSGIRequest:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "CONTENT_TYPE": f"multipart/form-data{boundary}", "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }  # fmt: skip
    return WSGIRequest(environ)


def form(*parts: bytes) -> WSGIRequest:
    return request(form_bytes(*parts))


def any_size(_length: int, _head: bytes) -> int:
    return 1 << 30


contents = st.binary(max_size=300) | st.sampled_from([b"\r\n", b"\r\n--", f"\r\n--{EDGE[:-1]}".encode(), b"-" * 40])


@given(file=st.lists(contents, max_size=4).map(b"".join), size=st.integers(1, 400), text=st.text(max_size=20))
def test_a_file_comes_out_as_it_went_in_wherever_the_pieces_end(file: bytes, size: int, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms, "PIECE_BYTES", size)
        found = read_form(form(part(text.encode(), "a", None), part(file), part(b"2", "a", None)), any_size)
    assert (found.file, found.data, found.fields) == ("file", file, {"a": [text, "2"]})


def test_how_large_a_file_may_be_is_told_by_its_first_bytes() -> None:
    heads: list[bytes] = []

    def most(length: int, head: bytes) -> int:
        assert length > 900
        heads.append(head)
        return 1000 if head.startswith(b"film") else 10

    assert read_form(form(part(b"film" + bytes(900))), most).data == b"film" + bytes(900)
    with pytest.raises(FileTooLargeError) as error:
        read_form(form(part(b"picture" + bytes(900))), most)
    assert error.value.most == 10
    assert max(map(len, heads)) <= forms.HEAD_BYTES


def test_a_file_that_was_not_chosen_is_none() -> None:
    found = read_form(form(part(b"", filename=""), part(b"1", "a", None)), any_size)
    assert (found.file, found.fields) == (None, {"a": ["1"]})


def test_an_empty_file_is_a_file() -> None:
    assert read_form(form(part(b"")), any_size).file == "file"


def test_a_field_that_is_no_utf_8_is_read_as_far_as_it_is() -> None:
    assert read_form(form(part(b"\xff1", "a", None)), any_size).fields == {"a": ["\ufffd1"]}


MALFORMED = {
    "no boundary": request(part(b"x"), ""),
    "an empty boundary": request(part(b"x"), "; boundary="),
    "another boundary": request(part(b"x") + b"--other--\r\n"),
    "a form that breaks off": request(part(b"x")),
    "nothing": request(b""),
    "base64": form(part(b"eA==", more="Content-Transfer-Encoding: base64\r\n")),
    "a part without a name": request(f"--{EDGE}\r\n\r\nx\r\n--{EDGE}--\r\n".encode()),
    "too many fields": form(*(part(b"1", "a", None) for _ in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 2))),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_form_is_refused(what: str) -> None:
    with pytest.raises(MultiPartParserError):
        read_form(MALFORMED[what], any_size)


def test_two_files_are_refused() -> None:
    with pytest.raises(TooManyFilesSent):
        read_form(form(part(b"x"), part(b"y")), any_size)


def test_fields_have_a_size_in_all() -> None:
    half = bytes(settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2 + 1)
    assert read_form(form(part(half, "a", None)), any_size).fields
    with pytest.raises(RequestDataTooBig):
        read_form(form(part(half, "a", None), part(half, "b", None)), any_size)


def test_what_stands_before_and_behind_the_form_is_no_part_of_it() -> None:
    body = b"before\r\n" + part(b"x") + f"--{EDGE}--\r\nbehind".encode()
    assert read_form(request(body), any_size).data == b"x"

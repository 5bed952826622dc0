"""Files of a form: each is found however the bytes come, and what two programs may read differently is refused."""

from io import BytesIO
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.connect import forms
from argine.connect.forms import MalformedError, boundary_of, count_in, files_in, holds_files

KIND = "multipart/form-data; boundary=xyz"
HEAD, END = b'--xyz\r\nContent-Disposition: form-data; name="f"', b"--xyz--\r\n"


def part(content: bytes, more: bytes = b'; filename="a"') -> bytes:
    return HEAD + more + b"\r\n\r\n" + content + b"\r\n"


def read(body: bytes, kind: str = KIND) -> list[bytes]:
    contents = []
    for _, file in files_in(BytesIO(body), kind):
        file.seek(0)
        contents.append(file.read())
    return contents


@given(st.lists(st.binary(max_size=300).filter(lambda content: b"--xyz" not in content), max_size=6))
def test_every_file_comes_out_as_it_went_in(contents: list[bytes]) -> None:
    body = b"".join(part(content) for content in contents) + END
    assert read(body) == [content for content in contents if content]


def test_a_file_that_is_longer_than_any_piece_comes_out_whole() -> None:
    large = Random(1).randbytes(300_000) + b"\r\n--xy" + Random(2).randbytes(200_000)
    assert read(part(b"a") + part(large) + part(b"z") + END) == [b"a", large, b"z"]


@pytest.mark.parametrize(
    ("more", "is_file"),
    [
        (b"", False),
        (b'; filename="a.jpg"', True),
        (b"; filename*=utf-8''a.jpg", True),
        (b'; FileName="a.jpg"', True),
        (b'; filename=""', True),
        (b"\r\nContent-Type: text/plain", False),
        (b"\r\nContent-Type: image/jpeg", True),
        (b"\r\nContent-Type: application/octet-stream", True),
        (b'\r\nX-Other: filename="a"', True),
    ],
)
def test_what_any_framework_could_take_for_a_file_is_one(more: bytes, is_file: bool) -> None:
    assert read(part(b"a", more) + END) == ([b"a"] if is_file else [])


def test_a_text_field_as_large_as_a_picture_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "TEXT_FIELD_BYTES", 9)
    assert read(part(b"123456789", b"") + part(b"1234567890", b"") + END) == [b"1234567890"]


@pytest.mark.parametrize(
    "body",
    [
        part(b"a"),
        part(b"a") + END[:-4],
        part(b"a") + END + part(b"b") + END,
        part(b"a" * 200_000) + END + part(b"b") + END,
        part(b"text --xyz\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\npicture", b"") + END,
        b"--xyz\n" + part(b"a") + END,
        (part(b"a") + END).replace(b"\r\n", b"\n"),
        part(b"YQ==", b"; filename=a\r\nContent-Transfer-Encoding: base64") + END,
        b"no form at all",
        b'--xyz\r\nContent-Disposition: form-data; name="f"\r\n' * 9 + END,
    ],
)
def test_a_form_that_may_be_read_in_two_ways_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedError):
        read(body)


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=xyz; boundary=abc",
        "multipart/form-data; boundary=xyz; boundary*=utf-8''abc",
        "multipart/form-data; boundary*=utf-8''xyz",
        'multipart/form-data; boundary="x\\"yz"',
        "multipart/form-data; boundary=xyz, multipart/form-data; boundary=abc",
        f"multipart/form-data; boundary={'x' * 201}",
    ],
)
def test_a_form_without_one_sure_boundary_is_refused(kind: str) -> None:
    with pytest.raises(MalformedError):
        read(part(b"a") + END, kind)


@pytest.mark.parametrize(
    ("kind", "boundary"),
    [
        ("multipart/form-data; boundary=xyz", "xyz"),
        ("Multipart/Form-Data;boundary=xyz", "xyz"),
        ('multipart/form-data; boundary="a b:c"', "a b:c"),
        ("multipart/form-data; charset=utf-8; boundary=xyz", "xyz"),
        (
            "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "----WebKitFormBoundary7MA4YWxkTrZu0gW",
        ),
        ("multipart/form-data; boundary=------------------------d74496d66958873e", "-" * 24 + "d74496d66958873e"),
    ],
)
def test_the_boundaries_that_browsers_and_tools_write_are_read(kind: str, boundary: str) -> None:
    assert boundary_of(kind) == boundary


@pytest.mark.parametrize(
    ("method", "kind", "looked_at"),
    [
        ("POST", KIND, True),
        ("PUT", "image/png", True),
        ("PATCH", "video/mp4; codecs=avc1", True),
        ("PUT", "application/octet-stream", True),
        ("PUT", "", True),
        ("POST", "application/json", False),
        ("POST", "application/x-www-form-urlencoded", False),
        ("GET", KIND, False),
    ],
)
def test_which_bodies_are_looked_at(method: str, kind: str, looked_at: bool) -> None:
    assert holds_files(method, kind) is looked_at


def test_a_whole_body_is_one_file_and_an_empty_one_none() -> None:
    assert read(b"picture", "image/jpeg") == [b"picture"]
    assert read(b"", "image/jpeg") == []
    assert read(b"", KIND) == []
    assert read(END) == []


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_marks_are_counted_across_pieces(first: int, second: int) -> None:
    body = bytearray(b"a" * 200_010)
    body[first : first + 5] = b"--xyz"
    body[second : second + 5] = b"--xyz"
    assert count_in(BytesIO(bytes(body)), b"--xyz") == bytes(body).count(b"--xyz")

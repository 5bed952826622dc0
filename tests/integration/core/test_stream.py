"""A sealed file opens for its reader alone, whole or not at all."""

import io
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argine.desk.core import stream
from argine.desk.core.stream import Identity, Opened, Passphrase, Reader, StreamError, Writer

IDENTITY = Identity(bytes(range(32)))
READER = IDENTITY.reader()
SIZES = [0, 1, stream.PIECE - 1, stream.PIECE, stream.PIECE + 1, 3 * stream.PIECE, 3 * stream.PIECE + 7]


@pytest.fixture(autouse=True)
def scrypt_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SCRYPT_LOG_N", 4)


def sealed(data: bytes, to: Passphrase | Reader = READER, step: int = 10_000) -> bytes:
    target = io.BytesIO()
    with Writer(target, to) as writer:
        for start in range(0, len(data), step):
            writer.write(data[start : start + step])
    return target.getvalue()


def opened(file: bytes, by: Passphrase | Identity = IDENTITY) -> bytes:
    return Opened(io.BytesIO(file), by).readall() or b""


def data(size: int) -> bytes:
    return bytes(index * 7 % 251 for index in range(size))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens_for_its_reader(size: int) -> None:
    for to, by in ((IDENTITY.reader(), IDENTITY), (Passphrase("a b c"), Passphrase("a b c"))):
        assert opened(sealed(data(size), to), by) == data(size)


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(1, 100))
def test_it_opens_however_it_was_written(content: bytes, step: int) -> None:
    assert opened(sealed(content, step=step)) == content


def test_the_same_content_never_looks_the_same() -> None:
    assert len({sealed(b"x") for _ in range(5)}) == 5


def test_keys_are_written_and_read_as_one_line() -> None:
    assert Identity.parse(f" {IDENTITY.text()}\n") == IDENTITY
    assert Reader.parse(IDENTITY.reader().text()) == IDENTITY.reader()
    for text in ("", "x", IDENTITY.text()[:-2], IDENTITY.text() + "AAAA"):
        with pytest.raises(StreamError):
            Identity.parse(text)
    with pytest.raises(StreamError):
        Reader.parse(IDENTITY.text())


@pytest.mark.parametrize(
    ("file", "by", "said"),
    [
        (sealed(b"x"), Identity.new(), "for another reader"),
        (sealed(b"x"), Passphrase("x"), "opened by the identity"),
        (b"argine-sealed/2\n{}", IDENTITY, "no file that Argine sealed"),
        (b"", IDENTITY, "no file that Argine sealed"),
        (stream.MAGIC + b"[]\n", IDENTITY, "head of the file"),
        (stream.MAGIC + b"{}\n", IDENTITY, "opened by the identity"),
        (stream.MAGIC + b'{"for": "reader"}\n', IDENTITY, "another reader"),
        (stream.MAGIC + b'{"for": "passphrase", "log_n": 60, "salt": "AA"}\n', Passphrase("x"), "head of the file"),
        (stream.MAGIC + b'{"for": "passphrase"}\n', Passphrase("x"), "head of the file"),
        (stream.MAGIC + b"x" * 5000, IDENTITY, "head of the file"),
    ],
)
def test_another_key_or_another_file_is_told_in_words(file: bytes, by: Passphrase | Identity, said: str) -> None:
    with pytest.raises(StreamError, match=said):
        opened(file, by)


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(StreamError, match="the passphrase or key is another"):
        opened(sealed(b"x", Passphrase("one")), Passphrase("other"))


def test_every_altered_byte_is_found() -> None:
    whole = sealed(data(200))
    for place in range(len(whole)):
        altered = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with pytest.raises(StreamError):
            opened(altered)


def pieces(file: bytes) -> tuple[bytes, list[bytes]]:
    head = file.index(b"\n", len(stream.MAGIC)) + 1
    size = stream.PIECE + stream.TAG_BYTES
    return file[:head], [file[start : start + size] for start in range(head, len(file), size)]


def test_a_file_that_is_cut_added_to_or_put_in_another_order_is_found() -> None:
    head, (one, two, three, last) = pieces(sealed(data(3 * stream.PIECE + 7)))
    orders = [[one], [one, two, three], [two, three, last], [one, three, two, last], [one, two, three, last, last], []]
    for order in [*orders, [one, two, three, last[:-1]], [one, two, three, last + b"x"]]:
        with pytest.raises(StreamError):
            opened(head + b"".join(order))


def test_the_sizes_of_the_tests_cross_the_edge_of_a_piece() -> None:
    assert any(low <= stream.PIECE < high for low, high in pairwise(SIZES))

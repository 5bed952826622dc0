"""The messages of ICAP (RFC 3507): a head, and within it the heads and the body of an HTTP message."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from argine.connect.spool import PIECE_BYTES

QUIET_S = 60.0
MOST_HEADS_BYTES = 256 * 1024
MOST_CHUNK_BYTES = 1024 * 1024 * 1024
LONGEST_CHUNK_LINE = 1024
HEAD_END = b"\r\n\r\n"
CONTINUE = b"ICAP/1.0 100 Continue\r\n\r\n"


class BadRequestError(ValueError):
    """The client does not speak ICAP as RFC 3507 has it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a request. `headers` have lower-case names; of one that is repeated the last counts."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def allows_204(self) -> bool:
        return "204" in {code.strip() for code in self.headers.get("allow", "").split(",")}

    @property
    def preview(self) -> bool:
        return "preview" in self.headers

    @property
    def keeps(self) -> bool:
        """Whether the client goes on with this connection."""
        return self.headers.get("connection", "").lower() != "close"


@dataclass(frozen=True, slots=True)
class Parts:
    """The heads of the HTTP message within a request, as they came, and the name of its body's part, if it has one."""

    heads: tuple[tuple[str, bytes], ...]
    body: str | None

    def head(self, name: str) -> bytes:
        return dict(self.heads).get(name, b"")

    def back(self) -> tuple[tuple[str, bytes], ...]:
        """Give the heads that go back when nothing is changed: with those of a response, not those of its request."""
        return tuple(one for one in self.heads if one[0] == "res-hdr" or not self.head("res-hdr"))

    def content_type(self) -> str:
        """The type of the body: of the response if there is one, else of the request."""
        head = self.head("res-hdr") or self.head("req-hdr")
        lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
        types = [value.strip().decode("latin-1") for name, _, value in lines if name.strip().lower() == b"content-type"]
        return types[-1] if types else ""


async def read_head(reader: asyncio.StreamReader) -> Head:
    """Read the beginning of a request.

    Raises:
        BadRequestError: it is no ICAP.
        EOFError: the client has gone.
    """
    async with asyncio.timeout(QUIET_S):
        lines = (await reader.readuntil(HEAD_END))[: -len(HEAD_END)].decode("latin-1").split("\r\n")
    words = lines[0].split()
    if len(words) != 3 or not words[2].startswith("ICAP/1."):  # noqa: PLR2004  # method, address, version
        raise BadRequestError("This is no ICAP.")
    pairs = [line.partition(":") for line in lines[1:]]
    return Head(words[0].upper(), words[1], {name.strip().lower(): value.strip() for name, _, value in pairs})


async def read_parts(head: Head, reader: asyncio.StreamReader) -> Parts:
    """Read the heads of the message within.

    Raises:
        BadRequestError: the header `Encapsulated` is not as it should be.
        EOFError: the client has gone.
    """
    places = [_place(text) for text in head.headers.get("encapsulated", "").split(",")]
    names, offsets = [name for name, _ in places], [offset for _, offset in places]
    if offsets != sorted(offsets) or offsets[0] != 0 or offsets[-1] > MOST_HEADS_BYTES:
        raise BadRequestError("Encapsulated is not in order.")
    if not names[-1].endswith("-body"):
        raise BadRequestError("Encapsulated names no body.")
    async with asyncio.timeout(QUIET_S):
        whole = await reader.readexactly(offsets[-1])
    heads = tuple((name, whole[begin:end]) for name, begin, end in zip(names, offsets, offsets[1:], strict=False))
    return Parts(heads, None if names[-1] == "null-body" else names[-1])


class Body:
    """A chunked body that comes in. `whole` tells after a preview whether that was all."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.reader, self.whole = reader, False

    async def all_pieces(self, head: Head, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        """Give the whole body: after a preview that is not all, ask for the rest, for nothing can be said before.

        Raises:
            BadRequestError, EOFError: as of `pieces`.
        """
        async for piece in self.pieces():
            yield piece
        if head.preview and not self.whole:
            writer.write(CONTINUE)
            await writer.drain()
            async for piece in self.pieces():
                yield piece

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give what comes up to the next empty chunk.

        Raises:
            BadRequestError: it is not chunked as HTTP has it.
            EOFError: the client has gone.
        """
        while size := await self._chunk():
            while size:
                async with asyncio.timeout(QUIET_S):
                    piece = await self.reader.read(min(size, PIECE_BYTES))
                if not piece:
                    raise EOFError
                size -= len(piece)
                yield piece
            async with asyncio.timeout(QUIET_S):
                if await self.reader.readexactly(2) != b"\r\n":
                    raise BadRequestError("A chunk is longer than it said.")

    async def _chunk(self) -> int:
        async with asyncio.timeout(QUIET_S):
            line = await self.reader.readuntil(b"\r\n")
            size, _, more = line.decode("latin-1").strip().partition(";")
            try:
                length = int(size, 16)
            except ValueError:
                raise BadRequestError("A chunk has no length.") from None
            if not 0 <= length <= MOST_CHUNK_BYTES:
                raise BadRequestError("A chunk is too long.")
            if length == 0:
                self.whole = more.strip().lower() == "ieof"
                while await self.reader.readuntil(b"\r\n") != b"\r\n":
                    pass  # trailers say nothing that matters here
        return length


def _place(text: str) -> tuple[str, int]:
    name, _, offset = text.strip().partition("=")
    if not (offset.isascii() and offset.isdigit()):
        raise BadRequestError("Encapsulated is not as it should be.")
    return name.strip().lower(), int(offset)


def message(status: str, headers: Mapping[str, str], heads: tuple[tuple[str, bytes], ...], body: str) -> bytes:
    """Write the head of an answer with the heads of the message within; a body comes after it, in chunks."""
    places, offset = [], 0
    for name, head in heads:
        places.append(f"{name}={offset}")
        offset += len(head)
    all_headers = {**headers, "Encapsulated": ", ".join([*places, f"{body}={offset}"])}
    lines = [f"ICAP/1.0 {status}", *(f"{name}: {value}" for name, value in all_headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + b"".join(head for _, head in heads)


def chunk(piece: bytes) -> bytes:
    """Write one chunk; an empty one ends a body."""
    return f"{len(piece):x}\r\n".encode() + piece + b"\r\n"

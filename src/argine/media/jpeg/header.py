"""The markers of a baseline JPEG (ITU T.81, annex B), read strictly: anything unusual is left to the whole decoder."""

import struct
from dataclasses import dataclass, field

_SOF0, _SOF1, _DHT, _SOS, _DQT, _DRI = 0xC0, 0xC1, 0xC4, 0xDA, 0xDB, 0xDD
_JFIF, _ADOBE, _COMMENT = 0xE0, 0xEE, 0xFE
_APPLICATIONS = range(0xE0, 0xF0)
_YCBCR = 1
_LUMA_ONLY, _COLOUR = 1, 3
_MOST_SEGMENTS = 512
_TABLES = 4
_SAMPLINGS = {(1, 1), (2, 1), (1, 2), (2, 2)}
"""Luma samples across and down for each of chroma."""

Codes = tuple[bytes, bytes]
"""Of a Huffman table: how many codes there are of each length, and their symbols."""


class UnusualError(Exception):
    """The file is not of the plain form that is read here; it may be damaged or only rare."""


@dataclass(frozen=True, slots=True)
class Component:
    """Luma or one kind of chroma.

    Attributes:
        across, down: its samples for each of chroma.
        quantiser: 64 numbers, in zigzag order.
        dc, ac: its Huffman tables.
    """

    across: int
    down: int
    quantiser: tuple[int, ...]
    dc: Codes
    ac: Codes


@dataclass(frozen=True, slots=True)
class Header:
    """What is said before the scan's data.

    Attributes:
        width, height: in pixels.
        components: luma alone, or luma and two of chroma.
        interval: units between restart markers; 0 for none.
        start: where the scan's data begin.
        described: whether it has EXIF, a colour profile, or what else cameras and programs put there.
    """

    width: int
    height: int
    components: tuple[Component, ...]
    interval: int
    start: int
    described: bool


@dataclass(slots=True)
class _Found:
    """What the markers said so far."""

    frame: bytes = b""
    quantisers: dict[int, tuple[int, ...]] = field(default_factory=dict)
    codes: dict[int, Codes] = field(default_factory=dict)
    interval: int = 0
    colours_known: bool = False
    described: bool = False


def read_header(data: bytes) -> Header:
    """Read up to the scan.

    Raises:
        UnusualError: it is no JPEG of 8 bits, baseline or extended sequential, Huffman-coded, in one scan, grey or
            YCbCr with chroma halved in either direction or not; or something in it is not as the standard wants it.
    """
    found, at = _Found(), 2
    for _ in range(_MOST_SEGMENTS):
        marker, body, at = _segment(data, at)
        if marker == _SOS:
            return _header(found, body, at)
        _take(found, marker, body)
    raise UnusualError


def _segment(data: bytes, at: int) -> tuple[int, bytes, int]:
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF:  # noqa: PLR2004 - a marker's form
        raise UnusualError
    end = at + 2 + int.from_bytes(head[2:])
    if end < at + 4 or end > len(data):
        raise UnusualError
    return head[1], data[at + 4 : end], end


def _take(found: _Found, marker: int, body: bytes) -> None:
    if marker in {_SOF0, _SOF1}:
        if found.frame:
            raise UnusualError
        found.frame = body
    elif marker == _DQT:
        _take_quantisers(found, body)
    elif marker == _DHT:
        _take_codes(found, body)
    elif marker == _DRI and len(body) == 2:  # noqa: PLR2004 - its form
        found.interval = int.from_bytes(body)
    elif marker in _APPLICATIONS:
        _take_colours(found, marker, body)
    elif marker != _COMMENT:
        raise UnusualError


def _take_quantisers(found: _Found, body: bytes) -> None:
    if len(body) > _TABLES * 65:
        raise UnusualError
    while body:
        kind, numbers = body[0], body[1:65]
        if kind >= _TABLES or len(numbers) < 64 or 0 in numbers:  # noqa: PLR2004 - of 8 bits
            raise UnusualError
        found.quantisers[kind] = tuple(numbers)
        body = body[65:]


def _take_codes(found: _Found, body: bytes) -> None:
    if len(body) > 2 * _TABLES * (17 + 256):
        raise UnusualError
    while body:
        kind, counts = body[0], body[1:17]
        symbols = body[17 : 17 + sum(counts)]
        if kind & 0xEC or len(counts) < 16 or not 0 < sum(counts) == len(symbols) <= 256:  # noqa: PLR2004 - the form
            raise UnusualError
        found.codes[kind] = (counts, symbols)
        body = body[17 + len(symbols) :]


def _take_colours(found: _Found, marker: int, body: bytes) -> None:
    """A JFIF marker promises YCbCr; an Adobe marker says what it is, and must agree."""
    if marker == _JFIF and len(body) >= 14 and body.startswith(b"JFIF\0"):  # noqa: PLR2004 - its least length
        found.colours_known = True
    elif marker == _ADOBE and body.startswith(b"Adobe"):
        if len(body) != 12 or body[11] != _YCBCR:  # noqa: PLR2004 - its form
            raise UnusualError
        found.colours_known = True
    found.described |= marker not in {_JFIF, _ADOBE}


def _header(found: _Found, scan: bytes, start: int) -> Header:
    frame = found.frame
    parts = [frame[i : i + 3] for i in range(6, len(frame), 3)]
    if len(parts) not in {_LUMA_ONLY, _COLOUR} or len(frame) % 3 or frame[0] != 8 or frame[5] != len(parts):  # noqa: PLR2004 - bits
        raise UnusualError
    height, width = struct.unpack(">HH", frame[1:5])
    if not height or not width or not _plain_scan(scan, parts) or not _plain_colours(found, parts):
        raise UnusualError
    components = tuple(_component(found, part, scan[2 + 2 * i], alone=len(parts) == 1) for i, part in enumerate(parts))
    return Header(width, height, components, found.interval, start, found.described)


def _plain_scan(scan: bytes, parts: list[bytes]) -> bool:
    """Whether one scan holds all components in their order, and all of their coefficients."""
    count = len(parts)
    return (
        len(scan) == 4 + 2 * count
        and scan[0] == count
        and scan[1 : 1 + 2 * count : 2] == bytes(part[0] for part in parts)
        and scan[-3:] == b"\x00\x3f\x00"
    )


def _plain_colours(found: _Found, parts: list[bytes]) -> bool:
    if len(parts) == _LUMA_ONLY:
        return True
    names, samplings = bytes(part[0] for part in parts), [divmod(part[1], 16) for part in parts]
    return (
        (found.colours_known or names == b"\x01\x02\x03")
        and len(set(names)) == _COLOUR
        and samplings[0] in _SAMPLINGS
        and samplings[1:] == [(1, 1), (1, 1)]
    )


def _component(found: _Found, part: bytes, tables: int, *, alone: bool) -> Component:
    across, down = (1, 1) if alone else divmod(part[1], 16)
    dc, ac = divmod(tables, 16)
    try:
        return Component(across, down, found.quantisers[part[2]], found.codes[dc], found.codes[16 | ac])
    except KeyError:
        raise UnusualError from None

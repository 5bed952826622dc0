"""A baseline JPEG's bytes to the low DCT coefficients of its blocks."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from argine.media.jpeg import huffman, scan
from argine.media.jpeg.header import Codes, Component, Header, UnusualError
from argine.media.jpeg.transform import BLOCK

_Kind = tuple[Codes, Codes]  # a pair of DC and AC tables


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Luma or one kind of chroma.

    Attributes:
        coefficients: int16[kept, blocks down, blocks across]: quantised, in zigzag order.
        quantiser: float32[kept]: what one step of each is worth.
    """

    coefficients: NDArray[np.int16]
    quantiser: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """A picture's low coefficients.

    Attributes:
        height, width: of the picture as it lies in the file, in pixels; the blocks go on beyond.
        luma: blocks of 8 x 8 pixels.
        chroma: none (grey), or blue and red.
    """

    height: int
    width: int
    luma: Plane
    chroma: tuple[Plane, ...]

    @property
    def chroma_size(self) -> tuple[int, int]:
        """How many luma blocks a block of chroma covers, down and across: 1 or 2 each."""
        (_, down, across), (_, of_down, of_across) = (plane.coefficients.shape for plane in (self.luma, self.chroma[0]))
        return down // of_down, across // of_across


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """Those of all components, one kind above the other: see `scan.decoded`."""

    dc: NDArray[np.uint32]
    ac: NDArray[np.uint32]
    steps: NDArray[np.uint16]
    first_long: NDArray[np.uint64]


def read_blocks(data: bytes, header: Header, diagonals: int) -> Blocks:
    """Read the scan.

    Args:
        data: the whole file.
        header: of it.
        diagonals: how many of a block's anti-diagonals are kept, from the constant one on: 1 to 8. The first `n` hold
            n (n + 1) / 2 coefficients.

    Raises:
        UnusualError: the data end early, hold a code that is none, or go on where they should not.
    """
    kept = diagonals * (diagonals + 1) // 2
    across, down = _units(header)
    interval = header.interval or across * down
    buffer = np.empty(len(data) - header.start + scan.PADDING, np.uint8)
    parts = np.empty(-(-across * down // interval) + 1, np.int64)
    length, found = scan.unstuffed(np.frombuffer(data, np.uint8), header.start, buffer, parts)
    if found != len(parts) - 1:
        raise UnusualError
    buffer[length : length + scan.PADDING] = 0
    kinds = tuple(dict.fromkeys((component.dc, component.ac) for component in header.components))
    tables = _tables(kinds)
    places, planes = _places(header.components, across, down, kept, kinds)
    out = np.zeros(planes[-1].stop, np.int16)
    if not scan.decoded(
        buffer, parts, interval, across, across * down, places, tables.dc, tables.ac, tables.steps, tables.first_long,
        kept - 1, np.empty(len(planes), np.int64), out,
    ):  # fmt: skip
        raise UnusualError
    luma, *chroma = (
        Plane(
            out[plane].reshape(kept + 1, down * component.down, -1)[:kept],
            np.array(component.quantiser[:kept], np.float32),
        )
        for component, plane in zip(header.components, planes, strict=True)
    )
    return Blocks(header.height, header.width, luma, tuple(chroma))


def _units(header: Header) -> tuple[int, int]:
    luma = header.components[0]
    return -(-header.width // (BLOCK * luma.across)), -(-header.height // (BLOCK * luma.down))


@lru_cache(maxsize=8)
def _tables(kinds: tuple[_Kind, ...]) -> _Tables:
    """Lay tables out; most files have one of a few sets, so the last ones are kept."""
    dc = [huffman.table(*codes, ac=False) for codes, _ in kinds]
    ac = [huffman.table(*codes, ac=True) for _, codes in kinds]
    return _Tables(
        np.stack([table.entries for table in dc]),
        np.stack([table.entries for table in ac]),
        np.stack([table.steps for table in ac]),
        np.array([[a.first_long, b.first_long] for a, b in zip(dc, ac, strict=True)], np.uint64),
    )


def _places(
    components: tuple[Component, ...], across: int, down: int, kept: int, kinds: tuple[_Kind, ...]
) -> tuple[NDArray[np.uint64], list[slice]]:
    """Where each block of a unit is written, for `scan.decoded`, and where each component's plane lies."""
    rows, planes, start = [], [], 0
    for number, component in enumerate(components):
        wide, kind = across * component.across, kinds.index((component.dc, component.ac))
        blocks = wide * down * component.down
        for y, x in product(range(component.down), range(component.across)):
            rows.append((start + y * wide + x, blocks, component.across, component.down * wide, kind, number))
        planes.append(slice(start, start + (kept + 1) * blocks))
        start = planes[-1].stop
    return np.array(rows, np.uint64), planes

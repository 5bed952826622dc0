"""PDQ of frames: the bits and quality of `argine.signals.pdq`, compiled, since a film has hundreds of frames.

Every sum is made in the order that `pdq` tells of, so the bits are the same; `tests/contract` holds the two together.
Rows are filtered eight at a time: each row's running sum waits for the one before, and eight sums wait together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals import pdq
from argine.signals.errors import SignalError
from argine.signals.types import Signal, SignalType

_GRID = 64
_LOW = 16
_LANES = 8

_Pixels = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float32]
_Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FrameViews:
    """A frame's PDQ, and what it would be if the frame were laid down in another way.

    Attributes:
        signal: of the frame as it is, bit for bit as `pdq.hash_pixels` makes it.
        codes: uint8[8, 32]: the frame in its four quarter turns against the clock, then its mirror image in them;
            the first row is the signal's value; a turned frame hashed by itself may differ in a bit or two, for its
            sums are made in another order.
    """

    signal: Signal
    codes: npt.NDArray[np.uint8]


VIEWS = 8


def hash_frame(rgb: _Pixels) -> FrameViews:
    """PDQ of one frame in all eight views.

    Args:
        rgb: uint8[height, width, 3].

    Raises:
        SignalError: the array has another type or shape.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:  # noqa: PLR2004 - the form itself
        raise SignalError("PDQ is made of pixels of the form uint8[height, width, 3].")
    height, width = rgb.shape[:2]
    if min(height, width) < pdq.MIN_SIDE:
        nothing = np.zeros((VIEWS, SignalType.PDQ.size), np.uint8)
        return FrameViews(Signal(SignalType.PDQ, nothing[0].tobytes(), quality=0), nothing)
    plane = np.empty((height, width), np.float32)
    luma(rgb, plane)
    grids = _grids(plane)
    codes = np.stack([_bits(view) for view in _laid([_low_frequencies(grid) for grid in grids])])
    quality = min(int(whole_steps(grids[0])) // 90, 100)
    return FrameViews(Signal(SignalType.PDQ, codes[0].tobytes(), quality), codes)


def _low_frequencies(grid: _Floats) -> _Floats:
    low = np.empty((_LOW, _LOW), np.float32)
    frequencies(grid, _COSINES, low)
    return low


def _bits(low: _Floats) -> npt.NDArray[np.uint8]:
    median = np.partition(low, _LOW * _LOW // 2 - 1, axis=None)[_LOW * _LOW // 2 - 1]
    return np.packbits((low > median).ravel()[::-1])


def _laid(low: Sequence[_Floats]) -> Iterator[_Floats]:
    """The frequencies in all views, from those of the grid as it is, upside down, left to right, and both.

    A quarter turn against the clock exchanges rows and columns, then turns the rows upside down.
    """
    as_is, upside_down, mirrored, both = low
    yield from (as_is, mirrored.T, both, upside_down.T)
    yield from (mirrored, as_is.T, upside_down, both.T)


def _grids(plane: _Floats) -> list[_Floats]:
    """float32[64, 64], contiguous: the grid of the picture as it is, upside down, left to right, and both."""
    height, width = plane.shape
    rows, columns = (_centres(height), _mirrored(height)), (_centres(width), _mirrored(width))
    if height == width == _GRID:
        fine, row_at, column_at = plane, np.arange(height), np.arange(width)
    else:
        row_at, column_at = np.unique(np.concatenate(rows)), np.unique(np.concatenate(columns))
        fine = _filtered(plane, row_at, column_at)
    picks = [(row, column) for column in columns for row in rows]
    return [
        np.ascontiguousarray(fine[np.searchsorted(row_at, row)][:, np.searchsorted(column_at, column)])
        for row, column in picks
    ]


def _filtered(plane: _Floats, rows: _Whole, columns: _Whole) -> _Floats:
    """Two passes of the box filter each way, kept at some rows and columns. Overwrites `plane`."""
    height, width = plane.shape
    across, down = _window(width), _window(height)
    other = np.empty_like(plane)
    rows_filtered(plane, across, np.arange(width), other)
    columns_filtered(other, down, np.arange(height), plane)
    narrow = np.empty((height, len(columns)), np.float32)
    rows_filtered(plane, across, columns, narrow)
    fine = np.empty((len(rows), len(columns)), np.float32)
    columns_filtered(narrow, down, rows, fine)
    return fine


def _window(side: int) -> int:
    return -(-side // (2 * _GRID))


def _centres(side: int) -> _Whole:
    return np.array([int((i + 0.5) * side / _GRID) for i in range(_GRID)])


def _mirrored(side: int) -> _Whole:
    """Where the grid of the mirror image lies. An even window reaches further forward, in both passes."""
    shift = 2 if _window(side) % 2 == 0 else 0
    return np.maximum(side - 1 - _centres(side) - shift, 0)


def _cosines() -> _Floats:
    """float32[16, 64], as in `pdq`: the scale is rounded before it meets the cosine."""
    scale = float(np.float32(np.sqrt(2 / _GRID)))
    i, j = np.mgrid[1 : _LOW + 1, 0:_GRID]
    table: _Floats = (scale * np.cos(np.pi / 2 / _GRID * i * (2 * j + 1))).astype(np.float32)
    return table


_COSINES = _cosines()


@jit
def luma(rgb: _Pixels, plane: _Floats) -> None:
    """Brightness: doubles, rounded once."""
    height, width = plane.shape
    for y in range(height):
        for x in range(width):
            value = rgb[y, x, 0] * 0.299
            value += rgb[y, x, 1] * 0.587
            value += rgb[y, x, 2] * 0.114
            plane[y, x] = np.float32(value)


@jit
def rows_filtered(plane: _Floats, window: int, wanted: _Whole, out: _Floats) -> None:  # noqa: C901  # one loop, compiled
    """Running means along rows, at the wanted places; `out` is float32[h, len(wanted)]."""
    height, count = plane.shape
    ahead = (window + 2) // 2 - 1
    behind = window - ahead - 1
    lines = np.empty((count, _LANES), np.float32)
    total = np.empty(_LANES, np.float32)
    for top in range(0, height, _LANES):
        lanes = min(_LANES, height - top)
        for lane in range(lanes):
            for x in range(count):
                lines[x, lane] = plane[top + lane, x]
        total[:] = np.float32(0)
        for x in range(ahead):
            for lane in range(_LANES):
                total[lane] += lines[x, lane]
        place = 0
        for x in range(count):
            if x + ahead < count:
                for lane in range(_LANES):
                    total[lane] += lines[x + ahead, lane]
            if x > behind:
                for lane in range(_LANES):
                    total[lane] -= lines[x - behind - 1, lane]
            size = np.float32(min(x + ahead, count - 1) - max(x - behind, 0) + 1)
            while place < len(wanted) and wanted[place] == x:
                for lane in range(lanes):
                    out[top + lane, place] = total[lane] / size
                place += 1


@jit
def columns_filtered(plane: _Floats, window: int, wanted: _Whole, out: _Floats) -> None:
    """Running means along columns, at the wanted places; `out` is float32[len(wanted), w]."""
    count, width = plane.shape
    ahead = (window + 2) // 2 - 1
    behind = window - ahead - 1
    total = np.zeros(width, np.float32)
    for y in range(ahead):
        for x in range(width):
            total[x] += plane[y, x]
    place = 0
    for y in range(count):
        if y + ahead < count:
            for x in range(width):
                total[x] += plane[y + ahead, x]
        if y > behind:
            for x in range(width):
                total[x] -= plane[y - behind - 1, x]
        size = np.float32(min(y + ahead, count - 1) - max(y - behind, 0) + 1)
        while place < len(wanted) and wanted[place] == y:
            for x in range(width):
                out[place, x] = total[x] / size
            place += 1


@jit
def frequencies(grid: _Floats, cosines: _Floats, low: _Floats) -> None:
    """The low block of the DCT, summed in order."""
    half = np.zeros((_LOW, _GRID), np.float32)
    for k in range(_GRID):
        for i in range(_LOW):
            for j in range(_GRID):
                half[i, j] += cosines[i, k] * grid[k, j]
    low[:] = np.float32(0)
    for k in range(_GRID):
        for i in range(_LOW):
            for j in range(_LOW):
                low[i, j] += half[i, k] * cosines[j, k]


@jit
def whole_steps(grid: _Floats) -> np.int64:
    """Sum of the differences between neighbours, each in whole percent of 255."""
    total = np.int64(0)
    hundred, full = np.float32(100), np.float32(255)
    for y in range(_GRID):
        for x in range(_GRID):
            if y + 1 < _GRID:
                total += abs(np.int64((grid[y + 1, x] - grid[y, x]) * hundred / full))
            if x + 1 < _GRID:
                total += abs(np.int64((grid[y, x + 1] - grid[y, x]) * hundred / full))
    return total

"""PDQ of frames: the bits and quality of `argine.signals.pdq`, compiled, since a film has hundreds of frames.

Every sum is made in the order that `pdq` tells of, so the bits are the same; `tests/contract` holds the two together.
Rows are filtered eight at a time: each row's running sum waits for the one before, and eight sums wait together.
"""

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


def hash_frame(rgb: _Pixels) -> Signal:
    """PDQ of one frame, as `pdq.hash_pixels` makes it.

    Args:
        rgb: uint8[height, width, 3].

    Raises:
        SignalError: the array has another type or shape.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:  # noqa: PLR2004 - the form itself
        raise SignalError("PDQ is made of pixels of the form uint8[height, width, 3].")
    height, width = rgb.shape[:2]
    if min(height, width) < pdq.MIN_SIDE:
        return Signal(SignalType.PDQ, bytes(SignalType.PDQ.size), quality=0)
    plane = np.empty((height, width), np.float32)
    luma(rgb, plane)
    grid = plane if height == width == _GRID else _shrunk(plane)
    value, quality = np.empty((_LOW, _LOW), np.float32), whole_steps(grid)
    frequencies(grid, _COSINES, value)
    median = np.partition(value, _LOW * _LOW // 2 - 1, axis=None)[_LOW * _LOW // 2 - 1]
    bits = np.packbits((value > median).ravel()[::-1]).tobytes()
    return Signal(SignalType.PDQ, bits, min(int(quality) // 90, 100))


def _shrunk(plane: _Floats) -> _Floats:
    height, width = plane.shape
    across, down = -(-width // (2 * _GRID)), -(-height // (2 * _GRID))
    rows, columns = _centres(height), _centres(width)
    other = np.empty_like(plane)
    rows_filtered(plane, across, np.arange(width), other)
    columns_filtered(other, down, np.arange(height), plane)
    narrow = np.empty((height, _GRID), np.float32)
    rows_filtered(plane, across, columns, narrow)
    grid = np.empty((_GRID, _GRID), np.float32)
    columns_filtered(narrow, down, rows, grid)
    return grid


def _centres(side: int) -> _Whole:
    return np.array([int((i + 0.5) * side / _GRID) for i in range(_GRID)])


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
def rows_filtered(plane: _Floats, window: int, wanted: _Whole, out: _Floats) -> None:
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
def whole_steps(grid: _Floats) -> int:
    """Sum of the differences between neighbours, each in whole percent of 255."""
    total = 0
    hundred, full = np.float32(100), np.float32(255)
    for y in range(_GRID):
        for x in range(_GRID):
            if y + 1 < _GRID:
                total += abs(np.int64((grid[y + 1, x] - grid[y, x]) * hundred / full))
            if x + 1 < _GRID:
                total += abs(np.int64((grid[y, x + 1] - grid[y, x]) * hundred / full))
    return total

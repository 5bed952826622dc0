"""The compiled loops of `pdq`. Every sum is made in the order in which the reference makes it.

Rows are filtered eight at a time: each row's running sum waits for the one before, and eight sums wait together.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.media.brightness import Weights

GRID = 64
LOW = 16
_LANES = 8

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]


@jit
def luma(rgb: Pixels, weights: Weights, plane: Floats) -> None:
    """Brightness: doubles, rounded once."""
    height, width = plane.shape
    red, green, blue = weights
    for y in range(height):
        for x in range(width):
            value = rgb[y, x, 0] * red
            value += rgb[y, x, 1] * green
            value += rgb[y, x, 2] * blue
            plane[y, x] = np.float32(value)


@jit
def rows_filtered(plane: Floats, window: int, wanted: Whole, out: Floats) -> None:  # noqa: C901  # one loop, compiled
    """Running means along rows, at the wanted places, ascending; `out` is float32[h, len(wanted)]."""
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
def columns_filtered(plane: Floats, window: int, wanted: Whole, out: Floats) -> None:
    """Running means along columns, at the wanted places, ascending; `out` is float32[len(wanted), w]."""
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
def weights(centres: Whole, side: int, window: int, shrunk: int, out: Floats) -> None:
    """What each sample of a shrunk side counts in two passes of the box filter over the whole side.

    Args:
        centres: where the filtered whole is read.
        side: samples of the whole.
        window: of the filter.
        shrunk: samples of the whole in one of the shrunk side; the last one may stand for fewer.
        out: float32[len(centres), samples of the shrunk side], zeros.
    """
    ahead = (window + 2) // 2 - 1
    behind = window - ahead - 1
    last = side - 1
    for i in range(len(centres)):
        first, final = max(centres[i] - behind, 0), min(centres[i] + ahead, last)
        for middle in range(first, final + 1):
            start, stop = max(middle - behind, 0), min(middle + ahead, last)
            part = 1 / ((final - first + 1) * (stop - start + 1))
            for x in range(start, stop + 1):
                out[i, min(x // shrunk, out.shape[1] - 1)] += np.float32(part)


@jit
def weighted(plane: Floats, weights: Floats, out: Floats) -> None:
    """Add up lines: `out`, zeros, becomes the product of the weights, most of them nothing, and the plane."""
    for i in range(len(out)):
        for y in range(len(plane)):
            if weights[i, y] != 0:
                for x in range(plane.shape[1]):
                    out[i, x] += weights[i, y] * plane[y, x]


@jit
def frequencies(grid: Floats, cosines: Floats, turned: Floats, low: Floats) -> None:
    """The low block of the DCT, summed in order; `turned` holds the cosines with rows and columns exchanged."""
    half = np.zeros((LOW, GRID), np.float32)
    for k in range(GRID):
        for i in range(LOW):
            for j in range(GRID):
                half[i, j] += cosines[i, k] * grid[k, j]
    low[:] = np.float32(0)
    for k in range(GRID):
        for i in range(LOW):
            for j in range(LOW):
                low[i, j] += half[i, k] * turned[k, j]


@jit
def whole_steps(grid: Floats) -> np.int64:
    """Sum of the differences between neighbours, each in whole percent of 255; the fraction is dropped as C does."""
    total = np.int64(0)
    hundred, full = np.float32(100), np.float32(255)
    for y in range(GRID):
        for x in range(GRID):
            if y + 1 < GRID:
                total += abs(np.int64((grid[y + 1, x] - grid[y, x]) * hundred / full))
            if x + 1 < GRID:
                total += abs(np.int64((grid[y, x + 1] - grid[y, x]) * hundred / full))
    return total

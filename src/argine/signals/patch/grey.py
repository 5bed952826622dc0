"""Pixels to the grey picture in which patches are found: long side 512, the mean over each target pixel's area.

Brightness is that of `pdq`: in double precision, rounded once to float32. A smaller picture is enlarged by linear
interpolation, so that its patches lie on the same grid as those of a larger copy.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.tables import LONG_SIDE

_Pixels = npt.NDArray[np.uint8]
_Plane = npt.NDArray[np.float32]
_Floats = npt.NDArray[np.float64]
_Whole = npt.NDArray[np.int64]


def grey(rgb: _Pixels) -> _Plane:
    """Shrink or enlarge to a long side of 512 pixels.

    Args:
        rgb: uint8[height, width, 3], not empty.

    Returns:
        float32[h, w], 0 to 255.
    """
    height, width = rgb.shape[:2]
    across, down = working_size(width, height)
    if max(width, height) < LONG_SIDE:
        return enlarge(rgb, across, down)
    return shrink(rgb, across, down)


def working_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the grey picture, in pixels: half pixels are rounded up, and no side is zero."""
    longest = max(width, height)
    return tuple(max(1, (2 * side * LONG_SIDE + longest) // (2 * longest)) for side in (width, height))  # type: ignore[return-value]


@jit
def luma_row(rgb: _Pixels, y: int, row: _Plane) -> None:
    """Write the brightness of one row of pixels."""
    for x in range(rgb.shape[1]):
        row[x] = np.float32(0.299 * rgb[y, x, 0] + 0.587 * rgb[y, x, 1] + 0.114 * rgb[y, x, 2])


@jit
def shrink(rgb: _Pixels, across: int, down: int) -> _Plane:
    """Mean over areas, for targets no larger than the source: float32[down, across]."""
    height, width = rgb.shape[0], rgb.shape[1]
    plane = np.empty((down, across), np.float32)
    row = np.zeros(width + 1, np.float32)
    edges = _edges(width, across)
    sums, total = np.empty(across), np.zeros(across)
    step = height / down
    area = step * (width / across)
    y = 0
    for source in range(height):
        luma_row(rgb, source, row)
        _shrink_row(row, *edges, sums)
        bottom = (y + 1) * step
        part = min(1.0, bottom - source)
        _add_times(sums, part, total)
        if (source + 1 >= bottom or source + 1 == height) and y < down:
            for x in range(across):
                plane[y, x] = total[x] / area
                total[x] = sums[x] * (1.0 - part)
            y += 1
    return plane


@jit
def _edges(width: int, across: int) -> tuple[_Whole, _Whole, _Floats, _Floats]:
    """Where each target pixel begins and ends, and the part of its first and its last pixel that lies in it."""
    first, last = np.empty(across, np.int64), np.empty(across, np.int64)
    before, after = np.empty(across), np.zeros(across)
    step = width / across
    for x in range(across):
        left, right = x * step, (x + 1) * step
        first[x], last[x] = int(left), min(int(right), width)
        before[x] = first[x] + 1 - left
        if last[x] < width:
            after[x] = right - last[x]
    return first, last, before, after


@jit
def _shrink_row(row: _Plane, first: _Whole, last: _Whole, before: _Floats, after: _Floats, sums: _Floats) -> None:
    """Sum a row over the width of each target pixel; one more pixel stands behind its end and counts nothing."""
    for x in range(len(sums)):
        total = row[first[x]] * before[x]
        for i in range(first[x] + 1, last[x]):
            total += row[i]
        sums[x] = total + row[last[x]] * after[x]


@jit
def _add_times(line: _Floats, factor: float, total: _Floats) -> None:
    for x in range(len(line)):
        total[x] += line[x] * factor


@jit
def enlarge(rgb: _Pixels, across: int, down: int) -> _Plane:
    """Linear interpolation between pixel centres: float32[down, across]."""
    height, width = rgb.shape[0], rgb.shape[1]
    source = np.empty((height, width))
    row = np.empty(width, np.float32)
    for y in range(height):
        luma_row(rgb, y, row)
        source[y] = row
    plane = np.empty((down, across), np.float32)
    for y in range(down):
        v = min(max((y + 0.5) * height / down - 0.5, 0.0), height - 1.0)
        top = min(int(v), max(height - 2, 0))
        low = min(top + 1, height - 1)
        for x in range(across):
            u = min(max((x + 0.5) * width / across - 0.5, 0.0), width - 1.0)
            left = min(int(u), max(width - 2, 0))
            right = min(left + 1, width - 1)
            above = source[top, left] + (u - left) * (source[top, right] - source[top, left])
            below = source[low, left] + (u - left) * (source[low, right] - source[low, left])
            plane[y, x] = np.float32(above + (v - top) * (below - above))
    return plane

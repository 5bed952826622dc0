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
def shrink_row(row: _Plane, sums: _Floats) -> None:
    """Sum a row over the width of each target pixel; pixels cut by its edge count in part."""
    width, across = len(row), len(sums)
    step = width / across
    for x in range(across):
        left, right = x * step, (x + 1) * step
        first, last = int(left), min(int(right), width)
        total = row[first] * (first + 1 - left)
        for i in range(first + 1, last):
            total += row[i]
        if last < width:
            total += row[last] * (right - last)
        sums[x] = total


@jit
def shrink(rgb: _Pixels, across: int, down: int) -> _Plane:
    """Mean over areas, for targets no larger than the source: float32[down, across]."""
    height, width = rgb.shape[0], rgb.shape[1]
    plane = np.empty((down, across), np.float32)
    row = np.empty(width, np.float32)
    sums, total = np.empty(across), np.zeros(across)
    step = height / down
    area = step * (width / across)
    y = 0
    for source in range(height):
        luma_row(rgb, source, row)
        shrink_row(row, sums)
        bottom = (y + 1) * step
        part = min(1.0, bottom - source)
        total += sums * part
        if (source + 1 >= bottom or source + 1 == height) and y < down:
            plane[y] = total / area
            y += 1
            total[:] = sums * (1.0 - part)
    return plane


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

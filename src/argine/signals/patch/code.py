"""The code of a patch: the signs of the 256 lowest frequencies of an upright square around its place.

A blur, a change of brightness or of contrast scales the frequencies and changes no sign. A mirror whose axis is the
patch's direction changes the sign of the odd frequencies across it, so the mirrored code needs no pixels.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.lines import LANES, mixed
from argine.signals.patch.tables import COSINES, FREQUENCIES, ROWS, SIDE, TRANSFORM, WINDOW

WIDE = -(-ROWS // LANES) * LANES
"""Numbers in a line of frequencies, with some to spare so that it is a whole number of steps."""

BY_ROW = TRANSFORM.reshape(-1)
BY_PLACE = np.pad(TRANSFORM.T, ((0, 0), (0, WIDE - ROWS))).reshape(-1)

_Plane = npt.NDArray[np.float32]


@jit
def sample(plane: _Plane, place: tuple[float, float], angle: int, sigma: float, patch: _Plane) -> None:
    """Write the 32 x 32 samples of a square, turned upright.

    Args:
        plane: float32[h, w]; it goes on beyond its edge with the edge's own values.
        place: x and y of the centre in pixels of the plane.
        angle: direction in 1/256 turn.
        sigma: scale in pixels of the plane.
        patch: float32[1024], written to row by row.
    """
    width = plane.shape[1]
    step = sigma * (WINDOW / SIDE)
    across, down = COSINES[angle] * step, COSINES[(angle + 192) % 256] * step
    pixels, corners = plane.reshape(-1), np.empty(SIDE, np.uint32)
    right, below = np.empty(SIDE, np.float32), np.empty(SIDE, np.float32)
    for i in range(SIDE):
        _places(plane.shape, place, across, down, i - 15.5, corners, right, below)
        for j in range(SIDE):
            corner = corners[j]
            a, b = pixels[corner], pixels[corner + np.uint32(1)]
            c, d = pixels[corner + np.uint32(width)], pixels[corner + np.uint32(width + 1)]
            high = a + right[j] * (b - a)
            low = c + right[j] * (d - c)
            patch[i * SIDE + j] = high + below[j] * (low - high)


@jit
def _places(  # noqa: PLR0913, PLR0917 - one step of a loop
    shape: tuple[int, int],
    place: tuple[float, float],
    across: float,
    down: float,
    v: float,
    corners: npt.NDArray[np.uint32],
    right: _Plane,
    below: _Plane,
) -> None:
    """Where a row of samples lies: its pixels above and to the left, and how far on from them.

    A loop of its own without a look at any pixel, so that the processor takes several places at once.
    """
    rightmost, lowest = shape[1] - 1.001, shape[0] - 1.001
    for j in range(SIDE):
        u = j - 15.5
        x = place[0] + across * u - down * v
        y = place[1] + down * u + across * v
        x = max(x, 0.0)
        x = min(x, rightmost)
        y = max(y, 0.0)
        y = min(y, lowest)
        left, top = np.int32(x), np.int32(y)
        corners[j] = np.uint32(top * np.int32(shape[1]) + left)
        right[j], below[j] = np.float32(x - left), np.float32(y - top)


@jit
def encode(patch: _Plane, half: _Plane, low: _Plane, code: npt.NDArray[np.uint8]) -> None:
    """Write the 32 bytes of a patch.

    Args:
        patch: float32[1024], its samples row by row.
        half: float32[ROWS x SIDE], scratch.
        low: float32[ROWS x WIDE], scratch.
        code: uint8[32], written to.
    """
    for row in range(ROWS):
        for left in range(0, SIDE, LANES):
            mixed(half, row * SIDE + left, BY_ROW, row * SIDE, patch, left, SIDE, SIDE)
    for row in range(ROWS):
        for left in range(0, WIDE, LANES):
            mixed(low, row * WIDE + left, half, row * SIDE, BY_PLACE, left, WIDE, SIDE)
    code[:] = 0
    for bit in range(len(FREQUENCIES)):
        if low[FREQUENCIES[bit, 0] * WIDE + FREQUENCIES[bit, 1]] > 0:
            code[bit >> 3] |= np.uint8(128 >> (bit & 7))

"""The code of a patch: the signs of the 256 lowest frequencies of an upright square around its place.

A blur, a change of brightness or of contrast scales the frequencies and changes no sign. A mirror whose axis is the
patch's direction changes the sign of the odd frequencies across it, so the mirrored code needs no pixels.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.tables import COSINES, FREQUENCIES, ROWS, SIDE, TRANSFORM, WINDOW

BY_PLACE = np.ascontiguousarray(TRANSFORM.T)

_Plane = npt.NDArray[np.float32]


@jit
def sample(plane: _Plane, place: tuple[float, float], angle: int, sigma: float, patch: _Plane) -> None:
    """Write the 32 x 32 samples of a square, turned upright.

    Args:
        plane: float32[h, w]; it goes on beyond its edge with the edge's own values.
        place: x and y of the centre in pixels of the plane.
        angle: direction in 1/256 turn.
        sigma: scale in pixels of the plane.
        patch: float32[32, 32], written to.
    """
    height, width = plane.shape
    step = sigma * (WINDOW / SIDE)
    across, down = COSINES[angle] * step, COSINES[(angle + 192) % 256] * step
    for i in range(SIDE):
        for j in range(SIDE):
            u, v = j - 15.5, i - 15.5
            x = min(max(place[0] + across * u - down * v, 0.0), width - 1.001)
            y = min(max(place[1] + down * u + across * v, 0.0), height - 1.001)
            left, top = int(x), int(y)
            right, below = np.float32(x - left), np.float32(y - top)
            a, b = plane[top, left], plane[top, left + 1]
            c, d = plane[top + 1, left], plane[top + 1, left + 1]
            high = a + right * (b - a)
            low = c + right * (d - c)
            patch[i, j] = high + below * (low - high)


@jit
def encode(patch: _Plane, half: _Plane, low: _Plane, code: npt.NDArray[np.uint8]) -> None:
    """Write the 32 bytes of a patch. `half` (float32[ROWS, 32]) and `low` (float32[ROWS, ROWS]) are scratch."""
    half[:] = 0
    low[:] = 0
    for row in range(ROWS):
        for i in range(SIDE):
            add_times(patch[i], TRANSFORM[row, i], half[row])
    for row in range(ROWS):
        for j in range(SIDE):
            add_times(BY_PLACE[j], half[row, j], low[row])
    code[:] = 0
    for bit in range(len(FREQUENCIES)):
        if low[FREQUENCIES[bit, 0], FREQUENCIES[bit, 1]] > 0:
            code[bit >> 3] |= np.uint8(128 >> (bit & 7))


@jit
def add_times(line: _Plane, factor: float, out: _Plane) -> None:
    """Add a multiple of a line to another."""
    for i in range(len(out)):
        out[i] += factor * line[i]

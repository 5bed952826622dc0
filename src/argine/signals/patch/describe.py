"""The chosen keypoints of one octave to patches: directions, then a code for each."""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.choose import kept_scale
from argine.signals.patch.code import WIDE, encode, sample
from argine.signals.patch.orientation import directions
from argine.signals.patch.tables import PLACE_UNIT, POWERS, ROWS, SIDE, STEPS

COLUMNS = 5
"""Numbers kept of a patch besides its code: its keypoint's turn, x, y, scale, angle."""

MOST_DIRECTIONS = 2

_Whole = npt.NDArray[np.int64]


@jit
def describe(
    levels: npt.NDArray[np.float32],
    octave: int,
    points: npt.NDArray[np.float64],
    chosen: _Whole,
    rows: _Whole,
    codes: npt.NDArray[np.uint8],
    count: int,
) -> int:
    """Write the patches of the keypoints that lie in one octave.

    Everything is rounded to what is kept before the patch is sampled, so that the code belongs to the kept numbers.

    Args:
        levels: float32[6, h, w], the octave.
        octave: its number, 0 for the finest.
        points: float64[n, 6]: x, y in pixels of the octave, level, strength, octave, plain.
        chosen: int64[k], rows of `points`, the most wanted first.
        rows: int64[2 k, 5], written to from `count` on: place in `chosen`, x, y, scale, angle, as kept.
        codes: uint8[2 k, 32], written to likewise.
        count: how many are written already.

    Returns:
        How many are written now.
    """
    patch, half = np.empty(SIDE * SIDE, np.float32), np.empty(ROWS * SIDE, np.float32)
    low, angles = np.empty(ROWS * WIDE, np.float32), np.empty(MOST_DIRECTIONS, np.int64)
    step = 1 << octave
    for k in range(len(chosen)):
        i = chosen[k]
        if points[i, 4] != octave:
            continue
        scale = kept_scale(octave, points[i, 2])
        x = int(points[i, 0] * step * PLACE_UNIT + 0.5)
        y = int(points[i, 1] * step * PLACE_UNIT + 0.5)
        place, sigma = (x / (PLACE_UNIT * step), y / (PLACE_UNIT * step)), POWERS[scale] / step
        level = min(max(int(points[i, 2] + 0.5), 1), STEPS)
        for a in range(directions(levels[level], place[0], place[1], sigma, angles)):
            sample(levels[0], place, angles[a], sigma, patch)
            encode(patch, half, low, codes[count])
            rows[count, 0], rows[count, 1], rows[count, 2] = k, x, y
            rows[count, 3], rows[count, 4] = scale, angles[a]
            count += 1
    return count

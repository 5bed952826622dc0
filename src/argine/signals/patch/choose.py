"""Which keypoints become patches: the strong, large and whole ones, spread over the picture."""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.tables import FIRST_SCALE, LONG_SIDE, POWERS, SCALE_UNIT, STEPS, WINDOW

CELL = 12
"""Of each octave one keypoint is taken in each square of so many pixels of the grey picture."""

MAX_OCTAVES = 8

LOOKS = 8
"""A keypoint's surroundings are looked at in 8 x 8 places."""

PLAIN = 0.5
"""They are plain where this part of them is of two neighbouring levels of grey, of 64."""

PLAIN_RANK = 1.0 / 64.0
"""What plain keypoints are worth beside others: letters, buttons and frames stand on plain grounds and are the same
on many pictures, so they are taken only where there is little else."""

_Floats = npt.NDArray[np.float64]
_Whole = npt.NDArray[np.int64]


@jit
def kept_scale(octave: int, level: float) -> int:
    """The logarithm of a keypoint's scale in the grey picture, in 1/32."""
    return int((FIRST_SCALE + octave + level / STEPS) * SCALE_UNIT + 0.5)


@jit
def ranks(points: _Floats, width: int, height: int) -> _Floats:
    """How much each keypoint is wanted: by strength and scale, and less where its patch leaves the picture.

    Args:
        points: float64[n, 6]: x, y in pixels of its octave, level, strength, octave, whether it is plain.
        width: of the grey picture in pixels.
        height: of the grey picture in pixels.

    Returns:
        float64[n].
    """
    out = np.empty(len(points))
    for i in range(len(points)):
        octave = int(points[i, 4])
        step = 1 << octave
        sigma = POWERS[kept_scale(octave, points[i, 2])]
        x, y = points[i, 0] * step, points[i, 1] * step
        reach = 0.5 * WINDOW * sigma
        across = min(x, reach) + min(width - 1 - x, reach)
        down = min(y, reach) + min(height - 1 - y, reach)
        inside = across * down / (4.0 * reach * reach)
        out[i] = points[i, 3] * sigma * np.sqrt(sigma) * inside * inside
        if points[i, 5] > 0.0:
            out[i] *= PLAIN_RANK
    return out


@jit
def plain(level: npt.NDArray[np.float32], octave: int, points: _Floats) -> _Floats:
    """Say of each keypoint of an octave whether its surroundings are plain, 0 or 1: float64[n].

    Args:
        level: float32[h, w], the octave's first level.
        octave: its number.
        points: float64[n, 4]: x, y in pixels of the octave, level, strength.
    """
    out = np.empty(len(points))
    counts = np.empty(65, np.int64)
    for i in range(len(points)):
        step = WINDOW * (POWERS[kept_scale(octave, points[i, 2])] / (1 << octave)) / LOOKS
        seen = _count_levels(level, points[i, 0], points[i, 1], step, counts)
        most = 0
        for grey in range(64):
            most = max(most, counts[grey] + counts[grey + 1])
        out[i] = 1.0 if most >= PLAIN * seen else 0.0
    return out


@jit
def _count_levels(level: npt.NDArray[np.float32], x: float, y: float, step: float, counts: _Whole) -> int:
    """Count each level of grey in the places around a keypoint that lie in the picture, and say how many do."""
    counts[:] = 0
    seen = 0
    for a in range(LOOKS):
        row = int(y + (a - 3.5) * step + 0.5)
        for b in range(LOOKS):
            column = int(x + (b - 3.5) * step + 0.5)
            if 0 <= row < level.shape[0] and 0 <= column < level.shape[1]:
                counts[int(level[row, column]) >> 2] += 1
                seen += 1
    return seen


@jit
def spread(points: _Floats, order: _Whole, limit: int) -> _Whole:
    """Go through the keypoints in an order and take each whose cell is free, up to a limit: their rows.

    Plain ones are taken only until half of the limit is reached.
    """
    cells = LONG_SIDE // CELL + 1
    taken = np.zeros((MAX_OCTAVES, cells, cells), np.bool_)
    chosen = np.empty(limit, np.int64)
    count = 0
    for i in order:
        if count == limit:
            break
        if points[i, 5] > 0.0 and 2 * count >= limit:
            continue
        octave = int(points[i, 4])
        step = 1 << octave
        column, row = int(points[i, 0] * step) // CELL, int(points[i, 1] * step) // CELL
        if not taken[octave, row, column]:
            taken[octave, row, column] = True
            chosen[count] = i
            count += 1
    return chosen[:count]

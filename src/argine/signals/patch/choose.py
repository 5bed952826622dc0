"""Which keypoints become patches: the strong, large and whole ones, spread over the picture."""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.tables import FIRST_SCALE, LONG_SIDE, POWERS, SCALE_UNIT, STEPS, WINDOW

CELL = 12
"""Of each octave one keypoint is taken in each square of so many pixels of the grey picture."""

MAX_OCTAVES = 8

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
        points: float64[n, 5]: x, y in pixels of its octave, level, strength, octave.
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
    return out


@jit
def spread(points: _Floats, order: _Whole, limit: int) -> _Whole:
    """Go through the keypoints in an order and take each whose cell is free, up to a limit: their rows."""
    cells = LONG_SIDE // CELL + 1
    taken = np.zeros((MAX_OCTAVES, cells, cells), np.bool_)
    chosen = np.empty(limit, np.int64)
    count = 0
    for i in order:
        if count == limit:
            break
        octave = int(points[i, 4])
        step = 1 << octave
        column, row = int(points[i, 0] * step) // CELL, int(points[i, 1] * step) // CELL
        if not taken[octave, row, column]:
            taken[octave, row, column] = True
            chosen[count] = i
            count += 1
    return chosen[:count]

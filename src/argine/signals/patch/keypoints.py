"""Places that stand out at one scale: extrema of the difference between neighbouring levels of blur.

Source of the idea: D. Lowe (2004), sections 3 and 4. Of the fit around an extremum only one step is made: an
extremum whose true place lies beyond its pixel's neighbours is dropped.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.tables import STEPS

MIN_CONTRAST = 0.8
"""Least difference at an extremum, in grey values of 255."""

MAX_EDGE = 10.0
"""Largest ratio of the two curvatures: beyond, the place can slide along an edge."""

_Plane = npt.NDArray[np.float32]
_Floats = npt.NDArray[np.float64]


@jit
def differences(octave: _Plane) -> _Plane:
    """Each level minus the one below: float32[5, h, w] of float32[6, h, w]."""
    levels, height, width = octave.shape
    out = np.empty((levels - 1, height, width), np.float32)
    for level in range(levels - 1):
        for y in range(height):
            for x in range(width):
                out[level, y, x] = octave[level + 1, y, x] - octave[level, y, x]
    return out


@jit
def find(dog: _Plane, limit: int) -> _Floats:
    """Extrema of one octave.

    Args:
        dog: float32[5, h, w], the differences.
        limit: how many to keep at most, in the order in which they are met: level, row, column.

    Returns:
        float64[n, 4]: x, y in pixels of the octave, level (with its fraction), strength in grey values.
    """
    found = np.empty((limit, 4))
    count = 0
    height, width = dog.shape[1], dog.shape[2]
    row = np.empty(width, np.bool_)
    for level in range(1, STEPS + 1):
        for y in range(1, height - 1):
            if not _mark(dog, level, y, row):
                continue
            for x in range(1, width - 1):
                if row[x] and is_extremum(dog, level, y, x) and count < limit and fit(dog, level, y, x, found[count]):
                    count += 1
    return found[:count]


@jit
def _mark(dog: _Plane, level: int, y: int, row: npt.NDArray[np.bool_]) -> bool:
    """Say where a row stands out from the four places beside each: a cheap test that few places pass."""
    least = np.float32(0.8 * MIN_CONTRAST)
    above, line, below = dog[level, y - 1], dog[level, y], dog[level, y + 1]
    count = 0
    for x in range(1, len(row) - 1):
        here = line[x]
        high = (here >= least) & (here >= line[x - 1]) & (here >= line[x + 1]) & (here >= above[x]) & (here >= below[x])
        low = (here <= -least) & (here <= line[x - 1]) & (here <= line[x + 1]) & (here <= above[x]) & (here <= below[x])
        row[x] = high | low
        count += row[x]
    return count > 0


@jit
def is_extremum(dog: _Plane, level: int, y: int, x: int) -> bool:
    """Say whether no neighbour in place and scale goes further."""
    here = dog[level, y, x]
    sign = np.float32(1.0) if here > 0 else np.float32(-1.0)
    for s in range(level - 1, level + 2):
        for v in range(y - 1, y + 2):
            for u in range(x - 1, x + 2):
                if sign * dog[s, v, u] > sign * here:
                    return False
    return True


@jit
def fit(dog: _Plane, level: int, y: int, x: int, out: _Floats) -> bool:
    """Lay a parabola through the extremum and write its top; False where it is weak, an edge or elsewhere."""
    here = np.float64(dog[level, y, x])
    gx = (np.float64(dog[level, y, x + 1]) - np.float64(dog[level, y, x - 1])) * 0.5
    gy = (np.float64(dog[level, y + 1, x]) - np.float64(dog[level, y - 1, x])) * 0.5
    gs = (np.float64(dog[level + 1, y, x]) - np.float64(dog[level - 1, y, x])) * 0.5
    xx = np.float64(dog[level, y, x + 1]) + np.float64(dog[level, y, x - 1]) - 2.0 * here
    yy = np.float64(dog[level, y + 1, x]) + np.float64(dog[level, y - 1, x]) - 2.0 * here
    ss = np.float64(dog[level + 1, y, x]) + np.float64(dog[level - 1, y, x]) - 2.0 * here
    xy = _cross(dog[level, y + 1, x + 1], dog[level, y - 1, x - 1], dog[level, y + 1, x - 1], dog[level, y - 1, x + 1])
    xs = _cross(dog[level + 1, y, x + 1], dog[level - 1, y, x - 1], dog[level + 1, y, x - 1], dog[level - 1, y, x + 1])
    ys = _cross(dog[level + 1, y + 1, x], dog[level - 1, y - 1, x], dog[level + 1, y - 1, x], dog[level - 1, y + 1, x])
    flat = xx * yy - xy * xy
    if flat <= 0.0 or (xx + yy) * (xx + yy) * MAX_EDGE >= (MAX_EDGE + 1.0) * (MAX_EDGE + 1.0) * flat:
        return False
    # Cramer's rule, in one written order.
    cx, cy, cs = yy * ss - ys * ys, xs * ys - xy * ss, xy * ys - xs * yy
    whole = xx * cx + xy * cy + xs * cs
    if whole == 0.0:
        return False
    dx = -(gx * cx + gy * cy + gs * cs) / whole
    dy = -(gx * cy + gy * (xx * ss - xs * xs) + gs * (xy * xs - xx * ys)) / whole
    ds = -(gx * cs + gy * (xy * xs - xx * ys) + gs * flat) / whole
    if max(abs(dx), abs(dy), abs(ds)) > 1.0:
        return False
    strength = abs(here + 0.5 * (gx * dx + gy * dy + gs * ds))
    out[0], out[1], out[2], out[3] = x + dx, y + dy, level + ds, strength
    return bool(strength >= MIN_CONTRAST)


@jit
def _cross(one: float, two: float, three: float, four: float) -> float:
    """Mixed second difference of four corners."""
    return (np.float64(one) + np.float64(two) - np.float64(three) - np.float64(four)) * 0.25

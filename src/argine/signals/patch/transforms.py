"""Transformations between two pictures, fitted to pairs of places by least squares, in compiled loops.

A transformation is float64[8]: a place (x, y) goes to ((t0 x + t1 y + t2) / w, (t3 x + t4 y + t5) / w) with
w = t6 x + t7 y + 1. A row of places is float64[n, 5]: x, y, kept scale, kept angle, scale in pixels.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.tables import COSINES, LONG_SIDE

Places = npt.NDArray[np.float64]
Pairs = npt.NDArray[np.int64]

RATIOS = 2.0 ** (np.arange(-256, 257) / 32)
"""float64[513]: ratio of two scales by the difference of their kept logarithms, plus 256."""

LEAST_SPREAD = 8.0
"""Places that lie nearer to their middle than this, in pixels, fix no transformation."""

LEAST_WIDTH = 0.02
"""So thin may a cloud of places be (product of its two variances by the square of their sum) for a stretch."""


SINGULAR = 1e-9
"""A pivot below this leaves a system of equations without a solution worth having."""


@jit
def from_pair(bank: Places, query: Places, i: int, j: int, out: Places) -> None:
    """Write the similarity that one pair says: its scales' ratio, its angles' difference, its places."""
    ratio = RATIOS[int(query[j, 2] - bank[i, 2]) + 256]
    angle = int(query[j, 3] - bank[i, 3]) % 256
    c, s = COSINES[angle] * ratio, COSINES[(angle + 192) % 256] * ratio
    _write_similarity(c, s, bank[i], query[j], out)


@jit
def _write_similarity(c: float, s: float, source: Places, target: Places, out: Places) -> None:
    out[0], out[1], out[3], out[4] = c, -s, s, c
    out[2] = target[0] - c * source[0] + s * source[1]
    out[5] = target[1] - s * source[0] - c * source[1]
    out[6] = out[7] = 0.0


@jit
def project(t: Places, x: float, y: float) -> tuple[float, float, float]:
    """Where a place goes, and the divisor w, which is not positive beyond the horizon."""
    w = t[6] * x + t[7] * y + 1.0
    if w <= 0.0:
        return 0.0, 0.0, w
    return (t[0] * x + t[1] * y + t[2]) / w, (t[3] * x + t[4] * y + t[5]) / w, w


@jit
def local(t: Places, x: float, y: float, out: Places) -> float:
    """Write the four derivatives at a place (uu, uv, vu, vv) and return their determinant."""
    u, v, w = project(t, x, y)
    out[0], out[1] = (t[0] - u * t[6]) / w, (t[1] - u * t[7]) / w
    out[2], out[3] = (t[3] - v * t[6]) / w, (t[4] - v * t[7]) / w
    area: float = out[0] * out[3] - out[1] * out[2]
    return area


@jit
def middles(bank: Places, query: Places, pairs: Pairs) -> tuple[Places, Places]:
    """Mean places of the pairs' patches, float64[2] each."""
    source, target = np.zeros(2), np.zeros(2)
    for k in range(len(pairs)):
        for axis in range(2):
            source[axis] += bank[pairs[k, 0], axis]
            target[axis] += query[pairs[k, 1], axis]
    return source / len(pairs), target / len(pairs)


@jit
def fit_similarity(bank: Places, query: Places, pairs: Pairs, out: Places) -> bool:
    """Fit shift, turn and scale to at least two pairs; False where they are all about one point."""
    source, target = middles(bank, query, pairs)
    size = along = across = 0.0
    for k in range(len(pairs)):
        u, v = bank[pairs[k, 0], 0] - source[0], bank[pairs[k, 0], 1] - source[1]
        p, q = query[pairs[k, 1], 0] - target[0], query[pairs[k, 1], 1] - target[1]
        size += u * u + v * v
        along += u * p + v * q
        across += u * q - v * p
    if size < LEAST_SPREAD * LEAST_SPREAD * len(pairs):
        return False
    _write_similarity(along / size, across / size, source, target, out)
    return True


@jit
def fit_affine(bank: Places, query: Places, pairs: Pairs, out: Places) -> bool:
    """Fit with stretch and shear too; False where the places are nearly on one line."""
    source, target = middles(bank, query, pairs)
    uu = uv = vv = up = vp = uq = vq = 0.0
    for k in range(len(pairs)):
        u, v = bank[pairs[k, 0], 0] - source[0], bank[pairs[k, 0], 1] - source[1]
        p, q = query[pairs[k, 1], 0] - target[0], query[pairs[k, 1], 1] - target[1]
        uu += u * u
        uv += u * v
        vv += v * v
        up += u * p
        vp += v * p
        uq += u * q
        vq += v * q
    whole = uu * vv - uv * uv
    if whole < LEAST_WIDTH * (uu + vv) * (uu + vv) or uu + vv < LEAST_SPREAD * LEAST_SPREAD * len(pairs):
        return False
    out[0], out[1] = (up * vv - vp * uv) / whole, (vp * uu - up * uv) / whole
    out[3], out[4] = (uq * vv - vq * uv) / whole, (vq * uu - uq * uv) / whole
    out[2] = target[0] - out[0] * source[0] - out[1] * source[1]
    out[5] = target[1] - out[3] * source[0] - out[4] * source[1]
    out[6] = out[7] = 0.0
    return True


@jit
def fit_projective(bank: Places, query: Places, pairs: Pairs, out: Places) -> bool:
    """Fit all eight numbers by the linear equations of each pair, in sides of the grey picture."""
    normal = np.zeros((8, 9))
    row = np.zeros(9)
    for k in range(len(pairs)):
        x, y = bank[pairs[k, 0], 0] / LONG_SIDE, bank[pairs[k, 0], 1] / LONG_SIDE
        for axis in range(2):
            value = query[pairs[k, 1], axis] / LONG_SIDE
            row[:] = 0.0
            row[3 * axis], row[3 * axis + 1], row[3 * axis + 2] = x, y, 1.0
            row[6], row[7], row[8] = -value * x, -value * y, value
            for a in range(8):
                for b in range(9):
                    normal[a, b] += row[a] * row[b]
    if not eliminate(normal):
        return False
    out[:] = normal[:, 8]
    out[2] *= LONG_SIDE
    out[5] *= LONG_SIDE
    out[6] /= LONG_SIDE
    out[7] /= LONG_SIDE
    return True


@jit
def eliminate(system: Places) -> bool:
    """Solve 8 linear equations float64[8, 9] in place; the solution is the last column. False where there is none."""
    for k in range(8):
        pivot = k
        for row in range(k + 1, 8):
            if abs(system[row, k]) > abs(system[pivot, k]):
                pivot = row
        if abs(system[pivot, k]) < SINGULAR:
            return False
        for column in range(9):
            system[k, column], system[pivot, column] = system[pivot, column], system[k, column]
        for row in range(8):
            if row != k:
                factor = system[row, k] / system[k, k]
                for column in range(k, 9):
                    system[row, column] -= factor * system[k, column]
    for k in range(8):
        system[k, 8] /= system[k, k]
    return True

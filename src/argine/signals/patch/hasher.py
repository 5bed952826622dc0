"""Pixels to a patch set: the steps in their order."""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.errors import SignalError
from argine.signals.patch import code as codes
from argine.signals.patch import keypoints, orientation
from argine.signals.patch.grey import grey
from argine.signals.patch.patchset import PatchSet
from argine.signals.patch.scales import octaves
from argine.signals.patch.tables import PLACE_UNIT, POWERS, ROWS, SCALE_UNIT, SIDE, STEPS, WINDOW

MAX_FOUND = 4096
CELL = 12
GAIN = 1.0
"""How much a larger scale counts: strength is multiplied by this power of it."""

_Floats = npt.NDArray[np.float64]


def hash_pixels(rgb: npt.NDArray[np.uint8], limit: int = 100) -> PatchSet:
    """The patch set of a decoded picture."""
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:  # noqa: PLR2004 - the form itself
        raise SignalError("Patches are made of pixels of the form uint8[height, width, 3].")
    plane = grey(rgb)
    pyramid = list(octaves(plane))
    found = [keypoints.find(keypoints.differences(octave), MAX_FOUND) for octave in pyramid]
    counts = [len(x) for x in found]
    if sum(counts) == 0:
        return PatchSet.empty(rgb.shape[1], rgb.shape[0])
    points = np.concatenate(found)
    octave_of = np.repeat(np.arange(len(found)), counts)
    rank = ranks(points, octave_of, plane.shape[1], plane.shape[0])
    order = np.argsort(-rank, kind="stable")
    chosen = spread(points, octave_of, order, limit)
    rows = np.zeros((2 * limit, 6), np.int64)  # order, octave, x, y, scale, angle
    out = np.zeros((2 * limit, 32), np.uint8)
    n = 0
    for o, octave in enumerate(pyramid):
        mine = chosen[octave_of[chosen] == o]
        position = np.nonzero(octave_of[chosen] == o)[0]
        n = describe(octave, o, points, mine, position, rows, out, n)
    order = np.argsort(rows[:n, 0], kind="stable")[:limit]
    rows = rows[order]
    return PatchSet(rgb.shape[1], rgb.shape[0], out[order], rows[:, 2].astype(np.uint16), rows[:, 3].astype(np.uint16), rows[:, 4].astype(np.uint8), rows[:, 5].astype(np.uint8))


@jit
def log_scale(octave: int, level: float) -> int:
    base = 0.6780719051126377  # log2(1.6)
    return int((base + octave + level / STEPS) * SCALE_UNIT + 0.5)


@jit
def ranks(points: _Floats, octave_of: npt.NDArray[np.int64], width: int, height: int) -> _Floats:
    out = np.empty(len(points))
    for i in range(len(points)):
        step = 1 << octave_of[i]
        sigma = POWERS[log_scale(octave_of[i], points[i, 2])]
        x, y = points[i, 0] * step, points[i, 1] * step
        reach = 0.5 * WINDOW * sigma
        inside_x = min(x, reach) + min(width - 1 - x, reach)
        inside_y = min(y, reach) + min(height - 1 - y, reach)
        inside = inside_x * inside_y / (4 * reach * reach)
        out[i] = points[i, 3] * sigma**GAIN * inside * inside
    return out


@jit
def spread(points, octave_of, order, limit):
    taken = np.zeros((8, 512 // CELL + 1, 512 // CELL + 1), np.bool_)
    out = np.empty(limit, np.int64)
    n = 0
    for i in order:
        step = 1 << octave_of[i]
        x, y = int(points[i, 0] * step) // CELL, int(points[i, 1] * step) // CELL
        if taken[octave_of[i], y, x]:
            continue
        taken[octave_of[i], y, x] = True
        out[n] = i
        n += 1
        if n == limit:
            break
    return out[:n]


@jit
def describe(octave, o, points, mine, position, rows, out, n):
    patch = np.empty((SIDE, SIDE), np.float32)
    half = np.empty((ROWS, SIDE), np.float32)
    low = np.empty((ROWS, ROWS), np.float32)
    angles = np.empty(2, np.int64)
    step = 1 << o
    for m in range(len(mine)):
        i = mine[m]
        q = log_scale(o, points[i, 2])
        sigma = POWERS[q] / step
        x = int(points[i, 0] * step * PLACE_UNIT + 0.5)
        y = int(points[i, 1] * step * PLACE_UNIT + 0.5)
        level = min(max(int(points[i, 2] + 0.5), 1), 3)
        px, py = x / (PLACE_UNIT * step), y / (PLACE_UNIT * step)
        for a in range(orientation.directions(octave[level], px, py, sigma, angles)):
            codes.sample(octave[0], (px, py), angles[a], sigma, patch)
            codes.encode(patch, half, low, out[n])
            rows[n, 0], rows[n, 1], rows[n, 2], rows[n, 3], rows[n, 4], rows[n, 5] = position[m], o, x, y, q, angles[a]
            n += 1
    return n

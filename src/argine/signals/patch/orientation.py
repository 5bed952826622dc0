"""The directions of a keypoint: where most of the brightness around it rises.

Source of the idea: D. Lowe (2004), section 5: a histogram of the gradient's direction, weighted by its length and
by nearness. Here it has 32 bins and is smoothed twice; a second direction is kept where it is nearly as strong.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.tables import ANGLE_UNIT, BELL, BELL_UNIT

BINS = 32
REACH = 3.0
"""How far around a keypoint is looked, in units of 1.5 x its scale."""

NEARLY = 0.8
"""A second direction counts from this part of the first one's weight."""

_Plane = npt.NDArray[np.float32]
_Floats = npt.NDArray[np.float64]


@jit
def turn_of(dx: float, dy: float) -> float:
    """Direction of a vector in turns, 0 to 1, from right towards down, to 1e-5 turn: as exact as it need be.

    A polynomial (Abramowitz and Stegun, 4.4.47) and not the library's arc tangent, whose last bit is its own affair.
    """
    ax, ay = abs(dx), abs(dy)
    larger = max(ax, ay)
    if larger == 0.0:
        return 0.0
    ratio = min(ax, ay) / larger
    square = ratio * ratio
    angle = ratio * (
        0.9998660 + square * (-0.3302995 + square * (0.1801410 + square * (-0.0851330 + square * 0.0208351)))
    )
    turn = angle * 0.15915494309189535
    if ay > ax:
        turn = 0.25 - turn
    if dx < 0.0:
        turn = 0.5 - turn
    if dy < 0.0:
        turn = 1.0 - turn
    return turn


@jit
def histogram(plane: _Plane, x: float, y: float, sigma: float) -> _Floats:
    """Weight of each direction around a place, float64[32], not yet smoothed.

    Args:
        plane: float32[h, w], the level of blur next to the keypoint's scale.
        x: place in pixels of the plane.
        y: place in pixels of the plane.
        sigma: scale in pixels of the plane.
    """
    height, width = plane.shape
    weights = np.zeros(BINS)
    spread = 1.5 * sigma
    reach = int(REACH * spread + 0.5)
    column, row = int(x + 0.5), int(y + 0.5)
    scale = BELL_UNIT / (2.0 * spread * spread)
    for v in range(max(row - reach, 1), min(row + reach, height - 2) + 1):
        for u in range(max(column - reach, 1), min(column + reach, width - 2) + 1):
            away = int(((u - x) * (u - x) + (v - y) * (v - y)) * scale)
            if away < len(BELL):
                dx = np.float64(plane[v, u + 1]) - np.float64(plane[v, u - 1])
                dy = np.float64(plane[v + 1, u]) - np.float64(plane[v - 1, u])
                place = turn_of(dx, dy) * BINS
                first = int(place)
                part = place - first
                weight = BELL[away] * np.sqrt(dx * dx + dy * dy)
                weights[first % BINS] += weight * (1.0 - part)
                weights[(first + 1) % BINS] += weight * part
    return weights


@jit
def smooth(weights: _Floats) -> _Floats:
    """Let each bin share with its neighbours, twice."""
    for _ in range(2):
        before = weights.copy()
        for i in range(BINS):
            weights[i] = (before[i - 1] + 2.0 * before[i] + before[(i + 1) % BINS]) * 0.25
    return weights


@jit
def directions(plane: _Plane, x: float, y: float, sigma: float, out: npt.NDArray[np.int64]) -> int:
    """Write the strongest directions in 1/256 turn into `out` and say how many there are: none, one or two."""
    weights = smooth(histogram(plane, x, y, sigma))
    top = weights.max()
    if top <= 0.0:
        return 0
    first, second = -1, -1
    for i in range(BINS):
        here = weights[i]
        if here < NEARLY * top or here < weights[i - 1] or here <= weights[(i + 1) % BINS]:
            continue
        if first < 0 or here > weights[first]:
            first, second = i, first
        elif second < 0 or here > weights[second]:
            second = i
    count = 0
    for peak in (first, second):
        if peak >= 0:
            out[count] = peak_angle(weights, peak)
            count += 1
    return count


@jit
def peak_angle(weights: _Floats, peak: int) -> int:
    """Top of the parabola through a bin and its neighbours, in 1/256 turn."""
    left, here, right = weights[peak - 1], weights[peak], weights[(peak + 1) % BINS]
    curve = left - 2.0 * here + right
    shift = 0.5 * (left - right) / curve if curve < 0.0 else 0.0
    return int((peak + shift + BINS) * (ANGLE_UNIT / BINS) + 0.5) % ANGLE_UNIT

"""Bars and frames around a picture: letterboxes, pillarboxes, coloured borders.

PDQ describes the whole picture, so a frame hides it. A query that has one is therefore hashed once more without it.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.errors import SignalError

NEAR = 24
"""A pixel belongs to a bar while no channel is further from the bar's colour: compression makes plain areas uneven."""

STRAY = 0.02
"""Part of a bar's line that may be of another colour: a corner's logo, noise."""

LEAST_BAR = 0.01
"""Thinner bars, in parts of the side, are left: they change the hash little and may be the picture's own."""

LEAST_KEPT = 0.2
"""Less than this part of a side is no picture in a frame, but a plain picture with something small on it."""

_Pixels = npt.NDArray[np.uint8]


def trim(rgb: _Pixels) -> _Pixels | None:
    """Cut plain bars off all four sides; each may have a colour of its own.

    Args:
        rgb: uint8[height, width, 3].

    Returns:
        A view of the same pixels, uint8[h, w, 3]; None where there is no bar, or hardly anything beside bars.

    Raises:
        SignalError: the array has another type or shape.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:  # noqa: PLR2004 - the form itself
        raise SignalError("Bars are looked for in pixels of the form uint8[height, width, 3].")
    kept = rgb
    for _ in range(2):  # what looked like no bar before its neighbours were cut may be one now
        kept = _without_side_bars(_without_side_bars(kept).swapaxes(0, 1)).swapaxes(0, 1)
    height, width = rgb.shape[:2]
    if len(kept) < LEAST_KEPT * height or kept.shape[1] < LEAST_KEPT * width:
        return None
    return kept if kept.shape != rgb.shape else None


def _without_side_bars(rgb: _Pixels) -> _Pixels:
    """Cut bars off above and below."""
    above = _thickness(rgb)
    if above == len(rgb):
        return rgb[:0]
    below = _thickness(rgb[::-1])
    return rgb[above : len(rgb) - below]


def _thickness(rgb: _Pixels) -> int:
    if not rgb.size:
        return 0
    lines = plain_lines(rgb, np.median(rgb[0], axis=0).astype(np.int64), NEAR, int(STRAY * rgb.shape[1]))
    return lines if lines >= LEAST_BAR * len(rgb) else 0


@jit
def plain_lines(rgb: _Pixels, colour: npt.NDArray[np.int64], near: int, stray: int) -> int:
    """Count the lines from the first on in which at most `stray` pixels are further than `near` from a colour."""
    for y in range(len(rgb)):
        other = 0
        for x in range(rgb.shape[1]):
            for channel in range(3):
                if abs(np.int64(rgb[y, x, channel]) - colour[channel]) > near:
                    other += 1
                    break
            if other > stray:
                return y
    return len(rgb)

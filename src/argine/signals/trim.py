"""Bars and frames around a picture: letterboxes, pillarboxes, coloured borders.

PDQ describes the whole picture, so a frame hides it. A query that has one is therefore hashed once more without it.
"""

from collections.abc import Callable
from functools import partial

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

_FIRST, _FURTHER = 4, 16  # lines

Pixels = npt.NDArray[np.uint8]


def trim(rgb: Pixels) -> Pixels | None:
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
    part = inner(lambda rows, columns: rgb[rows, columns], *rgb.shape[:2])
    return None if part is None else rgb[part]


def inner(pixels: Callable[[slice, slice], Pixels], height: int, width: int) -> tuple[slice, slice] | None:
    """Find the rows and columns that are left without the bars: as `trim`, which cuts them out.

    Args:
        pixels: gives any rows and columns of the picture; asked for no more of it than the bars and a little.
        height: of the picture.
        width: of the picture.
    """
    rows, columns = slice(0, height), slice(0, width)
    for _ in range(2):  # what looked like no bar before its neighbours were cut may be one now
        rows = _without_bars(partial(_rows, pixels, columns), rows)
        columns = _without_bars(partial(_columns, pixels, rows), columns)
    left = rows.stop - rows.start, columns.stop - columns.start
    if left[0] < LEAST_KEPT * height or left[1] < LEAST_KEPT * width or left == (height, width):
        return None
    return rows, columns


_Lines = Callable[[slice], Pixels]


def _rows(pixels: Callable[[slice, slice], Pixels], columns: slice, part: slice) -> Pixels:
    return pixels(part, columns)


def _columns(pixels: Callable[[slice, slice], Pixels], rows: slice, part: slice) -> Pixels:
    return pixels(rows, part).swapaxes(0, 1)


def _without_bars(lines: _Lines, within: slice) -> slice:
    """Leave out the lines of bars at both ends."""
    start, stop = within.start, within.stop
    above = _thickness(lambda at, to: lines(slice(start + at, start + to)), stop - start)
    if above == stop - start:
        return slice(stop, stop)
    below = _thickness(lambda at, to: lines(slice(stop - to, stop - at))[::-1], stop - start)
    return slice(start + above, stop - below)


def _thickness(lines: Callable[[int, int], Pixels], count: int) -> int:
    """Count the lines of a bar from the first on, looking at a few at once: most pictures have none."""
    colour, found, piece = None, 0, _FIRST
    while found < count:
        # Always laid out alike: for each layout the loop would be compiled anew, where that may be forbidden.
        part = np.array(lines(found, min(count, found + piece)), order="C")
        if not part.size:
            return 0
        if colour is None:
            colour = _median(part[0])
        plain = plain_lines(part, colour, NEAR, int(STRAY * part.shape[1]))
        found, piece = found + plain, _FURTHER
        if plain < len(part):
            break
    return found if found >= LEAST_BAR * count else 0


def _median(line: Pixels) -> npt.NDArray[np.int64]:
    """Find the middle of each channel; between two, what is halfway, rounded down."""
    low, high = (len(line) - 1) // 2, len(line) // 2
    ordered = np.partition(line, (low, high), axis=0).astype(np.int64)
    return np.asarray((ordered[low] + ordered[high]) // 2)


@jit
def plain_lines(rgb: Pixels, colour: npt.NDArray[np.int64], near: int, stray: int) -> int:
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

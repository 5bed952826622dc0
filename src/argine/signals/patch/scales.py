"""The grey picture blurred more and more: octaves of six levels, each octave half the size of the one before.

Source of the idea: D. Lowe, "Distinctive Image Features from Scale-Invariant Keypoints" (2004), section 3.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.lines import LANES, blurred
from argine.signals.patch.tables import FIRST_KERNEL, KERNELS, LEVELS, MIN_OCTAVE_SIDE

_Plane = npt.NDArray[np.float32]


def octaves(grey: _Plane) -> Iterator[_Plane]:
    """Blur chain of a grey picture.

    Args:
        grey: float32[h, w].

    Yields:
        float32[6, h, w] for each octave, the finest first; none of a picture with a side below 16 pixels.
    """
    if min(grey.shape) < MIN_OCTAVE_SIDE:
        return
    first = np.empty_like(grey)
    blur(grey, FIRST_KERNEL, first)
    while min(first.shape) >= MIN_OCTAVE_SIDE:
        octave = np.empty((LEVELS, *first.shape), np.float32)
        octave[0] = first
        for level, kernel in enumerate(KERNELS):
            blur(octave[level], kernel, octave[level + 1])
        yield octave
        first = np.ascontiguousarray(octave[LEVELS - 3, ::2, ::2])


@jit
def blur(plane: _Plane, kernel: _Plane, out: _Plane) -> None:
    """Gaussian blur, rows then columns; the picture goes on beyond its edge with the edge's own values.

    Args:
        plane: float32[h, w], at least 16 pixels wide.
        kernel: one half of it, centre first.
        out: float32[h, w], written to.
    """
    height, width = plane.shape
    reach = len(kernel) - 1
    half = np.empty((height + 2 * reach, width), np.float32)
    _blur_rows(plane, kernel, half[reach : reach + height])
    for y in range(reach):
        half[y] = half[reach]
        half[reach + height + y] = half[reach + height - 1]
    _blur_columns(half, kernel, out)


@jit
def _blur_rows(plane: _Plane, kernel: _Plane, out: _Plane) -> None:
    height, width = plane.shape
    reach = len(kernel) - 1
    padded, lines = np.empty(width + 2 * reach, np.float32), out.reshape(-1)
    for y in range(height):
        padded[:reach] = plane[y, 0]
        padded[reach : reach + width] = plane[y]
        padded[reach + width :] = plane[y, width - 1]
        for x in range(0, width, LANES):
            left = min(x, width - LANES)  # the last step goes over some numbers again
            blurred(lines, y * width + left, kernel, padded, reach + left, 1)


@jit
def _blur_columns(padded: _Plane, kernel: _Plane, out: _Plane) -> None:
    """Blur down; `padded` has as many rows more at either end as the kernel reaches."""
    height, width = out.shape
    reach = len(kernel) - 1
    source, lines = padded.reshape(-1), out.reshape(-1)
    for y in range(height):
        for x in range(0, width, LANES):
            left = min(x, width - LANES)
            blurred(lines, y * width + left, kernel, source, (reach + y) * width + left, width)

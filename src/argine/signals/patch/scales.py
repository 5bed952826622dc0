"""The grey picture blurred more and more: octaves of six levels, each octave half the size of the one before.

Source of the idea: D. Lowe, "Distinctive Image Features from Scale-Invariant Keypoints" (2004), section 3.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.tables import FIRST_KERNEL, KERNELS, LEVELS, MIN_OCTAVE_SIDE

_Plane = npt.NDArray[np.float32]


def octaves(grey: _Plane) -> Iterator[_Plane]:
    """Blur chain of a grey picture.

    Args:
        grey: float32[h, w].

    Yields:
        float32[6, h, w] for each octave, the finest first; none of a picture with a side below 16 pixels.
    """
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
    """Gaussian blur, rows then columns; the picture goes on beyond its edge with the edge's own values."""
    half = np.empty_like(plane)
    _blur_rows(plane, kernel, half)
    _blur_columns(half, kernel, out)


@jit
def _blur_rows(plane: _Plane, kernel: _Plane, out: _Plane) -> None:
    height, width = plane.shape
    reach = len(kernel) - 1
    padded = np.empty(width + 2 * reach, np.float32)
    for y in range(height):
        padded[:reach] = plane[y, 0]
        padded[reach : reach + width] = plane[y]
        padded[reach + width :] = plane[y, width - 1]
        _weigh(plane[y], kernel[0], out[y])
        for k in range(1, reach + 1):
            _add(padded[reach - k : reach - k + width], padded[reach + k : reach + k + width], kernel[k], out[y])


@jit
def _blur_columns(plane: _Plane, kernel: _Plane, out: _Plane) -> None:
    height = len(plane)
    for y in range(height):
        _weigh(plane[y], kernel[0], out[y])
        for k in range(1, len(kernel)):
            _add(plane[max(y - k, 0)], plane[min(y + k, height - 1)], kernel[k], out[y])


@jit
def _weigh(line: _Plane, weight: float, out: _Plane) -> None:
    for x in range(len(out)):
        out[x] = weight * line[x]


@jit
def _add(one: _Plane, other: _Plane, weight: float, out: _Plane) -> None:
    for x in range(len(out)):
        out[x] += weight * (one[x] + other[x])

"""Frames made smaller before their patches are sought: those are sought in 512 pixels whatever the frame's size."""

import numpy as np
import numpy.typing as npt

from argine.jit import jit

LONG_SIDE = 1024
"""From this length on a frame is halved, once or more."""

_Pixels = npt.NDArray[np.uint8]


def halved(rgb: _Pixels) -> _Pixels:
    """Halve a frame until its long side is less than `LONG_SIDE`.

    Args:
        rgb: uint8[height, width, 3].
    """
    while max(rgb.shape[:2]) >= LONG_SIDE and min(rgb.shape[:2]) > 1:
        half = np.empty((rgb.shape[0] // 2, rgb.shape[1] // 2, 3), np.uint8)
        means_of_four(rgb, half)
        rgb = half
    return rgb


@jit
def means_of_four(rgb: _Pixels, half: _Pixels) -> None:
    """Each pixel of `half` is the mean of four."""
    for y in range(len(half)):
        for x in range(half.shape[1]):
            for channel in range(3):
                total = np.int64(2)
                total += rgb[2 * y, 2 * x, channel]
                total += rgb[2 * y, 2 * x + 1, channel]
                total += rgb[2 * y + 1, 2 * x, channel]
                total += rgb[2 * y + 1, 2 * x + 1, channel]
                half[y, x, channel] = total // 4

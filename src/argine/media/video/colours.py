"""What an untagged frame looks like by the other of the two colour standards, told from the pixels that were shown.

Most files do not say by which standard their colours are coded, and programs take one for granted: browsers BT.709 from
720 lines on, ffmpeg and with it vPDQ always BT.601; and who makes a film smaller without converting it moves it from
one to the other. The hash of the same frame then lies up to 28 bits away. To both standards red, green and blue are
linear in what the file holds, so the brightness by the other one is a mean of the shown colours with other weights:
nothing need be decoded or converted again. Only colours that were cut off at black or white come out otherwise: over
twelve films the hash is 0 to 2 bits (median) from that of the frame converted anew, 4 at most; 10 in coloured noise.
"""

import numpy as np
import numpy.typing as npt

from argine.media.brightness import BRIGHTNESS, Weights

BT709, BT601 = 1, 5
"""Numbers of the standards (ISO 23091-2, MatrixCoefficients)."""

HD_LINES = 720
"""From this height on an untagged video is BT.709."""


def _coded(red: float, blue: float) -> npt.NDArray[np.float64]:
    """float64[3, 3]: red, green and blue to brightness and the two differences of colour, by a standard's weights."""
    brightness = np.array([red, 1 - red - blue, blue])
    return np.stack(
        [
            brightness,
            (np.array([0.0, 0.0, 1.0]) - brightness) / (2 * (1 - blue)),
            (np.array([1.0, 0.0, 0.0]) - brightness) / (2 * (1 - red)),
        ]
    )


def _by_the_other(shown: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> Weights:
    red, green, blue = (np.array(BRIGHTNESS) @ np.linalg.inv(other) @ shown).tolist()
    return red, green, blue


_BY_601, _BY_709 = _coded(0.299, 0.114), _coded(0.2126, 0.0722)
OTHER_BRIGHTNESS = {BT709: _by_the_other(_BY_709, _BY_601), BT601: _by_the_other(_BY_601, _BY_709)}
"""By the standard of the shown pixels: weights that give the brightness by the other one."""


def default_matrix(height: int) -> int:
    """The standard of an untagged video of so many lines."""
    return BT709 if height >= HD_LINES else BT601

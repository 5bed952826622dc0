"""A decoded frame to the pixels that a browser shows: colour, range, transparency, shape of the pixels, turn.

Most files do not say by which of two standards their colours are coded. Browsers take BT.709 from 720 lines on and
BT.601 below; the libraries' own default is BT.601 always, which moves the hash of the same frame by 14 to 28 bits. A
file that names the matrix but not the primaries or the transfer is to Chromium one that says nothing (measured, all
three must be there), so it is here.
"""

import math
import struct
from typing import Any

import numpy as np
import numpy.typing as npt
from av import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from argine.media.brightness import Weights
from argine.media.video.colours import OTHER_BRIGHTNESS, default_matrix

_UNSPECIFIED = 2
_UNTAGGED = frozenset({0, 2, 3})  # RGB, "not specified" and a reserved number say nothing of YUV
_RANGE_FULL, _RANGE_VIDEO = 2, 1
_FULL_RANGE_FORMATS = "yuvj"
# Colour at full width, rounded well: the median distance to what Chromium shows falls from 4 bits to 1.
_SHARP = Interpolation.BILINEAR | Interpolation.FULL_CHR_H_INT | Interpolation.ACCURATE_RND
_STRETCH_LIMIT = 4.0
_MATRIX = struct.Struct("=9i")
_FIXED_POINT = 1 << 16

_Pixels = npt.NDArray[np.uint8]


def matrix_of(tag: int, height: int) -> int:
    """The number (ISO 23091-2, MatrixCoefficients) of the colour standard that applies."""
    if tag not in _UNTAGGED:
        return tag
    return default_matrix(height)


class Shower:
    """Turns frames of one video into pixels. Not for several threads.

    Attributes:
        stretch: width of a pixel over its height, as the file says.
    """

    def __init__(self, stretch: float = 1.0) -> None:
        self.stretch = stretch if 1 / _STRETCH_LIMIT <= stretch <= _STRETCH_LIMIT else 1.0
        self._reformatter = VideoReformatter()
        self._matrix_of_film: tuple[int, int, int, int] | None = None

    def pixels(self, frame: VideoFrame) -> _Pixels:
        """uint8[height, width, 3], RGB, as shown."""
        width, height = self._size(frame)
        has_alpha = any(part.is_alpha for part in frame.format.components)
        converted = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgba" if has_alpha else "rgb24",
            src_colorspace=self._matrix(frame),
            src_color_range=_range_of(frame),
            dst_color_range=_RANGE_FULL,
            interpolation=_SHARP,
            threads=1,
        )
        rgb = np.asarray(converted.to_ndarray(), np.uint8)
        return laid(on_white(rgb) if has_alpha else rgb, self._laid_as(frame))

    def _laid_as(self, frame: VideoFrame) -> tuple[int, int, int, int]:
        """The first frame's matrix; a film has one. To ask each would tie each frame to its side data in a circle."""
        if self._matrix_of_film is None:
            self._matrix_of_film = display_matrix(frame)
        return self._matrix_of_film

    def _matrix(self, frame: VideoFrame) -> int:
        tag = _UNSPECIFIED if untagged(frame) else int(frame.colorspace)
        return matrix_of(tag, frame.height)

    def _size(self, frame: VideoFrame) -> tuple[int, int]:
        if math.isclose(self.stretch, 1.0, rel_tol=1e-3):
            return frame.width, frame.height
        return max(1, round(frame.width * self.stretch)), frame.height


def untagged(frame: VideoFrame) -> bool:
    """Whether a frame leaves its colour standard open."""
    tags = (int(frame.colorspace), int(frame.color_primaries), int(frame.color_trc))
    return not frame.format.is_rgb and any(tag in _UNTAGGED for tag in tags)


def other_brightness(frame: VideoFrame) -> Weights | None:
    """Weights that make of the shown colours the brightness by the other standard; None if the frame names its own."""
    return OTHER_BRIGHTNESS[default_matrix(frame.height)] if untagged(frame) else None


def on_white(rgba: _Pixels) -> _Pixels:
    """Transparent pixels laid on white, as for pictures."""
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + 255 * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def display_matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """How a frame is to be laid: the signs of the upper left of its display matrix; upright where it has none."""
    try:
        data: Any = frame.side_data.get("DISPLAYMATRIX")
        if data is None:
            return 1, 0, 0, 1
        a, b, _, c, d, *_ = _MATRIX.unpack(bytes(data)[: _MATRIX.size])
    except (struct.error, ValueError, KeyError):
        return 1, 0, 0, 1
    return _sign(a), _sign(b), _sign(c), _sign(d)


def _sign(value: int) -> int:
    """Of a 16.16 number; small ones, as in a slanted frame, count as nothing."""
    return 0 if abs(value) < _FIXED_POINT // 2 else int(math.copysign(1, value))


def laid(rgb: _Pixels, matrix: tuple[int, int, int, int]) -> _Pixels:
    """Turn or mirror pixels as a display matrix says; one that is no quarter turn changes nothing, as in browsers.

    A point (x, y) goes to (a x + c y, b x + d y).
    """
    a, b, c, d = matrix
    if b == c == 0 and a and d:
        return np.ascontiguousarray(rgb[::d, ::a])
    if a == d == 0 and b and c:
        return np.ascontiguousarray(rgb.swapaxes(0, 1)[::b, ::c])
    return rgb


def _range_of(frame: VideoFrame) -> int:
    if frame.format.name.startswith(_FULL_RANGE_FORMATS) or int(frame.color_range) == _RANGE_FULL:
        return _RANGE_FULL
    return _RANGE_VIDEO


def stretch_of(ratio: object) -> float:
    """A stream's sample aspect ratio as a number; 1 where it has none."""
    try:
        value = float(ratio)  # type: ignore[arg-type]  # a Fraction or None
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return 1.0
    return value if value > 0 else 1.0

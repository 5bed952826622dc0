"""One picture's bytes to its pixels, as a browser shows them.

The recipe is fixed, because a signal is only as stable as the pixels it is made of:

1. Only JPEG, PNG, GIF, WebP, AVIF, HEIC, BMP and TIFF, told by their first bytes; of an animation the first frame,
   and those behind it where they are asked for.
2. Size is checked in the header, before anything is decoded.
3. Every sample is brought to 8 bits, palettes are looked up, CMYK becomes RGB as browsers do it.
4. An embedded colour profile that differs from sRGB, or a PNG's gamma, is applied; a broken one is ignored.
5. Transparency is laid on white.
6. The orientation that the camera wrote is applied last, in the formats in which browsers heed it.

Pillow raises many kinds of exception on hostile bytes; a caller sees `MediaError` only, and never a partial
picture.
"""

import warnings
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.ImageFile import ImageFile

from argine.media.colour import to_rgb
from argine.media.errors import (
    DamagedMedia,
    EmptyMedia,
    MediaError,
    TooManyBytes,
    TooManyPixels,
    UnsupportedMedia,
)
from argine.media.formats import FORMATS, MOST_FRAMES, Format, recognise
from argine.media.limits import DEFAULT_LIMITS, Limits
from argine.media.orientation import SIDEWAYS, orientation, upright

LEAST_FRAME_PIXELS = 1 << 14
"""A smaller frame of an animation counts as so many pixels: each costs time whatever its size."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes:
        pixels: uint8[height, width, 3], C-contiguous, read-only, RGB in sRGB.
        format: the file's format in lower case, such as "jpeg".
        frame_count: frames of an animation or pages of a TIFF, as the file tells; at most `formats.MOST_FRAMES`.
        whole: height and width that the file's picture has, as shown.
        shrunk: by how much each side was shrunk while it was decoded: 1 (not at all), 2, 4 or 8.
        frame: which of the frames this is, counting from 1.
    """

    pixels: npt.NDArray[np.uint8]
    format: str
    frame_count: int
    whole: tuple[int, int]
    shrunk: int = 1
    frame: int = 1

    @property
    def width(self) -> int:
        """In pixels, as shown: after the orientation was applied."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In pixels, as shown."""
        return int(self.pixels.shape[0])


def picture(data: bytes, limits: Limits = DEFAULT_LIMITS, *, least_side: int | None = None) -> Picture:
    """Decode one picture; of an animation, the first frame. Safe to call from several threads.

    Args:
        data: the whole file.
        limits: what is refused before it is decoded.
        least_side: a JPEG may be shrunk by 2, 4 or 8 while it is decoded, which is many times faster, as long as its
            shorter side keeps so many pixels. Its `pdq` then moves by a few bits: good for asking, not for banking.

    Raises:
        EmptyMedia: there are no bytes.
        TooManyBytes, TooManyPixels: it is larger than `limits`.
        UnsupportedMedia: it is not a picture of a format that Argine reads.
        DamagedMedia: it is truncated or corrupt.
    """
    with closing(pictures(data, limits, least_side=least_side)) as frames:
        return next(frames)


def pictures(
    data: bytes, limits: Limits = DEFAULT_LIMITS, *, least_side: int | None = None
) -> Generator[Picture, None, None]:
    """Decode a picture, then one by one the other frames of an animation; a still picture comes alone.

    Frames end early where one is damaged or larger than `limits`, and after so many pixels in all as `limits` allow:
    it shows in the last one's number beside its `frame_count`. Arguments and errors are those of `picture`; all errors
    are raised before the first picture is given.
    """
    known = _known(data, limits)
    _hush_pillow()
    with _as_media_errors():
        image = known.reader(BytesIO(data))
        first = _first(image, known, limits, least_side)
    if first.frame_count == 1:
        image.close()  # before its pixels are worked on: they exist twice until then
        del image
        yield first
        return
    with image:
        yield first
        yield from _further(image, known, first, limits)


def _known(data: bytes, limits: Limits) -> Format:
    if not data:
        raise EmptyMedia("The file is empty.")
    if len(data) > limits.max_bytes:
        raise TooManyBytes(f"The file is larger than {limits.max_bytes // 1_000_000} MB; send a smaller copy.")
    known = recognise(data)
    if known is None:
        names = ", ".join(format_.name for format_ in FORMATS)
        raise UnsupportedMedia(f"The file is not a picture in a format that can be read ({names}).")
    return known


@contextmanager
def _as_media_errors() -> Iterator[None]:
    try:
        yield
    except MediaError:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise TooManyPixels("The picture has too many pixels; send a smaller copy.") from error
    except Exception as error:
        raise DamagedMedia("The picture is damaged or not complete; send the file again.") from error


def _first(image: ImageFile, known: Format, limits: Limits, least_side: int | None) -> Picture:
    check_size(*image.size, limits)
    frame_count = min(getattr(image, "n_frames", 1), MOST_FRAMES)
    width, height = image.size
    shrunk = 1 if least_side is None or known.name != "jpeg" else _shrink_on_load(image, least_side)
    pixels, turn = _shown(image, known)
    whole = (width, height) if turn in SIDEWAYS else (height, width)
    shown = whole if shrunk > 1 else pixels.shape[:2]
    return Picture(pixels, known.name, frame_count, shown, shrunk, image.tell() + 1)


def _further(image: ImageFile, known: Format, first: Picture, limits: Limits) -> Iterator[Picture]:
    """All frames but the first, which need not be the file's first: of a HEIC it is the one that the file names."""
    left = limits.max_animation_pixels
    for place in range(first.frame_count):
        if place == first.frame - 1:
            continue
        try:
            with _as_media_errors():
                image.seek(place)
                check_size(*image.size, limits)
                left -= max(image.width * image.height, LEAST_FRAME_PIXELS)
                if left < 0:
                    return
                pixels, _ = _shown(image, known)
        except MediaError:
            return
        yield Picture(pixels, known.name, first.frame_count, pixels.shape[:2], frame=place + 1)


def _shown(image: ImageFile, known: Format) -> tuple[npt.NDArray[np.uint8], int]:
    """The pixels as shown, and the orientation that was heeded for it."""
    image.load()
    turn = orientation(known.name, image.info.get("exif"))
    return np.asarray(upright(_colours(image), turn)), turn


def shrink_factor(width: int, height: int, least_side: int) -> int:
    """By how much a JPEG's sides may be shrunk while its shorter one keeps so many pixels: 1, 2, 4 or 8."""
    return max((factor for factor in (2, 4, 8) if min(width, height) // factor >= least_side), default=1)


def _shrink_on_load(image: ImageFile, least_side: int) -> int:
    """Let the decoder leave out the high frequencies: an 8 x 8 block becomes 4 x 4, 2 x 2 or one pixel."""
    width, height = image.size
    factor = shrink_factor(width, height, least_side)
    if factor > 1:
        image.draft(image.mode, (width // factor, height // factor))
    return factor


def check_size(width: int, height: int, limits: Limits) -> None:
    """Refuse a picture, or frame, of so many pixels, if it is too large.

    Raises:
        TooManyPixels: it is larger than `limits`.
    """
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise TooManyPixels(
            f"The picture has more than {limits.max_pixels // 1_000_000} million pixels "
            f"or a side longer than {limits.max_side} pixels; send a smaller copy."
        )


def _colours(image: ImageFile) -> Image.Image:
    try:
        return to_rgb(image)
    except ValueError as error:
        raise UnsupportedMedia("The picture uses a kind of colour that cannot be read; save it as RGB.") from error


def _hush_pillow() -> None:
    """Pillow warns of odd metadata; what matters here is raised. Set each time: others may reset the filters.

    `warnings.catch_warnings` would be tidier, but it swaps the filters of all threads behind their backs.
    """
    warnings.filterwarnings("ignore", module=r"PIL\.")

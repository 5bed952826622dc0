"""A JPEG that is only asked about: its low coefficients in place of its pixels, where that does as well.

An own reader of bytes from strangers has to earn its place: see docs/adr/0040-jpeg-coefficients.md. It reads plain
files only. Whatever is rare, odd or damaged is left to the decoder of all formats, and so is every error message.
"""

import math
from dataclasses import dataclass
from io import BytesIO

from argine.media.colour import has_other_colours
from argine.media.decode import check_size, shrink_factor
from argine.media.formats import Format, recognise
from argine.media.jpeg import scan
from argine.media.jpeg.coefficients import Blocks, read_blocks
from argine.media.jpeg.header import UnusualError, read_header
from argine.media.jpeg.small import blocks_beyond_colours
from argine.media.limits import Limits
from argine.media.orientation import orientation

DIAGONALS = ((768, 4), (1536, 3), (2400, 2), (math.inf, 1))
"""How many of a block's anti-diagonals are read of a picture whose shorter side is below so many pixels."""

_BEYOND_COLOURS = 0.004
"""So many blocks, in parts of luma's, may have a mean that is no colour: a decoder cuts it off."""

_MOST_LEVEL = 1024 * 1.3
"""No pixels of 0 to 255 make a larger coefficient; but rounding by half a step adds to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """A picture for a query.

    Attributes:
        blocks: as they lie in the file.
        orientation: how the picture is made upright: see `orientation.LAID`.
        shrunk: by how much each side would be shrunk while it is decoded: 2, 4 or 8.
    """

    blocks: Blocks
    orientation: int
    shrunk: int


def coefficients(data: bytes, limits: Limits, least_side: int) -> Coefficients | None:
    """Read a JPEG's low coefficients.

    Args:
        data: the whole file.
        limits: how large a picture may be.
        least_side: pixels that its shorter side must keep when it is shrunk, as for `decode.picture`.

    Returns:
        None where the file is to be decoded instead: it is another format, too large, too small to be shrunk, has
        colours of its own, is not a plain baseline JPEG, or is damaged.
    """
    if len(data) > limits.max_bytes:
        return None
    known = recognise(data)
    if known is None or known.name != "jpeg":
        return None
    try:
        header = read_header(data)
        check_size(header.width, header.height, limits)
        shrunk = shrink_factor(header.width, header.height, least_side)
        turn = _turn(data, known) if header.described else 1
        if shrunk == 1 or turn is None:
            return None
        diagonals = next(count for below, count in DIAGONALS if min(header.width, header.height) < below)
        blocks = read_blocks(data, header, diagonals)
    except UnusualError:
        return None
    except Exception:  # noqa: BLE001 - Pillow meets hostile bytes here; decoding them afterwards tells what is wrong
        return None
    return Coefficients(blocks, turn, shrunk) if _plausible(blocks) else None


def _turn(data: bytes, known: Format) -> int | None:
    """How the camera was held; None where the file has colours of its own. Pillow reads both."""
    with known.reader(BytesIO(data)) as image:
        return None if has_other_colours(image) else orientation(known.name, image.info.get("exif"))


def _plausible(blocks: Blocks) -> bool:
    """Whether these can be the coefficients of pixels. Others are cut off by a decoder: its picture is another."""
    planes = (blocks.luma, *blocks.chroma)
    if not all(scan.possible(plane.coefficients, plane.quantiser, _MOST_LEVEL) for plane in planes):
        return False
    return bool(blocks_beyond_colours(blocks) <= _BEYOND_COLOURS * blocks.luma.coefficients[0].size)

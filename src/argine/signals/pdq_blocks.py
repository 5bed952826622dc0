"""PDQ of a JPEG straight from the DCT coefficients of its blocks; no pixel is made.

Both passes of the box filter and the sampling are sums, and so is a block's inverse transform. So each of the samples
that PDQ is made of is a weighted sum of coefficients. The filter is as wide as a cell of the 64 x 64 grid; what it
leaves of a block's high frequencies is next to nothing where the cell is large beside the block. What is left out:
pixels are rounded and cut off at 0 and 255 where a decoder makes them, and coefficients are not.
"""

from functools import lru_cache, partial

import numpy as np

from argine.media.jpeg.coefficients import Plane
from argine.media.jpeg.lanes import LANES
from argine.media.jpeg.query import Coefficients
from argine.media.jpeg.small import outer_lines, small_rgb
from argine.media.jpeg.transform import BLOCK, ZIGZAG, cosines
from argine.media.orientation import LAID
from argine.signals import pdq_block_loops as loops
from argine.signals.pdq import Places, views_of, window
from argine.signals.pdq_loops import Floats, Whole
from argine.signals.trim import NEAR, STRAY, Pixels, inner
from argine.signals.types import Signal

_SLACK = 8
"""Levels by which a bar's line may seem less plain in the coefficients that were read."""


def hash_views(picture: Coefficients) -> tuple[Signal, ...]:
    """PDQ of the picture in the order of `pdq.VIEWS`; as `pdq.hash_views` of its pixels, but for a few bits."""
    blocks = picture.blocks
    return _views(picture, slice(0, blocks.height), slice(0, blocks.width))


def hash_views_without_bars(picture: Coefficients) -> tuple[Signal, ...]:
    """PDQ of the picture without its plain bars, likewise; nothing where it has none."""
    blocks, shrunk = picture.blocks, picture.shrunk
    if not any(_plain(line) for line in outer_lines(blocks.luma, shrunk, blocks.height, blocks.width)):
        return ()
    size = -(-blocks.height // shrunk), -(-blocks.width // shrunk)
    exchanged = LAID[picture.orientation][2]
    part = inner(partial(_upright, picture, size), *(size[::-1] if exchanged else size))
    if part is None:
        return ()
    rows, columns = _lying(picture.orientation, size, *part)
    return _views(picture, _whole(rows, shrunk, blocks.height), _whole(columns, shrunk, blocks.width))


def _plain(line: Floats) -> bool:
    """Whether all but a few samples lie as near to one another as those of a bar do."""
    middle = np.partition(line, len(line) // 2)[len(line) // 2]
    return int(np.count_nonzero(np.abs(line - middle) > NEAR + _SLACK)) <= STRAY * len(line)


def _upright(picture: Coefficients, size: tuple[int, int], rows: slice, columns: slice) -> Pixels:
    """Pixels of the shrunk picture, told as it is shown."""
    down, across, exchanged = LAID[picture.orientation]
    part = _lying(picture.orientation, size, rows, columns)
    pixels = small_rgb(picture.blocks, picture.shrunk, *part)[:: -1 if down else 1, :: -1 if across else 1]
    return pixels.swapaxes(0, 1) if exchanged else pixels


def _lying(orientation: int, size: tuple[int, int], rows: slice, columns: slice) -> tuple[slice, slice]:
    """Rows and columns of the picture as it is shown to those in which it lies in the file."""
    down, across, exchanged = LAID[orientation]
    rows, columns = (columns, rows) if exchanged else (rows, columns)
    return _reversed(rows, size[0]) if down else rows, _reversed(columns, size[1]) if across else columns


def _reversed(part: slice, count: int) -> slice:
    return slice(count - part.stop, count - part.start)


def _whole(part: slice, shrunk: int, side: int) -> slice:
    return slice(part.start * shrunk, min(part.stop * shrunk, side))


def _views(picture: Coefficients, rows: slice, columns: slice) -> tuple[Signal, ...]:
    """Hash a part of the picture, which is told as it lies in the file."""
    lines, across = Places.of(rows.stop - rows.start), Places.of(columns.stop - columns.start)
    found = _samples(picture.blocks.luma, lines, across, (rows.start, columns.start))
    flipped_down, flipped_across, exchanged = LAID[picture.orientation]
    lines = lines.flipped if flipped_down else lines
    across = across.flipped if flipped_across else across
    return views_of(found.T, across, lines) if exchanged else views_of(found, lines, across)


def _samples(luma: Plane, rows: Places, columns: Places, start: tuple[int, int]) -> Floats:
    """Steps 2 and 3 of PDQ: float32[rows.all, columns.all]."""
    kept, _, width = luma.coefficients.shape
    diagonals = int(ZIGZAG[kept - 1].sum()) + 1
    first_down, down = _weights(rows.side, start[0], diagonals)
    first_across, across = _weights(columns.side, start[1], diagonals)
    out = np.zeros((len(across), -(-len(down) // LANES) * LANES), np.float32)
    loops.sampled(
        luma.coefficients, luma.quantiser, ZIGZAG, first_down, down, first_across, across,
        np.empty((diagonals, width), np.float32), np.empty((diagonals, width, LANES), np.float32), out,
    )  # fmt: skip
    return out.T[: len(down)]


@lru_cache(maxsize=256)  # the pictures of a place have few sizes
def _weights(side: int, start: int, diagonals: int) -> tuple[Whole, Floats]:
    """What each line of blocks, from the first that counts on, gives to each of a side's lines. Read-only."""
    places = Places.of(side)
    size = window(side)
    first = np.empty(len(places.all), np.int64)
    out = np.zeros((len(first), 2 * size // BLOCK + 2, diagonals), np.float32)
    room = np.empty(2 * size + BLOCK, np.float32)
    loops.weights(places.all, start, side, size, cosines(BLOCK, diagonals), first, room, out)
    first.flags.writeable = out.flags.writeable = False
    return first, out

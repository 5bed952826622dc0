"""A shrunk picture from low coefficients: near to what a decoder makes that shrinks, not the same to the bit."""

import numpy as np
from numpy.typing import NDArray

from argine.jit import inline, lean_jit
from argine.media.jpeg.coefficients import Blocks, Plane
from argine.media.jpeg.lanes import LANES, add, add_line
from argine.media.jpeg.transform import BLOCK, LEVEL, ZIGZAG, cosines

Floats = NDArray[np.float32]

_SLACK = 24  # levels by which a real block's mean may lie beyond, beside what its steps explain

ACROSS, DOWN = 0, 1
"""Which way lines run: rows or columns."""

RED_OF_RED, BLUE_OF_BLUE = np.float32(1.402), np.float32(1.772)
GREEN_OF_RED, GREEN_OF_BLUE = np.float32(0.714136), np.float32(0.344136)
"""What chroma adds to or takes from luma (JFIF 1.02)."""


def small_rgb(blocks: Blocks, shrunk: int, rows: slice, columns: slice) -> NDArray[np.uint8]:
    """Make a part of the picture with each side shrunk: uint8[rows, columns, 3], as it lies in the file.

    Args:
        blocks: the picture.
        shrunk: by 2, 4 or 8.
        rows: of the shrunk picture; not none.
        columns: likewise.
    """
    if rows.stop - rows.start > columns.stop - columns.start:  # the loops are fast along long lines
        return _small(blocks, shrunk, columns, rows, DOWN).swapaxes(0, 1)
    return _small(blocks, shrunk, rows, columns, ACROSS)


def _small(blocks: Blocks, shrunk: int, lines: slice, along: slice, way: int) -> NDArray[np.uint8]:
    """Make some rows (way `ACROSS`) or columns (`DOWN`): uint8[lines, along, 3]."""
    size, diagonals = BLOCK // shrunk, int(ZIGZAG[len(blocks.luma.quantiser) - 1].sum()) + 1
    high, wide = blocks.chroma_size[:: -1 if way == DOWN else 1] if blocks.chroma else (1, 1)
    # Whole blocks of chroma, in luma's blocks.
    top, left = lines.start // (size * high) * high, along.start // (size * wide) * wide
    bottom, right = -(-lines.stop // (size * high)) * high, -(-along.stop // (size * wide)) * wide
    planes = np.zeros((3, (bottom - top) * size, (right - left) * size), np.float32)
    rgb = np.empty((*planes.shape[1:], 3), np.uint8)
    line, total = np.empty((diagonals, right - left + LANES), np.float32), np.empty(LANES, np.float32)
    sizes = ((1, 1), (high, wide), (high, wide))
    for plane, (of_high, of_wide), out in zip((blocks.luma, *blocks.chroma), sizes, planes, strict=False):
        spread(
            plane.coefficients, plane.quantiser, ZIGZAG, way, top // of_high, left // of_wide,
            cosines(size * of_high, diagonals), cosines(size * of_wide, diagonals), line, total, out,
        )  # fmt: skip
    coloured(planes[0], planes[1], planes[2], rgb)
    top, left = top * size, left * size
    return rgb[lines.start - top : lines.stop - top, along.start - left : along.stop - left]


def blocks_beyond_colours(blocks: Blocks) -> int:
    """Count the blocks of chroma whose mean no pixels have: by more than coarse steps can bring it there."""
    if not blocks.chroma:
        return 0
    steps = np.array([plane.quantiser[0] / BLOCK for plane in (blocks.luma, *blocks.chroma)], np.float32)
    slack = LEVEL + _SLACK + float(steps[0] + 2 * steps[1:].max()) / 2
    first, second = (plane.coefficients for plane in blocks.chroma)
    return int(beyond(blocks.luma.coefficients, first, second, steps, *blocks.chroma_size, slack))


@lean_jit
def beyond(
    luma: NDArray[np.int16], blue: NDArray[np.int16], red: NDArray[np.int16], steps: Floats, down: int, across: int,
    most: float,
) -> int:  # fmt: skip
    """Count the means of which red, green or blue is further than `most` from middle grey."""
    found = 0
    for y in range(blue.shape[1]):
        for x in range(blue.shape[2]):
            total = 0
            for row in range(y * down, (y + 1) * down):
                for column in range(x * across, (x + 1) * across):
                    total += luma[0, row, column]
            level = steps[0] * np.float32(total) / np.float32(down * across)
            b, r = steps[1] * np.float32(blue[0, y, x]), steps[2] * np.float32(red[0, y, x])
            green = level - GREEN_OF_BLUE * b - GREEN_OF_RED * r
            furthest = max(abs(level + RED_OF_RED * r), abs(green), abs(level + BLUE_OF_BLUE * b))
            found += furthest > most
    return found


def outer_lines(luma: Plane, shrunk: int, height: int, width: int) -> list[Floats]:
    """Make the luma of the first and last row and column of the shrunk picture, 0 for middle grey."""
    size = BLOCK // shrunk
    rows, columns = -(-height // shrunk), -(-width // shrunk)
    across = [_line(luma, ACROSS, at, size)[:columns] for at in (0, rows - 1)]
    return across + [_line(luma, DOWN, at, size)[:rows] for at in (0, columns - 1)]


def _line(plane: Plane, way: int, at: int, size: int) -> Floats:
    """Make one row (way `ACROSS`) or column (`DOWN`) of a plane's samples."""
    block, sample = divmod(at, size)
    out = np.zeros(plane.coefficients.shape[2 - way] * size, np.float32)
    table = cosines(size, int(ZIGZAG[len(plane.quantiser) - 1].sum()) + 1)
    line(plane.coefficients, plane.quantiser, ZIGZAG, way, block, sample, table, out)
    return out


@lean_jit
def line(  # noqa: PLR0913, PLR0917 - arrays one by one: numba takes those in a fraction of the time of a tuple
    coefficients: NDArray[np.int16],
    steps: Floats,
    frequencies: NDArray[np.int64],
    way: int,
    block: int,
    at: int,
    table: Floats,
    out: Floats,
) -> None:
    """Add up in `out`, zeros, the line of samples `at` of a row or column of blocks."""
    size = len(table)
    for k in range(len(coefficients)):
        weight, u = table[at, frequencies[k, way]] * steps[k], frequencies[k, 1 - way]
        for x in range(len(out) // size):
            value = weight * np.float32(coefficients[k, block, x] if way == ACROSS else coefficients[k, x, block])
            for sample in range(size):
                out[x * size + sample] += value * table[sample, u]


@lean_jit
def spread(  # noqa: PLR0913, PLR0917 - arrays one by one: numba takes those in a fraction of the time of a tuple
    coefficients: NDArray[np.int16], steps: Floats, frequencies: NDArray[np.int64], way: int, top: int, left: int,
    high: Floats, wide: Floats, line: Floats, total: Floats, out: Floats,
) -> None:  # fmt: skip
    """Transform blocks, from one on, to `len(high)` x `len(wide)` samples each, until `out` is full.

    `line` and `total` are room: float32[frequencies, blocks along + LANES] and float32[LANES].
    """
    width = out.shape[1] // len(wide)
    for row in range(len(out)):
        block, y = row // len(high), row % len(high)
        line[:] = np.float32(0)
        for k in range(len(coefficients)):
            weight, u = high[y, frequencies[k, way]] * steps[k], frequencies[k, 1 - way]
            if way == ACROSS:
                add_line(line, u, weight, coefficients, k, top + block, left, width)
            else:
                for x in range(width):
                    line[u, x] += weight * np.float32(coefficients[k, left + x, top + block])
        for start in range(0, width, LANES):
            for sample in range(len(wide)):
                total[:] = np.float32(0)
                for u in range(len(line)):
                    add(total, (0,), wide[sample, u], line, (u, start))
                for x in range(start, min(start + LANES, width)):
                    out[row, x * len(wide) + sample] = total[x - start]


@inline
def _level(value: np.float32) -> np.uint8:
    return np.uint8(np.int32(min(max(value, np.float32(0)), np.float32(255))))


@lean_jit
def coloured(luma: Floats, blue: Floats, red: Floats, rgb: NDArray[np.uint8]) -> None:
    """Luma and chroma, all of one size and 0 for middle grey, to RGB."""
    middle = np.float32(LEVEL + 0.5)
    for y in range(rgb.shape[0]):
        for x in range(rgb.shape[1]):
            level, b, r = luma[y, x] + middle, blue[y, x], red[y, x]
            rgb[y, x, 0] = _level(level + RED_OF_RED * r)
            rgb[y, x, 1] = _level(level - GREEN_OF_BLUE * b - GREEN_OF_RED * r)
            rgb[y, x, 2] = _level(level + BLUE_OF_BLUE * b)

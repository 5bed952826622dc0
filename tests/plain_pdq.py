"""PDQ written plainly in numpy: what the compiled one is held to. `argine.signals.pdq` tells the rule."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from argine.signals.errors import SignalError
from argine.signals.pdq import MIN_SIDE, VIEWS, View
from argine.signals.types import Signal, SignalType

_GRID = 64
_LOW = 16


_LUMA = (0.299, 0.587, 0.114)
_BLOCK = 1024  # lines handled together: enough for numpy's speed, little beside the picture's own memory

_Pixels = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float32]


def hash_pixels(rgb: _Pixels) -> Signal:
    """PDQ of a decoded picture.

    Args:
        rgb: uint8[height, width, 3], red, green, blue as a browser shows them.

    Returns:
        The signal with its quality, 0 to 100. Below `MIN_PDQ_QUALITY` it is not `hashable`.
        Memory needed beside the picture: 4 bytes a pixel, and 8 kB a pixel of the longer side.

    Raises:
        SignalError: the array has another type or shape.
    """
    _check(rgb)
    if min(rgb.shape[:2]) < MIN_SIDE:
        return Signal(SignalType.PDQ, bytes(SignalType.PDQ.size), quality=0)
    height, width = rgb.shape[:2]
    grid = _shrink(_luma(rgb), _centres(height), _centres(width))
    return Signal(SignalType.PDQ, _bits(_low_frequencies(grid)), _quality(grid))


def hash_views(rgb: _Pixels) -> tuple[Signal, ...]:
    """PDQ of a picture and of its mirror image, each in all four quarter turns, in the order of `VIEWS`.

    The pixels are gone over once. A mirror changes only which of the filtered samples are taken, and a quarter turn
    the places of the frequencies. Hashed on its own, a turned picture may differ in a bit or two, for its sums are
    made in another order.

    Args:
        rgb: as for `hash_pixels`.

    Returns:
        8 signals of one quality; the first is the one that `hash_pixels` gives.

    Raises:
        SignalError: the array has another type or shape.
    """
    _check(rgb)
    if min(rgb.shape[:2]) < MIN_SIDE:
        return (Signal(SignalType.PDQ, bytes(SignalType.PDQ.size), quality=0),) * len(VIEWS)
    plane = _luma(rgb)
    height, width = plane.shape
    rows, columns = sorted(_centres(height) + _mirrored(height)), sorted(_centres(width) + _mirrored(width))
    both = _shrink(plane, rows, columns)
    upright = [_low_frequencies(both[np.ix_(*picked)]) for picked in _picked(rows, columns, height, width)]
    quality = _quality(both[np.ix_(_found(rows, _centres(height)), _found(columns, _centres(width)))])
    return tuple(Signal(SignalType.PDQ, _bits(_laid(upright, view)), quality) for view in VIEWS)


def _check(rgb: _Pixels) -> None:
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise SignalError("PDQ is made of pixels of the form uint8[height, width, 3].")


def _luma(rgb: _Pixels) -> _Floats:
    """float32[h, w]; made in small blocks, so that the doubles never stand in memory all at once."""
    plane = np.empty(rgb.shape[:2], np.float32)
    red, green, blue = _LUMA
    for block in _blocks(len(rgb), 1 + (1 << 16) // rgb.shape[1]):
        luma = rgb[block, :, 0] * red
        luma += rgb[block, :, 1] * green
        luma += rgb[block, :, 2] * blue
        plane[block] = luma
    return plane


def _shrink(plane: _Floats, rows: Sequence[int], columns: Sequence[int]) -> _Floats:
    """float32[h, w] to float32[len(rows), len(columns)]: steps 2 and 3. Overwrites `plane`."""
    height, width = plane.shape
    if height == width == _GRID:
        return plane[np.ix_(rows, columns)]
    across, down = _window(width), _window(height)
    for block in _blocks(height):
        plane[block] = _box(np.ascontiguousarray(plane[block].T), across).T
    for block in _blocks(width):
        plane[:, block] = _box(plane[:, block], down)
    narrow = np.empty((height, len(columns)), np.float32)
    for block in _blocks(height):
        narrow[block] = _box(np.ascontiguousarray(plane[block].T), across, columns).T
    return _box(narrow, down, rows)


def _blocks(length: int, size: int = _BLOCK) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, length, size))


def _window(side: int) -> int:
    """Half a cell of the 64 x 64 grid, rounded up; two passes of it make a tent as wide as the cell."""
    return -(-side // (2 * _GRID))


def _centres(side: int) -> list[int]:
    return [int((i + 0.5) * side / _GRID) for i in range(_GRID)]


def _mirrored(side: int) -> list[int]:
    """Where the mirror image's grid lies in the picture, ascending.

    An even window reaches one further forward than back, in both passes; in the mirror image that is backward.
    """
    shift = 2 if _window(side) % 2 == 0 else 0
    return [max(side - 1 - centre - shift, 0) for centre in reversed(_centres(side))]


def _found(places: Sequence[int], wanted: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.searchsorted(places, wanted)


def _picked(
    rows: Sequence[int], columns: Sequence[int], height: int, width: int
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Rows and columns of the grid, as it is, with its rows mirrored, its columns mirrored, and both."""
    for columns_wanted in (_centres(width), _mirrored(width)[::-1]):
        for rows_wanted in (_centres(height), _mirrored(height)[::-1]):
            yield _found(rows, rows_wanted), _found(columns, columns_wanted)


def _box(lines: _Floats, window: int, wanted: Sequence[int] | None = None) -> _Floats:
    """Mean over a window of lines, centred on each wanted line, by a running sum.

    Args:
        lines: float32[n, m], with n >= window.
        window: number of lines averaged; fewer at the two ends. An even window reaches one further forward.
        wanted: ascending line numbers to give the mean for, repeats allowed; all when None.

    Returns:
        float32[len(wanted), m].
    """
    count = len(lines)
    wanted = range(count) if wanted is None else wanted
    ahead = (window + 2) // 2 - 1
    behind = window - ahead - 1
    means = np.empty((len(wanted), lines.shape[1]), np.float32)
    total = np.zeros(lines.shape[1], np.float32)
    for line in lines[:ahead]:
        total += line
    row = 0
    for centre in range(count):
        if centre + ahead < count:
            total += lines[centre + ahead]
        if centre > behind:
            total -= lines[centre - behind - 1]
        while row < len(wanted) and wanted[row] == centre:
            width = min(centre + ahead, count - 1) - max(centre - behind, 0) + 1
            np.divide(total, width, out=means[row])
            row += 1
    return means


def _quality(grid: _Floats) -> int:
    """Step 4, 0 to 100. The cast drops the fraction, towards zero, as C does."""
    steps = (np.diff(grid, axis=0), np.diff(grid, axis=1))
    hundred, full = np.float32(100), np.float32(255)
    total = sum(int(np.abs((step * hundred / full).astype(np.int32)).sum()) for step in steps)
    return min(total // 90, 100)


def _low_frequencies(grid: _Floats) -> _Floats:
    """float32[16, 16]: D A D', summed in order; a library's matrix product would choose its own."""
    half = np.zeros((_LOW, _GRID), np.float32)
    for k in range(_GRID):
        half += _COSINES[:, k, None] * grid[k]
    low = np.zeros((_LOW, _LOW), np.float32)
    for k in range(_GRID):
        low += half[:, k, None] * _COSINES[:, k]
    return low


def _laid(upright: Sequence[_Floats], view: View) -> _Floats:
    """Frequencies of a picture laid down in another way, from those of its grid mirrored as `_picked` says.

    Turned by a quarter, left becomes below: rows and columns are exchanged, then the rows are reversed.
    """
    columns_mirrored = view.mirrored ^ (view.quarter_turns in (1, 2))
    rows_mirrored = view.quarter_turns in (2, 3)
    low = upright[2 * columns_mirrored + rows_mirrored]
    return low.T if view.quarter_turns % 2 else low


def _cosines() -> _Floats:
    """float32[16, 64]: rows 1 to 16 of the DCT matrix. The scale is rounded before it meets the cosine."""
    scale = float(np.float32(math.sqrt(2 / _GRID)))
    step = math.pi / 2 / _GRID
    rows = [[scale * math.cos(step * i * (2 * j + 1)) for j in range(_GRID)] for i in range(1, _LOW + 1)]
    return np.array(rows, np.float32)


_COSINES = _cosines()


def _bits(low: _Floats) -> bytes:
    """Step 5, 32 bytes. The lower median of 256 numbers is the 128th smallest."""
    median = np.partition(low, _LOW * _LOW // 2 - 1, axis=None)[_LOW * _LOW // 2 - 1]
    return np.packbits((low > median).ravel()[::-1]).tobytes()

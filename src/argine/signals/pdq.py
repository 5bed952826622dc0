"""PDQ: the 256-bit perceptual hash that the field's exchanges speak, bit for bit as its reference makes it.

Source: "PDQ & TMK + PDQF" (Facebook, 2019) and the C++ of facebook/ThreatExchange, `pdq/cpp`, as the package
`pdqhash` builds it. The rule is short; the bits also hang on *how* it is computed. The reference adds 32-bit
floats one by one, so each sum here is made in the same order and rounded at the same points:

1. Luma: 0.299 R + 0.587 G + 0.114 B in double precision, rounded once to float32. (The reference's own tool
   does this step in float32; `pdqhash`, which the exchanges' client runs, does it as here.)
2. Two passes of a box filter along rows, then columns, each a running sum: add the sample that enters the
   window, subtract the one that leaves, divide. The window is 1/128 of the side, rounded up; it shrinks at
   the edges.
3. The 64 x 64 samples nearest to the centres of a 64 x 64 grid.
4. Quality: the sum of the differences between neighbours, each in whole percent of 255, divided by 90, at
   most 100.
5. The 16 x 16 lowest frequencies of the two-dimensional DCT, without the constant ones. Bit (i, j) says
   whether coefficient (i, j) exceeds the lower median; bit 255 comes first in the text form.

The loops are in `pdq_loops`. Of the last two filter passes only what step 3 reads is written: the running sum goes
over everything, the division does not.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

import numpy as np

from argine.media.brightness import BRIGHTNESS, Weights
from argine.signals import pdq_loops as loops
from argine.signals.errors import SignalError
from argine.signals.pdq_loops import GRID, LOW, Floats, Pixels, Whole
from argine.signals.types import Signal, SignalType

MIN_SIDE = 5
"""Smallest side in pixels; of a smaller picture the reference makes 256 zero bits of quality 0, as here."""


@dataclass(frozen=True, slots=True)
class View:
    """One of the eight ways to lay a picture down.

    Attributes:
        mirrored: left and right are exchanged first.
        quarter_turns: then it is turned so many times by 90 degrees, against the clock.
    """

    mirrored: bool
    quarter_turns: int


VIEWS = tuple(View(mirrored, turns) for mirrored in (False, True) for turns in range(4))
"""All eight, the picture as it is first."""

_NOTHING = Signal(SignalType.PDQ, bytes(SignalType.PDQ.size), quality=0)


def hash_pixels(rgb: Pixels) -> Signal:
    """PDQ of a decoded picture.

    Args:
        rgb: uint8[height, width, 3], red, green, blue as a browser shows them.

    Returns:
        The signal with its quality, 0 to 100. Below `MIN_PDQ_QUALITY` it is not `hashable`.
        Memory needed beside the picture: 8 bytes a pixel.

    Raises:
        SignalError: the array has another type or shape.
    """
    _check(rgb)
    height, width = rgb.shape[:2]
    if min(height, width) < MIN_SIDE:
        return _NOTHING
    grid = _filtered(_luma(rgb), _centres(height), _centres(width))
    (bits,) = _bits([_low_frequencies(grid)])
    return Signal(SignalType.PDQ, bits, _quality(grid))


def hash_views(
    rgb: Pixels, shrunk: int = 1, whole: tuple[int, int] | None = None, weights: Weights = BRIGHTNESS
) -> tuple[Signal, ...]:
    """PDQ of a picture and of its mirror image, each in all four quarter turns, in the order of `VIEWS`.

    The pixels are gone over once. A mirror changes only which of the filtered samples are taken, and a quarter turn
    the places of the frequencies. Hashed on its own, a turned picture may differ in a bit or two, for its sums are
    made in another order.

    Args:
        rgb: as for `hash_pixels`.
        shrunk: pixels of the whole picture in a side of one of these. The hash of the whole is then made as nearly as
            can be: each pixel counts as much as those that it stands for (docs/benchmarks.md tells the drift).
        whole: height and width of the whole picture, if it was shrunk.
        weights: of red, green and blue in the brightness; others than the reference's for colours shown otherwise.

    Returns:
        8 signals of one quality; the first is the one that `hash_pixels` gives.

    Raises:
        SignalError: the array has another type or shape.
    """
    _check(rgb)
    height, width = whole or rgb.shape[:2]
    if min(height, width) < MIN_SIDE:
        return (_NOTHING,) * len(VIEWS)
    rows, columns = Places.of(height), Places.of(width)
    plane = _luma(rgb, weights)
    if shrunk == 1:
        both = _filtered(plane, rows.all, columns.all)
    else:
        both = _weighted(_weighted(plane, rows, shrunk).T, columns, shrunk).T
    return views_of(both, rows, columns)


def views_of(both: Floats, rows: "Places", columns: "Places") -> tuple[Signal, ...]:
    """Make the eight hashes, in the order of `VIEWS`, from filtered samples: float32[rows.all, columns.all]."""
    grids = [
        np.ascontiguousarray(both[row][:, column])
        for column, row in product((columns.as_is, columns.mirrored), (rows.as_is, rows.mirrored))
    ]
    upright = [_low_frequencies(grid) for grid in grids]
    quality = _quality(grids[0])
    return tuple(Signal(SignalType.PDQ, bits, quality) for bits in _bits(list(_laid(upright))))


def distance(a: Signal, b: Signal) -> int:
    """Hamming distance of two `pdq` signals, 0 to 256 bits. The field calls up to 31 a match.

    Raises:
        SignalError: one of them is of another type.
    """
    if a.type is not SignalType.PDQ or b.type is not SignalType.PDQ:
        raise SignalError("Only two pdq hashes have a distance; exact hashes are equal or not.")
    return (int.from_bytes(a.value) ^ int.from_bytes(b.value)).bit_count()


def codes(signals: Iterable[Signal]) -> Pixels:
    """Lay `pdq` signals side by side for the index: uint8[n, 32]."""
    return np.frombuffer(b"".join(signal.value for signal in signals), np.uint8).reshape(-1, SignalType.PDQ.size)


def _check(rgb: Pixels) -> None:
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:  # noqa: PLR2004 - the form itself
        raise SignalError("PDQ is made of pixels of the form uint8[height, width, 3].")


def _luma(rgb: Pixels, weights: Weights = BRIGHTNESS) -> Floats:
    plane = np.empty(rgb.shape[:2], np.float32)
    loops.luma(np.ascontiguousarray(rgb), weights, plane)
    return plane


def _filtered(plane: Floats, rows: Whole, columns: Whole) -> Floats:
    """float32[h, w] to float32[len(rows), len(columns)]: steps 2 and 3. Overwrites `plane`."""
    height, width = plane.shape
    if height == width == GRID:
        return plane[np.ix_(rows, columns)]
    across, down = window(width), window(height)
    other = np.empty_like(plane)
    loops.rows_filtered(plane, across, np.arange(width), other)
    loops.columns_filtered(other, down, np.arange(height), plane)
    narrow = np.empty((height, len(columns)), np.float32)
    loops.rows_filtered(plane, across, columns, narrow)
    samples = np.empty((len(rows), len(columns)), np.float32)
    loops.columns_filtered(narrow, down, rows, samples)
    return samples


def window(side: int) -> int:
    """Half a cell of the 64 x 64 grid, rounded up; two passes of it make a tent as wide as the cell."""
    return -(-side // (2 * GRID))


def _centres(side: int) -> Whole:
    return ((np.arange(GRID) + 0.5) * side / GRID).astype(np.int64)


def _mirrored(side: int) -> Whole:
    """Where the mirror image's grid lies in the picture, descending.

    An even window reaches one further forward than back, in both passes; in the mirror image that is backward.
    """
    shift = 2 if window(side) % 2 == 0 else 0
    return np.maximum(side - 1 - _centres(side) - shift, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The lines of one side that the picture's grid and its mirror image's need.

    Attributes:
        side: in pixels.
        all: ascending.
        as_is: for each line of the picture's grid, which of these.
        mirrored: likewise for the mirror image.
    """

    side: int
    all: Whole
    as_is: Whole
    mirrored: Whole

    @property
    def flipped(self) -> "Places":
        """The lines as they are called in the mirror image."""
        return replace(self, as_is=self.mirrored, mirrored=self.as_is)

    @classmethod
    @lru_cache(maxsize=256)  # the pictures of a place have few sizes
    def of(cls, side: int) -> "Places":
        centres, mirrored = _centres(side), _mirrored(side)
        lines = np.flatnonzero(np.bincount(np.concatenate((centres, mirrored))))
        return cls(side, lines, np.searchsorted(lines, centres), np.searchsorted(lines, mirrored))


def _weighted(plane: Floats, places: Places, shrunk: int) -> Floats:
    """float32[h, w] to float32[lines, w]: steps 2 and 3 for the height of a picture that was shrunk."""
    weights = np.zeros((len(places.all), len(plane)), np.float32)
    loops.weights(places.all, places.side, window(places.side), shrunk, weights)
    lines = np.zeros((len(weights), plane.shape[1]), np.float32)
    loops.weighted(np.ascontiguousarray(plane), weights, lines)
    return lines


def _quality(grid: Floats) -> int:
    """Step 4, 0 to 100."""
    return min(int(loops.whole_steps(np.ascontiguousarray(grid))) // 90, 100)


def _low_frequencies(grid: Floats) -> Floats:
    """float32[16, 16]: D A D', summed in order; a library's matrix product would choose its own."""
    low = np.empty((LOW, LOW), np.float32)
    loops.frequencies(np.ascontiguousarray(grid), _COSINES, _COSINES_TURNED, low)
    return low


def _laid(upright: Sequence[Floats]) -> Iterator[Floats]:
    """The frequencies in the order of `VIEWS`, from those as they are, upside down, left to right, and both.

    A quarter turn against the clock exchanges rows and columns, then turns the rows upside down.
    """
    as_is, upside_down, mirrored, both = upright
    yield from (as_is, mirrored.T, both, upside_down.T)
    yield from (mirrored, as_is.T, upside_down, both.T)


def _cosines() -> Floats:
    """float32[16, 64]: rows 1 to 16 of the DCT matrix. The scale is rounded before it meets the cosine."""
    scale = float(np.float32(math.sqrt(2 / GRID)))
    step = math.pi / 2 / GRID
    rows = [[scale * math.cos(step * i * (2 * j + 1)) for j in range(GRID)] for i in range(1, LOW + 1)]
    return np.array(rows, np.float32)


_COSINES = _cosines()
_COSINES_TURNED = np.ascontiguousarray(_COSINES.T)


def _bits(lows: Sequence[Floats]) -> list[bytes]:
    """Step 5, 32 bytes of each. The lower median of 256 numbers is the 128th smallest."""
    numbers = np.stack(lows).reshape(len(lows), -1)
    middle = numbers.shape[1] // 2 - 1
    medians = np.partition(numbers, middle)[:, middle, np.newaxis]
    return [row.tobytes() for row in np.packbits((numbers > medians)[:, ::-1], axis=1)]

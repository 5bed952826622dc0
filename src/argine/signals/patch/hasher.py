"""Pixels to a patch set: the steps in their order."""

import numpy as np
import numpy.typing as npt

from argine.signals.errors import SignalError
from argine.signals.patch.choose import plain, ranks, spread
from argine.signals.patch.describe import COLUMNS, MOST_DIRECTIONS, describe
from argine.signals.patch.grey import grey
from argine.signals.patch.keypoints import differences, find
from argine.signals.patch.patchset import CODE_BYTES, PatchSet
from argine.signals.patch.scales import octaves
from argine.signals.patch_bytes import MAX_PATCHES

BANK_PATCHES = 100
"""Patches kept of a picture in a bank: 3.8 kB."""

QUERY_PATCHES = 500
"""Patches made of a picture that is asked about: they are not kept, and more of them find more."""

MAX_FOUND = 4096
"""Keypoints kept of one octave."""

_Pixels = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float64]
_Whole = npt.NDArray[np.int64]


def hash_pixels(rgb: _Pixels, limit: int = BANK_PATCHES) -> PatchSet:
    """Patches of a decoded picture.

    Args:
        rgb: uint8[height, width, 3], red, green, blue as a browser shows them.
        limit: how many patches to make at most, 1 to 1024.

    Returns:
        The strongest patches, the best first. Flat and tiny pictures have none.

    Raises:
        SignalError: the array has another type or shape, or the limit is out of range.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:  # noqa: PLR2004 - the form itself
        raise SignalError("Patches are made of pixels of the form uint8[height, width, 3].")
    if not 1 <= limit <= MAX_PATCHES:
        raise SignalError(f"A patch set has 1 to {MAX_PATCHES} patches.")
    height, width = rgb.shape[:2]
    plane = grey(rgb)
    pyramid = list(octaves(plane))
    points = _keypoints(pyramid)
    wanted = ranks(points, plane.shape[1], plane.shape[0])
    chosen = spread(points, np.argsort(-wanted, kind="stable"), limit)
    rows, codes = _patches(pyramid, points, chosen, limit)
    x, y, scale, angle = rows[:, 1:].T
    return PatchSet(
        width, height, codes, x.astype(np.uint16), y.astype(np.uint16), scale.astype(np.uint8), angle.astype(np.uint8)
    )


def _keypoints(pyramid: list[npt.NDArray[np.float32]]) -> _Floats:
    """float64[n, 6]: x, y in pixels of the octave, level, strength, octave, plain; the finest octave first."""
    found = [np.empty((0, 6))]
    for number, levels in enumerate(pyramid):
        points = find(differences(levels), MAX_FOUND)
        found.append(np.column_stack([points, np.full(len(points), number), plain(levels[0], number, points)]))
    return np.concatenate(found)


def _patches(
    pyramid: list[npt.NDArray[np.float32]], points: _Floats, chosen: _Whole, limit: int
) -> tuple[_Whole, npt.NDArray[np.uint8]]:
    """The rows and codes of the first `limit` patches, in the order of their keypoints."""
    rows = np.empty((MOST_DIRECTIONS * len(chosen), COLUMNS), np.int64)
    codes = np.empty((MOST_DIRECTIONS * len(chosen), CODE_BYTES), np.uint8)
    count = 0
    for number, levels in enumerate(pyramid):
        count = describe(levels, number, points, chosen, rows, codes, count)
    order = np.argsort(rows[:count, 0], kind="stable")[:limit]
    return rows[order], codes[order]

"""Do two pictures show the same thing in the same arrangement? Two patch sets to a fact: an `Agreement`.

1. Every pair of codes within `PAIR_LIMIT` proposes a transformation: its scale, angle and places fix shift, turn and
   scale. The nearest proposals are voted on by all other pairs.
2. Those with most votes are refined: patches that lie where the transformation says count as agreeing up to
   `CONFIRM_LIMIT`, for chance is far less likely to hit the place too; a freer transformation (with stretch, then with
   perspective) is fitted to them, and so on while that finds no fewer.
3. All this is done for the query picture and for its mirror image, whose codes follow from the codes.

Patches agree one to one, and those of one spot count once, so that a repeated pattern proves nothing by its number.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from argine.signals.patch import measures, votes
from argine.signals.patch.grey import working_size
from argine.signals.patch.patchset import PatchSet
from argine.signals.patch.tables import MIRROR_MASK, PLACE_UNIT, POWERS
from argine.signals.patch.transforms import Pairs, Places, local

PAIR_LIMIT = 66
"""Largest distance at which two codes propose a transformation, in bits of 256."""

CONFIRM_LIMIT = 80
"""Largest distance at which two codes agree that lie where a transformation says."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a picture, in fractions of its width and height; `left` < `right`, `top` < `bottom`."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def from_middle(self, x: float, y: float) -> float:
        """How far out a point lies: 0 in the middle, 1 on the ellipse that touches the sides, 1.41 in a corner."""
        across = (2 * x - self.left - self.right) / (self.right - self.left)
        down = (2 * y - self.top - self.bottom) / (self.bottom - self.top)
        return math.hypot(across, down)

    def wider(self, by: float) -> "Rectangle":
        """The same with a margin on each side, a part of its width and height."""
        across, down = by * (self.right - self.left), by * (self.bottom - self.top)
        return Rectangle(self.left - across, self.top - down, self.right + across, self.bottom + down)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a query picture agrees with a bank picture. Nothing agrees where `count` is 0.

    Attributes:
        count: agreeing patches, each at another spot.
        expected: patches of the bank picture that the query picture should show under the transformation, each at
            another spot.
        distance: median distance of the agreeing codes, in bits of 256.
        error: median misplacement of the agreeing patches, in units of their scale.
        mirrored: whether the query picture is a mirror image.
        rotation_degrees: by how much the query picture is turned clockwise (after mirroring), -180 to 180.
        scale: size in the query picture over size in the bank picture, both in their own pixels.
        shift: from the middle of the query picture to where the bank picture's middle lies in it, in fractions of the
            query picture's width and height.
        region: the part of the bank picture that the query picture shows.
        outline: where the bank picture's corners lie in the query picture, in fractions of its width and height:
            top left, top right, bottom right, bottom left, before mirroring.
        places: the agreeing patches' places in the bank picture, in fractions of its width and height.
        due: the expected patches' places likewise.
    """

    count: int
    expected: int = 0
    distance: float = 0.0
    error: float = 0.0
    mirrored: bool = False
    rotation_degrees: float = 0.0
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    region: Rectangle = Rectangle(0.0, 0.0, 0.0, 0.0)
    outline: tuple[tuple[float, float], ...] = ()
    places: tuple[tuple[float, float], ...] = ()
    due: tuple[tuple[float, float], ...] = ()

    @property
    def share(self) -> float:
        """Part of the expected patches that agree, 0 to 1."""
        return min(1.0, self.count / self.expected) if self.expected else 0.0


NOTHING = Agreement(0)


class Located:
    """A patch set made ready for comparison; a query picture's is made once and compared with many.

    Attributes:
        codes: uint64[n, 4].
        places: float64[n, 5]: x, y in pixels of the grey picture, kept scale, kept angle, scale in pixels.
        size: width and height of the grey picture in pixels.
    """

    __slots__ = ("codes", "patches", "places", "size")

    def __init__(self, patches: PatchSet, *, mirrored: bool = False) -> None:
        self.patches = patches
        self.size = working_size(patches.width, patches.height)
        codes = patches.codes ^ MIRROR_MASK if mirrored else patches.codes
        self.codes = np.ascontiguousarray(codes).view(np.uint64)
        self.places = np.empty((len(patches), 5))
        x, angle = patches.x / PLACE_UNIT, patches.angle.astype(np.float64)
        self.places[:, 0] = self.size[0] - 1 - x if mirrored else x
        self.places[:, 1] = patches.y / PLACE_UNIT
        self.places[:, 2] = patches.scale
        self.places[:, 3] = (128 - angle) % 256 if mirrored else angle
        self.places[:, 4] = POWERS[patches.scale]

    def fractions(self, rows: npt.NDArray[np.int64]) -> Places:
        """Give the places of patches in fractions of the picture's width and height: float64[k, 2]."""
        fractions: Places = (self.places[rows, :2] + 0.5) / self.size
        return fractions


class Query:
    """A query picture's patches, as they are and in the mirror."""

    __slots__ = ("views",)

    def __init__(self, patches: PatchSet) -> None:
        self.views = (Located(patches), Located(patches, mirrored=True))


def compare(bank: Located, query: Query) -> Agreement:
    """Find the transformation on which most patches agree.

    Args:
        bank: of the picture in the bank.
        query: of the picture that is asked about.

    Returns:
        The agreement, of count 0 where no two patches are alike.
    """
    found = _NONE
    mirrored, transformation = False, np.empty(8)
    for view, located in enumerate(query.views):
        trial = np.empty(8)
        codes, limits = (bank.codes, located.codes), (PAIR_LIMIT, CONFIRM_LIMIT)
        pairs = votes.best(codes, bank.places, located.places, limits, trial)
        if len(pairs) > len(found):
            found, mirrored, transformation = pairs, view == 1, trial
    if not len(found):
        return NOTHING
    return _described(bank, query.views[mirrored], found, transformation, mirrored=mirrored)


_NONE: Pairs = np.empty((0, 3), np.int64)


def agreement(bank: PatchSet, query: PatchSet) -> Agreement:
    """Compare two patch sets once; `compare` is for many."""
    return compare(Located(bank), Query(query))


def _described(bank: Located, view: Located, pairs: Pairs, t: Places, *, mirrored: bool) -> Agreement:
    matrix = _in_fractions(t, bank.size, view.size)
    outline = _projected(matrix, _CORNERS)
    middle = _projected(matrix, np.array([[0.5, 0.5]]))[0]
    across, down = _local_vectors(t, bank.size)
    size = math.sqrt(abs(across[0] * down[1] - across[1] * down[0]))
    turn = math.degrees(math.atan2(across[1] - down[0], across[0] + down[1]))
    pixels = (max(view.patches.width, view.patches.height), max(bank.patches.width, bank.patches.height))
    due = measures.expected(bank.places, t, *view.size)
    if mirrored:
        outline[:, 0], middle[0] = 1 - outline[:, 0], 1 - middle[0]
    return Agreement(
        count=len(pairs),
        expected=max(len(due), len(pairs)),
        distance=float(np.median(pairs[:, 2])),
        error=float(np.median(measures.errors(bank.places, view.places, pairs, t))),
        mirrored=mirrored,
        rotation_degrees=-turn if mirrored else turn,
        scale=size * pixels[0] / pixels[1],
        shift=(float(middle[0]) - 0.5, float(middle[1]) - 0.5),
        region=_shown(matrix),
        outline=_points(outline),
        places=_points(bank.fractions(pairs[:, 0])),
        due=_points(bank.fractions(due)),
    )


_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def _points(rows: Places) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in rows)


def _in_fractions(t: Places, bank: tuple[int, int], query: tuple[int, int]) -> Places:
    """float64[3, 3] over fractions of both pictures; a pixel's centre is half a pixel from its edge."""
    matrix = np.append(t, 1.0).reshape(3, 3)
    there = np.array([[1 / query[0], 0, 0.5 / query[0]], [0, 1 / query[1], 0.5 / query[1]], [0, 0, 1]])
    back = np.array([[bank[0], 0, -0.5], [0, bank[1], -0.5], [0, 0, 1]])
    result: Places = there @ matrix @ back
    return result


def _projected(matrix: Places, points: Places) -> Places:
    """Where points go; those beyond the horizon go far away."""
    to = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    result: Places = to[:, :2] / np.maximum(to[:, 2:], 1e-6)
    return result


def _local_vectors(t: Places, size: tuple[int, int]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """What a step across and a step down in the middle of the bank picture become."""
    bend = np.empty(4)
    local(t, size[0] / 2, size[1] / 2, bend)
    return bend[[0, 2]], bend[[1, 3]]


def _shown(matrix: Places) -> Rectangle:
    """The bank picture's part on which the query picture's corners lie, cut at its edges."""
    try:
        back = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return Rectangle(0.0, 0.0, 1.0, 1.0)
    corners = np.clip(_projected(back / back[2, 2], _CORNERS), 0.0, 1.0)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Rectangle(float(left), float(top), float(right), float(bottom))

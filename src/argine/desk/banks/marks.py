"""The marked part of an entry's picture, as both faces draw it: an outline in an empty frame, never the picture."""

from dataclasses import dataclass

from argine.desk.banks.models import BankEntry
from argine.desk.banks.queries import region_of, signal_of
from argine.desk.core.crypto import SealError
from argine.matching.regions import RegionError
from argine.signals.errors import SignalError
from argine.signals.patch import Located, PatchSet, Rectangle
from argine.signals.types import SignalType

SIDE = 100.0
MARGIN = 2.0
FLATTEST = 5.0  # a frame that is drawn wider than this shows nothing


@dataclass(frozen=True, slots=True)
class Mark:
    """A frame as wide and high as the picture in proportion, and the part in it.

    Attributes:
        box: of the drawing, as SVG's viewBox.
        frame: width and height of the frame, which begins at 0, 0.
        part: x, y, width and height of the part in the frame.
        left, top, width, height: of the part, in percent of the picture.
        patches: how many patches of the picture lie in the part: without any, only identical files match.
    """

    box: str
    frame: tuple[float, float]
    part: tuple[float, float, float, float]
    left: float
    top: float
    width: float
    height: float
    patches: int


def of(entry: BankEntry) -> Mark | None:
    """The marked part of an entry; None where none is marked or what is kept cannot be read."""
    region = part_of(entry)
    return None if region is None else _drawn(region, patches_of(entry))


def part_of(entry: BankEntry) -> Rectangle | None:
    """What is marked; None also where what is kept cannot be read: the verification of the log names it."""
    try:
        return region_of(entry)
    except RegionError:
        return None


def patches_of(entry: BankEntry) -> PatchSet | None:
    """The patch set of an entry whose signals are loaded; None where it has none that can be read."""
    row = next((row for row in entry.signals.all() if row.type == SignalType.PATCH), None)
    try:
        return None if row is None else PatchSet.from_bytes(signal_of(row).value)
    except (SealError, SignalError):
        return None


def aspect_of(patches: PatchSet | None) -> float:
    """Width over height of a picture, as far as it can be drawn; 1 where no patches tell."""
    if patches is None:
        return 1.0
    return min(FLATTEST, max(1 / FLATTEST, patches.width / max(1, patches.height)))


def _drawn(region: Rectangle, patches: PatchSet | None) -> Mark:
    aspect = aspect_of(patches)
    width, height = SIDE * min(1.0, aspect), SIDE * min(1.0, 1 / aspect)
    wide, high = region.right - region.left, region.bottom - region.top
    part = (region.left * width, region.top * height, wide * width, high * height)
    return Mark(
        box=f"{-MARGIN} {-MARGIN} {width + 2 * MARGIN:.1f} {height + 2 * MARGIN:.1f}",
        frame=(round(width, 1), round(height, 1)),
        part=(round(part[0], 1), round(part[1], 1), round(part[2], 1), round(part[3], 1)),
        left=round(100 * region.left, 2),
        top=round(100 * region.top, 2),
        width=round(100 * wide, 2),
        height=round(100 * high, 2),
        patches=0 if patches is None else _count_in(region, patches),
    )


def _count_in(region: Rectangle, patches: PatchSet) -> int:
    places = Located(patches).places
    size = Located(patches).size
    return sum(region.holds((x + 0.5) / size[0], (y + 0.5) / size[1]) for x, y in places[:, :2].tolist())

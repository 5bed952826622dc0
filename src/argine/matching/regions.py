"""The marked part of a picture, to which a bank entry may be bound: checked once, and kept in whole ten-thousandths.

Whole numbers are the same in every database, log digest and file; a ten-thousandth of a side is finer than a pixel of
any picture that is hashed.
"""

from argine.errors import ArgineError
from argine.signals.patch.geometry import Rectangle

UNIT = 10_000
LEAST_SIDE = 0.02
"""Smaller parts of a side hold no patch that could agree."""

MOST_AREA = 0.9
"""A part of nearly all is no part: the entry is then not bound at all."""

NUMBERS = 4


class RegionError(ArgineError):
    """A marked part is not of the form it should have."""

    code = "region_malformed"


def region_of(left: float, top: float, right: float, bottom: float) -> Rectangle:
    """Check a marked part, and round it to what is kept; sides in fractions of the picture's width and height.

    Raises:
        RegionError: it is not within the picture, or too small or too large to be a part of it.
    """
    sides = (left, top, right, bottom)
    if not all(0 <= side <= 1 for side in sides):  # NaN is refused too
        raise RegionError("A marked part lies within the picture: fractions from 0 to 1.")
    left, top, right, bottom = (round(side * UNIT) / UNIT for side in sides)
    if round(right - left, 4) < LEAST_SIDE or round(bottom - top, 4) < LEAST_SIDE:
        raise RegionError(f"A marked part is at least {LEAST_SIDE:.0%} of the picture wide and high.")
    if (right - left) * (bottom - top) > MOST_AREA:
        raise RegionError(f"A marked part is at most {MOST_AREA:.0%} of the picture: of all of it, nothing is marked.")
    return Rectangle(left, top, right, bottom)


def units(region: Rectangle) -> list[int]:
    """Left, top, right and bottom in ten-thousandths: how a part is kept."""
    return [round(side * UNIT) for side in (region.left, region.top, region.right, region.bottom)]


def from_units(kept: object) -> Rectangle:
    """Read what `units` wrote.

    Raises:
        RegionError: it is something else.
    """
    if not isinstance(kept, list) or len(kept) != NUMBERS or not all(type(side) is int for side in kept):
        raise RegionError(f"A marked part is kept as {NUMBERS} whole numbers.")
    left, top, right, bottom = (side / UNIT for side in kept)
    return region_of(left, top, right, bottom)


def parse(text: str) -> Rectangle:
    """Read `x,y,w,h`: where the part begins, how wide and high it is, all in fractions of the picture.

    Raises:
        RegionError: it is something else.
    """
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError:
        raise RegionError("A marked part is four numbers such as 0.2,0.1,0.3,0.4: x, y, width, height.") from None
    return region_of(x, y, round(x + width, 4), round(y + height, 4))


def text_of(region: Rectangle) -> str:
    """Write what `parse` reads."""
    sides = (region.left, region.top, region.right - region.left, region.bottom - region.top)
    return ",".join(f"{side:.4f}".rstrip("0").rstrip(".") for side in sides)

"""How much an agreement of patches proves: the rule that an upload check asks, and nothing else.

The numbers were measured (docs/adr/0010-patch-signal.md). A copy, however edited, keeps its patches where one smooth
transformation says, nearly to the pixel, and keeps most of those that it still shows. Another photograph of the same
scene keeps some of them, but moved by the change of standpoint and blurred in their codes: that is worth a
reviewer's look and never an automatic block.
"""

from collections.abc import Iterable
from enum import StrEnum

from argine.signals.patch.geometry import Agreement, Rectangle

REVIEW_COUNT = 4
"""Agreeing patches that chance does not bring together."""

FEW = ((3, 45.0), (2, 30.0))
"""Three or two are enough where their codes are so near: those that chance brings together are not."""

BLOCK_COUNT = 24
BLOCK_SHARE = 0.4
BLOCK_DISTANCE = 48.0
BLOCK_ERROR = 0.15

REGION_SHARE = 0.5
"""Where an entry is bound to a marked part: how large the share that agrees in it must be, beside the share that agrees
around it. A copy loses as much in the part as around it; a forgery's source agrees around it only."""

RIM_WEIGHT = 0.15
"""What a patch counts at the sides and in the corners of a marked part; in its middle it counts 1. Who marks a face or
a body with a rectangle marks its surroundings too, and there the source agrees."""

REGION_DOUBT = 0.05
"""Weight that is always missing, so that half of two patches is too little."""

REGION_MARGIN = 0.25
"""By how much of its sides a marked part is widened that has no patches of its own, as a smooth cheek has none."""

REGION_SURE = 1.5
"""Weight of patches in a marked part, as it was marked, below which a copy is never beyond doubt."""

LEAST_AROUND = 0.2
"""The share around a marked part that is reckoned with at least: where nothing agrees there, a few patches in the part
that agree by chance would be enough."""


class Strength(StrEnum):
    """What follows from an agreement where the entry's bank blocks."""

    NONE = "none"
    REVIEW = "review"
    BLOCK = "block"


def strength_of(agreement: Agreement) -> Strength:
    """Judge an agreement by its number of patches, and for `block` by its share, distance and error too."""
    few = any(agreement.count >= count and agreement.distance <= distance for count, distance in FEW)
    if agreement.count < REVIEW_COUNT and not few:
        return Strength.NONE
    sure = (
        agreement.count >= BLOCK_COUNT
        and agreement.share >= BLOCK_SHARE
        and agreement.distance <= BLOCK_DISTANCE
        and agreement.error <= BLOCK_ERROR
    )
    return Strength.BLOCK if sure else Strength.REVIEW


def strength_in(agreement: Agreement, part: Rectangle) -> Strength:
    """Judge an agreement with a picture of which only a marked part is unlawful: it must agree in that part too."""
    marked = due = _weight(agreement.due, part)
    if marked == 0.0:
        part = part.wider(REGION_MARGIN)
        due = _weight(agreement.due, part)
    around = max(LEAST_AROUND, _share_around(agreement, part))
    if due == 0.0 or _weight(agreement.places, part) < REGION_SHARE * around * (due + REGION_DOUBT):
        return Strength.NONE
    found = strength_of(agreement)
    return Strength.REVIEW if found is Strength.BLOCK and marked < REGION_SURE else found


def _weight(places: Iterable[tuple[float, float]], part: Rectangle) -> float:
    """How much the patches at these places say of a part: those in its middle most."""
    inside = (part.from_middle(x, y) for x, y in places if part.holds(x, y))
    return sum(max(RIM_WEIGHT, 1 - distance**2) for distance in inside)


def _share_around(agreement: Agreement, part: Rectangle) -> float:
    """Share of the expected patches outside a part that agree, 0 to 1; 1 where none is expected."""
    agreed = sum(not part.holds(x, y) for x, y in agreement.places)
    expected = sum(not part.holds(x, y) for x, y in agreement.due)
    return min(1.0, agreed / expected) if expected else 1.0

"""How much an agreement of patches proves: the rule that an upload check asks, and nothing else.

The numbers were measured (docs/adr/0010-patch-signal.md). A copy, however edited, keeps its patches where one smooth
transformation says, nearly to the pixel, and keeps most of those that it still shows. Another photograph of the same
scene keeps some of them, but moved by the change of standpoint and blurred in their codes: that is worth a
reviewer's look and never an automatic block.
"""

from enum import StrEnum

from argine.signals.patch.geometry import Agreement

REVIEW_COUNT = 4
"""Agreeing patches that chance does not bring together."""

FEW = ((3, 45.0), (2, 30.0))
"""Three or two are enough where their codes are so near: those that chance brings together are not."""

BLOCK_COUNT = 24
BLOCK_SHARE = 0.4
BLOCK_DISTANCE = 48.0
BLOCK_ERROR = 0.15

REGION_SHARE = 0.6
"""Share of a marked region that must agree where an entry is bound to one: a forgery's source shows less of it."""


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

"""What another way of comparing frames than PDQ hands to the matcher."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from argine.signals.video import TimedPatches


@dataclass(frozen=True, slots=True)
class FrameAgreement:
    """A frame of the query and one of a bank entry that show the same.

    Attributes:
        entry: id of the bank entry.
        query_seconds: when the frame is shown in the query.
        entry_seconds: when the frame is shown in the bank entry.
        count: agreeing patches.
        distance: their median distance, in bits of 256.
        mirrored: whether the query's frame is a mirror image.
        sure: whether this pair alone is enough; others need a second one in line with them.
    """

    entry: str
    query_seconds: float
    entry_seconds: float
    count: int
    distance: float
    mirrored: bool
    sure: bool


class FrameBank(Protocol):
    """Holds patch sets of bank entries' frames. `patches.PatchBank` is one."""

    def put(self, entry: str, patches: Iterable[TimedPatches]) -> None:
        """Add the frames of an entry that is not there."""

    def withdraw(self, entry: str) -> None:
        """Remove an entry's frames, if there are any."""

    def agreements(self, patches: Iterable[TimedPatches]) -> Iterator[FrameAgreement]:
        """Each pair of frames that show the same."""

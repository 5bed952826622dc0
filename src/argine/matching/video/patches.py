"""Frames found by their patches: what survives crops, slants, overlays, a picture in a picture, a recorded screen.

Each bank entry has patch sets of some of its frames. Those that the query's patches lead to (seeds in the Hamming
index) are compared; what agrees becomes a pair of moments, and pairs are laid along time as those of PDQ are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from argine.index import HammingIndex
from argine.signals import patch
from argine.signals.patch import seeds
from argine.signals.video import TimedPatches

SURE_COUNT = 12
"""Agreeing patches of a single pair of frames that are enough without a second pair in line with it."""


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


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    entry: str
    seconds: float
    patches: patch.Located


class PatchBank:
    """The patch sets of bank entries' frames. The matcher that holds it sees to who may write while others read."""

    def __init__(self) -> None:
        self._index = HammingIndex(seeds.SEED_BITS)
        self._new_keys = count()
        self._frames: dict[int, _Frame] = {}
        self._keys_of: dict[str, list[int]] = {}

    def put(self, entry: str, patches: Iterable[TimedPatches]) -> None:
        """Add the frames of an entry that is not there."""
        for one in patches:
            codes = np.unique(seeds.bank_seeds(one.patches), axis=0)
            if not len(codes):
                continue
            key = next(self._new_keys)
            self._frames[key] = _Frame(entry, one.milliseconds / 1000, patch.Located(one.patches))
            self._keys_of.setdefault(entry, []).append(key)
            self._index.add(np.full(len(codes), key, np.uint64), codes)

    def withdraw(self, entry: str) -> None:
        """Remove an entry's frames, if there are any."""
        keys = self._keys_of.pop(entry, [])
        for key in keys:
            del self._frames[key]
        self._index.remove(np.array(keys, np.uint64))

    def agreements(self, patches: Iterable[TimedPatches]) -> Iterator[FrameAgreement]:
        """Each pair of frames, one of the query and one of the bank, that show the same."""
        for one in patches:
            if len(one.patches):
                yield from self._of_frame(one.milliseconds / 1000, one.patches)

    def _of_frame(self, seconds: float, found: patch.PatchSet) -> Iterator[FrameAgreement]:
        hits = self._index.search(seeds.query_seeds(found), seeds.SEED_RADIUS)
        query = patch.Query(found)
        for key in seeds.candidates(hits.query, hits.key, len(found)).tolist():
            frame = self._frames[key]
            agreement = patch.compare(frame.patches, query)
            if patch.strength_of(agreement) is not patch.Strength.NONE:
                yield FrameAgreement(
                    entry=frame.entry,
                    query_seconds=seconds,
                    entry_seconds=frame.seconds,
                    count=agreement.count,
                    distance=agreement.distance,
                    mirrored=agreement.mirrored,
                    sure=agreement.count >= SURE_COUNT,
                )

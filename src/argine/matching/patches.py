"""The patch sets of a matcher's entries: which of them agree with a query's, by seed and verify."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from argine.index import HammingIndex
from argine.signals import patch
from argine.signals.errors import SignalError
from argine.signals.patch import Agreement, Located, PatchSet, Query
from argine.signals.types import Signal, SignalType

MOST_COMPARED = 64
"""Pictures compared patch by patch for one query: of those that the seeds lead to, the ones with most votes."""


def patches_of(signals: Iterable[Signal]) -> PatchSet | None:
    """Read the patch set among signals; None if there is none with patches.

    Raises:
        SignalError: its numbers are out of range.
    """
    found = next((signal for signal in signals if signal.type is SignalType.PATCH), None)
    patches = None if found is None else PatchSet.from_bytes(found.value)
    return patches or None


_NUMBER_AT = 48
"""In a key of the index: where the number of the set stands, above the number of what it belongs to."""


class PatchBank:
    """Patch sets by a number of the caller's; of an animation there are several.

    Whoever adds or removes must be alone; any number may search.
    """

    def __init__(self) -> None:
        self._index = HammingIndex(patch.SEED_BITS)
        self._sets: dict[int, tuple[bytes, ...]] = {}

    def add(self, sets: Mapping[int, Sequence[PatchSet]]) -> None:
        """Add patch sets beside those that are there, many at once much faster than one by one."""
        rows: list[tuple[int, PatchSet]] = []
        for key, several in sets.items():
            kept, there = [one.first(patch.BANK_PATCHES) for one in several], self._sets.get(key, ())
            rows += [(_row(key, number), one) for number, one in enumerate(kept, start=len(there))]
            self._sets[key] = there + tuple(one.to_bytes() for one in kept)
        if not rows:
            return
        keys = np.repeat(np.array([row for row, _one in rows], np.uint64), [len(one) for _row, one in rows])
        self._index.add(keys, np.concatenate([patch.bank_seeds(one) for _row, one in rows]))

    def remove(self, keys: Iterable[int]) -> None:
        """Remove patch sets; one that is not there is passed over."""
        gone = [_row(key, number) for key in keys for number in range(len(self._sets.pop(key, ())))]
        if gone:
            self._index.remove(np.array(gone, np.uint64))

    def find(self, patches: PatchSet, alike: Iterable[int] = ()) -> Iterator[tuple[int, Agreement]]:
        """Give the sets that the seeds lead to, with how they agree; those with most votes first.

        Args:
            patches: of the query.
            alike: numbers whose sets are compared besides, whatever the seeds say.
        """
        if not self._sets:
            return
        hits = self._index.search(patch.query_seeds(patches), patch.SEED_RADIUS)
        seeded = patch.candidates(hits.query, hits.key, len(patches))[:MOST_COMPARED].tolist()
        besides = [_row(key, number) for key in alike for number in range(len(self._sets.get(key, ())))]
        rows = list(dict.fromkeys(seeded + besides[:MOST_COMPARED]))
        if not rows:
            return
        query = Query(patches)
        for row in rows:
            number, key = divmod(row, 1 << _NUMBER_AT)
            yield key, patch.compare(Located(PatchSet.from_bytes(self._sets[key][number])), query)


def _row(key: int, number: int) -> int:
    return key | number << _NUMBER_AT


def readable_sets(signals: Iterable[Signal]) -> list[PatchSet]:
    """Read the patch sets among signals: of an animation, one for each frame.

    Passed over is what has no patches or cannot be read: it must not keep an entry's other signals out.
    """
    read = (_readable(signal.value) for signal in signals if signal.type is SignalType.PATCH)
    return [patches for patches in read if patches]


def _readable(value: bytes) -> PatchSet | None:
    try:
        return PatchSet.from_bytes(value)
    except SignalError:
        return None

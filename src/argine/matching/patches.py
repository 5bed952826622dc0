"""The patch sets of a matcher's entries: which of them agree with a query's, by seed and verify."""

from collections.abc import Iterable, Iterator, Mapping

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


class PatchBank:
    """Patch sets by a number of the caller's. Whoever adds or removes must be alone; any number may search."""

    def __init__(self) -> None:
        self._index = HammingIndex(patch.SEED_BITS)
        self._sets: dict[int, bytes] = {}

    def add(self, sets: Mapping[int, PatchSet]) -> None:
        """Add patch sets, many at once much faster than one by one."""
        if not sets:
            return
        kept = {key: patches.first(patch.BANK_PATCHES) for key, patches in sets.items()}
        self._sets |= {key: patches.to_bytes() for key, patches in kept.items()}
        keys = np.repeat(np.array([*kept], np.uint64), [len(patches) for patches in kept.values()])
        self._index.add(keys, np.concatenate([patch.bank_seeds(patches) for patches in kept.values()]))

    def remove(self, keys: Iterable[int]) -> None:
        """Remove patch sets; one that is not there is passed over."""
        gone = [key for key in keys if self._sets.pop(key, None) is not None]
        if gone:
            self._index.remove(np.array(gone, np.uint64))

    def find(self, patches: PatchSet) -> Iterator[tuple[int, Agreement]]:
        """Give the sets that the seeds lead to, with how they agree; those with most votes first."""
        if not self._sets:
            return
        hits = self._index.search(patch.query_seeds(patches), patch.SEED_RADIUS)
        keys = patch.candidates(hits.query, hits.key, len(patches))[:MOST_COMPARED]
        if not len(keys):
            return
        query = Query(patches)
        for key in keys.tolist():
            yield key, patch.compare(Located(PatchSet.from_bytes(self._sets[key])), query)


def readable(signals: Iterable[Signal]) -> PatchSet | None:
    """Do `patches_of`, and pass over a set that cannot be read: it must not keep an entry's other signals out."""
    try:
        return patches_of(signals)
    except SignalError:
        return None

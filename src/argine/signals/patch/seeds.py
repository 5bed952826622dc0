"""Which pictures of a large bank are worth comparing patch by patch: *seed and verify*.

The lowest 64 frequencies of a code bear what the others do not (a stretch, a tilt, strong compression): a copy's
patch is within 7 of these bits far more often than within 31 of all 256, and a strange one is so by chance about four
times in ten million. So these 64 bits are what is looked up, in an index of 64-bit codes; a picture that two patches
of the query hit is compared, and so is one whose `pdq` is not far.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.geometry import Located, Query
from argine.signals.patch.patchset import PatchSet
from argine.signals.patch.tables import MIRROR_MASK
from argine.signals.patch.votes import Words, bits_set

SEED_BITS = 64
SEED_BYTES = SEED_BITS // 8
SEED_RADIUS = 7
"""Largest distance of two seeds, in bits of 64."""

SEED_VOTES = 2
"""Patches of one query view that must hit a picture, unless the bank is small enough to try those with one too."""

MOST_SINGLES = 32
"""Pictures with one hit that are tried besides."""

ALIKE_BITS = 57
"""Pictures whose `pdq` differs in so few bits are compared too, as they are or without bars. Strong changes of tone
move every code a little, so that no seed hits; the nearest two of 627 different photographs are 92 bits apart."""

_Codes = npt.NDArray[np.uint8]


def bank_seeds(patches: PatchSet) -> _Codes:
    """Give what the index holds of a picture, all under the picture's key: uint8[n, 8]."""
    return _seeds(patches.codes)


def query_seeds(patches: PatchSet) -> _Codes:
    """Give what is looked up for a query picture of n patches: uint8[2 n, 8], the mirrored ones from row n on."""
    return _seeds(np.concatenate([patches.codes, patches.codes ^ MIRROR_MASK]))


def _seeds(codes: _Codes) -> _Codes:
    return np.ascontiguousarray(codes[:, :SEED_BYTES])


def candidates(
    rows: npt.NDArray[np.int64], keys: npt.NDArray[np.uint64], patches: int, singles: int = MOST_SINGLES
) -> npt.NDArray[np.uint64]:
    """Order the pictures that the seeds of a query hit, those with most votes first.

    A vote is a patch of the query, in one of its two views; however many patches of a picture it hits, it has one.

    Args:
        rows: int64[m], row of `query_seeds` of each hit, as an index tells it.
        keys: uint64[m], the picture hit.
        patches: how many patches the query has.
        singles: how many pictures with a single vote to try at most; those of the strongest patches are taken.

    Returns:
        uint64[k], each key once.
    """
    if not len(keys):
        return np.empty(0, np.uint64)
    hits = np.unique(np.stack([keys, rows.astype(np.uint64)]), axis=1)
    mirrored = (hits[1] >= patches).astype(np.uint64)
    views, votes = np.unique(np.stack([hits[0], mirrored]), axis=1, return_counts=True)
    found, index = np.unique(views[0], return_inverse=True)
    most = np.zeros(len(found), np.int64)
    np.maximum.at(most, index.ravel(), votes)
    strongest = np.full(len(found), patches, np.int64)
    np.minimum.at(strongest, np.searchsorted(found, hits[0]), (hits[1] % max(patches, 1)).astype(np.int64))
    order = np.lexsort((found, strongest, -most))
    sure = int((most >= SEED_VOTES).sum())
    picked: npt.NDArray[np.uint64] = found[order[: sure + singles]]
    return picked


def seeded(bank: Located, query: Query) -> bool:
    """Say whether a query's seeds single a picture out of any bank, however large: what `candidates` finds first."""
    return any(seed_votes(bank.codes, view.codes, SEED_RADIUS) >= SEED_VOTES for view in query.views)


@jit
def seed_votes(bank: Words, query: Words, limit: int) -> int:
    """How many of a query's patches have a patch of the bank picture within the seeds' distance."""
    votes = 0
    for j in range(len(query)):
        for i in range(len(bank)):
            if bits_set(bank[i, 0] ^ query[j, 0]) <= limit:
                votes += 1
                break
    return votes

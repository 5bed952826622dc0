"""Where a code within the radius must show itself: the pigeonring principle.

A code is cut into chunks of 16 bits that stand in a ring. Give every chunk a *weight* so that all weights together
are radius + 1. If two codes differ in at most `radius` bits, then going round the ring from some chunk on, the
differing bits met so far are at every step fewer than the weights met so far: fewer than w(i) in chunk i, fewer than
w(i) + w(i+1) in chunks i and i+1, and so on. (Differing bits minus weight sum up to less than zero; start right after
the place where the running sum was highest.) So it is enough to visit, for every chunk i, the codes whose chunk i
differs in fewer than w(i) bits, and to drop those that break the bound of two or of three chunks.

Source: Qin and Xiao, "Pigeonring: A Principle for Faster Thresholded Similarity Search", PVLDB 12(1), 2018. A weight
for each chunk, where radius + 1 is no multiple of the chunks: Qin et al., "GPH: Similarity Search in Hamming Space",
ICDE 2018.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

CHUNK_BITS = 16
BUCKETS = 1 << CHUNK_BITS
MOST_FLIPS = 3
"""Buckets further away than this many bits are too many: there, comparing with every code is as fast."""

FLIPS_SHIFT, TABLE_SHIFT = 24, 16
"""A probe is one number: flipped bits << 24 | table << 16 | mask."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The buckets to visit for one radius.

    Attributes:
        weights: int64[chunks].
        probes: uint32[p], the buckets, relative to the query's chunk, table by table.
        spans: int64[chunks + 1], where the probes of each table begin and end.
    """

    weights: NDArray[np.int64]
    probes: NDArray[np.uint32]
    spans: NDArray[np.int64]


@lru_cache(maxsize=1024)
def plan(radius: int, chunks: int) -> Plan | None:
    """Choose the buckets to visit, or None where the radius is too wide for buckets.

    Args:
        radius: bits, 0 or more.
        chunks: of 16 bits, at least 3.
    """
    # Spread, so that a heavy chunk has light neighbours: the bound of two chunks is then tighter where it counts.
    weights = np.diff(np.arange(chunks + 1) * (radius + 1) // chunks)
    if weights.max() > MOST_FLIPS + 1:
        return None
    probes = [_probes_of(table, int(weight)) for table, weight in enumerate(weights)]
    spans = np.cumsum([0, *map(len, probes)])
    return Plan(weights.astype(np.int64), np.concatenate(probes), spans.astype(np.int64))


def _probes_of(table: int, weight: int) -> NDArray[np.uint32]:
    return np.array(
        [flips << FLIPS_SHIFT | table << TABLE_SHIFT | mask for flips in range(weight) for mask in _masks(flips)],
        np.uint32,
    )


@lru_cache
def _masks(flips: int) -> tuple[int, ...]:
    """List the numbers of 16 bits with exactly so many bits set."""
    return tuple(sum(1 << bit for bit in bits) for bits in combinations(range(CHUNK_BITS), flips))

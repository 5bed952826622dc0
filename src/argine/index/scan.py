"""Compares every query with every code, compiled: for few codes, for wide radii, and for what defeats the tables."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from argine.index.vector import BLOCK, WORDS, Int, lowest, near256, ones
from argine.jit import inline, lean_jit

CACHED_ROWS = 2048
"""Codes compared with all queries before the next ones: 64 KiB, so that they stay in the cache meanwhile."""


class Sweep(NamedTuple):
    """The arguments of `scan`."""

    codes: NDArray[np.uint64]
    dead: NDArray[np.uint8]
    queries: NDArray[np.uint64]
    out: NDArray[np.int64]


@lean_jit
def scan(
    codes: NDArray[np.uint64],
    dead: NDArray[np.uint8],
    queries: NDArray[np.uint64],
    radius: int,
    out: NDArray[np.int64],
) -> int:
    """Find the rows within the radius of each query.

    Args:
        codes: uint64[rows, words].
        dead: uint8[rows / 8], bit set: the row is passed over. Empty where all live.
        queries: uint64[q, words].
        radius: bits.
        out: int64[3, m], receives query, row and distance, in no order.

    Returns:
        The number of rows found. Where it is more than m the rest was only counted.
    """
    sweep = Sweep(codes, dead, queries, out)
    found = 0
    for first in range(0, len(codes), CACHED_ROWS):
        last = min(first + CACHED_ROWS, len(codes))
        for query in range(len(queries)):
            whole = first + (last - first) // BLOCK * BLOCK if codes.shape[1] == WORDS else first
            found = _scan_blocks(sweep, query, radius, first, whole, found)
            for row in range(whole, last):
                if _distance(sweep, query, row) <= radius:
                    found = _write_down(sweep, query, row, found)
    return found


@inline
def _scan_blocks(sweep: Sweep, query: Int, radius: Int, first: Int, last: Int, found: Int) -> Int:
    for block in range(first, last, BLOCK):
        mask = near256(sweep.codes, block, sweep.queries[query], np.uint64(radius))
        while mask:
            found = _write_down(sweep, query, block + lowest(mask), found)
            mask &= mask - np.uint32(1)
    return found


@inline
def _distance(sweep: Sweep, query: Int, row: Int) -> Int:
    differing = np.int64(0)
    for word in range(sweep.codes.shape[1]):
        differing += ones(sweep.codes[row, word] ^ sweep.queries[query, word])
    return differing


@inline
def _write_down(sweep: Sweep, query: Int, row: Int, found: Int) -> Int:
    dead, out = sweep.dead, sweep.out
    if len(dead) and (dead[row >> 3] >> np.uint8(row & 7)) & 1:
        return found
    if found < out.shape[1]:
        out[0, found] = query
        out[1, found] = row
        out[2, found] = _distance(sweep, query, row)
    return found + 1

"""Compares every query with every code, compiled: for few codes, for wide radii, and for what defeats the tables."""

import numpy as np
from numpy.typing import NDArray

from argine.index.vector import BLOCK, WORDS, Int, lowest, near256, ones
from argine.jit import inline, lean_jit

CACHED_ROWS = 2048
"""Codes compared with all queries before the next ones: 64 KiB, so that they stay in the cache meanwhile."""


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
    found = 0
    for first in range(0, len(codes), CACHED_ROWS):
        last = min(first + CACHED_ROWS, len(codes))
        for query in range(len(queries)):
            if codes.shape[1] == WORDS:
                found = _scan_256(codes, dead, queries, query, radius, first, last, out, found)
            else:
                found = _scan_any(codes, dead, queries, query, radius, first, last, out, found)
    return found


@inline
def _scan_256(
    codes: NDArray[np.uint64],
    dead: NDArray[np.uint8],
    queries: NDArray[np.uint64],
    query: Int,
    radius: Int,
    first: Int,
    last: Int,
    out: NDArray[np.int64],
    found: Int,
) -> Int:
    whole = first + (last - first) // BLOCK * BLOCK
    for row in range(first, whole, BLOCK):
        mask = near256(codes, row, queries[query], np.uint64(radius))
        while mask:
            found = _write_down(codes, dead, queries, query, row + lowest(mask), out, found)
            mask &= mask - np.uint32(1)
    return _scan_any(codes, dead, queries, query, radius, whole, last, out, found)


@inline
def _scan_any(
    codes: NDArray[np.uint64],
    dead: NDArray[np.uint8],
    queries: NDArray[np.uint64],
    query: Int,
    radius: Int,
    first: Int,
    last: Int,
    out: NDArray[np.int64],
    found: Int,
) -> Int:
    for row in range(first, last):
        if _distance(codes, row, queries, query) <= radius:
            found = _write_down(codes, dead, queries, query, row, out, found)
    return found


@inline
def _distance(codes: NDArray[np.uint64], row: Int, queries: NDArray[np.uint64], query: Int) -> Int:
    differing = np.int64(0)
    for word in range(codes.shape[1]):
        differing += ones(codes[row, word] ^ queries[query, word])
    return differing


@inline
def _write_down(
    codes: NDArray[np.uint64],
    dead: NDArray[np.uint8],
    queries: NDArray[np.uint64],
    query: Int,
    row: Int,
    out: NDArray[np.int64],
    found: Int,
) -> Int:
    if len(dead) and (dead[row >> 3] >> np.uint8(row & 7)) & 1:
        return found
    if found < out.shape[1]:
        out[0, found] = query
        out[1, found] = row
        out[2, found] = _distance(codes, row, queries, query)
    return found + 1

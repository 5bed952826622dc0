"""Compares every query with every code: slow, plain, complete. Every faster search is tested against it."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from argine.index.interface import CODE_BYTES, Codes, Keys, Matches

# Rows compared at a time: 1 MiB of codes, so that they and the working arrays stay in the processor's cache.
BLOCK_ROWS = 32_768

Words = NDArray[np.uint64]
Distances = NDArray[np.uint16]


class _Hit(NamedTuple):
    """What one query found in one block."""

    query: int
    rows: NDArray[np.int64]
    distances: Distances


_NOTHING = _Hit(0, np.empty(0, np.int64), np.empty(0, np.uint16))


def search(keys: Keys, codes: Codes, queries: Codes, radius: int) -> Matches:
    """Find all codes within `radius` bits of each query.

    The memory used besides the answer is a few bytes for each row of one block, whatever the number of codes.

    Args:
        keys: uint64[n], the key of each code.
        codes: uint8[n, 32].
        queries: uint8[q, 32].
        radius: bits, 0..256.

    Returns:
        One row for each code found, sorted by query, distance, key.
    """
    hits = [_NOTHING, *_hits(_words(codes), _words(queries), radius)]
    query = np.concatenate([np.full(len(hit.rows), hit.query, np.int64) for hit in hits])
    key = keys[np.concatenate([hit.rows for hit in hits])]
    distance = np.concatenate([hit.distances for hit in hits])
    order = np.lexsort((key, distance, query))
    return Matches(query[order], key[order], distance[order])


def distances(codes: Codes, query: Codes) -> Distances:
    """Count the bits in which each code differs from one query.

    Args:
        codes: uint8[n, 32].
        query: uint8[32].

    Returns:
        uint16[n], 0..256.
    """
    return _word_distances(_words(codes), _words(query.reshape(1, CODE_BYTES))[0])


def _hits(codes: Words, queries: Words, radius: int) -> Iterator[_Hit]:
    for start in range(0, len(codes), BLOCK_ROWS):
        block = codes[start : start + BLOCK_ROWS]
        for number, query in enumerate(queries):
            found = _word_distances(block, query)
            near = np.flatnonzero(found <= radius)
            if len(near):
                yield _Hit(number, near + start, found[near])


def _word_distances(codes: Words, query: Words) -> Distances:
    # Word by word, since numpy sums short rows slowly. Three words give at most 192, which fits a byte.
    bits = np.bitwise_count(codes[:, 0] ^ query[0])
    bits += np.bitwise_count(codes[:, 1] ^ query[1])
    bits += np.bitwise_count(codes[:, 2] ^ query[2])
    total: Distances = np.add(bits, np.bitwise_count(codes[:, 3] ^ query[3]), dtype=np.uint16)
    return total


def _words(codes: Codes) -> Words:
    return np.ascontiguousarray(codes).view(np.uint64)

"""Random codes, and queries that lie near some of them at known distances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from argine.index import CODE_BITS, CODE_BYTES, Codes

_CHUNK_BITS = 16
_AT_ONCE = 1 << 20  # codes made at a time


@dataclass(frozen=True, slots=True, eq=False)
class Planted:
    """Queries, each with one code that it must find.

    Attributes:
        queries: uint8[q, 32].
        rows: int64[q], the code that each was made from.
        distances: int64[q], the bits that were changed.
    """

    queries: Codes
    rows: NDArray[np.int64]
    distances: NDArray[np.int64]


def random_codes(count: int, seed: int) -> Codes:
    """Make uint8[count, 32]."""
    random, codes = np.random.default_rng(seed), np.empty((count, CODE_BYTES), np.uint8)
    for start in range(0, count, _AT_ONCE):
        part = codes[start : start + _AT_ONCE]
        part[:] = np.frombuffer(random.bytes(part.size), np.uint8).reshape(part.shape)
    return codes


def plant(codes: Codes, radius: int, copies: int, seed: int) -> Planted:
    """Change 0, 1 ... `radius` bits of codes, so often each: half anywhere, half spread evenly over the chunks.

    The even spread is the worst there is for a search by chunks.
    """
    random = np.random.default_rng(seed)
    distances = np.tile(np.arange(radius + 1), copies)
    rows = random.integers(0, len(codes), len(distances))
    bits = np.unpackbits(codes[rows], axis=1, bitorder="little")
    for number, distance in enumerate(distances):
        even = (number // (radius + 1)) % 2 == 1
        bits[number, (_even if even else _anywhere)(random, int(distance))] ^= 1
    return Planted(np.packbits(bits, axis=1, bitorder="little"), rows, distances)


def _anywhere(random: np.random.Generator, count: int) -> NDArray[np.int64]:
    return random.choice(CODE_BITS, count, replace=False)


def _even(random: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Choose bits one in each chunk, then a second in each, and so on."""
    grid = random.permuted(np.arange(CODE_BITS).reshape(-1, _CHUNK_BITS), axis=1)
    order = grid[random.permutation(len(grid))].T.reshape(-1)
    chosen: NDArray[np.int64] = order[:count]
    return chosen

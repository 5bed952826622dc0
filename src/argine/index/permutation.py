"""Which bits of a code stand together in a chunk, learned from the codes themselves.

The bits of real hashes hang together: neighbours in a chunk repeat one another, so that few buckets hold most codes and
each visit costs more. Bits that say the same are therefore put in different chunks. Distances do not change by this.
"""

import numpy as np
from numpy.typing import NDArray

from argine.index.ring import BUCKETS, CHUNK_BITS
from argine.index.vector import Int
from argine.jit import inline, jit

Words = NDArray[np.uint64]
Permutation = NDArray[np.uint16]

SAMPLE = 20_000
WORTH_IT = 0.9
"""Bits stay where they are unless the visits get cheaper by a tenth: a code as it came is easier to look at."""


def learn(codes: Words) -> Permutation:
    """Choose the order of the bits for these codes.

    Args:
        codes: uint64[n, words].

    Returns:
        uint16[bits]: bit i of a stored code is bit permutation[i] of the code, counted from the first word's lowest.
    """
    bits = codes.shape[1] * 64
    unchanged = np.arange(bits, dtype=np.uint16)
    if len(codes) < SAMPLE // 10:
        return unchanged
    sample = codes[:: max(1, len(codes) // SAMPLE)]
    chosen = _spread(_correlations(sample))
    better = cost(apply(chosen, sample)) < WORTH_IT * cost(sample)
    return chosen if better else unchanged


def cost(codes: Words) -> float:
    """Say how many codes share a bucket with a code of their own kind, summed over the tables and per code.

    Args:
        codes: uint64[n, words].
    """
    if not len(codes):
        return 0.0
    columns = codes.view(np.uint16).T
    return float(
        sum(np.sum(np.bincount(column, minlength=BUCKETS).astype(float) ** 2) for column in columns) / len(codes)
    )


def is_identity(permutation: Permutation) -> bool:
    """Say whether every bit stays where it is."""
    return bool(np.array_equal(permutation, np.arange(len(permutation))))


def inverse(permutation: Permutation) -> Permutation:
    """Give the permutation that undoes this one."""
    return np.argsort(permutation).astype(np.uint16)


def apply(permutation: Permutation, codes: Words) -> Words:
    """Bring the bits of codes in this order.

    Args:
        permutation: uint16[bits].
        codes: uint64[n, words].

    Returns:
        uint64[n, words]; the codes themselves where nothing changes.
    """
    if is_identity(permutation):
        return codes
    out = np.zeros(codes.shape, np.uint64)
    if len(codes) < SAMPLE:
        _permute(codes, permutation.astype(np.int64), out)
    else:
        _permute_by_bytes(codes, _byte_table(permutation, codes.shape[1]), out)
    return out


def _byte_table(permutation: Permutation, words: int) -> Words:
    """Tabulate what each value of each byte becomes: uint64[bytes, 256, words]."""
    bytes_ = words * 8
    single = np.zeros((bytes_, 256, bytes_), np.uint8)
    for byte in range(bytes_):
        single[byte, :, byte] = np.arange(256)
    table = np.zeros((bytes_ * 256, words), np.uint64)
    _permute(single.reshape(-1, bytes_).view(np.uint64), permutation.astype(np.int64), table)
    return table.reshape(bytes_, 256, words)


def _correlations(codes: Words) -> NDArray[np.float64]:
    """Give the square of what each two bits have in common, 0 to 1; a bit that never changes is wholly redundant."""
    bits = np.unpackbits(codes.view(np.uint8), axis=1, bitorder="little").astype(np.float32)
    bits -= bits.mean(axis=0)
    spread = np.sqrt((bits**2).mean(axis=0))
    common = (bits.T @ bits) / len(bits)
    scale = np.outer(spread, spread)
    correlated = np.divide(common, scale, out=np.ones_like(common), where=scale > 0)
    # A lopsided bit tells little as well: count how far it is from fair along the diagonal.
    np.fill_diagonal(correlated, 2 * np.abs(0.5 - np.minimum(spread**2 * 2, 0.5)))
    squared: NDArray[np.float64] = correlated.astype(np.float64) ** 2
    return squared


def _spread(common: NDArray[np.float64]) -> Permutation:
    """Deal the bits out to the chunks, the most redundant first, each to where it repeats least."""
    bits = len(common)
    chunks = bits // CHUNK_BITS
    burden = np.zeros((chunks, bits))
    members: list[list[int]] = [[] for _ in range(chunks)]
    for bit in np.argsort(-common.sum(axis=1), kind="stable").tolist():
        room = [chunk for chunk in range(chunks) if len(members[chunk]) < CHUNK_BITS]
        best = min(room, key=lambda chunk: (burden[chunk, bit], len(members[chunk])))
        members[best].append(bit)
        burden[best] += common[bit]
    return np.array([bit for chunk in members for bit in sorted(chunk)], np.uint16)


@jit
def _permute(codes: Words, permutation: NDArray[np.int64], out: Words) -> None:
    for row in range(len(codes)):
        for bit in range(len(permutation)):
            out[row, bit >> 6] |= _bit(codes, row, permutation[bit]) << np.uint64(bit & 63)


@inline
def _bit(codes: Words, row: Int, bit: Int) -> Int:
    return (codes[row, bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1)


@jit
def _permute_by_bytes(codes: Words, table: Words, out: Words) -> None:
    words = codes.shape[1]
    for row in range(len(codes)):
        for byte in range(words * 8):
            value = np.int64((codes[row, byte >> 3] >> np.uint64(8 * (byte & 7))) & np.uint64(0xFF))
            for word in range(words):
                out[row, word] |= table[byte, value, word]

"""Pairs of key and code as arrays: brought in order, freed of repeats, compared."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from argine.index.interface import Codes, Keys
from argine.jit import jit

Words = NDArray[np.uint64]
Rows = NDArray[np.int64]

_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: spreads what lies close together


class Pairs(NamedTuple):
    """Keys uint64[n] and codes uint64[n, words]."""

    keys: Keys
    words: Words


def as_words(codes: Codes) -> Words:
    """See each code as words of 64 bits: uint8[n, bytes] becomes uint64[n, bytes / 8]."""
    return np.ascontiguousarray(codes).view(np.uint64)


def empty(words: int) -> Pairs:
    """Make no pairs, of codes of so many words."""
    return Pairs(np.empty(0, np.uint64), np.empty((0, words), np.uint64))


def joined(parts: list[Pairs], words: int) -> Pairs:
    """Put several lists of pairs after one another."""
    parts = [empty(words), *parts]
    return Pairs(np.concatenate([part.keys for part in parts]), np.concatenate([part.words for part in parts]))


def ordered(pairs: Pairs) -> Pairs:
    """Sort by key and drop repeats.

    Where every key comes once and in order, as when a bank is filled, nothing is moved or copied.
    """
    keys, words = pairs
    if len(keys) < 2 or bool(np.all(keys[:-1] < keys[1:])):  # noqa: PLR2004 - one is in order
        return pairs
    mixed = mix(words)
    order = np.lexsort((mixed, keys))
    keys, words, mixed = keys[order], words[order], mixed[order]
    alike = (keys[1:] == keys[:-1]) & (mixed[1:] == mixed[:-1])
    if not alike.any():
        return Pairs(keys, words)
    keep = np.ones(len(keys), np.bool_)
    suspects = np.flatnonzero(np.append(alike, False) | np.append(False, alike))
    _, first = np.unique(opaque(Pairs(keys[suspects], words[suspects])), return_index=True)
    keep[suspects] = False
    keep[suspects[first]] = True
    return Pairs(keys[keep], words[keep])


def opaque(pairs: Pairs) -> NDArray[np.void]:
    """Join each key with its code to one value that numpy can compare."""
    both = np.column_stack([pairs.keys, pairs.words])
    return both.view(f"V{both.shape[1] * 8}").reshape(-1)


def rows_between(first: Rows, last: Rows) -> Rows:
    """List the rows of several ranges: [first[0], last[0]), [first[1], last[1]) ..."""
    lengths = last - first
    before = np.cumsum(lengths) - lengths
    return np.repeat(first - before, lengths) + np.arange(int(lengths.sum()))


@jit
def mix(words: Words) -> NDArray[np.uint64]:
    """Give each code a number of 64 bits, the same for equal codes: uint64[n]."""
    out = np.empty(len(words), np.uint64)
    for row in range(len(words)):
        value = np.uint64(0)
        for word in range(words.shape[1]):
            value = (value ^ words[row, word]) * _MIX
            value ^= value >> np.uint64(29)
        out[row] = value
    return out

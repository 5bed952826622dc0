"""The Hamming index that the rest of Argine uses."""

from pathlib import Path
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from argine.index import bruteforce, snapshot
from argine.index.checks import check_codes, check_keys, check_pairs, check_radius
from argine.index.interface import CODE_BYTES, Codes, Keys, Matches

Scalar = TypeVar("Scalar", bound=np.generic)


class HammingIndex:
    """Finds every 256-bit code within a distance of a query code (see `argine.index.interface.Index`).

    The pairs stand in two arrays that grow by half when they are full. An opened file is mapped into memory:
    its pages are shared by all processes that opened it; what one of them changes stays its own.

        >>> index = HammingIndex()
        >>> index.add(np.array([7], np.uint64), np.zeros((1, 32), np.uint8))
        >>> index.search(np.zeros((1, 32), np.uint8), radius=31).key
        array([7], dtype=uint64)
    """

    def __init__(self) -> None:
        self._keys: Keys = np.empty(0, np.uint64)
        self._codes: Codes = np.empty((0, CODE_BYTES), np.uint8)
        self._count = 0

    def add(self, keys: Keys, codes: Codes) -> None:
        """Add pairs. A key may have many codes; a pair that is already there is left as it is.

        Args:
            keys: uint64[n].
            codes: uint8[n, 32], one code for each key.

        Raises:
            ValueError: an array has another type or shape.
        """
        check_pairs(keys, codes)
        fresh = _first_of_each(keys, codes)
        fresh = fresh[~self._holds(keys[fresh], codes[fresh])]
        end = self._count + len(fresh)
        self._make_room(end)
        self._keys[self._count : end] = keys[fresh]
        self._codes[self._count : end] = codes[fresh]
        self._count = end

    def remove(self, keys: Keys) -> None:
        """Remove all codes of these keys. A key that is not there is passed over.

        Args:
            keys: uint64[n].

        Raises:
            ValueError: the array has another type or shape.
        """
        check_keys(keys)
        gone = np.isin(self._keys[: self._count], keys)
        count = self._count - int(np.count_nonzero(gone))
        # The last pairs move into the gaps: the work is in what goes, not in what stays.
        gaps = np.flatnonzero(gone[:count])
        movers = count + np.flatnonzero(~gone[count:])
        self._keys[gaps] = self._keys[movers]
        self._codes[gaps] = self._codes[movers]
        self._count = count

    def search(self, codes: Codes, radius: int) -> Matches:
        """Find every code that differs from a query in at most `radius` bits.

        Args:
            codes: uint8[q, 32], the queries.
            radius: bits, 0..256.

        Raises:
            ValueError: the array has another type or shape, or the radius is out of range.
        """
        check_codes(codes)
        check_radius(radius)
        return bruteforce.search(self._keys[: self._count], self._codes[: self._count], codes, radius)

    def save(self, path: Path) -> None:
        """Write all pairs to one file. It appears whole or not at all, even if the power fails.

        Raises:
            OSError: the folder cannot be written.
        """
        snapshot.write(Path(path), self._keys[: self._count], self._codes[: self._count])

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read a file that `save` wrote.

        Raises:
            IndexFileError: the file is foreign, cut short, altered, or from a newer Argine.
            OSError: the file cannot be read.
        """
        index = cls()
        index._keys, index._codes = snapshot.read(Path(path))
        index._count = len(index._keys)
        return index

    def __len__(self) -> int:
        """Count the pairs."""
        return self._count

    def __contains__(self, key: object) -> bool:
        """Say whether the key has a code."""
        return bool(np.any(self._keys[: self._count] == key))

    def _holds(self, keys: Keys, codes: Codes) -> NDArray[np.bool_]:
        rows = np.flatnonzero(np.isin(self._keys[: self._count], keys))
        return np.isin(_pairs(keys, codes), _pairs(self._keys[rows], self._codes[rows]))

    def _make_room(self, count: int) -> None:
        if count <= len(self._keys):
            return
        capacity = max(count, len(self._keys) * 3 // 2)
        self._keys = _grown(self._keys[: self._count], capacity)
        self._codes = _grown(self._codes[: self._count], capacity)


def _first_of_each(keys: Keys, codes: Codes) -> NDArray[np.intp]:
    _, first = np.unique(_pairs(keys, codes), return_index=True)
    return np.sort(first)


def _pairs(keys: Keys, codes: Codes) -> NDArray[np.void]:
    """Join each key with its code to one opaque value, so that numpy compares pairs: void40[n]."""
    joined = np.hstack([np.ascontiguousarray(keys).view(np.uint8).reshape(-1, keys.itemsize), codes])
    return joined.view(f"V{joined.shape[1]}").reshape(-1)


def _grown(array: NDArray[Scalar], capacity: int) -> NDArray[Scalar]:
    grown = np.empty((capacity, *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown

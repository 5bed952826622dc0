"""What every Hamming index offers, and the shapes and units it speaks.

A *code* is 256 bits, kept as 32 bytes, unless an index is made for another width. A *key* is a number that the caller
gives to a code, to find its own record again.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

CODE_BITS = 256
CODE_BYTES = CODE_BITS // 8

Keys = NDArray[np.uint64]
Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The answer of one search: three arrays of the same length, one row for each code that was found.

    Rows are sorted by query, then distance, then key. A key with several codes has a row for each of them.

    Attributes:
        query: int64[m], the row of the searched codes that matched.
        key: uint64[m], the key of the code that was found.
        distance: uint16[m], differing bits, 0..256.
    """

    query: NDArray[np.int64]
    key: NDArray[np.uint64]
    distance: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.query)


class Index(Protocol):
    """Finds every code within a distance of a query code: all of them, always.

    An index holds pairs (key, code). Any number of threads may search together; one that adds or
    removes must be alone.
    """

    def add(self, keys: Keys, codes: Codes) -> None:
        """Add pairs. A key may have many codes; a pair that is already there is left as it is.

        Args:
            keys: uint64[n].
            codes: uint8[n, 32], one code for each key.

        Raises:
            ValueError: an array has another type or shape.
        """

    def remove(self, keys: Keys) -> None:
        """Remove all codes of these keys. A key that is not there is passed over.

        Args:
            keys: uint64[n].

        Raises:
            ValueError: the array has another type or shape.
        """

    def search(self, codes: Codes, radius: int) -> Matches:
        """Find every code that differs from a query in at most `radius` bits.

        Args:
            codes: uint8[q, 32], the queries.
            radius: bits, 0..256.

        Raises:
            ValueError: the array has another type or shape, or the radius is out of range.
        """

    def save(self, path: Path) -> None:
        """Write all pairs to one file. It appears whole or not at all, even if the power fails.

        Raises:
            OSError: the folder cannot be written.
        """

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read a file that `save` wrote.

        Raises:
            IndexFileError: the file is foreign, cut short, altered, or from another version of Argine.
            OSError: the file cannot be read.
        """

    def __len__(self) -> int:
        """Count the pairs."""

    def __contains__(self, key: int) -> bool:
        """Say whether the key has a code."""

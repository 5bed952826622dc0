"""What an index consists of at one moment: immutable segments with their withdrawals, and the newest additions."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from argine.index.interface import Keys
from argine.index.pairs import Pairs, Rows, Words, empty, opaque
from argine.index.scan import scan
from argine.index.segment import Hits, Segment

NONE_DEAD = np.empty(0, np.uint8)
_NO_KEYS = np.empty(0, np.uint64)
_FIRST_ROOM = 64  # pairs for which a new tail makes room
_FEW = 16  # keys that are looked for one by one


@dataclass(frozen=True, eq=False)
class Part:
    """A segment and which of its rows were withdrawn since.

    Attributes:
        dead: uint8[rows / 8], a bit for each row; empty as long as all live.
    """

    segment: Segment
    dead: NDArray[np.uint8] = field(default_factory=lambda: NONE_DEAD)

    def dead_count(self) -> int:
        return int(np.bitwise_count(self.dead).sum())

    def __len__(self) -> int:
        """Count the living."""
        return len(self.segment) - self.dead_count()

    def living(self, rows: Rows) -> Rows:
        """Keep the rows that were not withdrawn."""
        return rows[~self._is_dead(rows)] if len(self.dead) else rows

    def without(self, keys: Keys) -> Self:
        """Withdraw keys. Whoever searches this part at the moment may see it or not."""
        rows = self.living(self.segment.rows_of(keys))
        if not len(rows):
            return self
        dead = self.dead if len(self.dead) else np.zeros(len(self.segment) // 8 + 1, np.uint8)
        np.bitwise_or.at(dead, rows >> 3, (1 << (rows & 7)).astype(np.uint8))
        return type(self)(self.segment, dead)

    def pairs_of(self, keys: Keys) -> Pairs:
        """List the living pairs of these keys."""
        rows = self.living(self.segment.rows_of(keys))
        return Pairs(self.segment.keys_at(rows), self.segment.words_at(rows))

    def pairs(self) -> Pairs:
        """List all living pairs."""
        rows = self.living(np.arange(len(self.segment)))
        return Pairs(self.segment.keys_at(rows), self.segment.words_at(rows))

    def search(self, words: Words, radius: int, threads: int) -> tuple[Hits, Keys]:
        hits = self.segment.search(words, radius, self.dead, threads)
        return hits, self.segment.keys_at(hits[1]) if hits.shape[1] else _NO_KEYS

    def _is_dead(self, rows: Rows) -> NDArray[np.bool_]:
        dead: NDArray[np.bool_] = (self.dead[rows >> 3] >> (rows & 7).astype(np.uint8)) & 1 == 1
        return dead


@dataclass(frozen=True, eq=False)
class Tail:
    """The newest pairs, in the order in which they came, compared one by one.

    The arrays have room for more. Additions go behind `count`, where nobody who has this tail looks.
    """

    room: Pairs
    count: int = 0

    @property
    def pairs(self) -> Pairs:
        return Pairs(self.room.keys[: self.count], self.room.words[: self.count])

    def __len__(self) -> int:
        return self.count

    def plus(self, pairs: Pairs) -> Self:
        """Add pairs: in place where there is room."""
        count = self.count + len(pairs.keys)
        room = self.room if count <= len(self.room.keys) else self._wider(count)
        room.keys[self.count : count] = pairs.keys
        room.words[self.count : count] = pairs.words
        return type(self)(room, count)

    def without(self, keys: Keys) -> Self:
        """Leave out all pairs of these keys: in new arrays, for others may be reading these."""
        gone = _is_among(self.pairs.keys, keys)
        if not gone.any():
            return self
        kept = Pairs(self.pairs.keys[~gone], self.pairs.words[~gone])
        return type(self)(kept, len(kept.keys))

    def pairs_of(self, keys: Keys) -> Pairs:
        """List the pairs of these keys."""
        wanted = _is_among(self.pairs.keys, keys)
        return Pairs(self.pairs.keys[wanted], self.pairs.words[wanted])

    def search(self, words: Words, radius: int) -> tuple[Hits, Keys]:
        keys, codes = self.pairs
        out = np.empty((3, 256), np.int64)
        found = scan(codes, NONE_DEAD, words, radius, out)
        if found > out.shape[1]:
            out = np.empty((3, found), np.int64)
            found = scan(codes, NONE_DEAD, words, radius, out)
        return out[:, :found], keys[out[1, :found]]

    def _wider(self, count: int) -> Pairs:
        capacity = max(count, _FIRST_ROOM, len(self.room.keys) * 3 // 2)
        words = self.room.words.shape[1]
        wider = Pairs(np.empty(capacity, np.uint64), np.empty((capacity, words), np.uint64))
        wider.keys[: self.count] = self.pairs.keys
        wider.words[: self.count] = self.pairs.words
        return wider


@dataclass(frozen=True, eq=False)
class View:
    """All that an index holds at one moment. A change makes a new view; who searches keeps the old one."""

    parts: tuple[Part, ...]
    tail: Tail

    @classmethod
    def of(cls, words: int, *parts: Part) -> Self:
        return cls(parts, Tail(empty(words)))

    def __len__(self) -> int:
        return sum(map(len, self.parts)) + len(self.tail)

    def pairs_of(self, keys: Keys) -> list[Pairs]:
        """List the living pairs of these keys, part by part."""
        return [*(part.pairs_of(keys) for part in self.parts), self.tail.pairs_of(keys)]

    def without(self, keys: Keys) -> Self:
        return type(self)(tuple(part.without(keys) for part in self.parts), self.tail.without(keys))

    def lacks(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Say which of these pairs are not there yet."""
        present = [opaque(known) for known in self.pairs_of(pairs.keys) if len(known.keys)]
        if not present:
            return np.ones(len(pairs.keys), np.bool_)
        return ~np.isin(opaque(pairs), np.concatenate(present))


def _is_among(keys: Keys, wanted: Keys) -> NDArray[np.bool_]:
    if len(wanted) > _FEW:
        return np.isin(keys, wanted)
    found = np.zeros(len(keys), np.bool_)
    for key in wanted:
        found |= keys == key
    return found

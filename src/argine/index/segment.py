"""One immutable part of an index: pairs in the order of their keys, and tables over them if they are many."""

import math
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from argine.index import permutation as bit_order
from argine.index import probe, ring, scan
from argine.index.candidates import new_scratch
from argine.index.interface import Keys
from argine.index.pairs import Pairs, Rows, Words, rows_between
from argine.index.ring import BUCKETS, CHUNK_BITS
from argine.index.tables import MOST_ROWS, Allocate, Shapes, Tables, build, shapes

TABLES_FROM = 32_768
"""Fewer codes than this are compared one by one: that is as fast, and the borders of the buckets alone take 4 MiB."""

# What things cost, in codes compared one by one.
PROBE_COST = 50
ENTRIES_PER_COST = 32_768  # entries of a bucket are counted in rows of the whole: rows / 65536 of them, two a code
GIVE_UP_AFTER = 4
"""A query stops visiting buckets when that took longer than comparing it with every code: entries a row."""

OUT_COLUMNS = 4096
CACHE_LINE = 64  # bytes

Hits = NDArray[np.int64]
"""int64[3, m]: query, row, distance."""

_room = threading.local()


def anonymous(wanted: Shapes) -> dict[str, NDArray[Any]]:
    """Allocate arrays of zeros in memory, each beginning on a cache line.

    Where numpy lets them begin, 16 bytes on, every block of 32 entries lies across two lines, and a search takes a
    fifth longer.
    """
    return {name: _on_a_line(shape, np.dtype(kind)) for name, (shape, kind) in wanted.items()}


def _on_a_line(shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any]:
    size = math.prod(shape) * kind.itemsize
    room = np.zeros(size + CACHE_LINE, np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    return room[start : start + size].view(kind).reshape(shape)


def layout(rows: int, bits: int, key_type: type[np.unsignedinteger[Any]], *, with_tables: bool) -> Shapes:
    """Say what arrays a segment consists of."""
    parts: Shapes = {
        "order": ((bits,), np.uint16),
        "keys": ((rows,), key_type),
        "codes": ((rows, bits // 64), np.uint64),
    }
    return {**parts, **shapes(rows, bits // CHUNK_BITS)} if with_tables else parts


@dataclass(frozen=True, eq=False)
class Segment:
    """Pairs that never change.

    Attributes:
        key_base: what is added to each number in `keys`.
        arrays: `order`, the permutation of the bits; `keys`, uint32 or uint64, ascending; `codes`, uint64, their bits
            in that order; and, where there are tables, the arrays of `Tables`.
        source: what the arrays are mapped from; None in memory.
    """

    key_base: int
    arrays: dict[str, NDArray[Any]]
    source: object = field(default=None)

    @classmethod
    def build(cls, pairs: Pairs, *, allocate: Allocate = anonymous, threads: int = 1) -> Self:
        """Make a segment of pairs that are sorted by key and free of repeats.

        Raises:
            ValueError: there are more than 2,147,483,647.
        """
        rows, words = pairs.words.shape
        if rows > MOST_ROWS:
            raise ValueError(f"one segment holds at most {MOST_ROWS:,} codes, not {rows:,}")
        base, key_type = _key_form(pairs.keys)
        arrays = allocate(layout(rows, words * 64, key_type, with_tables=rows >= TABLES_FROM))
        arrays["order"][:] = bit_order.learn(pairs.words)
        np.subtract(pairs.keys, np.uint64(base), out=arrays["keys"], casting="unsafe")
        arrays["codes"][:] = bit_order.apply(arrays["order"], pairs.words)
        segment = cls(base, arrays)
        if segment.tables is not None:
            build(segment.tables, threads)
        return segment

    @cached_property
    def codes(self) -> Words:
        """All codes, their bits in the order of the segment."""
        return self.arrays["codes"]

    @cached_property
    def tables(self) -> Tables | None:
        """The tables; None where there are too few codes."""
        return Tables(**{name: self.arrays[name] for name in Tables._fields}) if "offsets" in self.arrays else None

    @cached_property
    def order(self) -> bit_order.Permutation | None:
        """The permutation of the bits; None where they stand as they came."""
        order: bit_order.Permutation = self.arrays["order"]
        return None if bit_order.is_identity(order) else order

    @cached_property
    def largest_bucket(self) -> int:
        """The most codes that one bucket of one table holds; 0 without tables."""
        return 0 if self.tables is None else int(np.diff(self.tables.offsets.astype(np.int64), axis=1).max())

    @property
    def size(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self.arrays.values())

    def __len__(self) -> int:
        return len(self.arrays["keys"])

    def keys_at(self, rows: Rows) -> Keys:
        """Give the keys of rows: uint64[n]."""
        keys: Keys = self.arrays["keys"][rows].astype(np.uint64)
        keys += np.uint64(self.key_base)
        return keys

    def words_at(self, rows: Rows) -> Words:
        """Give the codes of rows with their bits as they came: uint64[n, words]."""
        words: Words = self.codes[rows]
        return words if self.order is None else bit_order.apply(bit_order.inverse(self.order), words)

    def ranges_of(self, keys: Keys) -> tuple[Rows, Rows]:
        """Give the first row of each key and the row after its last: int64[n] each."""
        stored = self.arrays["keys"]
        width = np.iinfo(stored.dtype).max
        inside = (keys >= np.uint64(self.key_base)) & (keys - np.uint64(self.key_base) <= np.uint64(width))
        wanted = np.where(inside, keys - np.uint64(self.key_base), 0).astype(stored.dtype)
        first = np.searchsorted(stored, wanted, "left")
        last = np.searchsorted(stored, wanted, "right")
        return first, np.where(inside, last, first)

    def rows_of(self, keys: Keys) -> Rows:
        """List the rows of all these keys."""
        return rows_between(*self.ranges_of(keys))

    def search(self, words: Words, radius: int, dead: NDArray[np.uint8], threads: int = 1) -> Hits:
        """Find all living rows within the radius of each query, in no order.

        Args:
            words: uint64[q, words], the queries.
            radius: bits.
            dead: uint8[rows / 8], bit set: withdrawn. Empty where none is.
            threads: how many share a batch.
        """
        queries = words if self.order is None else bit_order.apply(self.order, words)
        if threads == 1 or len(queries) < 2 * threads:
            return self._search(queries, radius, dead)
        parts = np.array_split(np.arange(len(queries)), threads)
        jobs = [_pool(threads).submit(self._search, queries[part[0] : part[-1] + 1], radius, dead) for part in parts]
        found = [job.result() for job in jobs]
        for part, hits in zip(parts, found, strict=True):
            hits[0] += part[0]
        return np.concatenate(found, axis=1)

    def _search(self, queries: Words, radius: int, dead: NDArray[np.uint8]) -> Hits:
        plan = self._plan(radius)
        if plan is None:
            return self._scan(queries, radius, dead)
        limit = GIVE_UP_AFTER * len(self)
        work = np.zeros(len(queries) + 1, np.int64)
        work[-1] = limit
        hits, any_given_up = self._probe(queries, plan, dead, work)
        if not any_given_up:
            return hits
        given_up = np.flatnonzero(work[:-1] > limit)
        rest = self._scan(queries[given_up], radius, dead)
        rest[0] = given_up[rest[0]]
        return np.concatenate([hits[:, ~np.isin(hits[0], given_up)], rest], axis=1)

    def _plan(self, radius: int) -> ring.Plan | None:
        if self.tables is None:
            return None
        plan = ring.plan(radius, self.codes.shape[1] * 64 // CHUNK_BITS)
        rows = len(self)
        dear = plan is not None and len(plan.probes) * (PROBE_COST + rows // ENTRIES_PER_COST) > rows
        return None if dear else plan

    def _probe(
        self, queries: Words, plan: ring.Plan, dead: NDArray[np.uint8], work: NDArray[np.int64]
    ) -> tuple[Hits, int]:
        assert self.tables is not None  # noqa: S101 - there is no plan without tables
        scratch, out = _working_memory()
        arguments = (*self.tables, queries, plan.weights, plan.probes, plan.spans, dead, work)
        found, given_up = probe.search(*arguments, out, scratch)
        if found > out.shape[1]:
            work[:-1] = 0
            out = np.empty((3, found), np.int64)
            found, given_up = probe.search(*arguments, out, scratch)
        return out[:, :found].copy(), given_up

    def _scan(self, queries: Words, radius: int, dead: NDArray[np.uint8]) -> Hits:
        _, out = _working_memory()
        found = scan.scan(self.codes, dead, queries, radius, out)
        if found > out.shape[1]:
            out = np.empty((3, found), np.int64)
            found = scan.scan(self.codes, dead, queries, radius, out)
        return out[:, :found].copy()


def check_tables(segment: Segment) -> bool:
    """Say whether the borders of all buckets are such that no search can leave the tables."""
    tables = segment.tables
    if tables is None:
        return True
    ends = np.all(tables.offsets[:, 0] == 0) and np.all(tables.offsets[:, BUCKETS] == len(segment))
    return bool(ends and np.all(tables.offsets[:, :-1] <= tables.offsets[:, 1:]))


def _key_form(keys: Keys) -> tuple[int, type[np.unsignedinteger[Any]]]:
    """Keys that lie within 32 bits of one another take half the memory."""
    if not len(keys):
        return 0, np.uint32
    base = int(keys[0])
    return base, np.uint32 if int(keys[-1]) - base <= np.iinfo(np.uint32).max else np.uint64


def _working_memory() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give each thread its own, made once."""
    if not hasattr(_room, "scratch"):
        _room.scratch, _room.out = new_scratch(), np.empty((3, OUT_COLUMNS), np.int64)
    return _room.scratch, _room.out


@lru_cache(maxsize=4)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "argine-index")


if hasattr(os, "register_at_fork"):
    # A forked process has the pools of its parent but not their threads.
    os.register_at_fork(after_in_child=_pool.cache_clear)

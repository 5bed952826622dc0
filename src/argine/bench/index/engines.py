"""What is measured: Argine's index and its peers, all behind the same few calls.

A peer that is not installed is said to be missing. All peers here are exact at the settings used.
"""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from argine.bench.machine import own_memory
from argine.index import CODE_BITS, Codes, HammingIndex, bruteforce

CHUNKS = 16
NEAREST = 8
"""USearch knows no radius in its exact search: it is asked for so many nearest."""

Package = Any
"""A package, or a thing of it, whose types are not known where it is not installed."""

Answer = Any
"""What an engine gives back, in its own form."""

Found = set[tuple[int, int]]
"""Pairs of a query's number and the row that it found."""


class Engine(Protocol):
    """One way to search.

    Attributes:
        name: as it stands in tables.
        size: bytes that it holds.
    """

    name: str

    @property
    def size(self) -> int: ...

    def search(self, queries: Codes, radius: int) -> Answer:
        """Search, and give the answer in the engine's own form."""

    def found(self, answer: Answer) -> Found:
        """Read such an answer."""

    def use_threads(self, count: int) -> None:
        """Use so many threads from now on."""


@dataclass
class Argine:
    index: HammingIndex
    name: str = "Argine"
    threads: int = 1

    @property
    def size(self) -> int:
        return self.index.stats().size

    def search(self, queries: Codes, radius: int) -> Answer:
        return self.index.search(queries, radius, threads=self.threads)

    def found(self, answer: Answer) -> Found:
        return set(zip(answer.query.tolist(), answer.key.tolist(), strict=True))

    def use_threads(self, count: int) -> None:
        self.threads = count


@dataclass
class Faiss:
    module: Package
    index: Package
    name: str
    size: int

    def search(self, queries: Codes, radius: int) -> Answer:
        return self.index.range_search(queries, radius + 1)

    def found(self, answer: Answer) -> Found:
        limits, _, rows = answer
        query = np.repeat(np.arange(len(limits) - 1), np.diff(limits.astype(np.int64)))
        return set(zip(query.tolist(), rows.tolist(), strict=True))

    def use_threads(self, count: int) -> None:
        self.module.omp_set_num_threads(count)


@dataclass
class USearch:
    module: Package
    codes: Codes
    name: str
    size: int
    threads: int = 1

    def search(self, queries: Codes, radius: int) -> Answer:  # noqa: ARG002 - see NEAREST
        metric = self.module.MetricKind.Hamming
        return self.module.search(self.codes, queries, NEAREST, metric, exact=True, threads=self.threads)

    def found(self, answer: Answer) -> Found:
        rows = np.asarray(answer.keys).reshape(-1, NEAREST)
        return {(query, int(row)) for query, nearest in enumerate(rows) for row in nearest}

    def use_threads(self, count: int) -> None:
        self.threads = count


@dataclass
class Numpy:
    keys: NDArray[np.uint64]
    codes: Codes
    name: str = "numpy, brute force"
    size: int = 0

    def search(self, queries: Codes, radius: int) -> Answer:
        return bruteforce.search(self.keys, self.codes, queries, radius)

    def found(self, answer: Answer) -> Found:
        return set(zip(answer.query.tolist(), answer.key.tolist(), strict=True))

    def use_threads(self, count: int) -> None:
        """It has one."""


Make = Callable[[Codes, int], Engine]


def argine(codes: Codes, radius: int) -> Engine:  # noqa: ARG001 - one form for all
    index = HammingIndex()
    index.add(np.arange(len(codes), dtype=np.uint64), codes)
    return Argine(index)


def faiss_flat(codes: Codes, radius: int) -> Engine:  # noqa: ARG001 - one form for all
    module = importlib.import_module("faiss")
    module.omp_set_num_threads(1)
    return _faiss(module, module.IndexBinaryFlat(CODE_BITS), "FAISS IndexBinaryFlat", codes)


def faiss_multi_hash(codes: Codes, radius: int) -> Engine:
    module = importlib.import_module("faiss")
    module.omp_set_num_threads(1)
    index = module.IndexBinaryMultiHash(CODE_BITS, CHUNKS, CODE_BITS // CHUNKS)
    # So many flipped bits a chunk that nothing within the radius is missed.
    index.nflip = radius // CHUNKS
    return _faiss(module, index, f"FAISS IndexBinaryMultiHash, nflip {index.nflip}", codes)


def usearch(codes: Codes, radius: int) -> Engine:  # noqa: ARG001 - one form for all
    module = importlib.import_module("usearch.index")
    return USearch(module, codes, f"USearch exact, {NEAREST} nearest", codes.nbytes)


def brute_force(codes: Codes, radius: int) -> Engine:  # noqa: ARG001 - one form for all
    return Numpy(np.arange(len(codes), dtype=np.uint64), codes, size=codes.nbytes)


ENGINES: dict[str, Make] = {
    "argine": argine,
    "faiss-flat": faiss_flat,
    "faiss-multihash": faiss_multi_hash,
    "usearch": usearch,
    "numpy": brute_force,
}


def _faiss(module: Package, index: Package, name: str, codes: Codes) -> Engine:
    before = own_memory()
    index.add(codes)
    return Faiss(module, index, name, own_memory() - before)


@contextmanager
def threads(engine: Engine, count: int) -> Iterator[None]:
    """Let an engine use so many threads meanwhile, then one again."""
    engine.use_threads(count)
    try:
        yield
    finally:
        engine.use_threads(1)

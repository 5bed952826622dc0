"""How cost grows with the number of codes."""

import importlib
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from argine.bench.index.data import random_codes
from argine.bench.index.engines import Make, argine, faiss_flat
from argine.bench.index.measure import latencies
from argine.bench.machine import free_memory

SIZES = (100_000, 1_000_000, 10_000_000, 30_000_000, 50_000_000)
SHARE = 5.0  # seconds for the queries of one size
BYTES_NEEDED = 260
"""For each code while one size is measured: the code twice, the index, what building takes, and the peer's copy."""


@dataclass(frozen=True, slots=True)
class Size:
    """Cost at one number of codes: see `measure.Result`. The peer is FAISS IndexBinaryFlat; NaN where it is missing."""

    count: int
    build_s: float
    bytes_a_code: float
    p50_us: float
    p99_us: float
    cpu_us: float
    peer_p50_us: float
    peer_cpu_us: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def grow(radius: int, seed: int, most: int) -> list[Size]:
    """Measure the sizes up to `most` that fit into the free memory."""
    counts = [count for count in SIZES if count <= most and count * BYTES_NEEDED < free_memory()]
    return [_measure(count, radius, seed) for count in counts]


def draw(sizes: list[Size], radius: int, path: Path) -> None:
    """Write a plot of latency by number of codes, both axes logarithmic."""
    # matplotlib is of the group `bench`: whoever draws nothing need not have it.
    figure = importlib.import_module("matplotlib.figure").Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    counts = [size.count for size in sizes]
    axes.loglog(counts, [size.p50_us for size in sizes], "o-", label="Argine, p50")
    axes.loglog(counts, [size.p99_us for size in sizes], "o:", label="Argine, p99")
    axes.loglog(counts, [size.peer_p50_us for size in sizes], "s-", label="FAISS IndexBinaryFlat, p50")
    axes.set_xlabel("codes")
    axes.set_ylabel("microseconds a query")
    axes.set_title(f"One query at a time, one core, radius {radius}")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path)


def _measure(count: int, radius: int, seed: int) -> Size:
    codes, queries = random_codes(count, seed), random_codes(1000, seed + 1)
    start = perf_counter()
    engine = argine(codes, radius)
    build_s = perf_counter() - start
    single = latencies(engine, queries, radius, SHARE)
    return Size(
        count,
        build_s,
        engine.size / count,
        float(np.percentile(single.wall, 50)) * 1e6,
        float(np.percentile(single.wall, 99)) * 1e6,
        float(np.median(single.cpu)) * 1e6,
        *_peer(faiss_flat, codes, queries, radius),
    )


def _peer(make: Make, codes: np.ndarray[Any, Any], queries: np.ndarray[Any, Any], radius: int) -> tuple[float, float]:
    """Give the median by the clock and of the processor, in microseconds."""
    try:
        engine = make(codes, radius)
    except ImportError:
        return float("nan"), float("nan")
    single = latencies(engine, queries, radius, SHARE)
    return float(np.median(single.wall)) * 1e6, float(np.median(single.cpu)) * 1e6

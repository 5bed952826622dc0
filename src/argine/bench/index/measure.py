"""Measures one engine: build, latency, throughput, recall by distance."""

from dataclasses import asdict, dataclass
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from argine.bench.index.data import Planted
from argine.bench.index.engines import Engine, Make, threads
from argine.index import Codes

SHARE = 20.0
"""Seconds that each measured quantity of an engine may take: a slow one gets fewer queries."""

LEAST = 5  # queries at least
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured of one engine.

    Attributes:
        build_s: seconds to take all codes up.
        bytes_a_code: in memory.
        p50_us: of one query at a time, microseconds; `p99_us` the slowest hundredth.
        cpu_us: of the processor's time, the median. On a busy machine a long query waits for its turn and a short one
            does not; this compares them fairly.
        batch_us: microseconds a query in one batch, on one thread.
        rate: queries a second in batches, by number of threads.
        recall: by distance, share of the planted codes that were found.
        queries: how many single queries were timed.
    """

    name: str
    build_s: float
    bytes_a_code: float
    p50_us: float
    p99_us: float
    cpu_us: float
    batch_us: float
    rate: dict[int, float]
    recall: list[float]
    queries: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(make: Make, codes: Codes, strangers: Codes, planted: Planted, radius: int, most_threads: int) -> Result:
    """Build an engine and measure it.

    Args:
        make: builds it.
        codes: what it holds.
        strangers: queries that find nothing, as nearly all real ones do: uint8[q, 32].
        planted: queries that find something.
        radius: bits.
        most_threads: throughput is measured on 1 and on so many threads.
    """
    start = perf_counter()
    engine = make(codes, radius)
    build_s = perf_counter() - start
    single = latencies(engine, strangers, radius)
    rate = {count: throughput(engine, strangers, radius, count) for count in sorted({1, most_threads})}
    return Result(
        name=engine.name,
        build_s=build_s,
        bytes_a_code=engine.size / len(codes),
        p50_us=float(np.percentile(single.wall, 50)) * 1e6,
        p99_us=float(np.percentile(single.wall, 99)) * 1e6,
        cpu_us=float(np.median(single.cpu)) * 1e6,
        batch_us=1e6 / rate[1],
        rate=rate,
        recall=recall(engine, planted, radius, float(np.median(single.wall))),
        queries=len(single.wall),
    )


class Latencies(NamedTuple):
    """Seconds of each query, by the clock and of the processor."""

    wall: NDArray[np.float64]
    cpu: NDArray[np.float64]


def latencies(engine: Engine, queries: Codes, radius: int, share: float = SHARE) -> Latencies:
    """Time queries one by one, after one that does not count."""
    engine.search(queries[:1], radius)
    taken, end = list[tuple[float, float]](), perf_counter() + share
    for number in range(len(queries)):
        cpu, start = process_time(), perf_counter()
        engine.search(queries[number : number + 1], radius)
        taken.append((perf_counter() - start, process_time() - cpu))
        if start > end and number >= LEAST:
            break
    wall, cpu_times = np.array(taken).T
    return Latencies(wall, cpu_times)


def throughput(engine: Engine, queries: Codes, radius: int, count: int) -> float:
    """Count the queries a second in batches on so many threads: the best of three batches."""
    with threads(engine, count):
        size = LEAST * count
        start = perf_counter()
        engine.search(queries[:size], radius)
        each = (perf_counter() - start) / size
        batch = queries[: max(size, min(BATCH, int(SHARE / 3 / each)))]
        return max(_rate(engine, batch, radius) for _ in range(3))


def recall(engine: Engine, planted: Planted, radius: int, each_s: float) -> list[float]:
    """Give, for each distance, the share of the planted codes that were found."""
    most = int(max(1, 3 * SHARE / each_s / (radius + 1))) * (radius + 1)
    queries, rows, distances = planted.queries[:most], planted.rows[:most], planted.distances[:most]
    found = engine.found(engine.search(queries, radius))
    hits = np.array([(number, row) in found for number, row in enumerate(rows.tolist())])
    return [float(hits[distances == distance].mean()) for distance in range(radius + 1)]


def _rate(engine: Engine, batch: Codes, radius: int) -> float:
    start = perf_counter()
    engine.search(batch, radius)
    return len(batch) / (perf_counter() - start)

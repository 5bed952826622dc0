"""Lay the moments of one film along those of another: which speed and offset do most frames agree on?

Every pair of moments that look alike votes, at each speed, for one offset: `bank time = speed x query time + offset`.
The fullest offsets of all speeds are looked at closely, and the best one explains the query's moments that agree
along it. What it leaves over votes again, so that a film made of several pieces is told piece by piece.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]
_Whole = npt.NDArray[np.int64]

SPEEDS = np.unique(np.concatenate([np.geomspace(0.5, 2.0, 41), [0.75, 0.8, 0.9, 1.1, 1.2, 1.25, 1.5]]))
ORDINARY = 1.0
FAVOUR = 1.1
"""The ordinary speed wins unless another explains so much more."""

BIN = 0.5
TOLERANCE = 0.6
"""How far, in seconds, a bank moment may lie from where the timing puts it: half the bank's rate, and a little."""

CLOSE_LOOKS = 12
MOST_PIECES = 64
MOST_VOTES = 60_000
BREAK = 8.0
"""Agreeing moments of the query that lie further apart, in seconds, belong to two segments."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the query that shows a part of the bank entry. Times are in seconds.

    Attributes:
        query_from: where it begins in the query.
        query_until: where it ends in the query.
        entry_from: what of the bank entry is seen there.
        entry_until: what of the bank entry is seen at the end.
        speed: seconds of the bank entry that go by in one of the query.
        frames: moments of the query that agree.
        distance: median distance of their hashes, in bits.
    """

    query_from: float
    query_until: float
    entry_from: float
    entry_until: float
    speed: float
    frames: int
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Moments that look alike, one of the query and one of the bank entry; for each pair the nearest rows.

    Attributes:
        query: int64[n], number of the query's moment.
        query_time: float64[n], in seconds.
        entry_time: float64[n], in seconds.
        distance: float64[n], in bits.
    """

    query: _Whole
    query_time: _Floats
    entry_time: _Floats
    distance: _Floats

    def __len__(self) -> int:
        return len(self.query)

    def where(self, kept: npt.NDArray[np.bool_] | _Whole) -> "Pairs":
        """Keep some of the pairs."""
        return Pairs(self.query[kept], self.query_time[kept], self.entry_time[kept], self.distance[kept])


@dataclass(frozen=True, slots=True)
class Line:
    """One timing, and what it explains.

    Attributes:
        speed: of the bank entry's time over the query's.
        offset: in seconds.
        score: the agreeing pairs' weights, summed.
        pairs: numbers of the agreeing pairs, one for each moment of the query.
    """

    speed: float
    offset: float
    score: float
    pairs: _Whole


def segments(pairs: Pairs, seed_bits: int, most_bits: int) -> list[Segment]:
    """Explain pairs by as few timings as will do.

    Args:
        pairs: all that are at most `most_bits` apart.
        seed_bits: each segment has at least one pair that is so near.
        most_bits: for the weights: nearer pairs weigh more.

    Returns:
        In the order of the query's time. Segments may overlap in the bank entry, never in the query.
    """
    found: list[Segment] = []
    for _ in range(MOST_PIECES):
        if not len(pairs) or pairs.distance.min() > seed_bits:
            break
        line = best_line(pairs, most_bits)
        runs = [run for run in _runs(pairs, line) if pairs.distance[run].min() <= seed_bits]
        if not runs:
            pairs = pairs.where(~np.isin(pairs.query, pairs.query[line.pairs]))
            continue
        found += [_segment(pairs, line, run) for run in runs]
        pairs = pairs.where(~np.isin(pairs.query, np.concatenate([pairs.query[run] for run in runs])))
    return sorted(found, key=lambda one: one.query_from)


def best_line(pairs: Pairs, most_bits: int) -> Line:
    """The timing that explains most."""
    votes = pairs
    if len(pairs) > MOST_VOTES:
        votes = pairs.where(np.argpartition(pairs.distance, MOST_VOTES)[:MOST_VOTES])
    weights = (most_bits + 1 - votes.distance) / (most_bits + 1)
    places = sorted(_places(votes, weights), reverse=True)[:CLOSE_LOOKS]
    lines = sorted((looked_at(pairs, speed, offset, most_bits) for _, speed, offset in places), key=_rank)
    ordinary = [line for line in lines if line.speed == ORDINARY]
    # Whole bins are coarse: the best of each kind are moved about a little before they are compared.
    return max((better for line in lines[-2:] + ordinary[-2:] for better in _moved(pairs, line, most_bits)), key=_rank)


def _moved(pairs: Pairs, line: Line, most_bits: int) -> list[Line]:
    """The timing itself, others of its speed, and others that turn a little about the middle of what it explains."""
    middle = float(np.mean(pairs.query_time[line.pairs])) if len(line.pairs) else 0.0
    factors = (1.0,) if line.speed == ORDINARY else (0.97, 0.98, 0.99, 1.0, 1.01, 1.02, 1.03)
    return [
        looked_at(pairs, line.speed * factor, line.offset + shift + line.speed * (1 - factor) * middle, most_bits)
        for factor in factors
        for shift in (-0.45, -0.3, -0.15, 0.0, 0.15, 0.3, 0.45)
    ]


def _rank(line: Line) -> float:
    return line.score * (FAVOUR if line.speed == ORDINARY else 1.0)


def _places(pairs: Pairs, weights: _Floats) -> list[tuple[float, float, float]]:
    """Votes, speed and offset of the fullest bins of each speed."""
    found = []
    for speed in SPEEDS:
        offsets = pairs.entry_time - speed * pairs.query_time
        low = offsets.min()
        numbers = ((offsets - low) / BIN).astype(np.int64)
        # One moment of the query has one vote a bin, its best.
        keys = numbers * (int(pairs.query.max()) + 1) + pairs.query
        order = np.lexsort((-weights, keys))
        firsts = order[np.flatnonzero(np.diff(keys[order], prepend=-1))]
        counts = np.bincount(numbers[firsts], weights[firsts])
        both = counts + np.append(counts[1:], 0.0)
        for number in np.argsort(-both)[:2]:
            votes = float(both[number]) * (FAVOUR if speed == ORDINARY else 1.0)
            found.append((votes, float(speed), float(low + (number + 1) * BIN)))
    return found


def looked_at(pairs: Pairs, speed: float, offset: float, most_bits: int) -> Line:
    """What one timing explains: for each moment of the query the best pair near where the timing puts it."""
    away = np.abs(pairs.entry_time - speed * pairs.query_time - offset)
    near = np.flatnonzero(away <= TOLERANCE)
    weights = (most_bits + 1 - pairs.distance[near]) / (most_bits + 1) * (1 - 0.5 * away[near] / TOLERANCE)
    order = np.lexsort((-weights, pairs.query[near]))
    firsts = order[np.flatnonzero(np.diff(pairs.query[near][order], prepend=-1))]
    return Line(speed, offset, float(weights[firsts].sum()), near[firsts])


def _runs(pairs: Pairs, line: Line) -> list[_Whole]:
    """The agreeing pairs in the order of time, cut where the query shows something else for long."""
    times = pairs.query_time[line.pairs]
    order = line.pairs[np.argsort(times, kind="stable")]
    cuts = np.flatnonzero(np.diff(pairs.query_time[order]) > BREAK) + 1
    return [run for run in np.split(order, cuts) if len(run)]


def _segment(pairs: Pairs, line: Line, run: _Whole) -> Segment:
    first, last = float(pairs.query_time[run].min()), float(pairs.query_time[run].max())
    if len(run) == 1:  # one moment says nothing of speed: it is where its pair is
        there = float(pairs.entry_time[run[0]])
        return Segment(first, last, there, there, ORDINARY, 1, float(pairs.distance[run[0]]))
    start, end = (max(0.0, line.speed * time + line.offset) for time in (first, last))
    return Segment(first, last, start, end, line.speed, len(run), float(np.median(pairs.distance[run])))

"""Recall under edits: is a copy still found, by which signal?

Each picture is the bank's; each edit of it is a query. Chance is seeded by picture and edit, so a run can be
repeated, in part or in another order. What is found wrongly is measured in `pairs`.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypedDict, TypeVar

import numpy as np

from argine.bench.edits import EDITS, Chance, Edit
from argine.bench.peers import LIMIT
from argine.bench.traces import PDQ_LIMIT, Found, bank_trace, found, pixels_of, query_trace
from argine.bench.wilson import wilson
from argine.signals.patch import Strength

SIGNALS = ("pdq", "pdq_views", "phash", "dhash", "patch", "verdict", "block")
"""What recall is reported for: plain `pdq`; in its views; two peers; patches; block or review; block alone."""


@dataclass(frozen=True, slots=True)
class Task:
    """One picture with all its edits, as it is handed to a process."""

    path: Path
    other: Path
    edits: tuple[str, ...]
    seed: int


Result = TypeVar("Result")

Hits = dict[str, set[str]]
"""By edit: the signals that found the copy."""


class EditRow(TypedDict, total=False):
    """Recall under one edit, as fractions, with 95 % intervals."""

    family: str
    n: int
    pdq: float
    pdq_views: float
    phash: float
    dhash: float
    patch: float
    verdict: float
    block: float
    intervals: dict[str, tuple[float, float]]


def tasks(paths: Sequence[Path], edits: Sequence[Edit], seed: int) -> list[Task]:
    """Give each picture another one, for collages and replaced regions."""
    names = tuple(edit.name for edit in edits)
    step = 1 + seed % max(1, len(paths) - 1)
    return [Task(path, paths[(i + step) % len(paths)], names, seed) for i, path in enumerate(paths)]


def measure(work: Sequence[Task], jobs: int) -> Iterator[Hits]:
    """Try every edit of every picture, in as many processes as asked for."""
    return in_processes(hits_of, work, jobs)


def in_processes(do: Callable[[Task], Result], work: Sequence[Task], jobs: int) -> Iterator[Result]:
    """Do each task, in this process or in several, and hand on what comes of them in their order."""
    if jobs == 1:
        yield from map(do, work)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(do, work)


def hits_of(task: Task) -> Hits:
    """Try every edit of one picture."""
    original, other = pixels_of(task.path), pixels_of(task.other)
    bank = bank_trace(original)
    hits = {}
    for edit in EDITS:
        if edit.name in task.edits:
            rng = np.random.default_rng([task.seed, _number(task.path.name), _number(edit.name)])
            edited = edit.apply(original, Chance(rng, other))
            hits[edit.name] = signals_that_hit(found(bank, query_trace(edited)))
    return hits


def signals_that_hit(result: Found) -> set[str]:
    """Name the signals by which a copy was found."""
    hit = {name for name, distance in result.peers.items() if distance <= LIMIT}
    told = {
        "pdq": result.pdq <= PDQ_LIMIT,
        "pdq_views": result.views <= PDQ_LIMIT,
        "patch": result.strength is not Strength.NONE,
        "verdict": result.verdict is not Strength.NONE,
        "block": result.verdict is Strength.BLOCK,
    }
    return hit | {name for name, yes in told.items() if yes}


def table(measured: Iterable[Hits], signals: Sequence[str]) -> dict[str, EditRow]:
    """Count the hits into a row for each edit, in the order of `EDITS`."""
    tried, hit = Counter[str](), Counter[tuple[str, str]]()
    for hits in measured:
        for edit, names in hits.items():
            tried[edit] += 1
            hit.update((edit, name) for name in names)
    return {edit.name: _row(edit, tried[edit.name], hit, signals) for edit in EDITS if tried[edit.name]}


def _row(edit: Edit, n: int, hit: Counter[tuple[str, str]], signals: Sequence[str]) -> EditRow:
    counts = {name: hit[edit.name, name] for name in signals}
    row: EditRow = {"family": edit.family, "n": n}
    row.update({name: count / n for name, count in counts.items()})  # type: ignore[typeddict-item]  # named above
    row["intervals"] = {name: wilson(count, n) for name, count in counts.items()}
    return row


def _number(text: str) -> int:
    return zlib.crc32(text.encode())

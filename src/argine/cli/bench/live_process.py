"""One process over a data folder for `argine bench live`: `python -m argine.cli.bench.live_process read|write`.

It says that it is ready, reads what to do as JSON from standard input, and writes what it saw as JSON. Times are those
of the system's monotonic clock, which all processes share.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from time import monotonic, sleep
from typing import TypedDict

import numpy as np

from argine.desk.boot import attach
from argine.signals.types import Signal, SignalType

attach()  # the folder is named by the environment; models need Django to be up

from argine.desk.banks.live import BANKS  # noqa: E402
from argine.desk.banks.models import BankEntry  # noqa: E402
from argine.desk.banks.operations import REMOVED, add_entries, add_entry, withdraw_entry  # noqa: E402
from argine.desk.core.actor import SYSTEM  # noqa: E402


class Task(TypedDict):
    """What a process does.

    Attributes:
        begin: when a reader begins to count and the writer to write.
        end: when a reader stops.
        rate: look-ups a second of a reader.
        changes: seeds of codes that are added one after another, and later withdrawn.
        every: seconds between two changes.
        bulk: how many the writer adds at once in between.
    """

    begin: float
    end: float
    rate: int
    changes: list[int]
    every: float
    bulk: int


class Seen(TypedDict):
    """What a reader saw: look-ups as pairs of when and how long in seconds, and when each change was seen."""

    lookups: list[tuple[float, float]]
    added: dict[int, float]
    gone: dict[int, float]


class Written(TypedDict):
    """When the writer's changes were committed, and from when until when it added many."""

    added: dict[int, float]
    gone: dict[int, float]
    bulk: tuple[float, float]


def code(seed: int) -> Signal:
    return Signal(SignalType.PDQ, np.random.default_rng(seed).bytes(32), 100)


def read(task: Task) -> Seen:
    """Look random codes up at a steady rate, and between them the change that is to come next."""
    seen = Seen(lookups=[], added={}, gone={})
    rng, step = np.random.default_rng(), 1 / task["rate"]
    awaited = _awaited(task)
    wanted = next(awaited, None)
    due = max(task["begin"], monotonic())
    while due < task["end"]:
        sleep(max(0.0, due - monotonic()))
        start = monotonic()
        random = Signal(SignalType.PDQ, rng.bytes(32), 100)
        BANKS.matcher().match([random])
        seen["lookups"].append((start, monotonic() - start))
        if wanted is not None and bool(BANKS.matcher().match([code(wanted[0])])) is wanted[1]:
            (seen["added"] if wanted[1] else seen["gone"])[wanted[0]] = monotonic()
            wanted = next(awaited, None)
        due = max(due + step, start)
    return seen


def _awaited(task: Task) -> Iterator[tuple[int, bool]]:
    """Each change in its turn: what is to be there, and what is to be gone again."""
    yield from ((seed, True) for seed in task["changes"])
    yield from ((seed, False) for seed in task["changes"])


def write(task: Task) -> Written:
    """Add entries one by one, then many at once, then withdraw those of the beginning one by one."""
    written = Written(added={}, gone={}, bulk=(0.0, 0.0))
    entries: dict[int, BankEntry] = {}
    for seed in _paced(task["changes"], task["begin"], task["every"]):
        entries[seed] = add_entry(REMOVED, [code(seed)], origin="bench", by=SYSTEM)
        written["added"][seed] = monotonic()
    sleep(task["every"])
    written["bulk"] = _add_many(task["bulk"])
    for seed in _paced(task["changes"], monotonic() + BULK_S, task["every"]):
        withdraw_entry(entries[seed], erase=True, by=SYSTEM)
        written["gone"][seed] = monotonic()
    return written


BULK_S = 3.0
"""Seconds that the readers have to take up the many before the next change."""


def _paced(changes: Iterable[int], begin: float, every: float) -> Iterator[int]:
    for number, seed in enumerate(changes):
        sleep(max(0.0, begin + number * every - monotonic()))
        yield seed


def _add_many(count: int) -> tuple[float, float]:
    rng, start = np.random.default_rng(), monotonic()
    pictures = [[Signal(SignalType.PDQ, rng.bytes(32), 100)] for _ in range(count)]
    add_entries(REMOVED, pictures, origin="bench", by=SYSTEM)
    return start, monotonic()


def main() -> None:
    BANKS.matcher()
    print("ready", flush=True)  # noqa: T201 - to the process that started this one
    task: Task = json.loads(sys.stdin.readline())
    with closing(sys.stdout) as out:
        json.dump((read if sys.argv[1] == "read" else write)(task), out)


if __name__ == "__main__":
    main()

"""What is found wrongly: every pair of different pictures, each once as bank and query."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import TypedDict

from argine.bench.traces import BankTrace, QueryTrace, bank_trace, found, pixels_of, query_trace
from argine.signals.patch import Strength

MIN_GROUP = 2


class FalsePositives(TypedDict):
    """How many pairs would be blocked, how many reviewed only, of how many."""

    block: int
    review: int
    pairs: int


class Group(FalsePositives):
    """The same for pictures that look much alike: one scene, one kind of thing."""

    pictures: int


Traced = tuple[BankTrace, QueryTrace]


def traced(path: Path) -> Traced:
    """Make both sides' traces of a picture."""
    rgb = pixels_of(path)
    return bank_trace(rgb), query_trace(rgb)


def count_pairs(pictures: Sequence[Traced], tick: Callable[[], object] = lambda: None) -> FalsePositives:
    """Compare every pair; `tick` is called after each picture."""
    total: FalsePositives = {"block": 0, "review": 0, "pairs": 0}
    for i, (bank, _) in enumerate(pictures):
        for _, query in pictures[i + 1 :]:
            verdict = found(bank, query).verdict
            total["pairs"] += 1
            total["block"] += verdict is Strength.BLOCK
            total["review"] += verdict is Strength.REVIEW
        tick()
    return total


def groups_in(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Each folder within a folder that holds at least two files, with its files."""
    for group in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = sorted(path for path in group.iterdir() if path.is_file())
        if len(files) >= MIN_GROUP:
            yield group.name, files


def number_of_pairs(pictures: Sequence[object]) -> int:
    return sum(1 for _ in combinations(pictures, 2))

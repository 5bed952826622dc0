"""The steps of a run, kept on the disk as each is done: one that was cut short goes on where it was."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TypedDict, cast

from argine.bench.video.report import Counted, EditRow, FalsePositives
from argine.errors import ArgineError


class OtherFilmsError(ArgineError):
    """The file was kept for other films."""

    code = "other_films"


class Step(TypedDict):
    """What one step found: one edit of one film, or what else is asked once.

    Attributes:
        edit: its name.
        counted: what was found.
        wrong: what was found wrongly.
    """

    edit: str
    counted: Counted
    wrong: FalsePositives


@dataclass(frozen=True, slots=True)
class Steps:
    """Does each step once.

    Attributes:
        path: where they are kept; nowhere if None.
        films: what they are of: name and size of each film.
        done: by name.

    Raises:
        OtherFilmsError: the file is of other films.
        ValueError, KeyError, TypeError: it is no such file.
    """

    path: Path | None
    films: list[tuple[str, int]]
    done: dict[str, Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path is None or not self.path.exists():
            return
        kept = json.loads(self.path.read_text("utf-8"))
        if [tuple(one) for one in kept["films"]] != self.films:
            raise OtherFilmsError(f"{self.path} was kept for other films. Name another file, or remove it.")
        self.done.update(cast("dict[str, Step]", kept["done"]))

    def do(self, name: str, work: Callable[[], Step]) -> Step:
        """Give what a step found; do it if it was not done before."""
        if name not in self.done:
            self.done[name] = work()
            self._keep()
        return self.done[name]

    def _keep(self) -> None:
        """Write it beside and put it in its place: the run may be cut at any moment."""
        if self.path is not None:
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps({"films": self.films, "done": self.done}, indent=1), "utf-8")
            new.replace(self.path)


def row_of(family: str, steps: Sequence[Step]) -> EditRow:
    """What was found in all copies of one edit."""
    counted = [step["counted"] for step in steps]
    n = sum(one["n"] for one in counted)
    errors = [error for one in counted for error in one["errors"]]
    return EditRow(
        family=family,
        n=n,
        flat=sum(one["flat"] for one in counted),
        argine=sum(one["argine"] for one in counted) / max(1, n),
        vpdq=sum(one["vpdq"] for one in counted) / max(1, n),
        error_median=median(errors) if errors else None,
        error_max=max(errors, default=None),
        missed=[name for one in counted for name in one["missed"]],
    )


def summed(counts: Iterable[FalsePositives]) -> FalsePositives:
    """What several steps found wrongly, together."""
    total = FalsePositives(pairs=0, argine=0, vpdq=0, grouped_pairs=0, grouped=0, wrong=[])
    for one in counts:
        for key in ("pairs", "argine", "vpdq", "grouped_pairs", "grouped"):
            total[key] += one[key]
        total["wrong"] += one["wrong"]
    return total

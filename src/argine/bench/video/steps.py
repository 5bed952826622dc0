"""The steps of a run, kept on the disk as each is done: one that was cut short goes on where it was."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, cast

from argine.bench.video.report import EditRow, FalsePositives
from argine.errors import ArgineError


class OtherFilmsError(ArgineError):
    """The file was kept for other films."""

    code = "other_films"


class Step(TypedDict):
    """What one step found.

    Attributes:
        row: of an edit, or of stills; None of a step that edits nothing.
        wrong: what was found wrongly.
        found: of pictures kept from films, the part that is found; 0 to 1.
    """

    row: EditRow | None
    wrong: FalsePositives
    found: float | None


@dataclass(frozen=True, slots=True)
class Steps:
    """Does each step once.

    Attributes:
        path: where they are kept; nowhere if None.
        films: what they are of: name and size of each film.
        done: by name.
    """

    path: Path | None
    films: list[tuple[str, int]]
    done: dict[str, Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what was kept.

        Raises:
            OtherFilmsError: it is of other films.
            ValueError: it is no such file.
        """
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
            if self.path is not None:
                self.path.write_text(json.dumps({"films": self.films, "done": self.done}, indent=1), "utf-8")
        return self.done[name]


def summed(counts: Iterable[FalsePositives]) -> FalsePositives:
    """What several steps found wrongly, together."""
    total = FalsePositives(pairs=0, argine=0, vpdq=0, grouped_pairs=0, grouped=0, wrong=[])
    for one in counts:
        for key in ("pairs", "argine", "vpdq", "grouped_pairs", "grouped"):
            total[key] += one[key]
        total["wrong"] += one["wrong"]
    return total

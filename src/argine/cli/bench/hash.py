"""`argine bench hash`: how fast pictures are decoded and hashed on this machine."""

import json
import statistics
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from argine.bench import sections, speed
from argine.bench.machine import describe
from argine.cli.exits import CommandError, Exit
from argine.cli.files import spread, walk
from argine.cli.output import progress
from argine.desk.core import time
from argine.errors import ArgineError
from argine.matching import Matcher


@click.command
@click.option("--images", required=True, type=click.Path(exists=True, path_type=Path), help="Pictures.")
@click.option("--limit", type=click.IntRange(min=1), help="Only so many pictures, spread evenly.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1), help="Of which the best counts.")
@click.option(
    "--bank",
    "banked",
    type=click.IntRange(min=1),
    help="Time the whole check too, in a bank of so many made-up pictures; half of --images lend their patches.",
)
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
@click.option("--name", default="hash", show_default=True, help="Of the section in that document.")
def command(
    images: Path,
    limit: int | None,
    rounds: int,
    banked: int | None,
    json_path: Path | None,
    write: Path | None,
    name: str,
) -> None:
    """Time each stage from a file to its signals, in one process, beside Pillow with pdqhash where installed."""
    paths = spread(list(walk([images])), limit)
    lenders, paths = (paths[::2], paths[1::2]) if banked else ([], paths)
    bank = speed.bank_like(lenders, banked, seed=1) if banked else None
    rows = [row for path in progress(paths, "Timing") if (row := timed(path, rounds, bank)) is not None]
    if not rows:
        raise CommandError(f"{images} holds no picture.", Exit.BAD_INPUT)
    # The first picture of a process also pays for what is made once.
    stages = speed.summed(rows[1:] or rows)
    drifts = [bits for path in paths if (bits := drifted(path)) is not None]
    Console().print(table(stages))
    click.echo(f"pdq of a file that is not decoded whole moves by {drift_in_words(drifts)}.")
    if json_path is not None:
        numbers = {"pictures": len(rows), "stages": stages, "drift": drifts}
        json_path.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    if write is not None:
        sections.write_section(write, name, section(rows, stages, drifts, f" --bank {banked}" if banked else ""))


def section(rows: Sequence[speed.Timed], stages: dict[str, speed.Stage], drifts: Sequence[int], options: str) -> str:
    """Say the numbers, on what machine, on what day, as a section of docs/benchmarks.md."""
    mean = sum(row["megapixels"] for row in rows) / len(rows)
    head = ["stage", "ms (median)", "pictures/s", "megapixels/s"]
    lines = [[name, *(f"{number:.1f}" for number in numbers_of(stage))] for name, stage in stages.items()]
    machine = describe("numpy", "numba", "pillow", "pdqhash")
    return (
        f"## Hashing: {len(rows)} pictures of {mean:.1f} megapixels\n\n"
        f"`argine bench hash{options}`, {time.now():%Y-%m-%d}. {machine}.\n\n"
        'Best of each picture, one process. "For a query": a large JPEG is shrunk while it is decoded, or for its pdq '
        "alone not decoded where it is plain; "
        f"its pdq moves by {drift_in_words(drifts)}.\n\n{sections.table(head, lines)}"
    )


def drift_in_words(drifts: Sequence[int]) -> str:
    return f"{statistics.median(drifts):.0f} bits (median), {max(drifts)} at most"


def drifted(path: Path) -> int | None:
    """Measure a file's drift, or pass over one that is no picture."""
    try:
        return speed.drift(path)
    except (OSError, ArgineError):
        return None


def numbers_of(stage: speed.Stage) -> tuple[float, float, float]:
    return stage["milliseconds"], stage["pictures_per_second"], stage["megapixels_per_second"]


def timed(path: Path, rounds: int, bank: Matcher | None) -> speed.Timed | None:
    """Time a file, or pass over one that is no picture."""
    try:
        return speed.timed(path, rounds, bank)
    except (OSError, ArgineError):
        return None


def table(stages: dict[str, speed.Stage]) -> Table:
    shown = Table(title="Best of each picture, one process")
    shown.add_column("stage")
    for head in ("ms (median)", "pictures/s", "megapixels/s"):
        shown.add_column(head, justify="right")
    for name, stage in stages.items():
        shown.add_row(name, *(f"{number:.1f}" for number in numbers_of(stage)))
    return shown

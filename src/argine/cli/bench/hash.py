"""`argine bench hash`: how fast pictures are decoded and hashed on this machine."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from argine.bench import speed
from argine.cli.exits import CommandError, Exit
from argine.cli.files import walk
from argine.cli.output import progress
from argine.errors import ArgineError


@click.command
@click.option("--images", required=True, type=click.Path(exists=True, path_type=Path), help="Pictures.")
@click.option("--limit", type=click.IntRange(min=1), help="Only so many pictures, spread evenly.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1), help="Of which the best counts.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
def command(images: Path, limit: int | None, rounds: int, json_path: Path | None) -> None:
    """Time each stage from a file to its signals, in one process, beside Pillow with pdqhash where installed."""
    paths = list(walk([images]))
    paths = paths[:: max(1, len(paths) // limit)][:limit] if limit else paths
    rows = [row for path in progress(paths, "Timing") if (row := timed(path, rounds)) is not None]
    if not rows:
        raise CommandError(f"{images} holds no picture.", Exit.BAD_INPUT)
    # The first picture of a process also pays for what is made once.
    stages = speed.summed(rows[1:] or rows)
    Console().print(table(stages))
    if json_path is not None:
        json_path.write_text(json.dumps({"pictures": len(rows), "stages": stages}, indent=1) + "\n", encoding="utf-8")


def timed(path: Path, rounds: int) -> speed.Timed | None:
    """Time a file, or pass over one that is no picture."""
    try:
        return speed.timed(path, rounds)
    except (OSError, ArgineError):
        return None


def table(stages: dict[str, speed.Stage]) -> Table:
    shown = Table(title="Best of each picture, one process")
    shown.add_column("stage")
    for name in ("ms (median)", "pictures/s", "megapixels/s"):
        shown.add_column(name, justify="right")
    for name, stage in stages.items():
        numbers = (stage["milliseconds"], stage["pictures_per_second"], stage["megapixels_per_second"])
        shown.add_row(name, *(f"{number:.1f}" for number in numbers))
    return shown

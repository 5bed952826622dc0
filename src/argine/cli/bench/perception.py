"""`argine bench perception`: Argine's signals in the benchmark of the package `perception`."""

import json
import tempfile
from pathlib import Path

import click

from argine.bench import perception, sections
from argine.bench.machine import describe
from argine.cli.exits import CommandError, Exit
from argine.cli.files import spread, walk
from argine.desk.core import time

HASHERS = (*perception.OURS, "phash", "dhash")


@click.command
@click.option("--images", required=True, type=click.Path(exists=True, path_type=Path), help="Pictures.")
@click.option("--limit", type=click.IntRange(min=2), help="Only so many pictures, spread evenly.")
@click.option("--seed", default=1, show_default=True, help="Another number makes other words and noise.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
def command(images: Path, limit: int | None, seed: int, json_path: Path | None, write: Path | None) -> None:
    """Say the recall of each signal by the rule of Thorn's package, beside its own hashes.

    The package is not part of Argine, for it needs OpenCV: pip install 'perception[benchmarking]'.
    """
    if not perception.INSTALLED:
        raise CommandError("Install the package first: pip install 'perception[benchmarking]'.", Exit.REFUSED)
    paths = spread(list(walk([images])), limit)
    with tempfile.TemporaryDirectory(prefix="argine-bench-") as folder:
        table = perception.measure(paths, Path(folder), seed)
    rows = [[edit, *(f"{100 * by[name]:.1f}" for name in HASHERS)] for edit, by in table.items()]
    text = sections.table(["recall in percent", *HASHERS], rows)
    click.echo(text)
    if json_path is not None:
        json_path.write_text(json.dumps({"pictures": len(paths), "edits": table}, indent=1) + "\n", "utf-8")
    if write is not None:
        machine = describe("perception", "opencv-contrib-python-headless", "numpy")
        about = (
            f"`argine bench perception --seed {seed}`, {time.now():%Y-%m-%d}. {machine}.\n\n"
            f"{len(paths)} pictures. By the rule of the package, for each edit the distance at which "
            f"{perception.PRECISION} % of what is called a copy is one."
        )
        sections.write_section(write, "perception", f"## The benchmark of the package perception\n\n{about}\n\n{text}")

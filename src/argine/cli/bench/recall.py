"""`argine bench recall`: which edits of a picture are still found, beside what others use."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from argine.bench import pairs, recall, regions, sections
from argine.bench.edits import EDITS, Edit
from argine.bench.machine import describe
from argine.bench.report import Report
from argine.bench.traces import pixels_of
from argine.cli.bench.drawing import draw
from argine.cli.exits import CommandError, Exit
from argine.cli.files import spread, walk
from argine.cli.output import progress
from argine.desk.core import time
from argine.errors import ArgineError

LEAST_PICTURES = 2
WIDE = 120  # columns of a table that no terminal cuts
WRONG = ("pictures", "pairs", "block", "review")
REGION_NUMBERS = (
    "source_not_blocked", "source_not_matched", "source_copy_not_blocked", "copy_blocked", "copy_matched",
)  # fmt: skip
REGION_HEAD = (
    "% replaced", "n", *(name.replace("_", " ") for name in REGION_NUMBERS), "not blocked 95 %", "matched 95 %",
)  # fmt: skip


class SignalNames(click.ParamType[tuple[str, ...]]):
    """Reads `pdq,patch,verdict`."""

    name = "signals"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        names = [name.strip() for name in str(value).split(",")]
        unknown = ", ".join(sorted(set(names) - set(recall.SIGNALS)))
        if unknown:
            self.fail(f"unknown: {unknown}. Known are {', '.join(recall.SIGNALS)}.", param, ctx)
        return tuple(name for name in recall.SIGNALS if name in names)


@click.command
@click.option(
    "--images", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), help="Pictures."
)
@click.option(
    "--hard",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of groups of much alike, different pictures; `hardneg` beside or in --images where there is one.",
)
@click.option(
    "--signals", default=",".join(recall.SIGNALS), type=SignalNames(), help="Which to report.", show_default=True
)
@click.option("--edits", default="", help="Only edits whose names start so; several with commas.")
@click.option("--limit", type=click.IntRange(min=LEAST_PICTURES), help="Edit only so many pictures, spread evenly.")
@click.option("--seed", default=1, show_default=True, help="Another number makes other crops, colours and words.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(min=1), help="Processes.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), help="Draw them into this folder.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    images: Path,
    hard: Path | None,
    signals: tuple[str, ...],
    edits: str,
    limit: int | None,
    seed: int,
    jobs: int,
    json_path: Path | None,
    plots: Path | None,
    write: Path | None,
) -> None:
    """Edit pictures in many ways and say which signals still find them.

    Every picture of --images is compared with every other one, and so are those within each group of --hard:
    none of these pairs shows one picture, so what is found there is found wrongly.

    Then a part of each picture is replaced and the forgery banked with that part marked: its source must not be
    blocked, and its copies must be found.
    """
    paths = readable(images)
    chosen = [edit for edit in EDITS if edit.name.startswith(tuple(edits.split(",")))]
    edited = measured(paths, chosen, limit, seed, jobs)
    report: Report = {
        "pictures": len(paths),
        "pairs": pairs.number_of_pairs(paths),
        "edits": recall.table(edited, signals),
        "false_positives": compared(paths, "Comparing"),
        "groups": grouped(hard or hard_folder(images)),
        "regions": bound(paths, limit, seed, jobs),
    }
    show(report, signals, json_path, plots)
    if write is not None:
        sections.write_section(write, "recall", section(report, signals, edited=len(edited)))


def section(report: Report, signals: Sequence[str], *, edited: int) -> str:
    """Say the numbers, on what machine, on what day, as a section of docs/benchmarks.md."""
    rows = [
        [name, str(row["n"]), *(f"{100 * float(row[signal]):.1f}" for signal in signals)]  # type: ignore[literal-required]
        for name, row in report["edits"].items()
    ]
    wrong = [[name, *counts(group)] for name, group in wrongly(report).items()]
    return (
        f"## Recall: {edited} pictures, each edited in {len(report['edits'])} ways\n\n"
        f"`argine bench recall`, {time.now():%Y-%m-%d}. {describe('numpy', 'numba', 'pillow', 'imagehash')}.\n\n"
        "Percent of edited copies that are found; `verdict` is block or review.\n\n"
        f"{sections.table(['edit', 'n', *signals], rows)}\n\n"
        f"Different pictures that would be found, all pairs of {report['pictures']} pictures and within groups of much "
        f"alike ones:\n\n{sections.table(['group', *WRONG], wrong)}\n\n"
        "A part of each picture replaced, the forgery banked with that part marked roughly; asked about its lawful "
        "source, and about a copy cropped by 10 % and compressed, in percent:\n\n"
        f"{sections.table(list(REGION_HEAD), region_rows(report))}"
    )


def readable(images: Path) -> list[Path]:
    """Give the files of a folder that are pictures, without its hard negatives.

    Raises:
        CommandError: there are fewer than two.
    """
    files = [path for path in walk([images]) if "hardneg" not in path.relative_to(images).parts]
    paths = [path for path in progress(files, "Reading") if is_picture(path)]
    if len(paths) < LEAST_PICTURES:
        raise CommandError(
            f"{images} holds {len(paths)} pictures; at least {LEAST_PICTURES} are needed.", Exit.BAD_INPUT
        )
    return paths


def is_picture(path: Path) -> bool:
    try:
        pixels_of(path)
    except ArgineError:
        return False
    return True


def hard_folder(images: Path) -> Path | None:
    """Find the folder of hard negatives in or beside the pictures."""
    places = (images / "hardneg", images.parent / "hardneg")
    return next((place for place in places if place.is_dir()), None)


def measured(
    paths: Sequence[Path], edits: Sequence[Edit], limit: int | None, seed: int, jobs: int
) -> list[recall.Hits]:
    work = spread(recall.tasks(paths, edits, seed), limit)
    return list(progress(recall.measure(work, jobs), "Editing", total=len(work)))


def bound(paths: Sequence[Path], limit: int | None, seed: int, jobs: int) -> dict[str, regions.RegionRow]:
    """Forge a part of each picture and ask whether source and forgery are told apart."""
    work = spread(recall.tasks(paths, (), seed), limit)
    return regions.table(progress(regions.measure(work, jobs), "Forging", total=len(work)))


def compared(paths: Sequence[Path], label: str) -> pairs.FalsePositives:
    traces = [pairs.traced(path) for path in progress(paths, f"{label}: hashing")]
    ticks = progress(range(len(paths)), label)
    return pairs.count_pairs(traces, lambda: next(ticks, None))


def grouped(folder: Path | None) -> dict[str, pairs.Group]:
    """Compare the pictures within each group."""
    found = {}
    for name, files in pairs.groups_in(folder) if folder else ():
        group = [path for path in files if is_picture(path)]
        found[name] = pairs.Group(pictures=len(group), **compared(group, name))
    return found


def show(report: Report, signals: Sequence[str], json_path: Path | None, plots: Path | None) -> None:
    """Show the report as tables, and where asked as JSON and as plots."""
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    console.print(recall_table(report, signals))
    console.print(wrong_table(report))
    console.print(region_table(report))
    if json_path is not None:
        json_path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        draw("argine.bench.plots", report, plots)


def recall_table(report: Report, signals: Sequence[str]) -> Table:
    table = Table(title=f"Recall of {report['pictures']} pictures' edits, in percent")
    table.add_column("edit", no_wrap=True)
    for name in ("n", *signals, "verdict 95 %"):
        table.add_column(name, justify="right")
    for edit, row in report["edits"].items():
        cells = [f"{100 * float(row[name]):.1f}" for name in signals]  # type: ignore[literal-required]
        low, high = row["intervals"].get("verdict", (0.0, 1.0))
        table.add_row(edit, str(row["n"]), *cells, f"{100 * low:.1f}-{100 * high:.1f}")
    return table


def wrong_table(report: Report) -> Table:
    table = Table(title="Different pictures that would be found")
    for name in ("group", *WRONG):
        table.add_column(name, justify="left" if name == "group" else "right")
    for name, group in wrongly(report).items():
        table.add_row(name, *counts(group))
    return table


def region_table(report: Report) -> Table:
    table = Table(title="Entries bound to a marked part, in percent")
    for name in REGION_HEAD:
        table.add_column(name, justify="right")
    for cells in region_rows(report):
        table.add_row(*cells)
    return table


def region_rows(report: Report) -> list[list[str]]:
    """The numbers of each size of part, in the order of `REGION_HEAD`."""
    return [
        [
            part,
            str(row["n"]),
            *(f"{100 * float(row[name]):.1f}" for name in REGION_NUMBERS),  # type: ignore[literal-required]
            *("-".join(f"{100 * side:.1f}" for side in row["intervals"][name]) for name in row["intervals"]),
        ]
        for part, row in report["regions"].items()
    ]


def wrongly(report: Report) -> dict[str, pairs.Group]:
    """What is found wrongly: among all pictures, then within each group."""
    return {"all": pairs.Group(pictures=report["pictures"], **report["false_positives"]), **report["groups"]}


def counts(group: pairs.Group) -> tuple[str, str, str, str]:
    """The numbers of a group, in the order of `WRONG`."""
    return str(group["pictures"]), str(group["pairs"]), str(group["block"]), str(group["review"])

"""`argine bench video`: which edits of a film are still found, where in it, and at what cost."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from av.error import FFmpegError
from rich.console import Console
from rich.table import Table

from argine.bench.video import cost, measure
from argine.bench.video.clips import Clip, read
from argine.bench.video.recipes import RECIPES, Recipe
from argine.bench.video.report import CostRow, LongRow, Report
from argine.cli.bench.drawing import draw
from argine.cli.exits import CommandError, Exit
from argine.cli.files import spread, walk
from argine.cli.output import progress

LEAST_FILMS = 2


@click.command
@click.option(
    "--videos", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of films."
)
@click.option(
    "--groups",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Text file: on each line the names of films that show the same, or the same scene, with commas.",
)
@click.option("--edits", default="", help="Only edits whose names start so; several with commas.")
@click.option("--limit", type=click.IntRange(min=LEAST_FILMS), help="Only so many films, spread evenly.")
@click.option(
    "--minutes", default=1.0, show_default=True, help="Length of the film of 720 lines that costs are told of."
)
@click.option("--long", "times", default=10, show_default=True, help="How often that film is repeated in the long one.")
@click.option("--vpdq", default=sys.executable, help="A Python that has the package vpdq; this one by default.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), help="Draw them into this folder.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    videos: Path,
    groups: Path | None,
    edits: str,
    limit: int | None,
    minutes: float,
    times: int,
    vpdq: str,
    json_path: Path | None,
    plots: Path | None,
) -> None:
    """Edit films in many ways and say which copies are found, beside vPDQ's rule on the same frames.

    Every film and every copy is also asked about against all other films: what is found there is found wrongly,
    unless --groups says that the two show the same. With --minutes 0 nothing is said of costs.
    """
    clips = spread(readable(videos), limit)
    films = measure.banked(clips, groups_in(groups))
    report = measured(films, [recipe for recipe in RECIPES if recipe.name.startswith(tuple(edits.split(",")))])
    if minutes > 0:
        add_costs(report, clips, minutes, times, vpdq)
    write(report, json_path, plots)


def readable(folder: Path) -> list[Clip]:
    """The films of a folder.

    Raises:
        CommandError: there are fewer than two.
    """
    clips = [clip for path in walk([folder]) if (clip := _read(path)) is not None]
    if len(clips) < LEAST_FILMS:
        raise CommandError(f"{folder} holds {len(clips)} films; at least {LEAST_FILMS} are needed.", Exit.BAD_INPUT)
    return clips


def _read(path: Path) -> Clip | None:
    try:
        return read(path)
    except (OSError, FFmpegError, IndexError, ValueError):
        return None


def groups_in(path: Path | None) -> dict[str, int]:
    """Read which films show the same: names without their folders."""
    if path is None:
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name.strip(): number for number, line in enumerate(lines) for name in line.split(",") if name.strip()}


def measured(films: measure.Films, recipes: Sequence[Recipe]) -> Report:
    wrongs = measure.Wrongs(films)
    ticks = progress(range(len(films.clips)), "Comparing")
    measure.originals(films, wrongs, lambda: next(ticks, None))
    rows = {
        recipe.name: row
        for recipe, row in progress(measure.measured(films, recipes, wrongs), "Editing", total=len(recipes))
    }
    return Report(
        films=len(films.clips),
        film_seconds=sum(clip.seconds for clip in films.clips),
        edits=rows,
        stills=measure.stills(films, wrongs),
        pictures_found=measure.pictures_found(films),
        false_positives=wrongs.counts,
        cost=[],
        long=None,
    )


def add_costs(report: Report, clips: Sequence[Clip], minutes: float, times: int, vpdq: str) -> None:
    film = cost.film(clips, minutes * 60)
    report["cost"].append(cost.cost_of(f"720p30, {minutes:g} min", film, vpdq))
    if times > 1:
        report["long"] = cost.long_check(clips, film, times)


def write(report: Report, json_path: Path | None, plots: Path | None) -> None:
    """Write the report as tables, and where asked as JSON and as plots."""
    console = Console()
    console.print(recall_table(report))
    wrong = report["false_positives"]
    console.print(
        f"Found wrongly, of {wrong['pairs']} pairs of different films: {wrong['argine']} (vPDQ's rule {wrong['vpdq']})."
        f" Of {wrong['grouped_pairs']} pairs in groups: {wrong['grouped']}. "
        f"Frames kept as pictures, found in their films: {100 * report['pictures_found']:.1f} %."
    )
    for row in report["cost"]:
        console.print(cost_line(row))
    if report["long"] is not None:
        console.print(long_line(report["long"]))
    if json_path is not None:
        json_path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        draw("argine.bench.video.plots", report, plots)


def recall_table(report: Report) -> Table:
    table = Table(title=f"Recall of the edits of {report['films']} films, in percent; error of place in seconds")
    table.add_column("edit")
    for name in ("n", "flat", "argine", "vPDQ's rule", "error, median", "error, most"):
        table.add_column(name, justify="right")
    for name, row in {**report["edits"], "still": report["stills"]}.items():
        errors = ["-" if one is None else f"{one:.2f}" for one in (row["error_median"], row["error_max"])]
        table.add_row(
            name, str(row["n"]), str(row["flat"]), f"{100 * row['argine']:.1f}", f"{100 * row['vpdq']:.1f}", *errors
        )
    return table


def cost_line(row: CostRow) -> str:
    others = f", vpdq {row['vpdq']:.2f} (check/vpdq {row['check'] / row['vpdq']:.3f})" if "vpdq" in row else ""
    return (
        f"CPU seconds a minute of {row['film']}: check {row['check']:.2f}, "
        f"with patches {row['check_with_patches']:.2f}, bank {row['bank']:.2f}, "
        f"bare decode {row['bare_decode']:.2f}{others}"
    )


def long_line(row: LongRow) -> str:
    part = row["check_seconds"] / max(1e-9, row["bare_decode_seconds"])
    return (
        f"{row['seconds'] / 60:.1f} min, {row['file_mib']:.0f} MiB: check {row['check_seconds']:.2f} CPU s of "
        f"{row['frames']} frames ({part:.3f} of bare decode, {row['bare_decode_seconds']:.1f} s), peak "
        f"{row['peak_mib']:.0f} MiB; clips found {100 * row['recall_short']:.1f} %, looking at each second "
        f"{100 * row['recall_full']:.1f} %"
    )

"""`argine bench video`: which edits of a film are still found, where in it, and at what cost."""

import json
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import click
from av.error import FFmpegError
from rich.console import Console
from rich.table import Table

from argine.bench import sections
from argine.bench.machine import describe
from argine.bench.video import cost, measure
from argine.bench.video.clips import Clip, read
from argine.bench.video.recipes import RECIPES, Recipe
from argine.bench.video.report import CostRow, EditRow, LongRow, Report
from argine.bench.video.steps import OtherFilmsError, Steps, row_of, summed
from argine.cli.bench.drawing import draw
from argine.cli.exits import CommandError, Exit
from argine.cli.files import spread, walk
from argine.cli.output import progress
from argine.desk.core import time

LEAST_FILMS = 2
PARTS = (RECALL, COSTS, LONG) = ("recall", "costs", "long")


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
@click.option("--write", "document", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results here.")
@click.option(
    "--only",
    type=click.Choice(PARTS),
    help="Only what is found, only what it costs, or only what a long film costs.",
)
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep what is found here, step by step; what is there already is not done again.",
)
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
    document: Path | None,
    only: str | None,
    resume: Path | None,
) -> None:
    """Edit films in many ways and say which copies are found, beside vPDQ's rule on the same frames.

    Every film and every copy is also asked about against all other films: what is found there is found wrongly,
    unless --groups says that the two show the same. With --minutes 0 nothing is said of costs.
    """
    clips = spread(readable(videos), limit)
    if only in {None, RECALL}:
        recipes = [recipe for recipe in RECIPES if recipe.name.startswith(tuple(edits.split(",")))]
        report = measured(clips, groups, recipes, resume)
    else:
        report = nothing_measured(clips)
    if only != RECALL and minutes > 0:
        film = cost.film(clips, minutes * 60)
        if only != LONG:
            report["cost"] = [cost.cost_of(f"720p30, {minutes:g} min", film, vpdq)]
        if only != COSTS and times > 1:
            report["long"] = cost.long_check(clips, film, times)
    write(report, json_path, plots)
    keep(document, report)


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


def measured(clips: Sequence[Clip], groups: Path | None, recipes: Sequence[Recipe], kept: Path | None) -> Report:
    """Do all steps that were not done before, and put together what they found."""
    steps = steps_in(kept, clips)
    films = cache(lambda: measure.banked(clips, groups_in(groups)))
    works = measure.works(clips, recipes)
    done = [
        steps.do(name, lambda: work(films()))  # noqa: B023  # called at once, or never
        for name, work in progress(works.items(), "Editing", total=len(works))
    ]

    def row(edit: str, family: str) -> EditRow:
        return row_of(family, [step for step in done if step["edit"] == edit])

    report = nothing_measured(clips)
    report["edits"] = {recipe.name: row(recipe.name, recipe.family) for recipe in recipes}
    report["stills"] = row(measure.STILLS, "stills")
    report["pictures_found"] = row(measure.PICTURES, "stills")["argine"]
    report["false_positives"] = summed(step["wrong"] for step in done)
    return report


def steps_in(kept: Path | None, clips: Sequence[Clip]) -> Steps:
    """What a run that was cut short had done.

    Raises:
        CommandError: the file is of other films, or nothing that this command wrote.
    """
    try:
        return Steps(kept, [(clip.name, len(clip.data)) for clip in clips])
    except OtherFilmsError as error:
        raise CommandError(str(error), Exit.BAD_INPUT) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{kept} holds no steps of this command.", Exit.BAD_INPUT) from error


def nothing_measured(clips: Sequence[Clip]) -> Report:
    """A report that is still to be filled."""
    return Report(
        films=len(clips),
        film_seconds=sum(clip.seconds for clip in clips),
        edits={},
        stills=row_of("stills", []),
        pictures_found=0.0,
        false_positives=summed([]),
        cost=[],
        long=None,
    )


def cost_lines(report: Report) -> list[str]:
    return [*map(cost_line, report["cost"]), *([] if report["long"] is None else [long_line(report["long"])])]


def keep(document: Path | None, report: Report) -> None:
    """Put what was measured into the document, if there is one, each part into a section of its own."""
    if document is None:
        return
    if report["edits"]:
        sections.write_section(document, "video-recall", recall_section(report))
    if report["cost"]:
        sections.write_section(document, "video-costs", lines_section("cost", map(cost_line, report["cost"])))
    if report["long"]:
        sections.write_section(document, "video-long", lines_section("a long one", [long_line(report["long"])]))


def _ran() -> str:
    return f"`argine bench video`, {time.now():%Y-%m-%d}. {describe('numpy', 'numba', 'av')}."


def recall_section(report: Report) -> str:
    """Say what was found, on what machine, on what day, as a section of docs/benchmarks.md."""
    head = ["edit", "n", "flat", "Argine", "vPDQ's rule", "error, median s", "error, most s"]
    return (
        f"## Films: recall of {len(report['edits'])} edits of {report['films']} films\n\n{_ran()}\n\n"
        f"{report['film_seconds']:.0f} s of film. Percent of edited copies that are found; how far from the truth the "
        f"found part lies.\n\n{sections.table(head, recall_rows(report))}\n\n{wrong_line(report)}"
    )


def lines_section(heading: str, lines: Iterable[str]) -> str:
    """Say what it costs likewise."""
    told = "\n".join(f"- {line}" for line in lines)
    return f"## Films: {heading}\n\n{_ran()}\n\n{told}"


def write(report: Report, json_path: Path | None, plots: Path | None) -> None:
    """Write the report as tables, and where asked as JSON and as plots."""
    console = Console()
    if report["edits"]:
        console.print(recall_table(report))
        console.print(wrong_line(report))
    for line in cost_lines(report):
        console.print(line)
    if json_path is not None:
        json_path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if plots is not None:
        draw("argine.bench.video.plots", report, plots)


def recall_table(report: Report) -> Table:
    table = Table(title=f"Recall of the edits of {report['films']} films, in percent; error of place in seconds")
    table.add_column("edit")
    for name in ("n", "flat", "argine", "vPDQ's rule", "error, median", "error, most"):
        table.add_column(name, justify="right")
    for row in recall_rows(report):
        table.add_row(*row)
    return table


def recall_rows(report: Report) -> list[list[str]]:
    """The cells of the table, a row for each edit and one for stills."""
    rows = []
    for name, row in {**report["edits"], "still": report["stills"]}.items():
        errors = ["-" if one is None else f"{one:.2f}" for one in (row["error_median"], row["error_max"])]
        numbers = [f"{100 * row['argine']:.1f}", f"{100 * row['vpdq']:.1f}"]
        rows.append([name, str(row["n"]), str(row["flat"]), *numbers, *errors])
    return rows


def wrong_line(report: Report) -> str:
    wrong = report["false_positives"]
    return (
        f"Found wrongly, of {wrong['pairs']} pairs of different films: {wrong['argine']} (vPDQ's rule {wrong['vpdq']})."
        f" Of {wrong['grouped_pairs']} pairs in groups: {wrong['grouped']}. "
        f"Frames kept as pictures, found in their films: {100 * report['pictures_found']:.1f} %."
    )


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

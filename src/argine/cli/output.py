"""What commands write: results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from typing import TextIO, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

FEW = 8  # items that are done before a progress bar could be read
MANY_BYTES = 500_000
LONGEST_CELL = 2000

Item = TypeVar("Item")

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Write JSON, one object a line (also when no terminal reads it)."
)


def wants_json(*, as_json: bool) -> bool:
    """Say whether a machine reads: it was asked for, or standard output is no terminal."""
    return as_json or not sys.stdout.isatty()


def json_line(value: object, file: TextIO | None = None) -> None:
    """Write one object, to standard output if no file is named. Pure ASCII: no file name can break it."""
    click.echo(json.dumps(value), file=file)


def progress(items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """Hand on the items, with a bar on standard error when there are many and somebody looks.

    Args:
        items: to be handed on; `total` of them, if they cannot tell that themselves.
        label: what is being done.
        total: how many there are.
    """
    count = len(items) if isinstance(items, Sized) else total or 0
    if count <= FEW or not sys.stderr.isatty():
        yield from items
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(items, total=count, description=label)


def columns(rows: Sequence[Sequence[object]]) -> None:
    """Write rows of text under one another, as wide as the widest cell; no cell can play with the terminal."""
    texts = [[plain(str(cell), LONGEST_CELL) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@contextmanager
def byte_progress(total: int, label: str) -> Iterator[Callable[[int], None]]:
    """Hand out what counts bytes done, with a bar on standard error when there are many and somebody looks."""
    if total < MANY_BYTES or not sys.stderr.isatty():
        yield lambda _done: None
        return
    columns_ = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns_, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, advance=done)


def plain(text: str, longest: int = 300) -> str:
    """Make a text that came from elsewhere safe for a terminal: one line, no control characters, not too long."""
    shown = "".join(character if character.isprintable() else " " for character in text[:longest])
    return " ".join(shown.split())

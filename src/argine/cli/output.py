"""What commands write: results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

FEW = 8  # items that are done before a progress bar could be read

Item = TypeVar("Item")

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Write JSON, one object a line (also when no terminal reads it)."
)


def wants_json(*, as_json: bool) -> bool:
    """Say whether a machine reads: it was asked for, or standard output is no terminal."""
    return as_json or not sys.stdout.isatty()


def json_line(value: object) -> None:
    """Write one object. Pure ASCII, so that no file name and no terminal can break it."""
    click.echo(json.dumps(value))


def progress(items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """Hand on the items, with a bar on standard error when there are many and somebody looks.

    `total` says how many there are where the items cannot be counted beforehand.
    """
    count = len(items) if isinstance(items, Sized) else total or 0
    if count <= FEW or not sys.stderr.isatty():
        yield from items
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(items, total=count, description=label)

"""`argine report`: what an operator owes the public and authorities about a period."""

from collections.abc import Sequence
from pathlib import Path

import click

from argine.cli.desk import period
from argine.cli.desk.folder import reads_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.private_file import writing
from argine.desk.reports import requests as records
from argine.desk.reports.sheets import Sheet
from argine.desk.reports.transparency import report
from argine.law.schema import load_all

folder_option = click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the CSV files."
)


@click.group("report")
def command() -> None:
    """Write reports about a period, counted from the cases when the command runs.

    Keep what you publish: after the time of keeping the cases are gone, and the figures cannot be counted again.
    """


@command.command("transparency")
@period.from_option
@period.to_option
@folder_option
@reads_desk
def transparency(first: str, last: str, output: Path) -> None:
    """Write the EU's transparency report (Implementing Regulation (EU) 2024/2835): eleven CSV files."""
    _write(report(period.read(first, last)), output)


@command.command("requests")
@period.from_option
@period.to_option
@click.option("--law", default=records.FIRST_LAW, show_default=True, help="The law whose requests are meant.")
@folder_option
@reads_desk
def requests(first: str, last: str, law: str, output: Path) -> None:
    """Write a record of each request under one law: receipt, validity, decision, removal, time."""
    if law not in load_all():
        raise CommandError(f"There is no law {law!r}. docs/reference/regimes.md lists them.", Exit.USAGE)
    _write([records.sheet(period.read(first, last), law)], output)


def _write(sheets: Sequence[Sheet], folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for sheet in sheets:
        with writing(folder / f"{sheet.name}.csv") as file:
            file.write(sheet.csv())
    click.echo(f"Files written to {click.format_filename(folder)}: {len(sheets)}.", err=True)

"""`argine export`: what other systems take."""

import json
from pathlib import Path

import click

from argine.cli.desk import period
from argine.cli.desk.folder import reads_desk
from argine.cli.private_file import writing
from argine.desk.reports.database import requests


@click.group("export")
def command() -> None:
    """Write files that other systems take."""


@command.command("statements")
@period.from_option
@period.to_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File; standard output if none.")
@reads_desk
def statements(first: str, last: str, output: Path | None) -> None:
    """Write statements of reasons for the DSA Transparency Database: of removals carried out within a period.

    Each line is the body of one request to the database's API, with up to 100 statements. No line: there were none.
    """
    count = 0
    days = period.read(first, last)
    with writing(output) as file:
        for lot in requests(days):
            click.echo(json.dumps({"statements": lot}), file=file)
            count += len(lot)
    click.echo(f"Statements written: {count}.", err=True)

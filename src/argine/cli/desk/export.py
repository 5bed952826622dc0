"""`argine export`: what other systems, and other people, take."""

import json
from pathlib import Path

import click
from django.conf import settings

from argine.cli.desk import period
from argine.cli.desk.folder import changes_desk, reads_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.private_file import writing, writing_bytes
from argine.desk.cases.models import Case
from argine.desk.core.actor import SHELL
from argine.desk.dossier.enums import Extent
from argine.desk.dossier.operations import Form, make
from argine.desk.reports.database import requests

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@click.group("export")
def command() -> None:
    """Write files that other systems, and other people, take."""


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


@command.command("dossier")
@click.argument("number", type=click.IntRange(1), metavar="CASE")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File: CASE's number if none.")
@click.option(
    "--form",
    type=click.Choice([form.value for form in Form]),
    default=Form.PDF.value,
    show_default=True,
    help="What kind of file.",
)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of its words.")
@click.option("--own", is_flag=True, help="The one that the person who reported may have, without what staff wrote.")
@changes_desk
def dossier(number: int, output: Path | None, form: str, language: str, *, own: bool) -> None:
    """Write the dossier of a case, for the police or an authority: CASE is the case's number.

    It tells what was reported, decided and done, with fingerprints and proofs; no picture. That it was made is logged.
    """
    case = Case.objects.filter(number=number).first()
    if case is None:
        raise CommandError(f"There is no case {number}.", Exit.BAD_INPUT)
    made = make(case, Extent.OWN if own else Extent.FULL, Form(form), language, by=SHELL)
    target = output or Path(made.name)
    with writing_bytes(target) as file:
        file.write(made.body)
    click.echo(f"Written: {click.format_filename(target)}", err=True)

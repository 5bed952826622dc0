"""`argine database`: bring a desk from the file in its folder into PostgreSQL."""

import sys
from itertools import islice

import click
from django.conf import settings

from argine.cli.desk.folder import database_in_words
from argine.cli.desk.lock import only_one
from argine.cli.desk.log_check import faults
from argine.cli.exits import CommandError, Exit
from argine.cli.output import json_line, json_option, wants_json
from argine.desk.audit.models import Entry
from argine.desk.audit.operations import sign_head
from argine.desk.config_rules import variable
from argine.desk.configuration.live import LIVE
from argine.desk.core import keys
from argine.desk.core.databases import PRAGMAS
from argine.desk.serve.backup import damage_of
from argine.desk.serve.operations import note_moved
from argine.desk.serve.transfer import beside, into_default, is_empty

MOST_FAULTS = 20
NEEDED = (keys.SESSIONS, keys.FIELDS, keys.CODES, keys.LOG)


@click.group("database")
def command() -> None:
    """A desk lives in one file of its folder. For more than one machine it moves into a PostgreSQL database."""


@command.command("move")
@click.option("--despite-faults", is_flag=True, help="Move the desk though its log does not verify: faults come along.")
@json_option
def move(*, despite_faults: bool, as_json: bool) -> None:
    """Bring the stopped desk of the folder into the PostgreSQL database that ARGINE_DATABASE_URL names.

    All of it or nothing: every table is counted and compared on the other side, and the log is verified there, before
    anything stands. Then the file is called argine.sqlite3.moved; it is still the whole desk of before. Whatever stops
    the command, run it again.
    """
    with only_one(settings.CONFIG.data), database_in_words():
        _check_before()
        was_moved = _was_moved()
        rows = 0 if was_moved else _move(despite_faults=despite_faults, quiet=wants_json(as_json=as_json))
        settings.CONFIG.database.rename(settings.CONFIG.moved)
        sign_head()
    if wants_json(as_json=as_json):
        json_line({"rows": rows, "entries": Entry.objects.count(), "file": str(settings.CONFIG.moved)})
    elif was_moved:
        click.echo("It was moved before. The file is put aside now; start the desk with `argine up`.")
    else:
        click.echo(f"Moved {rows:,} rows; all are there, and the log verifies. Start the desk with `argine up`.")
        click.echo(f"The file is {settings.CONFIG.moved.name} now: delete it once you have a backup of the new place.")


def _check_before() -> None:
    config = settings.CONFIG
    if not config.database_url:
        raise CommandError(f"Set {variable('database_url')} to the database that the desk moves into.", Exit.USAGE)
    if not config.database.is_file():
        raise CommandError(f"There is no desk in a file in {config.data}: nothing is to be moved.", Exit.REFUSED)
    if missing := [name for name in NEEDED if not (settings.KEYS / name).exists()]:
        raise CommandError(f"{settings.KEYS} lacks {', '.join(missing)}: put the keys back first.", Exit.REFUSED)
    if damage := damage_of(config.database):
        raise CommandError(f"The database in {config.data} is damaged: {damage}.", Exit.BAD_INPUT)


def _was_moved() -> bool:
    """Whether this very desk is there already: only the file was not put aside."""
    if is_empty():
        return False
    with beside(settings.CONFIG.database, PRAGMAS) as source:
        last = Entry.objects.using(source).order_by("-index").values_list("index", "leaf_hash").first()
    there = Entry.objects.filter(index=last[0]).values_list("leaf_hash", flat=True).first() if last else None
    if last is None or there is None or bytes(there) != bytes(last[1]):
        raise CommandError("There is another desk in the PostgreSQL database. Nothing was moved.", Exit.REFUSED)
    return True


def _move(*, despite_faults: bool, quiet: bool) -> int:
    def told(table: str, rows: int) -> None:
        if rows and not quiet and sys.stderr.isatty():
            click.echo(f"  {table}: {rows:,} rows", err=True)

    with beside(settings.CONFIG.database, PRAGMAS) as source, into_default(source, told) as rows:
        LIVE.refresh()
        found = list(islice(faults(), MOST_FAULTS))
        for fault in found:
            click.secho(f"{fault.where} {fault.what}", fg="red", err=True)
        if found and not despite_faults:
            raise CommandError(
                "The log does not verify, so nothing was moved. Does `argine log verify` say the same of the folder? "
                "Then --despite-faults moves it as it is.",
                Exit.ALTERED,
            )
        note_moved(rows)
    return rows

"""`argine key`: what lets a platform's software in."""

from datetime import date, datetime
from pathlib import Path
from typing import TypedDict

import click

from argine.cli.desk.folder import changes_desk, makes_desk, reads_desk
from argine.cli.exits import CommandError, Exit
from argine.cli.output import columns, json_line, json_option, wants_json
from argine.cli.private_file import writing
from argine.desk.core import time
from argine.desk.core.actor import SHELL
from argine.desk.core.errors import InvalidError
from argine.desk.people import operations, queries
from argine.desk.people.enums import GIVEN, Scope
from argine.desk.people.models import ApiKey

LONGEST_NAME = 80
SHORTEST_ID = 4


class KeyRecord(TypedDict):
    """What is written of a key; the key itself is told once, by `create`."""

    id: str
    name: str
    begins: str
    scopes: list[str]
    created_at: str
    revoked_at: str | None
    ends_on: str | None
    used_on: str | None


@click.group("key")
def command() -> None:
    """With a key, a platform's software asks about uploads, reads decisions and reports what it did.

    What a key may do are its scopes. check: ask about uploads. decisions: read decisions and statements of reasons.
    actions: report what was done.
    """


@command.command("create")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice([scope.value for scope in GIVEN]),
    default=(Scope.CHECK.value,), show_default=True, help="What it may do; may be given several times.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write the key to, alone."
)
@click.option(
    "--ends", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
    help="Last day on which it opens anything, in UTC, such as 2027-12-31; without it until it is revoked.",
)  # fmt: skip
@json_option
@makes_desk
def create(name: str, scopes: tuple[str, ...], output: Path | None, ends: datetime | None, *, as_json: bool) -> None:
    """Make a key, and tell it once: only a digest of it is kept. NAME says which software has it."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise CommandError(f"A name has 1 to {LONGEST_NAME} characters on one line.", Exit.USAGE)
    granted, ends_on = {Scope(scope) for scope in scopes}, ends.date() if ends else None
    try:
        secret = operations.create_key(name.strip(), granted, by=SHELL, ends_on=ends_on)
    except InvalidError as error:
        raise CommandError(str(error), Exit.USAGE) from None
    made = queries.find_key(secret)
    if output is not None:
        with writing(output) as file:
            click.echo(secret, file=file)
        click.echo(f"Wrote the key to {click.format_filename(output)}.", err=True)
    elif wants_json(as_json=as_json):
        json_line({**(_record(made) if made else {}), "key": secret})
    else:
        click.echo(f"The key, told once; put it into the platform's settings:\n  {secret}")


@command.command("list")
@json_option
@reads_desk
def list_keys(*, as_json: bool) -> None:
    """Show the keys: what they begin with and may do, when they end and were last used. None is told again."""
    records = [_record(key) for key in queries.api_keys()]
    if wants_json(as_json=as_json):
        for record in records:
            json_line(record)
        return
    rows = [
        (
            record["id"],
            record["begins"],
            ",".join(record["scopes"]),
            record["revoked_at"] or "no",
            record["ends_on"] or "-",
            record["used_on"] or "never",
            record["name"],
        )
        for record in records
    ]
    columns([("ID", "BEGINS", "SCOPES", "REVOKED", "ENDS", "USED", "NAME"), *rows])


def _record(key: ApiKey) -> KeyRecord:
    return {
        "id": str(key.id),
        "name": key.name,
        "begins": key.prefix,
        "scopes": key.scopes,
        "created_at": time.iso(key.created_at),
        "revoked_at": time.iso(key.revoked_at) if key.revoked_at else None,
        "ends_on": _day(key.ends_on),
        "used_on": _day(key.used_on),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


@command.command("revoke")
@click.argument("key_id", metavar="ID")
@changes_desk
def revoke(key_id: str) -> None:
    """Let a key in no more, from the next request on. ID is its id, its beginning, or what the key begins with."""
    found = queries.find_keys(key_id) if len(key_id) >= SHORTEST_ID else []
    if len(found) != 1:
        several, none = "Several keys fit: give more of the id.", "There is no such key. `argine key list` shows them."
        raise CommandError(several if found else none, Exit.REFUSED)
    if found[0].revoked_at is not None:
        raise CommandError("This key was revoked before.", Exit.REFUSED)
    operations.revoke_key(found[0], by=SHELL)
    click.echo(f"Revoked the key {found[0].prefix}…", err=True)

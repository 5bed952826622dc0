"""`argine secrets`: the keys that seal what is stored, and the identities that open backups."""

from pathlib import Path

import click
from django.conf import settings

from argine.cli.desk.folder import changes_desk
from argine.cli.desk.lock import only_one
from argine.cli.output import json_line, json_option, wants_json
from argine.cli.private_file import writing
from argine.desk.core.stream import Identity
from argine.desk.serve.operations import reseal


@click.group("secrets")
def command() -> None:
    """Change the key of sealed fields, and make identities that open backups."""


@command.command("rotate")
@json_option
@changes_desk
def rotate(*, as_json: bool) -> None:
    """Seal every personal field, patch set and second factor with a new key. Stop the desk first.

    If it is interrupted, run it again: it goes on where it stopped, and meanwhile the desk opens what both keys sealed.
    The old key is kept beside the new one: backups of before still need it.
    """
    with only_one(settings.CONFIG.data):
        done = reseal()
    if wants_json(as_json=as_json):
        json_line({"resealed": done.now, "sealed": done.all, "old_key": str(done.retired)})
    else:
        click.echo(f"Sealed {done.now} of {done.all} values with a new key. The old one: {done.retired}.")
        click.echo("Back the keys up again (`argine backup --part keys`), and keep the old one with the old backups.")


@command.command("new-identity")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_identity(file: Path) -> None:
    """Make an identity that opens backups, write it to FILE, and print its reader for `argine backup --to`.

    Keep FILE away from this machine: on paper, or on a medium that is locked up. Without it no backup opens.
    """
    identity = Identity.new()
    with writing(file) as out:
        out.write(identity.text() + "\n")
    click.echo(identity.reader().text())

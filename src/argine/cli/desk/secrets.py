"""`argine secrets`: the keys that seal what is stored, and the identities that open backups."""

from pathlib import Path

import click
from django.conf import settings

from argine.cli.desk.folder import changes_desk
from argine.cli.desk.lock import only_one
from argine.cli.exits import CommandError, Exit
from argine.cli.output import json_line, json_option, wants_json
from argine.cli.private_file import writing
from argine.desk.core import keys
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


@command.command("wrap-keys")
@click.option("--undo", is_flag=True, help="Let them lie open again, as before a change of the programs.")
@changes_desk
def wrap_keys(*, undo: bool) -> None:
    """Wrap the key files that lie open by the program that ARGINE_KEY_WRAP_COMMAND names.

    Each is replaced in one step, and only once it was opened again. Whoever copied the disk before has the open ones:
    `argine secrets rotate` then makes a new key for the sealed fields. Without the program, or what stands behind it,
    nothing opens any more; backups hold the keys as they lie.
    """
    with only_one(settings.CONFIG.data):
        if undo:
            names = keys.unwrap_all(settings.KEYS)
        elif settings.CONFIG.key_wrap_command:
            names = keys.wrap_all(settings.KEYS)
        else:
            raise CommandError("Set ARGINE_KEY_WRAP_COMMAND and ARGINE_KEY_UNWRAP_COMMAND first.", Exit.REFUSED)
    done = "lie open now" if undo else "lie wrapped now"
    click.echo(f"{', '.join(names)} {done}." if names else "There was nothing to do.")


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

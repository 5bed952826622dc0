"""`argine restore`: put a desk back from a backup, into a folder without one."""

import tempfile
from itertools import chain, islice
from pathlib import Path

import click
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from argine.cli.desk.folder import database_in_words, has_desk, is_older
from argine.cli.desk.lock import only_one
from argine.cli.desk.log_check import counts, faults, held_against
from argine.cli.desk.sealing import by_whom
from argine.cli.exits import CommandError, Exit
from argine.cli.output import json_line, json_option, wants_json
from argine.cli.receipt import read_text
from argine.desk.audit import queries
from argine.desk.audit.operations import sign_head
from argine.desk.core import crypto, keys
from argine.desk.serve.backup import DATABASE, KEYS, Manifest, Part, damage_of, unpack
from argine.desk.serve.operations import note_restored
from argine.desk.serve.transfer import beside, into_default, is_empty

MOST_FAULTS = 20
NEEDED = (keys.FIELDS, keys.CODES, keys.LOG)


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--identity", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="The identity of the reader that the backup was written for.",
)  # fmt: skip
@click.option(
    "--passphrase-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="File whose first line is the passphrase. Without it and --identity, you are asked for one.",
)  # fmt: skip
@click.option(
    "--checkpoint", type=click.Path(path_type=Path), metavar="FILE",
    help="A signed head that was kept elsewhere: the restored log must have it.",
)  # fmt: skip
@json_option
def command(
    file: Path, identity: Path | None, passphrase_file: Path | None, checkpoint: Path | None, *, as_json: bool
) -> None:
    """Put back what FILE holds, and check all of it. The folder must hold no desk; a keys folder may lie there.

    A backup of the keys is put back first, then that of the database. Nothing is put in place before everything was
    opened and checked. The exit code is 6 if the restored log does not verify.
    """
    by = by_whom(identity, passphrase_file)
    kept = read_text(checkpoint) if checkpoint else None
    data = settings.CONFIG.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with only_one(data), database_in_words():
        with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as name, file.open("rb") as source:
            folder = Path(name)
            manifest = unpack(source, by, folder)
            _check_before(manifest, folder)
            _put_in_place(folder)
        crypto.forget_keys()
        if manifest.part == Part.KEYS:
            click.echo("The keys are back. Now restore the database, or start the desk if it is there.", err=True)
            return
        _check_after(manifest, kept, as_json=as_json)


def _check_before(manifest: Manifest, folder: Path) -> None:
    """Refuse whatever would hide what is there, or could not be opened once it is in place."""
    if manifest.part != Part.KEYS:
        if has_desk() and not (settings.CONFIG.database_url and is_empty()):
            raise CommandError(f"There is a desk in {_place()}: move it aside first, do not delete it.", Exit.REFUSED)
        damage = damage_of(folder / DATABASE)
        if damage:
            raise CommandError(f"The database in the backup is damaged: {damage}.", Exit.BAD_INPUT)
    brought = {path.name for path in (folder / KEYS).glob("*")}
    there = {path.name for path in settings.KEYS.glob("*.key")}
    clash = sorted(brought & there)
    if clash:
        raise CommandError(
            f"There are keys in {settings.KEYS} already: {', '.join(clash)}. Move them aside.", Exit.REFUSED
        )
    missing = [name for name in NEEDED if name not in brought | there]
    if missing and manifest.part != Part.KEYS:
        raise CommandError(
            f"The backup holds no keys, and {settings.KEYS} lacks {', '.join(missing)}: restore the keys first.",
            Exit.REFUSED,
        )


def _place() -> str:
    return "the PostgreSQL database" if settings.CONFIG.database_url else str(settings.CONFIG.data)


def _put_in_place(folder: Path) -> None:
    """The database last: until it is there, the folder holds no desk. One on a server comes first, whole or not."""
    data = settings.CONFIG.data
    if settings.CONFIG.database_url and (folder / DATABASE).exists():
        with beside(folder / DATABASE) as source, into_default(source):
            pass  # it is looked at once it is in place, as a restored file is
        (folder / DATABASE).unlink()
    settings.KEYS.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in sorted((folder / KEYS).glob("*")):
        path.replace(settings.KEYS / path.name)
    for name in (queries.HEAD_FILE, DATABASE):
        if (folder / name).exists():
            (data / name).unlink(missing_ok=True)
            (folder / name).replace(data / name)


def _check_after(manifest: Manifest, kept: str | None, *, as_json: bool) -> None:
    connection.close()
    unknown = set(MigrationLoader(connection).applied_migrations) - set(MigrationLoader(connection).disk_migrations)
    if unknown:
        raise CommandError("It is back, but of a newer version of Argine than this one: install that.", Exit.REFUSED)
    if is_older():
        click.echo("It is back, and of an older version: `argine up` brings it up to date, then `argine log verify`.")
        return
    found = list(islice(chain(faults(), held_against(kept)), MOST_FAULTS))
    note_restored(manifest.entries, manifest.made_at)
    sign_head()
    log = queries.verifier_key().text()
    if wants_json(as_json=as_json):
        told = {
            "log": log,
            "made_at": manifest.made_at,
            "entries": manifest.entries,
            "compared": counts(),
        }
        json_line({"ok": not found, **told, "faults": [f"{fault.where} {fault.what}" for fault in found]})
    else:
        for fault in found:
            click.secho(f"{fault.where} {fault.what}", fg="red")
        click.echo(f"The desk is back as of {manifest.made_at}, log {log} of {manifest.entries} entries.")
        click.echo("What came after that is lost: tell your platforms and the public. See the operator's page.")
    if found:
        raise CommandError("The restored log does not verify: keep the backup, and look for another.", Exit.ALTERED)

"""`argine backup`: the desk in one sealed file, while it runs."""

import os
import secrets
import sqlite3
from pathlib import Path

import click
from django.conf import settings

from argine.cli.desk.folder import reads_desk
from argine.cli.desk.sealing import reader_option, to_whom
from argine.cli.exits import CommandError, Exit
from argine.cli.output import json_line, json_option, wants_json
from argine.desk.audit.operations import publish_head
from argine.desk.core.stream import Passphrase, Reader
from argine.desk.doctor.facts import BACKUP_MARK
from argine.desk.serve.backup import Manifest, Part, write

PARTS = click.Choice([part.value for part in Part])


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@reader_option
@click.option(
    "--passphrase-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="File whose first line is the passphrase. Without it and --to, you are asked for one.",
)  # fmt: skip
@click.option(
    "--part", type=PARTS, default=Part.ALL.value, show_default=True,
    help="What to put in: the keys and the database may be kept in two places.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace FILE if it is there.")
@json_option
@reads_desk
def command(
    file: Path, to: str | None, passphrase_file: Path | None, part: str, *, overwrite: bool, as_json: bool
) -> None:
    """Write a backup of the desk to FILE: sealed, whole or not at all, while the desk runs.

    `argine restore` puts it back. Give it to a passphrase that is kept elsewhere, or with --to to a reader:
    `argine secrets new-identity` makes one. Its identity is kept elsewhere, so this machine can write and not read.
    """
    if file.exists() and not overwrite:
        raise CommandError(f"{click.format_filename(file)} is there already: choose another name.", Exit.REFUSED)
    to_reader = to_whom(to, passphrase_file, confirm=True)
    if Part(part) != Part.KEYS:
        publish_head()
    manifest = _write(file, to_reader, Part(part))
    if Part(part) != Part.KEYS:
        (settings.CONFIG.data / BACKUP_MARK).touch()  # `argine doctor` tells how old it is
    if wants_json(as_json=as_json):
        json_line({"path": str(file), "bytes": file.stat().st_size, "part": part, "entries": manifest.entries,
                   "made_at": manifest.made_at, "files": [kept.name for kept in manifest.files]})  # fmt: skip
    else:
        names = ", ".join(kept.name for kept in manifest.files)
        click.echo(f"Wrote {click.format_filename(file)}, {file.stat().st_size:,} bytes: {names}.")
        click.echo("Try it now and then: `argine restore FILE --data an-empty-folder`.")


def _write(file: Path, to: Passphrase | Reader, part: Part) -> Manifest:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            manifest = write(out, to, part)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except sqlite3.Error as error:
        raise CommandError(f"The database cannot be copied: {error}.", Exit.REFUSED) from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest

"""Who may open a sealed file: options that `backup` and `restore` share."""

from pathlib import Path

import click

from argine.cli.exits import CommandError, Exit
from argine.cli.receipt import read_text
from argine.desk.core.stream import Identity, Passphrase, Reader

SHORTEST = 16

reader_option = click.option(
    "--to", metavar="READER", help="Whom to write it for: `argine-reader-...`, or @FILE that holds it."
)


def to_whom(reader: str | None, passphrase_file: Path | None, *, confirm: bool) -> Passphrase | Reader:
    """Find out for whom a file is sealed.

    Raises:
        CommandError: both were given, or the passphrase is too short.
        StreamError: the reader is none.
        OSError: a file cannot be read.
    """
    if reader and passphrase_file:
        raise CommandError("Give --to or --passphrase-file, not both.", Exit.USAGE)
    if reader:
        return Reader.parse(read_text(Path(reader[1:])) if reader.startswith("@") else reader)
    return _passphrase(passphrase_file, confirm=confirm)


def by_whom(identity_file: Path | None, passphrase_file: Path | None) -> Passphrase | Identity:
    """Find out who opens a sealed file; errors are those of `to_whom`."""
    if identity_file and passphrase_file:
        raise CommandError("Give --identity or --passphrase-file, not both.", Exit.USAGE)
    if identity_file:
        return Identity.parse(read_text(identity_file))
    return _passphrase(passphrase_file, confirm=False)


def _passphrase(file: Path | None, *, confirm: bool) -> Passphrase:
    if file is None:
        text = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    else:
        text = read_text(file).split("\n", 1)[0].rstrip("\r")
    if len(text) < SHORTEST:
        raise CommandError(f"A passphrase has at least {SHORTEST} characters: a few random words.", Exit.USAGE)
    return Passphrase(text)

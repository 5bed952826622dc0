"""`argine connect`: servers that stand between a platform's software and a desk."""

import click

from argine.cli.connect.clamd import clamd_command
from argine.cli.connect.icap import icap_command
from argine.cli.connect.pictrs import pictrs_command
from argine.cli.connect.telegram import telegram_command


@click.group("connect")
def command() -> None:
    """Let a platform's software ask a desk about each upload, without a change to it.

    Each command is a small server for this machine or a private network: it has no log-in of its own. It keeps no file,
    and talks to nobody but the desk. What happens to an upload when the desk cannot be asked has no default: --fail
    says it.
    """


command.add_command(clamd_command)
command.add_command(icap_command)
command.add_command(pictrs_command)
command.add_command(telegram_command)

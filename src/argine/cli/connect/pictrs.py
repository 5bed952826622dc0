"""`argine connect pictrs`: for Lemmy's picture store."""

from typing import Any, Unpack

import click
from gunicorn.app.base import BaseApplication

from argine.cli.connect.options import Given, asker_of, place_of, shared, start_log
from argine.cli.exits import CommandError, Exit
from argine.connect.address import is_this_machine, text_or_file
from argine.connect.pictrs import validation
from argine.connect.policy import Fail
from argine.connect.serving import Place
from argine.connect.settings import MIB

SHORTEST_SECRET = 16
GRACE_S = 10


class Web(BaseApplication):
    """One process with a thread for each upload that may ask or wait."""

    def __init__(self, application: object, given: Given) -> None:
        self.application = application
        self.settings: dict[str, Any] = {
            "bind": given["listen"],
            "workers": 1,
            "worker_class": "gthread",
            "threads": given["at_once"] + given["waiting"],
            "graceful_timeout": GRACE_S,
            "loglevel": "warning",
            "accesslog": None,  # the address holds the secret
            "control_socket_disable": True,
            "when_ready": lambda _: click.echo(f"Listening at {given['listen']}.", err=True),
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        return self.application


@click.command("pictrs")
@shared("127.0.0.1:8381", Fail.OPEN, Fail.CLOSED)
@click.option(
    "--secret", metavar="SECRET",
    help=f"What the address must hold, or @FILE with it: at least {SHORTEST_SECRET} letters and digits. Needed unless "
    "only this machine can ask.",
)  # fmt: skip
def pictrs_command(*, secret: str | None, **given: Unpack[Given]) -> None:
    """Answer pict-rs, Lemmy's picture store, as its `external_validation`.

    Counts are at /metrics of the same place.
    """
    if given["metrics"] is not None:
        raise click.UsageError("Counts are at /metrics of the same place: leave --metrics out.")
    asker = asker_of("pictrs", given)
    held = read_secret(secret, place_of(given["listen"]))
    start_log()
    Web(validation(asker, held, given["most_mib"] * MIB), given).run()


def read_secret(given: str | None, place: Place) -> str:
    """Take the secret as it was given, or from the file it names.

    Raises:
        CommandError: there is none though other machines could ask, or it could be guessed.
        OSError: the file cannot be read.
    """
    secret = text_or_file(given or "")
    if not secret and (place.path is not None or is_this_machine(place.host)):
        return ""
    if len(secret) < SHORTEST_SECRET or not (secret.isascii() and secret.isalnum()):
        raise CommandError(f"Give a --secret of at least {SHORTEST_SECRET} letters and digits.", Exit.USAGE)
    return secret

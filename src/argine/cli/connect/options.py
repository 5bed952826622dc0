"""The options that all connectors share."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypedDict, TypeVar

import click

from argine.cli.exits import CommandError, Exit
from argine.connect.address import KEY_VARIABLE
from argine.connect.asker import Asker
from argine.connect.errors import ConnectError
from argine.connect.intake import Intake
from argine.connect.policy import Do, Fail
from argine.connect.serving import Handle, Place, serve
from argine.connect.settings import MIB, Settings

Command = TypeVar("Command", bound=Callable[..., None])
option = partial(click.option, show_default=True)

DO = click.Choice([one.value for one in Do])
FAIL = {
    Fail.OPEN: "open: it is let in, unchecked",
    Fail.CLOSED: "closed: it is refused",
    Fail.ERROR: "error: an error is told, and the program that asks decides",
}


class Given(TypedDict):
    """What the shared options hold."""

    server: str
    key: str | None
    fail: str
    review: str
    not_compared: str
    banks: tuple[str, ...]
    timeout: float
    at_once: int
    waiting: int
    most_mib: int
    listen: str
    metrics: str | None
    plain_http: bool


def shared(place: str | None, *fails: Fail) -> Callable[[Command], Command]:
    """Add the options; `place` is where a server listens unless told otherwise, `fails` what its protocol can say."""
    words = "; ".join(FAIL[one] for one in fails)
    options = [
        option("--server", required=True, metavar="URL", help="The desk, such as https://desk.example.org."),
        option(
            "--key", metavar="KEY", help=f"A key of the desk, or @FILE with it; else {KEY_VARIABLE} is read."
        ),
        option(
            "--fail", required=True, type=click.Choice([one.value for one in fails]),
            help=f"What happens to an upload when the desk cannot be asked. {words}.",
        ),
        option(
            "--review", type=DO, default="accept",
            help="... when it is a copy of what was reported and is not decided.",
        ),
        option(
            "--not-compared", type=DO, default="accept",
            help="... when it cannot be compared by look: flat, damaged, too large, or neither picture nor film.",
        ),
        option("--bank", "banks", multiple=True, metavar="BANK", help="Ask this bank only; may be repeated."),
        option("--timeout", type=click.FloatRange(0.1), default=30.0, help="Seconds of an answer."),
        option("--at-once", type=click.IntRange(1), default=8, help="Questions under way at once."),
        option(
            "--waiting", type=click.IntRange(0), default=32,
            help="Questions that may wait; for one more, --fail says what happens.",
        ),
        option("--most-mib", type=click.IntRange(1), default=256, help="Largest upload, in MiB."),
        *([] if place is None else [option("--listen", default=place, help="HOST:PORT, or unix:PATH.")]),
        option("--metrics", metavar="HOST:PORT", help="Serve counts for Prometheus there, under /metrics."),
        option("--plain-http", is_flag=True, help="Send to a desk without TLS, though others could read it."),
    ]  # fmt: skip

    def add(command: Command) -> Command:
        for one in reversed(options):
            command = one(command)
        return command

    return add


def asker_of(connector: str, given: Given) -> Asker:
    """Make the client of a desk.

    Raises:
        CommandError: an option is wrong.
        OSError: the file of the key cannot be read.
    """
    same = {name: given[name] for name in ("key", "fail", "review", "not_compared", "banks", "plain_http")}
    renamed = {
        "address": given["server"], "timeout_s": given["timeout"], "most_at_once": given["at_once"],
        "most_waiting": given["waiting"], "most_file_mib": given["most_mib"],
    }  # fmt: skip
    try:
        return Asker(Settings.read(same | renamed, knows_error=True), connector)
    except ConnectError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def intake_of(asker: Asker, given: Given) -> Intake:
    """Make what takes streams in: as many at once as may ask or wait."""
    return Intake(asker, given["most_mib"] * MIB, given["at_once"] + given["waiting"])


def place_of(text: str) -> Place:
    """Read where to listen.

    Raises:
        CommandError: it is no such place.
    """
    try:
        return Place.parse(text)
    except ConnectError as error:
        raise CommandError(str(error), Exit.USAGE) from None


class Line(logging.Formatter):
    """A line with its time in UTC."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - as it is called
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")


def start_log() -> None:
    """Let standard error say when the desk is away, and which uploads were refused."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line("%(asctime)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO)


def run(handle: Handle, asker: Asker, given: Given) -> None:
    """Serve until a signal.

    Raises:
        CommandError: a place to listen at is none, or is taken.
    """
    place, metrics = place_of(given["listen"]), given["metrics"]
    counts = None if metrics is None else place_of(metrics)
    start_log()
    try:
        asyncio.run(
            serve(place, handle, asker, counts, lambda: click.echo(f"Listening at {given['listen']}.", err=True))
        )
    except OSError as error:
        raise CommandError(f"Cannot listen there: {error.strerror or 'the system refuses'}.", Exit.REFUSED) from None

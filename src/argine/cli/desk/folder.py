"""The data folder that a command works on: is there a desk in it, and may the command make one?

Commands that read or change what is there refuse a folder without a desk; those that add to it make the desk, as
`argine up` would.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from argine.cli.exits import CommandError, Exit
from argine.desk.audit.operations import sign_head
from argine.desk.configuration.live import LIVE
from argine.desk.core import keys
from argine.desk.serve.prepare import prepare

P = ParamSpec("P")
R = TypeVar("R")


def reads_desk(run: Callable[P, R]) -> Callable[P, R]:
    """Let a command run over a folder with a desk only."""

    @wraps(run)
    def over_a_desk(*args: P.args, **kwargs: P.kwargs) -> R:
        with database_in_words():
            require_desk()
            LIVE.refresh()
            return run(*args, **kwargs)

    return over_a_desk


def changes_desk(run: Callable[P, R]) -> Callable[P, R]:
    """Let a command run over a folder with a desk only; sign the log's head after it, also if it did a part only."""

    @wraps(run)
    def and_sign(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return run(*args, **kwargs)
        finally:
            sign_head()

    return reads_desk(and_sign)


def makes_desk(run: Callable[P, R]) -> Callable[P, R]:
    """Do as `changes_desk`, and make the desk first if there is none."""
    changes = changes_desk(run)

    @wraps(run)
    def over_a_desk(*args: P.args, **kwargs: P.kwargs) -> R:
        with database_in_words():
            make_desk()
        return changes(*args, **kwargs)

    return over_a_desk


def has_desk() -> bool:
    """Say whether there is a database, in the folder or where the settings say, with anything in it."""
    is_there = bool(settings.CONFIG.database_url) or settings.CONFIG.database.is_file()
    return is_there and bool(connection.introspection.table_names())


def require_desk() -> None:
    """Refuse a folder without a desk, or with one of another version.

    Raises:
        CommandError: in a line that says what to do.
    """
    folder = settings.CONFIG.data
    if not has_desk():
        raise CommandError(
            f"There is no desk in {folder}. Start it once with `argine up --data {folder}`.", Exit.REFUSED
        )
    if is_older():
        raise CommandError(
            f"The desk in {folder} is of an older version. `argine up --data {folder}` brings it up to date.",
            Exit.REFUSED,
        )


def is_older() -> bool:
    """Say whether the database is of an older version of Argine than this."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def make_desk() -> None:
    """Make a desk where there is none."""
    if has_desk():
        return
    settings.CONFIG.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.create_missing(settings.KEYS)
    prepare()
    click.echo(f"Made a new desk in {settings.CONFIG.data}.", err=True)


@contextmanager
def database_in_words() -> Iterator[None]:
    """Say what is wrong with a database in a line that helps.

    Raises:
        CommandError: the database is busy, damaged, or not one.
    """
    try:
        yield
    except DatabaseError as error:
        raise CommandError(_explain(error), Exit.REFUSED) from error


def _explain(error: DatabaseError) -> str:
    name, text = settings.CONFIG.database, str(error)
    if isinstance(error, OperationalError) and ("locked" in text or "lock timeout" in text):
        return "The desk is busy: something else has been writing for too long. Try again."
    if "not a database" in text or "malformed" in text:
        return f"{name} is no database, or it is damaged. Put it back from the backup."
    if "readonly" in text or "unable to open" in text:
        return f"{name} cannot be opened or written: its disk is read-only, or the rights of folder and files changed."
    if "disk is full" in text:
        return "The disk is full: nothing was changed. Make room, then try again."
    if settings.CONFIG.database_url and isinstance(error, OperationalError):
        return f"The PostgreSQL database cannot be used: {' '.join(text.split())}"
    return f"The database refused ({type(error).__name__}). Run `argine log verify`; if it finds nothing, report this."

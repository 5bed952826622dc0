"""One desk over one folder, and nothing that needs the desk to stand still while it runs."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argine.cli.exits import CommandError, Exit

LOCK_FILE = "argine.lock"


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the folder: two desks over one database would both tick its clocks.

    Raises:
        CommandError: a desk runs over it.
    """
    with (data / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Argine runs over the folder {data} already. Stop it first, or give another folder with --data."
            raise CommandError(message, Exit.REFUSED) from error
        yield

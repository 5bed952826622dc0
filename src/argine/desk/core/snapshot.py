"""Reading one moment of the database while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all reads see the database as it is at the first of them: what is compared then belongs together.

    It waits for no writer and keeps none waiting, so nothing may be written inside. Inside a transaction, or where the
    database has no such thing, it does nothing.
    """
    if connection.in_atomic_block or connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")

"""Reading one moment of the database while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections

# PostgreSQL ends whoever is idle inside a transaction (`database_url.SESSION`), since writers hold others up. This
# holds nobody up, and what it compares may take longer than the time between two reads.
BEGIN = {
    "sqlite": ("BEGIN DEFERRED",),
    "postgresql": (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SET LOCAL idle_in_transaction_session_timeout = 0",
    ),
}


@contextmanager
def one_moment(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let all reads see the database as it is at the first of them: what is compared then belongs together.

    It waits for no writer and keeps none waiting, so nothing may be written inside. Inside a transaction it does
    nothing.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        for statement in BEGIN[connection.vendor]:
            cursor.execute(statement)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")

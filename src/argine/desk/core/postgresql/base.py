"""Every transaction begins by taking the one lock of writers, and gives it back with its end: on all nodes together.

SQLite's IMMEDIATE transactions are like that, and what is written relies on it: the log is one chain; and who follows
a feed by its numbers (banks, log, exchange) would miss a row whose number was drawn before and committed after that of
another. Here each number is drawn under the lock and seen before the next is drawn. Who only reads, outside of
transactions, takes no lock and waits for nobody.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg.abc import Buffer
from psycopg.types.string import StrDumper

# "argine" and a number. Advisory locks belong to one database: other programs' are no concern.
WRITERS = int.from_bytes(b"argine\0\1")


# What stands for a character that cannot be represented (Unicode 23.8).
REPLACEMENT = "\ufffd"
# sqlclient_unable_to_establish_sqlconnection: libpq itself gives no code where no connection came about.
UNREACHABLE = "08001"


class _WithoutNul(StrDumper):
    """Text as PostgreSQL takes it: without NUL. Who puts one into an address must find nothing, and no fault."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", REPLACEMENT))


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        try:
            connection: Connection[Any] = super().get_new_connection(conn_params)
        except OperationalError as error:
            error.sqlstate = UNREACHABLE
            raise
        connection.adapters.register_dumper(str, _WithoutNul)
        return connection

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001  # Django's shape
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs leave it out
        if not autocommit:
            with self.wrap_database_errors:
                self._take_turn()

    def _take_turn(self) -> None:
        """Wait for the lock, at most for `lock_timeout`. If it cannot be had, no transaction was begun."""
        try:
            self.connection.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS])
        except Exception:
            if not self.connection.closed:
                self.connection.rollback()
                self.connection.autocommit = True
            raise

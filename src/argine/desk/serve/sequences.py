"""The numbers that a database gives rows: what was given once is never given again, also not after a move.

Who follows a feed by its numbers (banks, exchange, restorations) would miss a row that got a lower one than it
has seen.
"""

from django.core.management.color import no_style
from django.db import connections, models


def newest_number(model: type[models.Model], alias: str) -> int:
    """The highest number that was ever given to a row; 0 for none, and for tables that give none."""
    table, column = _place(model)
    if not column:
        return 0
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            found = cursor.fetchone()
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column])
            cursor.execute(f"SELECT last_value FROM {cursor.fetchone()[0]} WHERE is_called")  # noqa: S608  # its own name
            found = cursor.fetchone()
    return int(found[0]) if found else 0


def set_newest_number(model: type[models.Model], alias: str, newest: int) -> None:
    """Go on behind a number, and behind every row that is there."""
    table, column = _place(model)
    if not column:
        return
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
        if newest <= newest_number(model, alias):
            return
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, newest])
        else:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', column, newest])


def _place(model: type[models.Model]) -> tuple[str, str]:
    """A model's table and the column that the database numbers; that one is empty where it numbers none."""
    key = model._meta.pk  # noqa: SLF001  # Django's documented name
    column = key.column if isinstance(key, models.AutoField) else None
    return model._meta.db_table, column or ""  # noqa: SLF001

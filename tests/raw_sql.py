"""What somebody does to the database behind the desk's back: written as for SQLite, done in whichever one it is."""

import re

import pytest
from django.db import connection

IS_SQLITE = connection.vendor == "sqlite"
# Such rows cannot be there: PostgreSQL checks the form of ids and times itself.
only_where_rows_may_have_any_form = pytest.mark.skipif(not IS_SQLITE, reason="PostgreSQL refuses such a row")
about_the_file = pytest.mark.skipif(not IS_SQLITE, reason="about the file of SQLite")


def raw(sql: str, *values: object) -> list[tuple[object, ...]]:
    """Run one statement; return its rows. What is tied to other rows may be wrong until the transaction ends."""
    with connection.cursor() as cursor:
        if IS_SQLITE:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(in_its_words(sql), values)
        return list(cursor.fetchall()) if cursor.description else []


def in_its_words(sql: str) -> str:
    """A statement that was written for SQLite, in the words of the database."""
    if IS_SQLITE:
        return sql
    sql = re.sub(r"zeroblob\((\d+)\)", lambda found: f"decode('{'00' * int(found[1])}', 'hex')", sql)
    return re.sub(r"[Xx]'([0-9a-f]+)'", r"decode('\1', 'hex')", sql)

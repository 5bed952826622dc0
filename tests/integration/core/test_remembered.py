"""What is remembered of the database is never older than what a query would have read."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from argine.desk.core import remembered as module
from argine.desk.core.remembered import remembered

pytestmark = pytest.mark.django_db(transaction=True)

ON_SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="elsewhere the database is always asked")


class Counted:
    """Reads a table, and counts how often."""

    def __init__(self) -> None:
        self.times = 0
        self.read: Callable[[int], int] = remembered(self._read)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS unused (n INTEGER)")  # opens the connection

    def _read(self, more: int) -> int:
        self.times += 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM core_heartbeat")
            return int(cursor.fetchone()[0]) + more


def add_row(run: Callable[..., object], name: str) -> None:
    run(f"INSERT INTO core_heartbeat (name, at) VALUES ('{name}', '2026-01-01 00:00:00')")


@ON_SQLITE
def test_nothing_is_asked_twice_while_nothing_changes() -> None:
    counted = Counted()
    assert [counted.read(5), counted.read(5), counted.read(6)] == [5, 5, 6]
    assert counted.times == 2


def test_what_this_connection_writes_counts_at_once() -> None:
    counted = Counted()
    counted.read(0)
    with connection.cursor() as cursor:
        add_row(cursor.execute, "own")
    assert counted.read(0) == 1


@ON_SQLITE
def test_what_another_process_writes_counts_once_it_is_committed() -> None:
    counted = Counted()
    counted.read(0)
    other = sqlite3.connect(Path(settings.DATABASES["default"]["NAME"]), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    add_row(other.execute, "other")
    assert counted.read(0) == 0
    other.execute("COMMIT")
    assert counted.read(0) == 1
    other.execute("DELETE FROM core_heartbeat")
    other.close()
    assert counted.read(0) == 0


def test_within_a_transaction_the_database_is_asked() -> None:
    counted = Counted()
    with transaction.atomic():
        counted.read(0)
        counted.read(0)
    assert counted.times == 2


def test_what_is_rolled_back_is_not_remembered() -> None:
    counted = Counted()
    with transaction.atomic():
        with connection.cursor() as cursor:
            add_row(cursor.execute, "undone")
        assert counted.read(0) == 1
        transaction.set_rollback(True)
    assert counted.read(0) == 0


def test_strangers_cannot_make_it_remember_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 10)
    counted = Counted()
    for number in range(25):
        assert counted.read(number) == number
    assert len(module._kept.answers) <= 10


def test_another_connection_of_the_same_thread_begins_anew() -> None:
    counted = Counted()
    counted.read(0)
    connection.close()
    with connection.cursor() as cursor:
        add_row(cursor.execute, "after")
    assert counted.read(0) == 1

"""Bringing a whole desk from one database into another, in one transaction: all of it, or nothing.

Rows are read as what they mean and written as the other database keeps that, so nothing sealed is opened. Then every
table is read again there and held against what was read here: as many rows, and the same.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, Error, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from argine.desk.core import databases, nodes
from argine.desk.core.snapshot import one_moment
from argine.desk.serve.sequences import newest_number, set_newest_number
from argine.errors import ArgineError

BATCH = 2000
# The file is new and thrown away if anything fails; it has no log beside it, so it is one file at the end.
PLAIN = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"
MOST = 1 << 256
Model = type[models.Model]
Told = Callable[[str, int], None]


class TransferError(ArgineError):
    code = "not_moved"


@dataclass(slots=True)
class Table:
    """What was found of a table: how many rows, and the sum of their hashes, which is the same in any order."""

    rows: int = 0
    digest: int = 0

    def add(self, row: Sequence[object]) -> None:
        self.rows += 1
        hashed = hashlib.sha256(repr([_plain(value) for value in row]).encode()).digest()
        self.digest = (self.digest + int.from_bytes(hashed)) % MOST


@contextmanager
def beside(file: Path, pragmas: str = PLAIN) -> Iterator[str]:
    """Open a file of SQLite beside the desk's own database; give the name that Django knows it by."""
    alias = f"beside-{file.name}"
    made = {DEFAULT_DB_ALIAS: databases.sqlite(file), alias: databases.sqlite(file, pragmas)}
    connections.settings[alias] = connections.configure_settings(made)[alias]
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def make_tables(alias: str) -> None:
    """Make the tables of this version, or bring them to it."""
    call_command("migrate", database=alias, verbosity=0, interactive=False)


def is_empty(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Say whether nobody has begun a desk in a database: it has no tables, or nothing was ever logged in them."""
    entries = apps.get_model("audit", "Entry")
    return entries._meta.db_table not in connections[alias].introspection.table_names() or (  # noqa: SLF001
        not entries._default_manager.using(alias).exists()  # noqa: SLF001
    )


def transfer(source: str, target: str, told: Told = lambda _table, _rows: None) -> int:
    """Copy every table into a database whose tables were made; tell how many rows that were.

    Args:
        source: the name of the database to read, which stays as it is.
        target: that of the one to write.
        told: is told the name of each table, and its rows, once it is done.

    Raises:
        TransferError: a row cannot be kept there, or what is there afterwards is not what was read. Nothing was copied.
    """
    _check_versions(source, target)
    with one_moment(source), transaction.atomic(using=target):
        for model in _models():
            _empty(model, target)
        found = {}
        for model in _models():
            found[model] = _copy(model, source, target)
            told(model._meta.db_table, found[model].rows)  # noqa: SLF001
        _tell_planner(target)
        for model, table in found.items():
            if _read(model, target) != table:
                raise TransferError(f"{model._meta.db_table} is not there as it was here. Nothing was moved.")  # noqa: SLF001
            set_newest_number(model, target, newest_number(model, source))
        _check_ties(target)
    return sum(table.rows for table in found.values())


@contextmanager
def into_default(source: str, told: Told = lambda _table, _rows: None) -> Iterator[int]:
    """Copy a file's desk into the desk's own database, and let the caller look at it there; give how many rows it has.

    What was copied stands when the block ends, and not at all if it raises. No other node begins a desk meanwhile.

    Raises:
        TransferError: there is a desk already, or as `transfer`.
    """
    with nodes.in_turn("prepare"):
        if not is_empty():
            raise TransferError("There is a desk in the database already. Nothing was moved.")
        make_tables(source)
        make_tables(DEFAULT_DB_ALIAS)
        with transaction.atomic():
            with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
                # Nobody waits for this one: what reads and compares may take its time.
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield transfer(source, DEFAULT_DB_ALIAS, told)


def _models() -> list[Model]:
    """Every table that holds rows of the desk, those of the packages it stands on too."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]  # noqa: SLF001


def _check_versions(source: str, target: str) -> None:
    of = [set(MigrationRecorder(connections[alias]).applied_migrations()) for alias in (source, target)]
    if of[0] != of[1]:
        raise TransferError("The two databases are of different versions of Argine. Nothing was moved.")


def _empty(model: Model, target: str) -> None:
    """Making the tables put a few rows into those of Django: they come over with the rest."""
    with connections[target].cursor() as cursor:
        cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table, target)}")  # noqa: S608, SLF001  # our own names


def _copy(model: Model, source: str, target: str) -> Table:
    table, fields, to = Table(), model._meta.concrete_fields, connections[target]  # noqa: SLF001
    batch: list[list[Any]] = []
    for row in _rows(model, source):
        _check_fits(model, row)
        table.add(row)
        batch.append([field.get_db_prep_save(value, to) for field, value in zip(fields, row, strict=True)])
        if len(batch) == BATCH:
            _insert(model, target, batch)
    _insert(model, target, batch)
    return table


def _insert(model: Model, target: str, batch: list[list[Any]]) -> None:
    if not batch:
        return
    fields = model._meta.concrete_fields  # noqa: SLF001
    columns = ", ".join(_quoted(str(field.column), target) for field in fields)
    marks = f"({', '.join(['%s'] * len(fields))})"
    insert = f"INSERT INTO {_quoted(model._meta.db_table, target)} ({columns}) VALUES "  # noqa: S608, SLF001
    try:
        with connections[target].cursor() as cursor:
            if connections[target].vendor == nodes.SHARED:  # one statement for all: each one is a message to the server
                cursor.execute(insert + ", ".join([marks] * len(batch)), list(chain.from_iterable(batch)))
            else:
                cursor.executemany(insert + marks, batch)
    except Error as error:
        # Its text may hold a value; its class tells what kind of fault it is.
        raise TransferError(
            f"A row of {model._meta.db_table} cannot be kept there ({type(error).__name__}). Nothing was moved."  # noqa: SLF001
        ) from None
    batch.clear()


def _tell_planner(target: str) -> None:
    """Let PostgreSQL count what came. Until it does so by itself, some minute later, it answers pages in minutes."""
    if connections[target].vendor == nodes.SHARED:
        with connections[target].cursor() as cursor:
            cursor.execute("ANALYZE")


def _rows(model: Model, alias: str) -> Iterator[Sequence[object]]:
    names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001
    return model._base_manager.using(alias).order_by().values_list(*names).iterator(chunk_size=BATCH)  # noqa: SLF001


def _read(model: Model, alias: str) -> Table:
    table = Table()
    for row in _rows(model, alias):
        table.add(row)
    return table


def _check_fits(model: Model, row: Sequence[object]) -> None:
    """SQLite takes a text of any length, and any character; PostgreSQL does not."""
    for field, value in zip(model._meta.concrete_fields, row, strict=True):  # noqa: SLF001
        if isinstance(value, str) and (len(value) > (field.max_length or len(value)) or "\0" in value):
            raise TransferError(
                f"{model._meta.db_table}, {model._meta.pk.name} {row[0]}: {field.column} is too long, or holds a "  # noqa: SLF001
                "character that PostgreSQL does not keep. Nothing was moved."
            )


def _check_ties(target: str) -> None:
    """Rows that name a row that is not there are found now, not at the commit."""
    try:
        connections[target].check_constraints()
    except Error:
        raise TransferError("A row names another that is not there. `argine log verify` says more.") from None


def _quoted(name: str, alias: str) -> str:
    return str(connections[alias].ops.quote_name(name))


def _plain(value: object) -> object:
    """A value as both databases give it: bytes, times and JSON have more than one form."""
    match value:
        case bytes() | memoryview():
            return bytes(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case float():
            return int(value) if value.is_integer() else value
        case dict():
            return json.dumps({key: _plain(inner) for key, inner in value.items()}, sort_keys=True)
        case list():
            return [_plain(inner) for inner in value]
    return value

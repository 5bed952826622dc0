"""Whether this process can do what it is there for, now."""

import os
import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from argine.desk.banks.live import BANKS

LEAST_FREE = 16 << 20
"""Bytes: with less, the next report may not find room."""

_migrated: set[str] = set()


def missing() -> Iterator[str]:
    """What is missing: `database`, `tables` (of this version), `banks` (in memory), `disk` (full, or read-only)."""
    try:
        if not _is_migrated():
            yield "tables"
        elif not BANKS.is_ready:
            yield "banks"
    except DatabaseError:
        yield "database"
    if not _can_write():
        yield "disk"


def _is_migrated() -> bool:
    """Whether the tables are those of this version. Once they are, they stay so while the process lives."""
    connection = connections[DEFAULT_DB_ALIAS]
    name = str(connection.settings_dict["NAME"])
    if name in _migrated:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    _migrated.add(name)
    return True


def _can_write() -> bool:
    """Asks the system, and writes nothing."""
    data = settings.CONFIG.data
    try:
        return os.access(data, os.W_OK) and shutil.disk_usage(data).free >= LEAST_FREE
    except OSError:
        return False

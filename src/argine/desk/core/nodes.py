"""Several nodes over one PostgreSQL database: what each is called, and what only one may do at a time.

A desk in SQLite is one node, and its folder is locked (`argine up`): there everything here says yes at once.

The locks are of a session: a node that dies gives them back with its connection. So a pooler between node and server
must keep sessions (pgbouncer: `pool_mode = session`).
"""

import hashlib
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

SHARED = "postgresql"


def name() -> str:
    """What this node is called: as it was set, or as its host is."""
    return settings.CONFIG.node or re.sub(r"[^A-Za-z0-9._-]", "-", platform.node())[:40]


@contextmanager
def alone(purpose: str) -> Iterator[bool]:
    """Say whether this node is the only one at something now. If not, another is at it: that one goes on, not this."""
    if connection.vendor != SHARED:
        yield True
        return
    mine = bool(_ask("SELECT pg_try_advisory_lock(%s)", purpose))
    try:
        yield mine
    finally:
        if mine:
            _let_go(purpose)


@contextmanager
def in_turn(purpose: str) -> Iterator[None]:
    """Wait until no other node is at something, however long that takes."""
    if connection.vendor != SHARED:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [_number(purpose)])
        cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        _let_go(purpose)


def _let_go(purpose: str) -> None:
    # After a lost connection the lock is gone already, and a connection that cannot be had again holds none.
    if connection.is_usable():
        _ask("SELECT pg_advisory_unlock(%s)", purpose)


def _ask(text: str, purpose: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(text, [_number(purpose)])
        return cursor.fetchone()[0]


def _number(purpose: str) -> int:
    """The server knows locks by numbers of 64 bits with a sign."""
    return int.from_bytes(hashlib.sha256(f"argine {purpose}".encode()).digest()[:8], signed=True)

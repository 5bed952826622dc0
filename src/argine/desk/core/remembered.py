"""Answers of the database that are kept while nothing in it changes.

What every request asks (which settings hold, whose key this is, how far the banks have come) changes seldom, and a
query takes longer than telling that nothing changed. SQLite tells that in two microseconds, exactly: `data_version`
is another number once any other connection has committed something, `total_changes` counts what this one has written.
So what is remembered is never older than what a query would have read. PostgreSQL has no such number, and a
transaction sees its own time: there, and then, the database is asked.
"""

import sqlite3
from collections.abc import Callable
from functools import wraps
from threading import local
from typing import Any, ParamSpec, TypeVar

from django.db import connection

MOST = 1_000
"""Answers that a thread keeps: strangers may ask for any key."""

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class _Kept(local):
    """Of each thread, which has a connection of its own: its numbers at the last look, and the answers since."""

    def __init__(self) -> None:
        self.seen: tuple[Any, int, int] | None = None
        self.answers: dict[Any, Any] = {}


_kept = _Kept()


def remembered(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Make a function that reads the database, and nothing else, ask it only once something has changed.

    Its arguments must be hashable, and its answers such that nobody alters them.
    """

    @wraps(ask)
    def answer(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        seen = _look()
        if seen is None:
            return ask(*args, **kwargs)
        if seen != _kept.seen or len(_kept.answers) >= MOST:
            _kept.seen, _kept.answers = seen, {}
        what = (ask, args, tuple(kwargs.items()))
        if what not in _kept.answers:
            _kept.answers[what] = ask(*args, **kwargs)
        found: Answer = _kept.answers[what]
        return found

    return answer


def _look() -> tuple[Any, int, int] | None:
    """What says whether anything changed; None where only a query can tell."""
    plain = connection.connection
    if not isinstance(plain, sqlite3.Connection) or connection.in_atomic_block:
        return None
    try:
        (version,) = plain.execute("PRAGMA data_version").fetchone()
    except sqlite3.Error:  # what is wrong, the query will tell
        return None
    return plain, version, plain.total_changes

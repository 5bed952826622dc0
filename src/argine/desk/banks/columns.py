"""Reading all banks at once, as arrays: a hundred times faster than entry by entry."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from argine.desk.banks import queries
from argine.desk.banks.models import BankEntry, EntrySignal
from argine.desk.core.crypto import SealError
from argine.matching.films import video_of
from argine.matching.patches import readable_sets
from argine.matching.regions import RegionError
from argine.matching.stock import Columns
from argine.signals.errors import SignalError
from argine.signals.patch import PatchSet, Rectangle
from argine.signals.types import MIN_PDQ_QUALITY, Signal, SignalType
from argine.signals.video import VideoSignal

logger = logging.getLogger(__name__)

AT_ONCE, PATCHES_AT_ONCE, FILMS_AT_ONCE = 20_000, 2_000, 50
UNREADABLE = Rectangle(-2.0, -2.0, -1.0, -1.0)
Row = tuple[Any, ...]


def read_columns() -> Columns:
    """Read every live entry with its signals, but for patch sets and films."""
    ids, banks, names = _entries()
    signals = {kind: _signals(kind) for kind in SignalType if kind not in queries.SEALED_TYPES}
    return Columns.of(ids, banks, names, signals, _regions())


def read_patches() -> Iterator[dict[str, list[PatchSet]]]:
    """Read the patch sets of live entries, by id, some at a time; one entry's may come in two parts."""
    found = EntrySignal.objects.filter(type=SignalType.PATCH, entry__withdrawn_at=None)
    for rows in queries.batched(found.iterator(chunk_size=PATCHES_AT_ONCE), PATCHES_AT_ONCE):
        sets: defaultdict[str, list[PatchSet]] = defaultdict(list)
        for row in rows:
            sets[str(row.entry_id)] += readable_sets(readable(row))
        yield {entry_id: found for entry_id, found in sets.items() if found}


def read_films() -> Iterator[dict[str, VideoSignal]]:
    """Read the films of live entries, by id, some at a time: those that can be read."""
    found = EntrySignal.objects.filter(type=SignalType.VIDEO, entry__withdrawn_at=None)
    for rows in queries.batched(found.iterator(chunk_size=FILMS_AT_ONCE), FILMS_AT_ONCE):
        films = {str(row.entry_id): video_of(readable(row)) for row in rows}
        yield {entry_id: film for entry_id, film in films.items() if film is not None}


def readable(row: EntrySignal) -> list[Signal]:
    """The signal of a row; none if it cannot be read.

    The entry's other signals count all the same; `argine log verify` names it.
    """
    try:
        return [queries.signal_of(row)]
    except (SealError, SignalError):
        _say_unreadable(row.entry_id)
        return []


def _say_unreadable(entry_id: UUID | str) -> None:
    logger.error("A signal of bank entry %s cannot be read", entry_id)


def _entries() -> tuple[bytes, Any, tuple[str, ...]]:
    places: dict[str, int] = {}
    ids: list[bytes] = []
    banks: list[Any] = []
    for rows in _rows("SELECT id, bank_id FROM banks_bankentry WHERE withdrawn_at IS NULL", ()):
        ids.append(_raw([row[0] for row in rows]))
        banks.append(np.array([places.setdefault(row[1], len(places)) for row in rows], np.uint16))
    return b"".join(ids), np.concatenate(banks) if banks else np.empty(0, np.uint16), tuple(places)


def _regions() -> dict[bytes, Rectangle]:
    """The marked parts of live entries that are bound to one, by the entry's 16 bytes."""
    bound = BankEntry.objects.filter(withdrawn_at=None, region__isnull=False).values_list("pk", "region")
    parts = {entry_id.bytes: bound_to(entry_id, region) for entry_id, region in bound.iterator(chunk_size=AT_ONCE)}
    return {entry_id: part for entry_id, part in parts.items() if part is not None}


def bound_to(entry_id: UUID, region: object) -> Rectangle | None:
    """The part that a match of an entry must agree in, as the row keeps it; None where it is bound to none.

    What cannot be read stands for a part in which nothing can agree: then the lawful source stays unblocked, and
    identical files are still found.
    """
    try:
        return queries.kept_region(region)
    except RegionError:
        logger.error("The marked part of bank entry %s cannot be read", entry_id)  # noqa: TRY400 - no traceback
        return UNREADABLE


def _signals(kind: SignalType) -> tuple[bytes, Sequence[bytes]]:
    """The entries and values of one type; a `pdq` too flat to be matched and what is damaged are left out."""
    owners: list[bytes] = []
    values: list[list[bytes]] = []
    text = "SELECT entry_id, value, quality FROM banks_entrysignal WHERE type = %s"
    for rows in _rows(text, (kind.value,)):
        kept = [row for row in rows if len(row[1]) == kind.size and (row[2] is None or row[2] >= MIN_PDQ_QUALITY)]
        if len(kept) < len(rows):
            _say_damaged(kind, rows)
        owners.append(_raw([row[0] for row in kept]))
        values.append([bytes(row[1]) for row in kept])
    return b"".join(owners), list(chain.from_iterable(values))


def _say_damaged(kind: SignalType, rows: Sequence[Row]) -> None:
    for row in rows:
        if len(row[1]) != kind.size:
            _say_unreadable(row[0])


def _rows(text: str, parameters: tuple[str, ...]) -> Iterator[list[Row]]:
    # On PostgreSQL the rows stay on the server until they are asked for; SQLite does so of itself.
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(text, parameters)
        while rows := cursor.fetchmany(AT_ONCE):
            yield rows


def _raw(ids: Sequence[UUID | str]) -> bytes:
    """16 bytes each; SQLite gives text, PostgreSQL gives UUIDs."""
    return bytes.fromhex("".join(one if isinstance(one, str) else one.hex for one in ids))

"""Large banks as files that every process of this machine maps: it starts at once, and they share the memory.

The job worker writes them; `live` opens the newest and follows the change feed from there. They are made from the
database and can be deleted at any time. What was withdrawn since is out of matching at once, and out of the files as
soon as they are written anew, which a withdrawal brings about.
"""

import logging
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from argine.desk.banks import queries
from argine.desk.banks.columns import read_columns
from argine.desk.core import time
from argine.index import IndexFileError
from argine.matching import Matcher, snapshot

logger = logging.getLogger(__name__)

FOLDER = "index"
LEAST = 20_000
"""So many entries make files worth their while; fewer are read from the database in a moment."""

MOST_BEHIND = 0.05
"""Files are written anew when so much of the banks has changed since, as a part of one."""

LONGEST_WRITING = timedelta(hours=1)
"""Unfinished files that are older were left by a process that was killed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Files that belong to this database.

    Attributes:
        matcher: that begins with them.
        seen: the change of the feed up to which they go.
        made: the name of their folder, a number; newer files have a larger one.
    """

    matcher: Matcher
    seen: int
    made: int


def folder() -> Path:
    data: Path = settings.CONFIG.data
    return data / FOLDER


def newest(after: int = 0) -> Opened | None:
    """Open the newest files; None if there are none that are newer than those of a name."""
    for place in reversed(_all()):
        if int(place.name) <= after:
            return None
        try:
            opened = snapshot.open_(place)
        except (IndexFileError, OSError):
            logger.warning("The bank files %s cannot be used; the banks are read from the database", place.name)
            continue
        seen = _number(opened.note)
        if opened.note == queries.feed_mark(seen):
            return Opened(opened.matcher, seen, int(place.name))
    return None


def write_if_due() -> bool:
    """Write the files anew if the banks changed much or something was withdrawn; tell whether they were."""
    opened, latest = newest(), queries.newest_change()
    live = queries.live_count() if opened is None else len(opened.matcher)
    _delete_unfinished()
    if live < LEAST:
        _delete_all_but(None)
        return False
    if opened is not None and not _stale(opened.seen, latest, live):
        return False
    # The mark is taken first: what changes while the rest is read is read again by who follows the feed from it.
    mark = queries.feed_mark(latest)
    folder().mkdir(mode=0o700, exist_ok=True)
    place = folder() / str(int(time.now().timestamp() * 1000))
    snapshot.save(place, read_columns(), mark)
    _delete_all_but(place)
    return True


def verify() -> bool:
    """Read the newest files and delete them if they were altered; tell whether they were as they should be."""
    for place in _all()[-1:]:
        try:
            snapshot.verify(place)
        except (IndexFileError, OSError):
            logger.exception("The bank files %s were altered; they are made again", place.name)
            shutil.rmtree(place, ignore_errors=True)
            return False
    return True


def _stale(seen: int, latest: int, live: int) -> bool:
    return latest - seen > MOST_BEHIND * live or queries.withdrawn_since(seen)


def _number(note: str) -> int:
    first = note.partition("/")[0]
    return int(first) if first.isdecimal() else 0


def _delete_all_but(wanted: Path | None) -> None:
    """Who has them open keeps them until it has opened newer ones."""
    for place in _all():
        if place != wanted:
            shutil.rmtree(place, ignore_errors=True)


def _delete_unfinished() -> None:
    """Delete what a killed process left: it takes room, and nothing that is withdrawn later would leave it."""
    latest = (time.now() - LONGEST_WRITING).timestamp()
    for draft in folder().glob(".*"):
        if draft.stat().st_mtime < latest:
            shutil.rmtree(draft, ignore_errors=True)


def _all() -> list[Path]:
    if not folder().is_dir():
        return []
    return sorted((place for place in folder().iterdir() if place.name.isdecimal()), key=lambda place: int(place.name))

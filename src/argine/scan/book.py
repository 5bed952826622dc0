"""The book of a scan: which files there are, what was found of each, and who is at which shard. One SQLite file.

Every step is one transaction. Whoever is killed at any moment leaves a book from which the scan goes on.
"""

import os
import platform
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

from argine.errors import ArgineError
from argine.scan.sources import File

VERSION = 1
SHARD_FILES = 256
LEASE_SECONDS = 60.0

_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE shard (
    number INTEGER PRIMARY KEY, done INTEGER NOT NULL DEFAULT 0, holder TEXT,
    until REAL NOT NULL DEFAULT 0
);
CREATE TABLE file (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, content_id TEXT NOT NULL, stamp TEXT NOT NULL,
    shard INTEGER NOT NULL REFERENCES shard, seen INTEGER, verdict TEXT, error TEXT, unread INTEGER NOT NULL DEFAULT 0,
    matches TEXT NOT NULL DEFAULT '[]', told INTEGER NOT NULL DEFAULT 0, signals BLOB
);
CREATE INDEX file_shard ON file (shard);
CREATE INDEX file_seen ON file (seen) WHERE signals IS NOT NULL;
CREATE INDEX file_found ON file (number) WHERE verdict IN ('block', 'review') OR error IS NOT NULL;
"""

_AS_NEW = "seen = NULL, signals = NULL, verdict = NULL, error = NULL, matches = '[]', told = 0, unread = 0"

Write = Callable[..., sqlite3.Cursor]
Now = Callable[[], float]
Values = tuple[object, ...]
Row = tuple[Any, ...]


class BookError(ArgineError):
    """The book cannot be used."""

    code = "book"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A file and its number in the book."""

    number: int
    file: File


@dataclass(frozen=True, slots=True)
class Shard:
    """Files that are hashed together, leased by one worker."""

    number: int
    files: tuple[Numbered, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What was found of one file.

    Attributes:
        number: of the file.
        seen: the change of the banks' feed up to which it was compared.
        verdict: None where `error` says why there is none.
        matches: JSON, a list.
        signals: sealed; None where nothing could be made, or nothing is kept.
        unread: it could not be read at all, and is tried again when the scan goes on.
    """

    number: int
    seen: int
    verdict: str | None
    matches: str
    signals: bytes | None
    error: str | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was hashed before: what is needed to compare it again.

    Attributes:
        number: of the file.
        signals: sealed.
        found: whether anything matched, also what vetoes.
        error: why not all signals could be made, if so.
    """

    number: int
    signals: bytes
    found: bool
    error: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the report."""

    number: int
    file: File
    verdict: str | None
    matches: str
    error: str | None
    told: bool
    signals: bytes | None


@dataclass(frozen=True, slots=True)
class Count:
    """How far a scan is."""

    files: int
    done: int
    block: int
    review: int
    failed: int


class Book:
    """One scan's book. Safe to use from several threads and processes of one machine."""

    def __init__(self, path: Path, now: Now) -> None:
        self._lock, self._now = threading.RLock(), now
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=60)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self.holder = f"{platform.node()}/{os.getpid()}/{os.urandom(4).hex()}"

    @classmethod
    def make(cls, path: Path, about: dict[str, str], now: Now) -> Self:
        """Begin a scan: nobody else may read the book.

        Args:
            path: of the new book.
            about: what the scan is begun with.
            now: tells the seconds since 1970; every process at the book must have the same clock.

        Raises:
            FileExistsError: there is one already.
        """
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        book = cls(path, now)
        book._connection.executescript(_SCHEMA)
        with book._writing() as write:
            write("INSERT INTO about VALUES ('version', ?)", (str(VERSION),))
            for pair in about.items():
                write("INSERT INTO about VALUES (?, ?)", pair)
        return book

    @classmethod
    def open(cls, path: Path, now: Now) -> Self:
        """Go on with a scan.

        Raises:
            BookError: the file is no book, or of another version.
        """
        try:
            book = cls(path, now)
            version = book.about("version")
        except sqlite3.DatabaseError as error:
            raise BookError(f"{path} is not the book of a scan.") from error
        if version != str(VERSION):
            raise BookError(f"{path} was written by another version of Argine.")
        book._free_the_dead()
        return book

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def about(self, name: str) -> str | None:
        """Tell what the scan was begun with."""
        row = self._one("SELECT value FROM about WHERE name = ?", (name,))
        return None if row is None else str(row[0])

    def add(self, files: Iterable[File], at_once: int = SHARD_FILES) -> int:
        """Take up files that are new or have changed since; tell how many. What could not be read is tried again.

        Args:
            files: all that there are now.
            at_once: files of a shard.
        """
        added, several = 0, iter(files)
        while batch := list(islice(several, at_once)):
            added += self._add(batch)
        with self._writing() as write:
            again = write("UPDATE shard SET done = 0 WHERE number IN (SELECT shard FROM file WHERE unread)").rowcount
        return added + max(0, again)

    def _add(self, batch: list[File]) -> int:
        with self._writing() as write:
            names = [file.name for file in batch]
            marks = ",".join("?" * len(names))
            known = dict(write(f"SELECT name, stamp FROM file WHERE name IN ({marks})", names))  # noqa: S608 - marks only
            fresh = [file for file in batch if file.name not in known]
            changed = [file for file in batch if file.name in known and known[file.name] != file.stamp]
            if not fresh and not changed:
                return 0
            shard = write("INSERT INTO shard DEFAULT VALUES").lastrowid
            for file in fresh:
                row = (file.name, file.content_id, file.stamp, shard)
                write("INSERT OR IGNORE INTO file (name, content_id, stamp, shard) VALUES (?, ?, ?, ?)", row)
            for file in changed:
                write(
                    f"UPDATE file SET stamp = ?, shard = ?, {_AS_NEW} WHERE name = ?",  # noqa: S608 - ours
                    (file.stamp, shard, file.name),
                )
        return len(fresh) + len(changed)

    def kept_otherwise(self, mark: bytes, after: int, limit: int) -> list[tuple[int, bytes]]:
        """List what the book keeps of files beyond a number, as far as it does not begin with a mark."""
        return self._all(
            "SELECT number, signals FROM file WHERE number > ? AND signals IS NOT NULL AND substr(signals, 1, ?) != ?"
            " ORDER BY number LIMIT ?",
            (after, len(mark), mark, limit),
        )

    def keep(self, kept: Iterable[tuple[int, bytes]]) -> None:
        """Keep the same of files in another form."""
        with self._writing() as write:
            for number, signals in kept:
                write("UPDATE file SET signals = ? WHERE number = ? AND signals IS NOT NULL", (signals, number))

    def hash_again(self, numbers: Sequence[int]) -> None:
        """Let files be hashed again, as if they were new."""
        with self._writing() as write:
            shard = write("INSERT INTO shard DEFAULT VALUES").lastrowid
            for number in numbers:
                write(f"UPDATE file SET shard = ?, {_AS_NEW} WHERE number = ?", (shard, number))  # noqa: S608 - ours

    def lease(self) -> Shard | None:
        """Take a shard that nobody is at; None if there is none just now."""
        with self._writing() as write:
            row = write(
                "SELECT number FROM shard WHERE NOT done AND until < ? ORDER BY number LIMIT 1", (self._now(),)
            ).fetchone()
            if row is None:
                return None
            write(
                "UPDATE shard SET holder = ?, until = ? WHERE number = ?",
                (self.holder, self._now() + LEASE_SECONDS, row[0]),
            )
            rows = write(
                "SELECT number, name, content_id, stamp FROM file WHERE shard = ? AND (seen IS NULL OR unread)"
                " ORDER BY number",
                row,
            )
            return Shard(row[0], tuple(Numbered(number, File(*file)) for number, *file in rows))

    def renew(self) -> None:
        """Say that this process is still at its shards."""
        with self._writing() as write:
            write(
                "UPDATE shard SET until = ? WHERE holder = ? AND NOT done", (self._now() + LEASE_SECONDS, self.holder)
            )

    def finish(self, shard: int, results: Iterable[Result]) -> bool:
        """Write a shard's results, all or none; tell whether they count: not if the lease was lost meanwhile."""
        with self._writing() as write:
            if not write(
                "UPDATE shard SET done = 1, holder = NULL, until = 0 WHERE number = ? AND holder = ? AND NOT done",
                (shard, self.holder),
            ).rowcount:
                return False
            self._write(write, results)
        return True

    def give_back(self) -> None:
        """Let others have this process's shards at once."""
        with self._writing() as write:
            write("UPDATE shard SET holder = NULL, until = 0 WHERE holder = ? AND NOT done", (self.holder,))

    def compared_again(self, unchanged: Iterable[int], results: Iterable[Result], seen: int) -> None:
        """Write down that files were compared again, and what was found of those for which that may have changed."""
        with self._writing() as write:
            for number in unchanged:
                write("UPDATE file SET seen = ? WHERE number = ?", (seen, number))
            self._write(write, results)

    @staticmethod
    def _write(write: Write, results: Iterable[Result]) -> None:
        for one in results:
            write(
                "UPDATE file SET seen = ?, verdict = ?, matches = ?, signals = ?, error = ?, unread = ?,"
                " told = told AND matches = ? WHERE number = ?",
                (one.seen, one.verdict, one.matches, one.signals, one.error, one.unread, one.matches, one.number),
            )

    def waiting(self) -> bool:
        """Say whether a shard is not done."""
        return self._one("SELECT 1 FROM shard WHERE NOT done LIMIT 1") is not None

    def kept_before(self, seen: int, limit: int) -> list[Kept]:
        """List hashed files that were last compared before a change of the feed."""
        rows = self._all(
            "SELECT number, signals, matches != '[]', error FROM file"
            " WHERE seen < ? AND signals IS NOT NULL ORDER BY seen LIMIT ?",
            (seen, limit),
        )
        return [Kept(number, signals, bool(found), error) for number, signals, found, error in rows]

    def oldest_seen(self) -> int | None:
        """Tell the change of the feed up to which every hashed file was compared; None if there is none."""
        row = self._one("SELECT min(seen) FROM file WHERE signals IS NOT NULL")
        return None if row is None or row[0] is None else int(row[0])

    def found(self) -> Iterator[Found]:
        """Hand on the files that matched or could not be checked, in the order of their listing."""
        last = 0
        while rows := self._all(
            "SELECT number, name, content_id, stamp, verdict, matches, error, told, signals FROM file"
            " WHERE number > ? AND (verdict IN ('block', 'review') OR error IS NOT NULL) ORDER BY number LIMIT 500",
            (last,),
        ):
            for number, name, content_id, stamp, verdict, matches, error, told, signals in rows:
                yield Found(number, File(name, content_id, stamp), verdict, matches, error, bool(told), signals)
            last = rows[-1][0]

    def tell(self, number: int) -> None:
        """Note that the console has a file's matches."""
        with self._writing() as write:
            write("UPDATE file SET told = 1 WHERE number = ?", (number,))

    def count(self) -> Count:
        """Count the files, and what was found."""
        row = self._one(
            "SELECT count(*), count(seen), coalesce(sum(verdict = 'block'), 0), coalesce(sum(verdict = 'review'), 0),"
            " count(error) FROM file"
        )
        return Count(*(row or (0, 0, 0, 0, 0)))

    def _free_the_dead(self) -> None:
        """Take back the shards of processes of this machine that are gone: their leases need not be waited for."""
        holders = self._all("SELECT DISTINCT holder FROM shard WHERE holder IS NOT NULL AND NOT done")
        dead = [holder for (holder,) in holders if _is_gone(holder)]
        with self._writing() as write:
            for holder in dead:
                write("UPDATE shard SET holder = NULL, until = 0 WHERE holder = ?", (holder,))

    def _one(self, words: str, values: Values = ()) -> Row | None:
        with self._lock:
            row: Row | None = self._connection.execute(words, values).fetchone()
            return row

    def _all(self, words: str, values: Values = ()) -> list[Row]:
        with self._lock:
            return self._connection.execute(words, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[Write]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.execute
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _is_gone(holder: str) -> bool:
    host, _, rest = holder.rpartition("/")[0].rpartition("/")
    if host != platform.node() or not rest.isdecimal():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

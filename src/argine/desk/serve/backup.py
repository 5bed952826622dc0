"""Backups: one sealed file with the database as it was at one moment, and the keys; and what to put back of it.

Inside the seal (`core.stream`) is a tar archive: `manifest.json` first, then the files that it names with their size
and SHA-256. The desk runs on meanwhile: its database is copied as it is at one moment. The copy is a file of SQLite,
also of a desk in PostgreSQL, so a backup can be put back into either.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection

from argine import __version__
from argine.desk.audit.queries import HEAD_FILE
from argine.desk.core import keys, time
from argine.desk.core.stream import Identity, Opened, Passphrase, Reader, StreamError, Writer
from argine.desk.serve.prepare import PLATFORM_KEY
from argine.desk.serve.transfer import beside, make_tables, transfer
from argine.errors import ArgineError

FORMAT, MANIFEST = "argine-backup/1", "manifest.json"
DATABASE, KEYS = "argine.sqlite3", "keys"
# Not `witness.key`: a witness that went back to an older memory must not go on under the same name.
KEY_FILES = (
    keys.SESSIONS,
    keys.FIELDS,
    keys.FIELDS_NEXT,
    keys.CODES,
    keys.LOG,
    keys.WEBHOOK,
    keys.EXCHANGE,
    PLATFORM_KEY,
)
CHUNK = 1 << 20
MOST_MANIFEST, MOST_SMALL = 1 << 20, 1 << 16


class BackupError(ArgineError):
    code = "backup"


class Part(StrEnum):
    """What a backup holds: the database and the keys may be kept in two places."""

    ALL = "all"
    DATABASE = "database"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a backup."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `entries` and `root` are those of its log, as the copy has it."""

    part: str
    made_at: str
    version: str
    entries: int
    files: tuple[Kept, ...]
    format: str = field(default=FORMAT)

    def text(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()


def write(target: IO[bytes], to: Passphrase | Reader, part: Part) -> Manifest:
    """Write a backup of this desk.

    Raises:
        OSError, sqlite3.Error: something cannot be read or written.
        TransferError: a database on a server could not be copied.
    """
    with _copy_of_database(part) as copy:
        files = _files(part, copy)
        kept = tuple(Kept(name, path.stat().st_size, _digest(path)) for name, path in files.items())
        manifest = Manifest(part.value, time.iso(time.now()), __version__, _entries(copy), kept)
        with (
            Writer(target, to) as sealed,
            tarfile.open(fileobj=sealed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        ):
            text = manifest.text()
            archive.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
            for entry in kept:
                with files[entry.name].open("rb") as file:
                    archive.addfile(_member(entry.name, entry.size), file)
    return manifest


@contextmanager
def _copy_of_database(part: Part) -> Iterator[Path | None]:
    """The database as it is at one moment, beside the database, and gone again afterwards."""
    if part == Part.KEYS:
        yield None
        return
    with tempfile.TemporaryDirectory(dir=settings.CONFIG.data, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        # Before the database: a head that covers more than the copy would say that the copy went back.
        with suppress(FileNotFoundError):
            shutil.copyfile(settings.CONFIG.data / HEAD_FILE, copy.with_name(HEAD_FILE))
        _copy_to(copy)
        yield copy


def _copy_to(copy: Path) -> None:
    if connection.vendor != "sqlite":
        with beside(copy) as alias:
            make_tables(alias)
            transfer(DEFAULT_DB_ALIAS, alias)
        return
    with (
        closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as source,
        closing(sqlite3.connect(copy)) as to,
    ):
        source.backup(to)
        # One file, without a write-ahead log beside it.
        to.execute("PRAGMA journal_mode=DELETE")


def _files(part: Part, copy: Path | None) -> dict[str, Path]:
    found: dict[str, Path] = {}
    if copy is not None:
        found[DATABASE] = copy
        head = copy.with_name(HEAD_FILE)
        if head.is_file():
            found[HEAD_FILE] = head
    if part != Part.DATABASE:
        found |= {f"{KEYS}/{name}": path for name in KEY_FILES if (path := settings.KEYS / name).is_file()}
    return found


def _entries(copy: Path | None) -> int:
    if copy is None:
        return 0
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM audit_entry").fetchone()[0])


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(source: IO[bytes], by: Passphrase | Identity, folder: Path) -> Manifest:
    """Open a backup into an empty folder, and check that every file of it is there and as it was.

    Raises:
        BackupError: it is no backup, or not whole.
        StreamError: the passphrase or key is another, or the file was altered.
        OSError: it cannot be read or written.
    """
    try:
        opened = Opened(source, by)
        with tarfile.open(fileobj=opened, mode="r|") as archive:
            manifest = _manifest(archive)
            wanted = {kept.name: kept for kept in manifest.files}
            while (member := archive.next()) is not None:
                kept = wanted.pop(member.name, None)
                if kept is None or not member.isreg():
                    raise BackupError("The backup holds something that it does not name.")
                _put(archive, member, kept, folder)
        # To the very end: only that says that nothing was cut off or altered behind the last file.
        while opened.read(CHUNK):
            pass
    except tarfile.TarError as error:
        # What the reader found is what tar could not go on with.
        cause = error.__cause__ or error.__context__
        raise cause if isinstance(cause, StreamError) else BackupError("This is no backup of a desk.") from error
    if wanted:
        raise BackupError(f"The backup is not whole: it lacks {', '.join(sorted(wanted))}.")
    return manifest


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    file = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    try:
        told = json.loads(file.read(MOST_MANIFEST)) if file is not None else {}
        manifest = Manifest(**{**told, "files": tuple(Kept(**kept) for kept in told["files"])})
    except (ValueError, TypeError, KeyError):
        raise BackupError("This is no backup of a desk.") from None
    allowed = {DATABASE, HEAD_FILE, *(f"{KEYS}/{name}" for name in KEY_FILES)}
    if manifest.format != FORMAT or not {kept.name for kept in manifest.files} <= allowed:
        raise BackupError("This backup is of another version of Argine.")
    return manifest


def _put(archive: tarfile.TarFile, member: tarfile.TarInfo, kept: Kept, folder: Path) -> None:
    # The name is one of a fixed list: it cannot lead out of the folder.
    target = folder / kept.name
    target.parent.mkdir(mode=0o700, exist_ok=True)
    file = archive.extractfile(member)
    digest = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while file is not None and (chunk := file.read(CHUNK)):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if member.size != kept.size or digest.hexdigest() != kept.sha256:
        raise BackupError(f"The backup is damaged: {kept.name} is not as it was.")


def damage_of(database: Path) -> str:
    """What SQLite finds wrong with a database file; empty if it is sound."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            found = str(opened.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)
    return "" if found == "ok" else found

"""A PostgreSQL server of the test run's own: made in a temporary folder, heard on a Unix socket alone, gone at the end.

Its programs come with Debian's package postgresql; they are not installed here, only started.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Self
from urllib.parse import quote, urlsplit

import psycopg

PLACES = (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/local/bin"), Path("/usr/bin"))
NEEDED = ("initdb", "postgres")
MISSING = "PostgreSQL is not installed here: apt install postgresql"
START_S = 30.0
# What a crash of the whole machine would lose is no matter here; what a crash of a process would, nothing changes.
QUICK = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": "120"}


def programs() -> Path | None:
    """The folder with the server's programs, if it is here."""
    return next((place for place in PLACES if all((place / name).exists() for name in NEEDED)), None)


def _spare_user() -> int | None:
    """Whom the server runs as: it refuses root. Its own user where there is one."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    return 65534


@dataclass
class Server:
    """`with Server(): ...`; each desk or test process has a database of its own (`new_database`)."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls) -> Self:
        # A short name: a socket's path may have 107 bytes.
        server = cls(Path(tempfile.mkdtemp(prefix="pg-")))
        user = _spare_user()
        if user is not None:
            os.chown(server.folder, user, -1)
        words = [server._program("initdb"), "-D", str(server.data), "-U", "argine", "-A", "trust", "-E", "UTF8"]
        done = subprocess.run(
            [*words, "--locale=C", "--no-sync"], user=user, capture_output=True, text=True, check=False, cwd="/"
        )
        assert done.returncode == 0, done.stderr
        return server

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def _program(self, name: str) -> str:
        place = programs()
        assert place is not None, MISSING
        return str(place / name)

    def start(self) -> Self:
        options = [word for name, value in QUICK.items() for word in ("-c", f"{name}={value}")]
        words = [self._program("postgres"), "-D", str(self.data), "-k", str(self.folder), "-h", "", *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, user=_spare_user(), cwd="/")
        end = monotonic() + START_S
        while not self._answers():
            assert monotonic() < end, (self.folder / "log").read_text()
            assert self.process.poll() is None, (self.folder / "log").read_text()
            sleep(0.05)
        return self

    def _answers(self) -> bool:
        words = [self._program("pg_isready"), "-q", "-h", str(self.folder), "-U", "argine", "-d", "postgres"]
        return subprocess.run(words, check=False).returncode == 0

    def stop(self) -> None:
        """Stop at once, letting nobody finish."""
        if self.process is not None:
            self.process.send_signal(3)  # SIGQUIT: the server's own children end with it, as after a crash
            self.process.wait(20)
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, name: str = "") -> str:
        """Make an empty database; return its address."""
        name = name or f"desk_{secrets.token_hex(4)}"
        self.query(f'CREATE DATABASE "{name}"', "postgres")
        return self.url(name)

    def copy_of(self, url: str) -> str:
        """Copy a database that nobody uses; return the address of the copy."""
        name = f"desk_{secrets.token_hex(4)}"
        self.query(f'CREATE DATABASE "{name}" TEMPLATE "{urlsplit(url).path[1:]}"', "postgres")
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql://argine@/{name}?host={quote(str(self.folder), safe='')}"

    def query(self, text: str, database: str) -> list[tuple[object, ...]]:
        """Run one statement, as the server's owner; return its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            found = connection.execute(text)
            return found.fetchall() if found.description else []

"""A desk in PostgreSQL: it moves there from its file, and comes back from a backup into either; the suite passes."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest
from tests.functional.running_desk import NO_UPLOADS, URL, Person, RunningDesk
from tests.postgres import MISSING, Server, programs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("postgresql"),
    pytest.mark.skipif(programs() is None, reason=MISSING),
    pytest.mark.skipif("ARGINE_TEST_SERVER" in os.environ, reason="the whole run is over PostgreSQL already"),
]

ROOT = Path(__file__).parents[2]
STATEMENT = "It was taken at home, and I never agreed."
NOT_WRITTEN = "test_what_cannot_be_written_is_not_acknowledged_and_goes_once_there_is_room"
# What a database may do otherwise: turns, numbers, JSON, times, many at once, how it says that it cannot write.
# ARGINE_TEST_DATABASE runs all.
REPRESENTATIVE = (
    "tests/integration/core/test_turns.py",
    "tests/integration/banks/test_live.py",
    "tests/integration/audit/test_append.py",
    "tests/integration/cases/test_withdraw.py",
    "tests/integration/serve/test_jobs.py",
    f"tests/integration/serve/test_faults.py::{NOT_WRITTEN}",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server.make().start()
    yield made
    made.remove()


def argine(desk: RunningDesk, *words: object) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "argine", *map(str, words), "--data", str(desk.data)]
    return subprocess.run(line, capture_output=True, text=True, check=False, env=desk._environment())


def done(found: "subprocess.CompletedProcess[str]") -> "subprocess.CompletedProcess[str]":
    assert found.returncode == 0, found.stdout + found.stderr
    return found


@pytest.fixture(scope="module")
def passphrase(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "passphrase"
    path.write_text("words that are kept elsewhere")
    return path


class Lived:
    """A desk in its file that somebody has used, stopped again."""

    def __init__(self, folder: Path) -> None:
        self.asked = {"signals": [{"type": "pdq", "value": secrets.token_hex(32), "quality": 100}]}
        self.desk = RunningDesk(folder / "data", {**NO_UPLOADS})
        self.desk.start()
        person = Person(self.desk.base)
        signals = json.dumps([{"signals": self.asked["signals"]}])
        self.code = person.report(statement=STATEMENT, signals=signals)
        self.desk.stop()

    def is_whole(self, desk: RunningDesk) -> None:
        """What people and platforms had of it holds at a desk that has its rows."""
        again = Person(desk.base)
        again.open(self.code)
        assert STATEMENT in again.get("/receipt/")
        assert desk.api("check", self.asked)[1]["verdict"] == "review"
        assert desk.verify().returncode == 0, desk.verify().stdout


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return Lived(tmp_path_factory.mktemp("lived"))


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Iterator[RunningDesk]:
    shutil.copytree(lived.desk.data, tmp_path / "data")
    desk = RunningDesk(tmp_path / "data", {**NO_UPLOADS})
    yield desk
    desk.end()


def test_a_desk_moves_and_comes_back_from_its_backup_into_a_file_and_into_another_database(
    lived: Lived, copied: RunningDesk, server: Server, passphrase: Path, tmp_path: Path
) -> None:
    copied.environment[URL] = server.new_database()
    # An empty desk is not begun where the old one waits.
    refused = argine(copied, "up")
    assert "argine database move" in refused.stderr
    told = json.loads(done(argine(copied, "database", "move")).stdout)
    assert told["rows"] > told["entries"] > 0
    assert not (copied.data / "argine.sqlite3").exists()
    # Its planner knows what came: a page of a large desk would take minutes else.
    assert copied.sql("SELECT last_analyze IS NOT NULL FROM pg_stat_user_tables WHERE relname = 'audit_entry'")[0][0]
    copied.start()
    lived.is_whole(copied)
    # What comes next gets numbers behind those that came over.
    Person(copied.base).report(statement="After the move.", addresses="https://forum.example/1")
    backup = tmp_path / "backup"
    done(argine(copied, "backup", backup, "--passphrase-file", passphrase))
    lived.is_whole(copied)
    copied.stop()

    del copied.environment[URL]
    assert "was moved to PostgreSQL" in argine(copied, "up").stderr
    for name, url in (("file", ""), ("server", server.new_database())):
        back = RunningDesk(tmp_path / name, {**NO_UPLOADS, **({URL: url} if url else {})})
        done(argine(back, "restore", backup, "--passphrase-file", passphrase))
        back.start()
        lived.is_whole(back)
        assert back.stop() == 0


MAKE_TABLES = """
from argine.desk.boot import attach
attach()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


def test_a_move_that_is_killed_has_moved_nothing_and_is_run_again(copied: RunningDesk, server: Server) -> None:
    copied.environment[URL] = url = server.new_database()
    own = {**copied._environment(), "ARGINE_DATA": str(copied.data)}
    subprocess.run([sys.executable, "-c", MAKE_TABLES], env=own, check=True)
    # It is killed amid its rows: the table of one of the last is held, so that it waits there.
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE cases_notice")
        words = [sys.executable, "-m", "argine", "database", "move", "--data", str(copied.data)]
        with subprocess.Popen(words, env=own, stderr=subprocess.DEVNULL) as process:
            end = monotonic() + 60
            while not server.query("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'relation'", "postgres"):
                assert monotonic() < end, "it did not come so far"
                sleep(0.05)
            process.kill()
    assert copied.sql("SELECT count(*) FROM audit_entry") == [(0,)]
    assert (copied.data / "argine.sqlite3").exists()
    assert json.loads(done(argine(copied, "database", "move")).stdout)["rows"] > 0
    # Killed before the file was put aside, the next run finds that all is there.
    (copied.data / "argine.sqlite3.moved").rename(copied.data / "argine.sqlite3")
    assert json.loads(done(argine(copied, "database", "move")).stdout)["rows"] == 0


def test_another_desk_is_never_overwritten_nor_opened_with_other_keys(
    copied: RunningDesk, server: Server, tmp_path: Path
) -> None:
    other = RunningDesk(tmp_path / "other", {**NO_UPLOADS, URL: server.new_database()})
    other.start()
    other.stop()
    copied.environment[URL] = other.environment[URL]
    refused = argine(copied, "database", "move")
    assert (refused.returncode, "another desk" in refused.stderr) == (4, True)
    (copied.data / "argine.sqlite3").unlink()
    assert "are not those of the database" in argine(copied, "up").stderr


def test_erased_bytes_are_off_the_servers_disk_after_what_the_privacy_page_says() -> None:
    """A row's bytes outlive DELETE and VACUUM, in pages and log; where both are written anew there are none."""
    mark = b"what-was-erased-" + secrets.token_hex(8).encode()
    server = Server.make().start()
    try:
        server.new_database("desk")

        def run(*statements: str) -> None:
            for statement in statements:
                server.query(statement, "desk")

        def is_there() -> bool:
            files = (path for path in server.data.rglob("*") if path.is_file())
            return any(mark in path.read_bytes() for path in files)

        run(
            "ALTER SYSTEM SET wal_recycle = off",
            "SELECT pg_reload_conf()",
            "CREATE TABLE kept (value text)",
            "CREATE INDEX by_value ON kept (value)",
            f"INSERT INTO kept VALUES ('{mark.decode()}'), ('another')",
            "CHECKPOINT",
            f"DELETE FROM kept WHERE value = '{mark.decode()}'",
            "VACUUM kept",
            "CHECKPOINT",
        )
        assert is_there()
        run("VACUUM FULL kept", *["SELECT pg_switch_wal()", "CHECKPOINT"] * 2)
        assert not is_there()
    finally:
        server.remove()


def test_the_same_tests_pass_over_postgresql() -> None:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *REPRESENTATIVE]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "ARGINE"))}
    found = subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=ROOT,
        env={**environment, "ARGINE_TEST_DATABASE": "postgresql"},
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-3000:]

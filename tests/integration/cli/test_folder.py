"""Commands over real folders, each in a process of its own, as an operator runs them."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from argine.cli import exits
from argine.cli.exits import Exit

PROGRAM = [sys.executable, "-c", "from argine.cli.main import main; main(prog_name='argine')"]


def argine(folder: Path, *words: object, **settings: str) -> subprocess.CompletedProcess[str]:
    command, env = [*PROGRAM, *map(str, words), "--data", str(folder)], environment() | settings
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd=folder.parent)


BUSY = """
import sys
from pathlib import Path
from argine.desk.boot import boot
boot(Path(sys.argv[1]))
from django.db import connection, transaction
from argine.desk.audit import queries
from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, publish_head
from argine.desk.core.actor import SYSTEM
while True:
    with transaction.atomic():
        append(Event.DESK_STARTED, "desk", by=SYSTEM)
    publish_head()
    print(queries.size(), flush=True)
"""


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARGINE_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": str(Path(exits.__file__).parents[2])}


@pytest.mark.parametrize("words", [["log", "verify"], ["staff", "deactivate", "a@b.example"]])
def test_a_folder_without_a_desk_is_refused_and_left_as_it_is(tmp_path: Path, words: list[str]) -> None:
    folder = tmp_path / "new"
    ended = argine(folder, *words)
    assert (ended.returncode, ended.stdout) == (Exit.REFUSED, "")
    assert ended.stderr == (f"argine: There is no desk in {folder}. Start it once with `argine up --data {folder}`.\n")
    assert not folder.exists()


def test_what_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk/argine.sqlite3").write_bytes(b"not a database, but long enough to look at" * 100)
    ended = argine(tmp_path / "desk", "bank", "list")
    assert (ended.returncode, ended.stdout) == (Exit.REFUSED, "")
    assert ended.stderr.endswith("is no database, or it is damaged. Put it back from the backup.\n")


def test_a_database_of_an_older_version_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    database = sqlite3.connect(tmp_path / "desk/argine.sqlite3")
    database.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT, applied TEXT)")
    database.commit()
    database.close()
    ended = argine(tmp_path / "desk", "key", "create", "Forum")
    assert (ended.returncode, ended.stdout) == (Exit.REFUSED, "")
    assert "is of an older version" in ended.stderr


def test_a_new_desk_is_made_by_the_first_command_that_writes_and_works_beside_a_writer(
    tmp_path: Path, pictures: Path, half_cat: Path
) -> None:
    folder = tmp_path / "desk"
    made = argine(folder, "bank", "add", "removed", pictures)
    assert made.returncode == Exit.OK
    assert made.stderr == f"Made a new desk in {folder}.\n"
    assert (folder / "keys/log.key").stat().st_mode & 0o077 == 0

    other = sqlite3.connect(folder / "argine.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # a desk that writes at this moment does not keep others from reading
    checked = argine(folder, "check", half_cat)
    assert (checked.returncode, json.loads(checked.stdout)["verdict"]) == (Exit.OK, "block")
    assert argine(folder, "log", "verify").returncode == Exit.OK
    other.execute("ROLLBACK")

    other.execute("UPDATE banks_bank SET kind = 'negative' WHERE id = 'removed'")
    other.close()
    altered = argine(folder, "log", "verify")
    assert altered.returncode == Exit.ALTERED
    assert altered.stderr == "argine: The log does not verify: 1 fault.\n"


def test_a_log_that_grows_while_it_is_verified_gives_no_false_alarm(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    assert argine(folder, "key", "create", "Forum").returncode == Exit.OK
    words = [sys.executable, "-c", BUSY, str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment()) as writer:
        try:
            assert writer.stdout is not None
            before = int(writer.stdout.readline())
            checked = argine(folder, "log", "verify")
            after = int(writer.stdout.readline())
        finally:
            writer.kill()
    assert (checked.returncode, checked.stderr) == (Exit.OK, "")
    assert before <= json.loads(checked.stdout)["entries"]
    assert before < after

"""Backups over real folders, in processes of their own, as an operator makes and tries them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.integration.cli.test_folder import argine

from argine.cli.exits import Exit
from argine.desk.core import keys

PASSPHRASE = "seven words that nobody else would write"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with something in its log and keys."""
    folder = tmp_path_factory.mktemp("desk") / "data"
    assert argine(folder, "staff", "invite", "--role", "operator").returncode == Exit.OK
    return folder


@pytest.fixture(scope="module")
def passphrase(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    return path


@pytest.fixture(scope="module")
def backup(desk: Path, passphrase: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backups") / "all"
    done = argine(desk, "backup", file, "--passphrase-file", passphrase)
    assert done.returncode == Exit.OK, done.stderr
    return file


def restore(folder: Path, file: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return argine(folder, "restore", file, *words)


def test_a_backup_is_sealed_for_its_owner_alone_and_says_what_is_in_it(
    desk: Path, backup: Path, passphrase: Path
) -> None:
    assert backup.stat().st_mode & 0o077 == 0
    content = backup.read_bytes()
    assert b"SQLite format" not in content
    assert (desk / "keys" / keys.FIELDS).read_bytes().strip() not in content
    assert not list(desk.glob(".backup-*"))
    refused = argine(desk, "backup", backup, "--passphrase-file", passphrase)
    assert (refused.returncode, "is there already" in refused.stderr) == (Exit.REFUSED, True)


def test_it_comes_back_whole_and_verifies(desk: Path, backup: Path, passphrase: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    done = restore(folder, backup, "--passphrase-file", passphrase)
    assert done.returncode == Exit.OK, done.stderr
    told = json.loads(done.stdout)
    assert (told["ok"], told["faults"]) == (True, [])
    for name in (keys.FIELDS, keys.CODES, keys.LOG, "platform-api.key"):
        assert (folder / "keys" / name).read_bytes() == (desk / "keys" / name).read_bytes()
        assert (folder / "keys" / name).stat().st_mode & 0o077 == 0
    assert argine(folder, "log", "verify").returncode == Exit.OK
    shown = argine(folder, "log", "show", "--limit", 1).stdout
    assert json.loads(shown)["event"] == "desk.restored"
    assert not list(folder.glob(".restore-*"))


def test_a_witness_that_went_back_gets_a_new_name(desk: Path, backup: Path, passphrase: Path, tmp_path: Path) -> None:
    argine(desk, "log", "key", "--witness")
    file = tmp_path / "later"
    argine(desk, "backup", file, "--passphrase-file", passphrase)
    restore(tmp_path / "new", file, "--passphrase-file", passphrase)
    assert argine(desk, "log", "key", "--witness").stdout != argine(tmp_path / "new", "log", "key", "--witness").stdout


def test_a_folder_with_a_desk_or_with_keys_is_left_alone(
    desk: Path, backup: Path, passphrase: Path, tmp_path: Path
) -> None:
    before = (desk / "argine.sqlite3").read_bytes()
    refused = restore(desk, backup, "--passphrase-file", passphrase)
    assert (refused.returncode, "move it aside first" in refused.stderr) == (Exit.REFUSED, True)
    assert (desk / "argine.sqlite3").read_bytes() == before
    shutil.copytree(desk / "keys", tmp_path / "new" / "keys")
    refused = restore(tmp_path / "new", backup, "--passphrase-file", passphrase)
    assert (refused.returncode, "Move them aside" in refused.stderr) == (Exit.REFUSED, True)
    assert not (tmp_path / "new" / "argine.sqlite3").exists()


def test_database_and_keys_may_be_kept_in_two_places(desk: Path, passphrase: Path, tmp_path: Path) -> None:
    files = {part: tmp_path / part for part in ("keys", "database")}
    for part, file in files.items():
        assert argine(desk, "backup", file, "--part", part, "--passphrase-file", passphrase).returncode == Exit.OK
    folder = tmp_path / "new"
    refused = restore(folder, files["database"], "--passphrase-file", passphrase)
    assert (refused.returncode, "restore the keys first" in refused.stderr) == (Exit.REFUSED, True)
    for part in ("keys", "database"):
        done = restore(folder, files[part], "--passphrase-file", passphrase)
        assert done.returncode == Exit.OK, done.stderr
    assert argine(folder, "log", "verify").returncode == Exit.OK


def test_who_writes_for_a_reader_cannot_read(desk: Path, passphrase: Path, tmp_path: Path) -> None:
    reader = argine(desk, "secrets", "new-identity", tmp_path / "identity").stdout.strip()
    file = tmp_path / "file"
    assert argine(desk, "backup", file, "--to", reader).returncode == Exit.OK
    wrong = restore(tmp_path / "new", file, "--passphrase-file", passphrase)
    assert (wrong.returncode != Exit.OK, "identity of its reader" in wrong.stderr) == (True, True)
    done = restore(tmp_path / "new", file, "--identity", tmp_path / "identity")
    assert done.returncode == Exit.OK, done.stderr


def test_another_passphrase_or_a_damaged_file_puts_nothing_in_place(
    backup: Path, passphrase: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_text("some other words, long enough")
    short = tmp_path / "short"
    short.write_text("short")
    cut, altered = tmp_path / "cut", tmp_path / "altered"
    content = backup.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    altered.write_bytes(content[:-100] + bytes([content[-100] ^ 1]) + content[-99:])
    folder = tmp_path / "new"
    for file, secret in (
        (backup, other),
        (cut, passphrase),
        (altered, passphrase),
        (other, passphrase),
        (backup, short),
    ):
        refused = restore(folder, file, "--passphrase-file", secret)
        assert refused.returncode not in {Exit.OK, Exit.FAULT}, refused.stderr
        assert len(refused.stderr.splitlines()) == 1
        assert not (folder / "argine.sqlite3").exists()
        assert not list((folder / "keys").glob("*"))


def test_a_kept_checkpoint_finds_a_backup_that_is_too_old(
    desk: Path, backup: Path, passphrase: Path, tmp_path: Path
) -> None:
    argine(desk, "staff", "invite", "--role", "reviewer")
    kept = tmp_path / "kept"
    kept.write_text(argine(desk, "log", "checkpoint").stdout)
    done = restore(tmp_path / "new", backup, "--passphrase-file", passphrase, "--checkpoint", kept)
    assert done.returncode == Exit.ALTERED
    assert "entries were removed" in done.stdout


def test_the_key_of_sealed_fields_is_changed_at_the_shell(backup: Path, passphrase: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    restore(folder, backup, "--passphrase-file", passphrase)
    old = (folder / "keys" / keys.FIELDS).read_text()
    done = argine(folder, "secrets", "rotate")
    assert done.returncode == Exit.OK, done.stderr
    assert Path(json.loads(done.stdout)["old_key"]).read_text() == old
    assert (folder / "keys" / keys.FIELDS).read_text() != old
    assert argine(folder, "log", "verify").returncode == Exit.OK

from pathlib import Path

import pytest

from argine.desk.core import keys
from argine.desk.core.keys import CODES, FIELDS, LOG, SESSIONS, MissingKeyError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys.create_missing(tmp_path / "keys")
    return tmp_path / "keys"


def test_a_new_desk_gets_every_key_for_its_owner_alone(folder: Path) -> None:
    made = sorted(path.name for path in folder.iterdir())
    assert made == sorted([SESSIONS, FIELDS, CODES, LOG])
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


def test_keys_that_are_there_are_never_replaced(folder: Path) -> None:
    before = {path.name: path.read_text() for path in folder.iterdir()}
    keys.create_missing(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


@pytest.mark.parametrize("lost", [FIELDS, CODES, LOG])
def test_beside_a_database_a_lost_key_stops_the_start_and_is_named(folder: Path, lost: str) -> None:
    (folder / lost).unlink()
    with pytest.raises(MissingKeyError, match=lost):
        keys.create_missing(folder, is_new=False)
    assert not (folder / lost).exists()


def test_beside_a_database_the_key_of_sessions_may_be_new(folder: Path) -> None:
    (folder / SESSIONS).unlink()
    keys.create_missing(folder, is_new=False)
    assert len(keys.read(folder, SESSIONS)) == keys.KEY_BYTES


def test_a_damaged_key_is_named(folder: Path) -> None:
    (folder / FIELDS).write_text("not a key")
    with pytest.raises(MissingKeyError, match=FIELDS):
        keys.read(folder, FIELDS)

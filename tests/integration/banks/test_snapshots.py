"""Large banks as files: every process starts from them and follows the feed from there."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from tests.factories import random_signals
from tests.forgery import FORGED_PART, copy_signals, forged_signals, source_signals

from argine.desk.banks import live, snapshots
from argine.desk.banks.live import LiveBanks
from argine.desk.banks.models import BankEntry, Change
from argine.desk.banks.operations import (
    REMOVED,
    REPORTED,
    add_entries,
    add_entry,
    change_region,
    create_default_banks,
    withdraw_entry,
)
from argine.desk.banks.queries import find_entry
from argine.desk.core.actor import SYSTEM
from argine.matching.verdict import decide
from argine.signals.types import Signal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of their own, and few entries are many."""
    monkeypatch.setattr(snapshots, "folder", lambda: tmp_path / "index")
    monkeypatch.setattr(snapshots, "LEAST", 10)
    create_default_banks()
    return tmp_path / "index"


@pytest.fixture
def pictures() -> list[list[Signal]]:
    found = [random_signals() for _ in range(20)]
    add_entries(REMOVED, found, origin="test", by=SYSTEM)
    return found


def verdicts(banks: LiveBanks, pictures: list[list[Signal]]) -> set[str]:
    return {decide(banks.matcher().match(signals), hashable=True).value for signals in pictures}


def read_nothing(*_: object) -> Any:
    raise AssertionError("the database was read though there are files")


def made(files: Path) -> list[str]:
    return sorted(place.name for place in files.iterdir())


def test_few_entries_make_no_files(files: Path) -> None:
    add_entry(REPORTED, random_signals(), origin="test", by=SYSTEM)
    assert snapshots.write_if_due() is False
    assert not files.exists()


def test_a_process_starts_from_the_files_and_sees_what_came_and_went_since(
    files: Path, pictures: list[list[Signal]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert snapshots.write_if_due() is True
    later, gone = random_signals(), BankEntry.objects.order_by("id")[0]
    gone_signals = [next(s for s in pictures if s[0].value == bytes(gone.signals.all()[0].value))]
    add_entry(REPORTED, later, origin="test", by=SYSTEM)
    withdraw_entry(gone, erase=True, by=SYSTEM)
    monkeypatch.setattr(live, "read_columns", read_nothing)
    banks = LiveBanks()
    assert verdicts(banks, [one for one in pictures if one not in gone_signals]) == {"block"}
    assert verdicts(banks, [later]) == {"review"}
    assert verdicts(banks, gone_signals) == {"allow"}
    assert len(banks.matcher()) == 20


def test_files_are_written_anew_after_a_withdrawal_and_hold_nothing_of_it(
    files: Path, pictures: list[list[Signal]]
) -> None:
    assert snapshots.write_if_due() is True
    first = made(files)
    assert snapshots.write_if_due() is False, "nothing changed"
    entry = BankEntry.objects.order_by("id")[3]
    value = bytes(entry.signals.all()[0].value)
    withdraw_entry(entry, erase=True, by=SYSTEM)
    assert snapshots.write_if_due() is True
    assert made(files) != first
    assert len(made(files)) == 1
    opened = snapshots.newest()
    assert opened is not None
    assert len(opened.matcher) == 19
    assert not any(value in place.read_bytes() for place in files.rglob("*") if place.is_file())


def test_files_are_written_anew_once_much_was_added(files: Path, pictures: list[list[Signal]]) -> None:
    snapshots.write_if_due()
    first = made(files)
    add_entries(REMOVED, [random_signals() for _ in range(5)], origin="test", by=SYSTEM)
    assert snapshots.write_if_due() is True
    assert made(files) != first


def test_a_running_process_changes_over_to_newer_files_while_others_ask_it(
    files: Path, pictures: list[list[Signal]]
) -> None:
    banks = LiveBanks()
    assert verdicts(banks, pictures) == {"block"}
    assert banks.renew() is False, "there are no files"
    snapshots.write_if_due()
    before = banks.matcher()
    assert banks.renew() is True
    assert banks.matcher() is not before
    assert banks.renew() is False, "there are no newer ones"
    add_entries(REMOVED, more := [random_signals() for _ in range(5)], origin="test", by=SYSTEM)
    assert verdicts(banks, pictures + more) == {"block"}
    snapshots.write_if_due()
    assert banks.renew() is True
    assert verdicts(banks, pictures + more) == {"block"}


def test_files_of_another_database_are_not_used(files: Path, pictures: list[list[Signal]]) -> None:
    """As when an older backup was put back and the folder was left."""
    snapshots.write_if_due()
    last = Change.objects.order_by("-seq")[0]
    another = BankEntry.objects.exclude(pk=last.entry_id)[0]
    Change.objects.filter(pk=last.pk).update(entry_id=another.pk)
    assert snapshots.newest() is None
    assert verdicts(LiveBanks(), pictures) == {"block"}


def test_damaged_files_are_passed_over_and_deleted_by_verifying(files: Path, pictures: list[list[Signal]]) -> None:
    snapshots.write_if_due()
    assert snapshots.verify() is True
    (array,) = files.rglob("ids.npy")
    array.write_bytes(array.read_bytes()[:-1] + b"\xff")
    assert snapshots.verify() is False
    assert made(files) == []
    assert verdicts(LiveBanks(), pictures) == {"block"}
    assert snapshots.write_if_due() is True


def test_files_that_cannot_be_read_do_not_stop_a_process(files: Path, pictures: list[list[Signal]]) -> None:
    snapshots.write_if_due()
    for array in files.rglob("*.npy"):
        array.write_bytes(b"")
    assert verdicts(LiveBanks(), pictures) == {"block"}


def test_marked_parts_are_in_the_files_and_a_change_of_one_is_followed_from_there(
    files: Path, pictures: list[list[Signal]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bound, unbound = (add_entry(REMOVED, forged_signals(), origin="test", by=SYSTEM) for _ in range(2))
    change_region(bound, FORGED_PART, "The face was put on it.", by=SYSTEM)
    withdraw_entry(unbound, erase=True, by=SYSTEM)
    assert snapshots.write_if_due() is True
    monkeypatch.setattr(live, "read_columns", read_nothing)
    banks = LiveBanks()
    assert verdicts(banks, [source_signals()]) == {"allow"}
    assert verdicts(banks, [copy_signals()]) == {"block"}
    assert {match.bound_to for match in banks.matcher().match(forged_signals())} == {FORGED_PART}
    change_region(find_entry(bound.id), None, "All of it is made.", by=SYSTEM)
    assert verdicts(banks, [source_signals()]) == {"block"}
    assert verdicts(LiveBanks(), [source_signals()]) == {"block"}


def test_what_a_killed_process_left_unfinished_is_deleted_and_what_is_being_written_is_not(files: Path) -> None:
    files.mkdir()
    left, growing = files / ".1.left", files / ".2.growing"
    for draft in (left, growing):
        draft.mkdir()
        (draft / "near.index").write_bytes(b"codes")
    two_hours_ago = time.time() - 7200
    os.utime(left, (two_hours_ago, two_hours_ago))
    snapshots.write_if_due()
    assert not left.exists()
    assert growing.exists()

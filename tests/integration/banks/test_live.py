"""The banks in memory follow the database: in this process, in another, after every kind of change."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from tests.factories import make_case, make_decision, random_signals
from tests.postgres import Server

from argine.desk.banks.live import BATCH, LiveBanks
from argine.desk.banks.models import Bank, BankEntry, EntrySignal
from argine.desk.banks.operations import (
    LAWFUL,
    REMOVED,
    REPORTED,
    add_entry,
    create_bank,
    create_default_banks,
    move_entry,
    withdraw_entry,
)
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import InvalidError, NotFoundError, RefusedError
from argine.matching import BankKind
from argine.matching.verdict import decide
from argine.signals.types import Signal, SignalType

pytestmark = pytest.mark.django_db


@pytest.fixture
def banks(db: None) -> LiveBanks:
    """What another process has in memory: it started before anything changed."""
    create_default_banks()
    other = LiveBanks()
    other.matcher()
    return other


def verdict(banks: LiveBanks, signals: list[Signal]) -> str:
    return decide(banks.matcher().match(signals), hashable=True).value


def flipped(signal: Signal, bits: int) -> Signal:
    """The signal with so many of its bits changed."""
    value = int.from_bytes(signal.value) ^ ((1 << bits) - 1)
    return Signal(signal.type, value.to_bytes(32), signal.quality)


def test_a_process_that_was_there_before_sees_each_change_at_its_next_look(banks: LiveBanks) -> None:
    signals = random_signals()
    assert verdict(banks, signals) == "allow"
    entry = add_entry(REPORTED, signals, origin="test", by=SYSTEM)
    assert verdict(banks, signals) == "review"
    move_entry(entry, REMOVED, by=SYSTEM)
    assert verdict(banks, signals) == "block"
    withdraw_entry(entry, erase=False, by=SYSTEM)
    assert verdict(banks, signals) == "allow"
    move_entry(entry, REPORTED, by=SYSTEM)
    assert verdict(banks, signals) == "review"
    withdraw_entry(entry, erase=True, by=SYSTEM)
    assert verdict(banks, signals) == "allow"


def test_a_process_that_starts_later_finds_the_same(banks: LiveBanks) -> None:
    kept, moved, gone = random_signals(), random_signals(), random_signals()
    entries = [add_entry(REPORTED, signals, origin="test", by=SYSTEM) for signals in (kept, moved, gone)]
    move_entry(entries[1], REMOVED, by=SYSTEM)
    withdraw_entry(entries[2], erase=False, by=SYSTEM)
    late = LiveBanks()
    for there in (banks, late):
        assert [verdict(there, signals) for signals in (kept, moved, gone)] == ["review", "block", "allow"]


def test_a_change_that_was_taken_back_is_never_seen(banks: LiveBanks) -> None:
    signals = random_signals()
    with transaction.atomic():
        add_entry(REMOVED, signals, origin="test", by=SYSTEM)
        transaction.set_rollback(True)
    assert verdict(banks, signals) == "allow"
    add_entry(REMOVED, signals, origin="test", by=SYSTEM)
    assert verdict(banks, signals) == "block"


def test_a_bank_that_is_made_later_counts(banks: LiveBanks) -> None:
    signals = random_signals()
    create_bank("partner", "A partner's", BankKind.BLOCK, by=SYSTEM)
    add_entry("partner", signals, origin="partner", by=SYSTEM)
    assert verdict(banks, signals) == "block"


def test_many_entries_arrive_in_one_look(banks: LiveBanks) -> None:
    pictures = [random_signals() for _ in range(BATCH + 5)]
    for signals in pictures:
        add_entry(REMOVED, signals, origin="test", by=SYSTEM)
    assert {verdict(banks, signals) for signals in pictures[:: BATCH // 10] + pictures[-1:]} == {"block"}
    assert verdict(LiveBanks(), pictures[0]) == "block"


@pytest.mark.parametrize("order", list(permutations([REPORTED, REMOVED, LAWFUL])))
def test_what_is_known_to_be_lawful_overrules_every_bank_in_whatever_order_they_came(
    banks: LiveBanks, order: tuple[str, ...]
) -> None:
    signals = random_signals()
    for bank in order:
        add_entry(bank, signals, origin="test", by=SYSTEM)
    assert verdict(banks, signals) == "allow"
    assert len(banks.matcher().match(signals)) >= 1, "the match is a fact and stays told"


@pytest.mark.parametrize(("threshold", "bits", "found"), [
    (31, 0, True), (31, 31, True), (31, 32, False), (0, 0, True), (0, 1, False), (63, 63, True), (63, 64, False),
])  # fmt: skip
def test_a_bank_matches_up_to_its_threshold_and_no_further(
    banks: LiveBanks, threshold: int, bits: int, found: bool
) -> None:
    create_bank("own", "Own", BankKind.BLOCK, pdq_threshold=threshold, by=SYSTEM)
    look = random_signals()[0]
    add_entry("own", [look], origin="test", by=SYSTEM)
    matches = banks.matcher().match([flipped(look, bits)])
    assert [(match.distance, match.threshold) for match in matches] == ([(bits, threshold)] if found else [])


@pytest.mark.parametrize("threshold", [-1, 64, 256])
def test_a_threshold_out_of_range_is_refused(threshold: int) -> None:
    with pytest.raises(InvalidError, match="between 0 and 63"):
        create_bank("own", "Own", BankKind.BLOCK, pdq_threshold=threshold, by=SYSTEM)
    assert not Bank.objects.exists()


def test_names_are_taken_once_and_an_entry_needs_a_bank_and_a_signal(banks: LiveBanks) -> None:
    with pytest.raises(InvalidError, match="already"):
        create_bank(REMOVED, "Again", BankKind.BLOCK, by=SYSTEM)
    with pytest.raises(NotFoundError):
        add_entry("remvoed", random_signals(), origin="test", by=SYSTEM)
    with pytest.raises(InvalidError, match="at least one"):
        add_entry(REMOVED, [], origin="test", by=SYSTEM)
    assert not BankEntry.objects.exists()


def test_erasing_leaves_the_entry_on_record_without_a_signal(banks: LiveBanks) -> None:
    entry = add_entry(REMOVED, random_signals(), origin="test", by=SYSTEM)
    withdraw_entry(entry, erase=True, by=SYSTEM)
    assert BankEntry.objects.get().withdrawn_at is not None
    assert not EntrySignal.objects.exists()
    with pytest.raises(RefusedError):
        move_entry(entry, REMOVED, by=SYSTEM)


def test_a_flat_pictures_look_matches_nothing_but_its_exact_bytes_do(banks: LiveBanks) -> None:
    look, bytes_hash = random_signals()
    flat = Signal(SignalType.PDQ, look.value, 10)
    add_entry(REMOVED, [flat, bytes_hash], origin="test", by=SYSTEM)
    assert verdict(banks, [look]) == verdict(banks, [flat]) == "allow"
    assert verdict(banks, [bytes_hash]) == "block"


ASK = """
import json, sys
from argine.desk.boot import boot
boot()
from argine.desk.banks.live import BANKS
from argine.matching.verdict import decide
from argine.signals.types import Signal
for line in sys.stdin:
    signals = [Signal.parse(kind, value, None) for kind, value in json.loads(line)]
    print(decide(BANKS.matcher().match(signals), hashable=True), flush=True)
"""


@pytest.fixture
def another_process(transactional_db: None, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of the same desk: its own memory, the same database file."""
    (tmp_path / "keys").symlink_to(settings.KEYS)
    environment = {**os.environ, "ARGINE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "argine.desk.settings"}
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        (tmp_path / "argine.sqlite3").symlink_to(name)
    else:
        environment["ARGINE_DATABASE_URL"] = Server(Path(os.environ["ARGINE_TEST_SERVER"])).url(name)
    words = [sys.executable, "-c", ASK]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_a_decision_at_its_very_next_check(another_process: subprocess.Popen[str]) -> None:
    signals, process = random_signals(), another_process

    def asked() -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([[signal.type, signal.text] for signal in signals]) + "\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    create_default_banks()
    assert asked() == "allow"
    case = make_case(pictures=[signals]).case
    assert asked() == "review"
    make_decision(case)
    assert asked() == "block"

"""Entries in bulk, in memory or mapped from files, match as if they had been put in one by one."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.index import IndexFileError
from argine.matching import Bank, BankEntry, BankKind, Matcher, snapshot
from argine.matching.stock import Columns
from argine.signals.patch.geometry import Rectangle
from argine.signals.types import Signal, SignalType

BANKS = (Bank("b", "Decided", BankKind.BLOCK), Bank("r", "Reported", BankKind.REVIEW))
HALF = Rectangle(0.0, 0.0, 0.5, 1.0)


def signal(kind: SignalType, number: int) -> Signal:
    """One of a few signals of a type, so that entries share them; `pdq` of neighbouring numbers are near."""
    if kind is SignalType.PDQ:
        return Signal(kind, ((1 << 8 * number) - 1).to_bytes(32), 100)
    return Signal(kind, bytes([number] * kind.size))


# Ids that share their first half are rare; they must not be mixed up all the same.
ids = st.integers(0, 5).map(lambda number: str(UUID(int=(number // 2) << 64 | number % 2)))
signals = st.builds(signal, st.sampled_from([SignalType.PDQ, SignalType.SHA256, SignalType.MD5]), st.integers(0, 3))
entries = st.builds(
    BankEntry, ids, st.sampled_from(["b", "r"]), st.lists(signals, max_size=4).map(tuple), st.sampled_from([None, HALF])
)
banks_of_entries = st.lists(entries, max_size=6, unique_by=lambda entry: entry.id)
changes = st.lists(st.one_of(entries, ids), max_size=8)
QUESTIONS = [
    signal(kind, number) for kind in (SignalType.PDQ, SignalType.SHA256, SignalType.MD5) for number in range(4)
]


def columns(of: list[BankEntry]) -> Columns:
    rows = [(UUID(entry.id).bytes, one) for entry in of for one in entry.signals]
    by_type = {
        kind: (
            b"".join(raw for raw, one in rows if one.type is kind),
            [one.value for _, one in rows if one.type is kind],
        )
        for kind in (SignalType.PDQ, SignalType.SHA256, SignalType.MD5)
    }
    places = np.array(["br".index(entry.bank) for entry in of], np.uint16)
    regions = {UUID(entry.id).bytes: entry.region for entry in of if entry.region is not None}
    return Columns.of(b"".join(UUID(entry.id).bytes for entry in of), places, ("b", "r"), by_type, regions)


def with_banks(matcher: Matcher) -> Matcher:
    for bank in BANKS:
        matcher.put_bank(bank)
    return matcher


def answers(matcher: Matcher) -> list[object]:
    return [matcher.match([one]) for one in QUESTIONS]


def apply(matcher: Matcher, some: list[BankEntry | str]) -> None:
    for change in some:
        if isinstance(change, str):
            matcher.withdraw(change)
        else:
            matcher.put_entry(change)


@given(banks_of_entries, changes)
def test_bulk_and_one_by_one_answer_alike_after_any_changes(
    first: list[BankEntry], later: list[BankEntry | str]
) -> None:
    bulk, single = with_banks(Matcher.of(columns(first))), with_banks(Matcher())
    single.put_entries(first)
    assert answers(bulk) == answers(single)
    apply(bulk, later)
    apply(single, later)
    assert answers(bulk) == answers(single)
    assert len(bulk) == len(single)


@given(first=banks_of_entries, later=changes)
def test_a_folder_gives_back_what_was_saved(
    tmp_path_factory: pytest.TempPathFactory, first: list[BankEntry], later: list[BankEntry | str]
) -> None:
    folder = tmp_path_factory.mktemp("stock") / "1"
    snapshot.save(folder, columns(first), "a note")
    snapshot.verify(folder)
    opened = snapshot.open_(folder)
    single = with_banks(Matcher())
    single.put_entries(first)
    apply(with_banks(opened.matcher), later)
    apply(single, later)
    assert opened.note == "a note"
    assert answers(opened.matcher) == answers(single)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    some = [BankEntry(str(UUID(int=n)), "b", (signal(SignalType.PDQ, n), signal(SignalType.MD5, n))) for n in range(4)]
    snapshot.save(tmp_path / "1", columns(some), "")
    return tmp_path / "1"


def told(**changed: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / snapshot.TOLD
        file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))

    return change


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "ids.npy").write_bytes((folder / "ids.npy").read_bytes()[:-1]),
        lambda folder: (folder / "near.index").write_bytes((folder / "near.index").read_bytes() + b"\0"),
        lambda folder: (folder / snapshot.TOLD).write_text("{"),
        told(version=99),
        lambda folder: (folder / "banks.npy").write_bytes(bytes((folder / "banks.npy").stat().st_size)),
        lambda folder: (folder / "ids.npy").write_bytes(
            (folder / "banks.npy").read_bytes().ljust((folder / "ids.npy").stat().st_size, b"\0")
        ),
    ],
)
def test_a_folder_that_was_cut_short_or_is_foreign_is_refused(saved: Path, harm: Callable[[Path], None]) -> None:
    harm(saved)
    with pytest.raises(IndexFileError):
        snapshot.open_(saved)


@pytest.mark.parametrize("name", ["ids.npy", "banks.npy", "exact.npy", "near.index"])
def test_a_changed_byte_is_found_by_verifying(saved: Path, name: str) -> None:
    content = bytearray((saved / name).read_bytes())
    content[-1] ^= 1
    (saved / name).write_bytes(content)
    with pytest.raises(IndexFileError, match="altered"):
        snapshot.verify(saved)


def test_nothing_is_left_of_a_folder_that_could_not_be_written(saved: Path) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - any of them
        snapshot.save(saved, columns([]), "")
    assert [place.name for place in saved.parent.iterdir()] == ["1"]
    snapshot.verify(saved)

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.matching import Bank, BankEntry, BankKind, Match, Matcher
from argine.signals.types import Signal, SignalType

BLOCK = Bank("b", "Decided", BankKind.BLOCK)
REVIEW = Bank("r", "Reported", BankKind.REVIEW)
STRICT = Bank("s", "Strict", BankKind.BLOCK, pdq_threshold=8)
BANKS = {bank.id: bank for bank in (BLOCK, REVIEW, STRICT)}

BASE = np.random.default_rng(1).bytes(32)


def pdq_at(distance: int, quality: int | None = 100) -> Signal:
    """Make the PDQ signal that differs from BASE in the first `distance` bits."""
    value = int.from_bytes(BASE) ^ ((1 << distance) - 1)
    return Signal(SignalType.PDQ, value.to_bytes(32), quality)


def sha256(number: int) -> Signal:
    return Signal(SignalType.SHA256, bytes([number] * 32))


def md5(number: int) -> Signal:
    return Signal(SignalType.MD5, bytes([number] * 16))


@pytest.fixture
def matcher() -> Matcher:
    matcher = Matcher()
    for bank in BANKS.values():
        matcher.put_bank(bank)
    return matcher


@pytest.mark.parametrize(("distance", "matches"), [(0, True), (31, True), (32, False), (256, False)])
def test_a_pdq_matches_up_to_the_threshold_of_its_bank(matcher: Matcher, distance: int, matches: bool) -> None:
    matcher.put_entry(BankEntry("e", "b", (pdq_at(0),)))
    expected = [Match("b", BankKind.BLOCK, "e", SignalType.PDQ, distance, 31)] if matches else []
    assert matcher.match([pdq_at(distance)]) == expected


def test_each_bank_keeps_its_own_threshold(matcher: Matcher) -> None:
    matcher.put_entries([BankEntry("wide", "b", (pdq_at(0),)), BankEntry("narrow", "s", (pdq_at(0),))])
    assert [match.entry for match in matcher.match([pdq_at(8)])] == ["narrow", "wide"]
    assert [match.entry for match in matcher.match([pdq_at(9)])] == ["wide"]


def test_exact_types_match_equal_bytes_only(matcher: Matcher) -> None:
    matcher.put_entry(BankEntry("e", "r", (sha256(1), md5(1))))
    assert matcher.match([sha256(1)]) == [Match("r", BankKind.REVIEW, "e", SignalType.SHA256, 0, 0)]
    assert matcher.match([sha256(2), md5(2)]) == []


def test_the_best_come_first_exact_types_before_near_ones(matcher: Matcher) -> None:
    matcher.put_entries(
        [
            BankEntry("far", "b", (pdq_at(20),)),
            BankEntry("near", "b", (pdq_at(4), md5(1))),
            BankEntry("same", "b", (sha256(1), md5(1), pdq_at(0))),
        ]
    )
    found = matcher.match([pdq_at(0), md5(1), sha256(1)])
    assert [(match.entry, match.signal_type.value, match.distance) for match in found] == [
        ("same", "sha256", 0),
        ("near", "md5", 0),
        ("same", "md5", 0),
        ("same", "pdq", 0),
        ("near", "pdq", 4),
        ("far", "pdq", 20),
    ]


def test_an_entry_with_many_pdq_gives_one_match_the_nearest(matcher: Matcher) -> None:
    matcher.put_entry(BankEntry("e", "b", (pdq_at(12), pdq_at(3), pdq_at(30))))
    assert [match.distance for match in matcher.match([pdq_at(0), pdq_at(1)])] == [2]


def test_only_the_banks_asked_for_are_matched(matcher: Matcher) -> None:
    matcher.put_entries([BankEntry("one", "b", (sha256(1), pdq_at(0))), BankEntry("two", "r", (sha256(1), pdq_at(0)))])
    signals = [sha256(1), pdq_at(0)]
    assert {match.bank for match in matcher.match(signals)} == {"b", "r"}
    assert {match.bank for match in matcher.match(signals, frozenset({"r"}))} == {"r"}
    assert matcher.match(signals, frozenset()) == []
    assert matcher.match(signals, frozenset({"unheard of"})) == []


@pytest.mark.parametrize(
    ("banked", "asked", "matches"),
    [(50, 50, True), (49, 100, False), (100, 49, False), (None, None, True), (None, 49, False)],
)
def test_a_flat_pdq_takes_no_part_on_either_side(
    matcher: Matcher, banked: int | None, asked: int | None, matches: bool
) -> None:
    matcher.put_entry(BankEntry("e", "b", (pdq_at(0, banked),)))
    assert bool(matcher.match([pdq_at(0, asked)])) is matches


def test_replacing_an_entry_takes_its_old_signals_away(matcher: Matcher) -> None:
    matcher.put_entry(BankEntry("e", "r", (pdq_at(0), sha256(1))))
    matcher.put_entry(BankEntry("e", "b", (pdq_at(100), sha256(2))))
    assert matcher.match([pdq_at(0), sha256(1)]) == []
    assert {match.bank for match in matcher.match([pdq_at(100), sha256(2)])} == {"b"}
    assert len(matcher) == 1


def test_a_withdrawn_entry_matches_no_more_and_its_twin_still_does(matcher: Matcher) -> None:
    matcher.put_entries([BankEntry(name, "b", (pdq_at(0), sha256(1))) for name in ("e", "twin")])
    matcher.withdraw("e")
    matcher.withdraw("e")
    assert {match.entry for match in matcher.match([pdq_at(0), sha256(1)])} == {"twin"}


def test_a_bank_that_changes_kind_and_threshold_does_so_for_the_entries_it_has(matcher: Matcher) -> None:
    matcher.put_entry(BankEntry("e", "r", (pdq_at(0),)))
    matcher.put_bank(Bank("r", "Reported", BankKind.BLOCK, pdq_threshold=40))
    assert matcher.match([pdq_at(40)]) == [Match("r", BankKind.BLOCK, "e", SignalType.PDQ, 40, 40)]


def test_an_entry_of_an_unknown_bank_is_refused_and_nothing_changes(matcher: Matcher) -> None:
    matcher.put_entry(BankEntry("e", "b", (sha256(1),)))
    with pytest.raises(ValueError, match="put the bank before its entries"):
        matcher.put_entries([BankEntry("e", "b", (sha256(2),)), BankEntry("f", "absent", (sha256(3),))])
    assert [match.entry for match in matcher.match([sha256(1), sha256(2), sha256(3)])] == ["e"]


def test_of_two_entries_with_one_id_the_last_counts(matcher: Matcher) -> None:
    matcher.put_entries([BankEntry("e", "b", (pdq_at(0),)), BankEntry("e", "b", (pdq_at(100),))])
    assert matcher.match([pdq_at(0)]) == []
    assert len(matcher.match([pdq_at(100)])) == 1


def test_an_entry_or_a_question_without_signals_matches_nothing(matcher: Matcher) -> None:
    matcher.put_entry(BankEntry("e", "b", ()))
    matcher.withdraw("e")
    assert matcher.match([]) == []
    assert Matcher().match([pdq_at(0), sha256(1)]) == []


@pytest.mark.parametrize("threshold", [-1, 257])
def test_a_threshold_that_is_no_number_of_bits_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 256"):
        Bank("b", "Bank", BankKind.BLOCK, threshold)


signals = st.lists(
    st.one_of(
        st.builds(pdq_at, st.integers(0, 60), st.sampled_from([None, 40, 50, 100])),
        st.builds(sha256, st.integers(0, 2)),
        st.builds(md5, st.integers(0, 2)),
    ),
    max_size=3,
).map(tuple)
entries = st.builds(BankEntry, st.sampled_from("efg"), st.sampled_from(sorted(BANKS)), signals)
steps = st.lists(st.tuples(st.just("put"), entries) | st.tuples(st.just("withdraw"), st.sampled_from("efg")))


def plain_answer(kept: dict[str, BankEntry], asked: tuple[Signal, ...]) -> set[tuple[str, SignalType, int]]:
    """Compare everything with everything, by the words of the rules."""
    best: dict[tuple[str, SignalType], int] = {}
    for entry in kept.values():
        for one in entry.signals:
            for other in asked:
                distance = (int.from_bytes(one.value) ^ int.from_bytes(other.value)).bit_count()
                limit = BANKS[entry.bank].pdq_threshold if one.type is SignalType.PDQ else 0
                if one.type is other.type and one.hashable and other.hashable and distance <= limit:
                    key = (entry.id, one.type)
                    best[key] = min(distance, best.get(key, distance))
    return {(entry, signal_type, distance) for (entry, signal_type), distance in best.items()}


@given(history=steps, asked=signals)
def test_after_any_history_the_matches_are_those_of_a_plain_comparison(
    history: list[tuple[str, BankEntry | str]], asked: tuple[Signal, ...]
) -> None:
    matcher, kept = Matcher(), dict[str, BankEntry]()
    for bank in BANKS.values():
        matcher.put_bank(bank)
    for _, what in history:
        if isinstance(what, BankEntry):
            matcher.put_entry(what)
            kept[what.id] = what
        else:
            matcher.withdraw(what)
            kept.pop(what, None)
    found = matcher.match(asked)
    assert len(found) == len({(match.entry, match.signal_type) for match in found})
    assert {(match.entry, match.signal_type, match.distance) for match in found} == plain_answer(kept, asked)


def test_an_entry_replaced_again_and_again_is_at_no_moment_absent_for_other_threads(matcher: Matcher) -> None:
    versions = [BankEntry("e", "b", (pdq_at(0), sha256(1))), BankEntry("e", "b", (pdq_at(100), sha256(2)))]
    matcher.put_entry(versions[0])
    finished, answers = threading.Event(), list[int]()

    def ask() -> None:
        while not finished.is_set():
            answers.append(len(matcher.match([pdq_at(0), pdq_at(100), sha256(1), sha256(2)])))

    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    for turn in range(200):
        matcher.put_entry(versions[turn % 2])
    finished.set()
    for reader in readers:
        reader.join(10)
    assert set(answers) == {2}

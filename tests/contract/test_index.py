"""What every Hamming index must do, whatever is inside it. A new one joins by a line in IMPLEMENTATIONS."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argine.index import CODE_BITS, CODE_BYTES, HammingIndex, Index, Matches, hamming, merging, segment

Make = Callable[[Sequence[tuple[int, bytes]]], Index]
Pair = tuple[int, bytes]


@pytest.fixture(scope="module", params=["few are scanned", "tables for any number"], autouse=True)
def regime(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run everything twice: as it comes, and with tables, merging and filters for a handful of codes."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "tables for any number":
            for module in (hamming, merging, segment):
                patch.setattr(module, "TABLES_FROM", 1)
            patch.setattr(segment, "PROBE_COST", 0)
            patch.setattr(segment, "GIVE_UP_AFTER", 10**6)
        yield


def in_memory(pairs: Sequence[Pair]) -> Index:
    index = HammingIndex()
    add(index, pairs)
    return index


def reopened(pairs: Sequence[Pair]) -> Index:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "index")
        in_memory(pairs).save(path)
        return HammingIndex.open(path)


def merged(pairs: Sequence[Pair]) -> Index:
    index = HammingIndex()
    for start in range(3):
        add(index, pairs[start::3])
        index.merge()
    return index


IMPLEMENTATIONS = [in_memory, reopened, merged]
every_index = pytest.mark.parametrize("make", IMPLEMENTATIONS)

# Codes near one another and few keys, so that duplicates and near matches are common.
near_codes = st.sets(st.integers(0, CODE_BITS - 1), max_size=6).map(
    lambda bits: sum(1 << bit for bit in bits).to_bytes(CODE_BYTES, "little")
)
codes = near_codes | st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES)
keys = st.integers(0, 5) | st.integers(0, 2**64 - 1)
pair_lists = st.lists(st.tuples(keys, codes), max_size=12)


def key_array(values: Sequence[int]) -> np.ndarray:
    return np.array(values, np.uint64)


def code_array(values: Sequence[bytes]) -> np.ndarray:
    return np.frombuffer(b"".join(values), np.uint8).reshape(-1, CODE_BYTES)


def add(index: Index, pairs: Sequence[Pair]) -> None:
    index.add(key_array([key for key, _ in pairs]), code_array([code for _, code in pairs]))


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def expected(pairs: set[Pair], queries: Sequence[bytes], radius: int) -> list[tuple[int, int, int]]:
    """Answer by plain arithmetic on whole numbers: (query, distance, key), sorted."""
    return sorted(
        (number, distance(code, query), key)
        for number, query in enumerate(queries)
        for key, code in pairs
        if distance(code, query) <= radius
    )


def rows(matches: Matches) -> list[tuple[int, int, int]]:
    return list(zip(matches.query.tolist(), matches.distance.tolist(), matches.key.tolist(), strict=True))


def flipped(code: bytes, bits: Sequence[int]) -> bytes:
    return (int.from_bytes(code) ^ sum(1 << int(bit) for bit in bits)).to_bytes(CODE_BYTES)


@every_index
@settings(max_examples=40)
@given(pairs=pair_lists, queries=st.lists(codes, max_size=4), radius=st.integers(0, CODE_BITS))
def test_a_search_finds_exactly_what_plain_arithmetic_finds_in_the_same_order(
    make: Make, pairs: list[Pair], queries: list[bytes], radius: int
) -> None:
    index = make(pairs)
    assert rows(index.search(code_array(queries), radius)) == expected(set(pairs), queries, radius)
    assert len(index) == len(set(pairs))


@every_index
@settings(max_examples=30)
@given(
    start=pair_lists,
    steps=st.lists(st.tuples(st.just("add"), pair_lists) | st.tuples(st.just("remove"), st.lists(keys, max_size=4))),
    query=codes,
)
def test_any_mix_of_adding_and_removing_leaves_the_right_codes(
    make: Make, start: list[Pair], steps: list[tuple[str, list]], query: bytes
) -> None:
    index, pairs = make(start), set(start)
    for step, what in steps:
        if step == "add":
            add(index, what)
            pairs |= set(what)
        else:
            index.remove(key_array(what))
            pairs = {(key, code) for key, code in pairs if key not in what}
    assert rows(index.search(code_array([query]), CODE_BITS)) == expected(pairs, [query], CODE_BITS)
    assert len(index) == len(pairs)


@every_index
@pytest.mark.parametrize("count", [2**power for power in range(11)])
def test_all_identical_codes_under_different_keys_are_found(make: Make, count: int) -> None:
    code = bytes(range(CODE_BYTES))
    found = make([(key, code) for key in range(count)]).search(code_array([code]), 0)
    assert found.key.tolist() == list(range(count))


@every_index
@pytest.mark.parametrize("radius", [0, 1, 31, 63, CODE_BITS])
def test_neighbours_planted_at_every_distance_within_the_radius_are_found_and_none_beyond(
    make: Make, radius: int
) -> None:
    random = np.random.default_rng(radius)
    query = random.bytes(CODE_BYTES)
    reach = min(radius + 3, CODE_BITS)
    planted = [
        (1000 * bits + copy, flipped(query, random.choice(CODE_BITS, bits, replace=False)))
        for bits in range(reach + 1)
        for copy in range(3)
    ]
    strangers = [(10**6 + number, random.bytes(CODE_BYTES)) for number in range(500)]
    found = make(planted + strangers).search(code_array([query]), radius)
    assert rows(found) == expected(set(planted + strangers), [query], radius)
    assert set(range(radius + 1)) <= set(found.distance.tolist())


@every_index
def test_the_opposite_code_is_256_bits_away_and_found_only_at_radius_256(make: Make) -> None:
    index = make([(1, bytes(CODE_BYTES))])
    opposite = code_array([b"\xff" * CODE_BYTES])
    assert rows(index.search(opposite, 256)) == [(0, 256, 1)]
    assert len(index.search(opposite, 255)) == 0


@every_index
def test_an_empty_index_and_an_empty_query_find_nothing(make: Make) -> None:
    nothing = make([])
    assert len(nothing) == 0
    assert 0 not in nothing
    assert len(nothing.search(code_array([bytes(CODE_BYTES)]), CODE_BITS)) == 0
    assert len(make([(1, bytes(CODE_BYTES))]).search(code_array([]), CODE_BITS)) == 0


@every_index
def test_the_answer_has_the_promised_types(make: Make) -> None:
    found = make([(2**64 - 1, bytes(CODE_BYTES))]).search(code_array([bytes(CODE_BYTES)]), 0)
    assert (found.query.dtype, found.key.dtype, found.distance.dtype) == (np.int64, np.uint64, np.uint16)
    assert found.key.tolist() == [2**64 - 1]


@every_index
def test_adding_an_existing_key_gives_it_one_more_code(make: Make) -> None:
    first, second = bytes(CODE_BYTES), b"\x01" * CODE_BYTES
    index = make([(7, first)])
    add(index, [(7, second)])
    assert rows(index.search(code_array([first, second]), 0)) == [(0, 0, 7), (1, 0, 7)]
    assert len(index) == 2


@every_index
def test_adding_a_pair_that_is_already_there_changes_nothing(make: Make) -> None:
    pair = (7, bytes(CODE_BYTES))
    index = make([pair, pair])
    add(index, [pair, pair])
    assert len(index) == 1


@every_index
def test_removing_a_key_takes_all_its_codes_and_no_others(make: Make) -> None:
    index = make([(1, bytes([number] * CODE_BYTES)) for number in range(9)] + [(2, bytes(CODE_BYTES))])
    index.remove(key_array([1, 3]))
    assert (1 in index, 2 in index, 3 in index, len(index)) == (False, True, False, 1)


@every_index
@pytest.mark.parametrize("radius", [-1, 257, 1.5, True, None])
def test_a_radius_that_is_no_number_of_bits_is_refused(make: Make, radius: int) -> None:
    with pytest.raises(ValueError, match="radius must be a whole number of bits from 0 to 256"):
        make([]).search(code_array([]), radius)


@every_index
@pytest.mark.parametrize(
    "wrong",
    [np.zeros((1, 32), np.int8), np.zeros(32, np.uint8), np.zeros((1, 31), np.uint8), [bytes(CODE_BYTES)]],
)
def test_codes_of_another_type_or_shape_are_refused(make: Make, wrong: np.ndarray) -> None:
    index = make([])
    with pytest.raises(ValueError, match=r"codes must be a numpy array uint8\[n, 32\]"):
        index.search(wrong, 31)
    with pytest.raises(ValueError, match=r"codes must be a numpy array uint8\[n, 32\]"):
        index.add(key_array([1]), wrong)


@every_index
@pytest.mark.parametrize("wrong", [np.zeros(1, np.int64), np.zeros((1, 1), np.uint64), [1], None])
def test_keys_of_another_type_or_shape_are_refused(make: Make, wrong: np.ndarray) -> None:
    index = make([])
    with pytest.raises(ValueError, match=r"keys must be a numpy array uint64\[n\]"):
        index.remove(wrong)
    with pytest.raises(ValueError, match=r"keys must be a numpy array uint64\[n\]"):
        index.add(wrong, code_array([bytes(CODE_BYTES)]))


@every_index
def test_keys_and_codes_that_do_not_pair_up_are_refused(make: Make) -> None:
    with pytest.raises(ValueError, match="got 2 keys and 1 codes"):
        make([]).add(key_array([1, 2]), code_array([bytes(CODE_BYTES)]))

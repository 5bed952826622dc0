"""Additions, withdrawals, merging and saving while others read."""

import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argine.index import HammingIndex, bruteforce, hamming, merging, segment
from argine.index.live import Part

RANDOM = np.random.default_rng(3)


def random_codes(count: int) -> np.ndarray:
    return RANDOM.integers(0, 256, (count, 32), np.uint8)


def keys_from(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.uint64)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seal, build tables and merge after few additions, so that a short test sees many of each."""
    monkeypatch.setattr(hamming, "TAIL_LIMIT", 50)
    for module in (hamming, merging, segment):
        monkeypatch.setattr(module, "TABLES_FROM", 400)
    monkeypatch.setattr(segment, "PROBE_COST", 0)
    return


# What happens to an index: each step with the numbers that it takes.
steps = st.lists(
    st.tuples(st.sampled_from(["add", "add many", "remove", "merge", "reopen", "merge to file"]), st.integers(0, 400)),
    max_size=14,
)


@pytest.mark.usefixtures("small_steps_for_all")
class TestAnyMix:
    @given(steps=steps)
    @settings(max_examples=40)
    def test_of_changes_leaves_exactly_the_right_pairs(self, steps: list[tuple[str, int]]) -> None:
        index, model = HammingIndex(), dict[int, int]()
        pool = np.random.default_rng(1).integers(0, 256, (900, 32), np.uint8)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "index")
            for step, number in steps:
                index = self.change(index, model, pool, path, step, number)
        index.wait()
        assert len(index) == len(model)
        keys = np.array(sorted(model), np.uint64)
        codes = pool[[model[key] for key in sorted(model)]].reshape(-1, 32)
        found, wanted = index.search(pool[::30], 120), bruteforce.search(keys, codes, pool[::30], 120)
        assert found.key.tolist() == wanted.key.tolist()
        assert found.distance.tolist() == wanted.distance.tolist()

    def change(
        self, index: HammingIndex, model: dict[int, int], pool: np.ndarray, path: Path, step: str, number: int
    ) -> HammingIndex:
        many = 500 if step == "add many" else 30
        keys = keys_from(number, many)
        if step in {"add", "add many"}:
            fresh = np.array([key for key in keys.tolist() if key not in model], np.uint64)
            index.add(np.concatenate([fresh, keys]), pool[np.concatenate([fresh, keys]).astype(int) % 900])
            model.update({int(key): int(key) % 900 for key in keys})
        elif step == "remove":
            index.remove(keys)
            for key in keys.tolist():
                model.pop(key, None)
        elif step == "merge":
            index.merge()
        elif step == "merge to file":
            index.merge(path)
        else:
            index.save(path)
            index = HammingIndex.open(path)
        return index


@pytest.fixture(scope="module")
def small_steps_for_all() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hamming, "TAIL_LIMIT", 50)
        for module in (hamming, merging, segment):
            patch.setattr(module, "TABLES_FROM", 400)
        patch.setattr(segment, "PROBE_COST", 0)
        yield


@pytest.mark.usefixtures("small_steps")
def test_readers_see_all_that_stays_and_nothing_withdrawn_while_others_write_and_merge() -> None:
    index, stays = HammingIndex(), random_codes(600)
    index.add(keys_from(0, 600), stays)
    gone_below, stop, faults = [10_000], threading.Event(), list[str]()

    def read() -> None:
        random = np.random.default_rng()
        while not stop.is_set():
            row = int(random.integers(0, 600))
            withdrawn = gone_below[0]
            found = index.search(stays[row : row + 1], 40).key.tolist()
            if row not in found:
                faults.append(f"{row} was not found")
            faults.extend(f"{key} was withdrawn" for key in found if 10_000 <= key < withdrawn)

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for first in range(10_000, 12_000, 100):
            # The additions lie at the codes that stay, so that every reader meets them.
            index.add(keys_from(first, 100), stays[(np.arange(first, first + 100)) % 600])
            index.remove(keys_from(first - 100, 100))
            gone_below[0] = first
            if first % 1000 == 0:
                index.merge()
        stop.set()
        for reader in readers:
            reader.result()
    index.wait()
    assert faults == []
    assert len(index) == 700


@pytest.mark.usefixtures("small_steps")
def test_what_is_withdrawn_while_a_merge_runs_stays_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    index = HammingIndex()
    index.add(keys_from(0, 500), random_codes(500))
    building, go_on, build = threading.Event(), threading.Event(), hamming._build

    def slow_build(*arguments: object) -> object:
        building.set()
        go_on.wait(10)
        return build(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(hamming, "_build", slow_build)
    with ThreadPoolExecutor(1) as pool:
        merge = pool.submit(index.merge)
        building.wait(10)
        index.remove(keys_from(0, 10))
        again = random_codes(1)
        index.add(keys_from(3, 1), again)
        assert len(index) == 491
        go_on.set()
        merge.result()
    assert len(index) == 491
    assert [3 in index, 4 in index] == [True, False]
    assert index.search(again, 0).key.tolist() == [3]


@pytest.mark.usefixtures("small_steps")
def test_small_additions_are_merged_so_that_few_segments_remain() -> None:
    index, codes = HammingIndex(), random_codes(6000)
    for first in range(0, 6000, 60):
        index.add(keys_from(first, 60), codes[first : first + 60])
    index.wait()
    assert index.stats().segments <= 7
    assert index.stats().pairs == 6000
    assert index.search(codes, 0).key.tolist() == list(range(6000))


@pytest.mark.usefixtures("small_steps")
def test_a_segment_of_which_most_was_withdrawn_is_merged_without_it() -> None:
    index = HammingIndex()
    index.add(keys_from(0, 2000), random_codes(2000))
    index.remove(keys_from(0, 1900))
    assert index.stats().withdrawn == 1900
    index.add(keys_from(5000, 500), random_codes(500))
    index.wait()
    assert index.stats().withdrawn == 0
    assert len(index) == 600


def test_merging_an_empty_index_leaves_it_empty() -> None:
    index = HammingIndex()
    index.merge()
    assert (len(index), index.stats().segments, len(index.search(random_codes(1), 256))) == (0, 0, 0)


def test_the_pairs_of_keys_come_back_from_every_part(tmp_path: Path) -> None:
    index, codes = HammingIndex(), random_codes(4)
    index.add(keys_from(1, 2), codes[:2])
    index.merge(tmp_path / "index")
    index.add(np.array([2, 3], np.uint64), codes[2:])
    keys, found = index.pairs_of(np.array([2, 3, 9], np.uint64))
    assert sorted(zip(keys.tolist(), found.tolist(), strict=True)) == sorted(
        [(2, codes[1].tolist()), (2, codes[2].tolist()), (3, codes[3].tolist())]
    )


@pytest.mark.parametrize("rows", [[], [0], [0, 7, 8, 39]])
def test_withdrawing_marks_rows_and_counts_them_once(rows: list[int]) -> None:
    index = HammingIndex()
    index.add(keys_from(0, 40), random_codes(40))
    index.merge()
    (part,) = index._view.parts
    for _ in range(2):
        part = part.without(np.array(rows, np.uint64))
    assert isinstance(part, Part)
    assert (part.dead_count(), len(part)) == (len(rows), 40 - len(rows))


def test_one_more_merge_is_not_due_when_the_older_part_is_much_larger() -> None:
    index = HammingIndex()
    index.add(keys_from(0, 1000), random_codes(1000))
    index.merge()
    large = index._view.parts[0]
    other = HammingIndex()
    other.add(keys_from(0, 100), random_codes(100))
    other.merge()
    small = other._view.parts[0]
    assert merging.due((large, small)) == ()
    assert set(merging.due((large, small, small, small))) == {large, small}

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.index import HammingIndex, Votes, vote, votes

RANDOM = np.random.default_rng(8)
PICTURES, PATCHES = 60, 20
CODES = RANDOM.integers(0, 256, (PICTURES, PATCHES, 32), np.uint8)


@pytest.fixture(scope="module")
def index() -> HammingIndex:
    index = HammingIndex()
    index.add(np.repeat(np.arange(PICTURES, dtype=np.uint64), PATCHES), CODES.reshape(-1, 32))
    return index


def rows(found: Votes) -> list[tuple[int, int, int]]:
    return list(zip(found.group.tolist(), found.key.tolist(), found.votes.tolist(), strict=True))


def expected(questions: list[np.ndarray], radius: int, at_least: int) -> list[tuple[int, int, int]]:
    """Compare every code with every code."""
    out = []
    for group, codes in enumerate(questions):
        counts = Counter[int]()
        for code in codes:
            near = (np.bitwise_count(CODES ^ code).sum(axis=2) <= radius).any(axis=1)
            counts.update(np.flatnonzero(near).tolist())
        ranked = sorted(((-count, key) for key, count in counts.items() if count >= at_least))
        out += [(group, key, -count) for count, key in ranked]
    return out


def asked(index: HammingIndex, questions: list[np.ndarray], radius: int, at_least: int) -> list[tuple[int, int, int]]:
    groups = np.repeat(np.arange(len(questions)), [len(codes) for codes in questions])
    return rows(vote(index, np.concatenate(questions), groups, radius, at_least=at_least))


question = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, PATCHES - 1), st.integers(0, 50)), min_size=1, max_size=9
)


@given(
    drawn=st.lists(question, min_size=1, max_size=4),
    radius=st.integers(0, 47),
    at_least=st.integers(1, 4),
    few=st.sampled_from([0, 256]),
)
def test_the_votes_are_those_of_comparing_everything(
    index: HammingIndex, drawn: list[list[tuple[int, int, int]]], radius: int, at_least: int, few: int
) -> None:
    questions = [
        np.stack([CODES[picture, patch] ^ mask_of(flips) for picture, patch, flips in codes]) for codes in drawn
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(votes, "FEW_KEYS", few)
        assert asked(index, questions, radius, at_least) == expected(questions, radius, at_least)


def mask_of(flips: int) -> np.ndarray:
    bits = np.zeros(256, np.uint8)
    bits[:flips] = 1
    return np.packbits(bits)


def test_a_wide_radius_hits_many_pictures_and_the_most_votes_come_first(index: HammingIndex) -> None:
    questions = [CODES[3, :7], CODES[9, 4:15]]
    found = asked(index, questions, 105, 3)
    assert found == expected(questions, 105, 3)
    assert found[0] == (0, 3, 7)


def test_a_question_that_hits_nothing_gets_no(index: HammingIndex) -> None:
    assert asked(index, [RANDOM.integers(0, 256, (60, 32), np.uint8)], 47, 2) == []


def test_no_codes_and_too_few_codes_get_no(index: HammingIndex) -> None:
    assert len(vote(index, np.empty((0, 32), np.uint8), np.empty(0, np.int64), 47)) == 0
    assert asked(index, [CODES[0, :1]], 0, 2) == []


@pytest.mark.parametrize(
    ("groups", "at_least", "message"),
    [
        (np.zeros(2, np.int64), 1, r"groups must be a numpy array int64\[3\]"),
        (np.zeros(3, np.int32), 1, "groups must be a numpy array"),
        (np.array([0, 2, 1]), 1, "groups must ascend"),
        (np.zeros(3, np.int64), 0, "from 1 on, not 0"),
    ],
)
def test_wrong_groups_are_refused(index: HammingIndex, groups: np.ndarray, at_least: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        vote(index, CODES[0, :3], groups, 31, at_least=at_least)

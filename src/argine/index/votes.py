"""Which keys are hit by several codes of one question: pictures that share patches, where a key is a picture.

Looking a code up costs far more than comparing it with a few known ones. A key with `at_least` votes from s codes gets
one of them from any s - at_least + 1 codes: so only those are looked up. Nearly always nothing is hit and the answer is
no. Else the codes held back are compared directly with the codes of the keys that were hit. Nothing is missed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from argine.index import bruteforce
from argine.index.checks import check_codes
from argine.index.hamming import HammingIndex
from argine.index.interface import CODE_BITS, Codes, Keys

Groups = NDArray[np.int64]

FEW_KEYS = 256
"""Where more keys were hit, looking up is cheaper than comparing with all their codes."""


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """Three arrays of the same length, sorted by group, then most votes first, then key.

    Attributes:
        group: int64[m], the question.
        key: uint64[m], what was hit.
        votes: int64[m], how many different codes of the question hit it.
    """

    group: Groups
    key: Keys
    votes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.group)


def vote(
    index: HammingIndex, codes: Codes, groups: Groups, radius: int, *, at_least: int = 2, threads: int = 1
) -> Votes:
    """Find the keys that at least so many codes of one question hit.

    Args:
        index: where a key has many codes.
        codes: uint8[q, bits / 8], of all questions: many together are much faster than one after the other.
        groups: int64[q], the question that each code belongs to, ascending.
        radius: bits within which a code hits another.
        at_least: votes, 1 or more. Two equal codes in one question are two voters.
        threads: how many share the look-ups.

    Raises:
        ValueError: an array has another type or shape, or the groups do not ascend.
    """
    check_codes(codes, index.bits)
    _check_groups(groups, len(codes), at_least)
    held = _held_back(groups, at_least)
    asked = np.flatnonzero(held == 0)
    found = index.search(codes[asked], radius, threads=threads)
    ballots = _Ballots.of(asked[found.query], found.key)
    late = np.flatnonzero((held == 1) & np.isin(groups, groups[ballots.voter]))
    if len(late):
        ballots = ballots.plus(_late_ballots(index, codes, groups, late, ballots, radius))
    return ballots.count(groups, at_least)


@dataclass(frozen=True, slots=True, eq=False)
class _Ballots:
    """Who (the number of a code) voted for which key, each pair once."""

    voter: NDArray[np.int64]
    key: Keys

    @classmethod
    def of(cls, voter: NDArray[np.int64], key: Keys) -> "_Ballots":
        order = np.lexsort((key, voter))
        voter, key = voter[order], key[order]
        new = np.ones(len(voter), np.bool_)
        new[1:] = (voter[1:] != voter[:-1]) | (key[1:] != key[:-1])
        return cls(voter[new], key[new])

    def plus(self, other: "_Ballots") -> "_Ballots":
        return _Ballots(np.concatenate([self.voter, other.voter]), np.concatenate([self.key, other.key]))

    def count(self, groups: Groups, at_least: int) -> Votes:
        group = groups[self.voter]
        order = np.lexsort((self.key, group))
        group, key = group[order], self.key[order]
        starts = np.flatnonzero(np.append(True, (group[1:] != group[:-1]) | (key[1:] != key[:-1]))[: len(group)])
        votes = np.diff(np.append(starts, len(group)))
        enough = votes >= at_least
        group, key, votes = group[starts][enough], key[starts][enough], votes[enough]
        order = np.lexsort((key, -votes, group))
        return Votes(group[order], key[order], votes[order])


def _late_ballots(
    index: HammingIndex, codes: Codes, groups: Groups, late: NDArray[np.int64], ballots: _Ballots, radius: int
) -> _Ballots:
    """Let the codes that were held back vote on the keys that their question has hit."""
    parts = []
    for group in np.unique(groups[late]):
        voters = late[groups[late] == group]
        hit = np.unique(ballots.key[groups[ballots.voter] == group])
        if len(hit) > FEW_KEYS or index.bits != CODE_BITS:
            found = index.search(codes[voters], radius)
        else:
            found = bruteforce.search(*index.pairs_of(hit), codes[voters], radius)
        parts.append(_Ballots.of(voters[found.query], found.key))
    return _Ballots(np.concatenate([part.voter for part in parts]), np.concatenate([part.key for part in parts]))


def _held_back(groups: Groups, at_least: int) -> NDArray[np.int64]:
    """Mark the last at_least - 1 codes of each question 1; all of those too small to get so many votes 2."""
    _, first, size = np.unique(groups, return_index=True, return_counts=True)
    place = np.arange(len(groups)) - np.repeat(first, size)
    left = np.repeat(size, size) - place
    held = (left < at_least).astype(np.int64)
    held[np.repeat(size, size) < at_least] = 2
    return held


def _check_groups(groups: object, count: int, at_least: int) -> None:
    if not isinstance(groups, np.ndarray) or groups.dtype != np.int64 or groups.shape != (count,):
        raise ValueError(f"groups must be a numpy array int64[{count}], one for each code")
    if np.any(groups[1:] < groups[:-1]):
        raise ValueError("groups must ascend: the codes of one question stand together")
    if at_least < 1:
        raise ValueError(f"at_least is a number of votes from 1 on, not {at_least}")

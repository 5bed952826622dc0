"""The inner loops of the comparison of two patch sets; `geometry` says what they are for.

A *pair* is a patch of the bank picture (row `i`) with a patch of the query picture (row `j`). Codes are uint64[n, 4];
places and transformations have the form that `transforms` gives, and lead from the bank picture to the query picture.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.transforms import (
    Pairs,
    Places,
    fit_affine,
    fit_projective,
    fit_similarity,
    from_pair,
    local,
    project,
)

Words = npt.NDArray[np.uint64]

MOST_BITS = 256

MAX_PAIRS = 1024
"""Nearest pairs looked at: a picture of one repeated pattern has very many, and they say little."""

TRIES = 48
"""Nearest pairs each of which proposes a transformation."""

REFINED = 6
"""Proposals with most support that are refined."""

SETTLED = 10
"""So many agreeing patches need no other proposal."""

SCALE_SLACK = 14
"""How far a pair's ratio of scales may be from the transformation's, in 1/32 octave."""

ANGLE_SLACK = 18
"""How far its turn may be from the transformation's, in 1/256 turn."""

FIRST_SLACK = 20.0
SLACK = 12.0
"""How far from its place a patch may be besides half its scale, in pixels: by one pair's proposal, and once fitted."""

MOST_FITS = 6
FREEST = 2
"""Fits made, and the one from which on all freedom is given."""

ENOUGH_FOR_AFFINE = 5
ENOUGH_FOR_PROJECTIVE = 8

_ONE, _TWO, _FOUR, _LAST = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_PAIRS_OF_BITS, _FOURS, _EIGHTS = (
    np.uint64(0x5555555555555555),
    np.uint64(0x3333333333333333),
    np.uint64(0x0F0F0F0F0F0F0F0F),
)
_BYTES = np.uint64(0x0101010101010101)


@jit
def bits_set(word: np.uint64) -> np.int64:
    """Count the ones of 64 bits; the compiler knows this form and makes one instruction of it."""
    word = word - ((word >> _ONE) & _PAIRS_OF_BITS)
    word = (word & _FOURS) + ((word >> _TWO) & _FOURS)
    word = (word + (word >> _FOUR)) & _EIGHTS
    return np.int64((word * _BYTES) >> _LAST)


@jit
def apart(one: Words, other: Words) -> np.int64:
    """Hamming distance of two codes, uint64[4] each."""
    low = bits_set(one[0] ^ other[0]) + bits_set(one[1] ^ other[1])
    return low + bits_set(one[2] ^ other[2]) + bits_set(one[3] ^ other[3])


@jit
def near_pairs(bank: Words, query: Words, limit: int) -> Pairs:
    """All pairs of codes within a distance, nearest first: int64[k, 3] of i, j, distance; k at most 1024."""
    starts = np.zeros(MOST_BITS + 2, np.int64)
    distances = np.empty((len(bank), len(query)), np.int16)
    for i in range(len(bank)):
        for j in range(len(query)):
            d = apart(bank[i], query[j])
            distances[i, j] = d
            if d <= limit:
                starts[d + 1] += 1
    return _sorted_pairs(distances, _summed(starts), limit)


@jit
def _summed(starts: Pairs) -> Pairs:
    """Turn numbers of pairs, each one place up from its distance, into the place where each distance begins."""
    for below in range(len(starts) - 1):
        starts[below + 1] += starts[below]
    return starts


@jit
def _sorted_pairs(distances: npt.NDArray[np.int16], starts: Pairs, limit: int) -> Pairs:
    pairs = np.empty((min(starts[limit + 1], MAX_PAIRS), 3), np.int64)
    for i in range(distances.shape[0]):
        for j in range(distances.shape[1]):
            d = distances[i, j]
            if d <= limit:
                row = starts[d]
                starts[d] += 1
                if row < len(pairs):
                    pairs[row, 0], pairs[row, 1], pairs[row, 2] = i, j, d
    return pairs


@jit
def turn_between(one: float, other: float) -> float:
    """Smallest turn from one angle to another, in 1/256 turn, -128 to 128."""
    return (other - one + 128.0) % 256.0 - 128.0


@jit
def support(bank: Places, query: Places, pairs: Pairs, m: int, stamps: Pairs) -> int:
    """How many pairs, one to one, roughly agree with pair `m`. Far from it the transformation is less sure."""
    t = np.empty(8)
    first, second = pairs[m, 0], pairs[m, 1]
    from_pair(bank, query, first, second, t)
    scale, angle = query[second, 2] - bank[first, 2], query[second, 3] - bank[first, 3]
    rows, columns = 0, 0
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        if abs(query[j, 2] - bank[i, 2] - scale) > SCALE_SLACK:
            continue
        if abs(turn_between(angle, query[j, 3] - bank[i, 3])) > ANGLE_SLACK:
            continue
        dx = t[0] * bank[i, 0] + t[1] * bank[i, 1] + t[2] - query[j, 0]
        dy = t[3] * bank[i, 0] + t[4] * bank[i, 1] + t[5] - query[j, 1]
        away = 10.0 + 0.2 * (abs(query[j, 0] - query[second, 0]) + abs(query[j, 1] - query[second, 1]))
        if dx * dx + dy * dy > away * away:
            continue
        if stamps[0, i] != m:
            stamps[0, i] = m
            rows += 1
        if stamps[1, j] != m:
            stamps[1, j] = m
            columns += 1
    return min(rows, columns)


@jit
def guided(codes: tuple[Words, Words], bank: Places, query: Places, t: Places, wide: int, slack: float) -> Pairs:
    """Pairs that lie where a transformation says, with codes within a wider distance, one to one.

    Args:
        codes: of the bank picture and of the query picture.
        bank: places of the bank picture.
        query: places of the query picture.
        t: the transformation.
        wide: largest distance of codes.
        slack: how far from its place a patch may be, in pixels, besides half its own scale.

    Returns:
        int64[k, 3]: i, j, distance, nearest first.
    """
    found = np.empty((MAX_PAIRS, 3), np.int64)
    count = 0
    bend = np.empty(4)
    for i in range(len(bank)):
        x, y, w = project(t, bank[i, 0], bank[i, 1])
        if w < 0.2:  # noqa: PLR2004 - nearly the horizon: no copy is seen so
            continue
        area = local(t, bank[i, 0], bank[i, 1], bend)
        if area < 1e-4:  # noqa: PLR2004 - a hundred times smaller, or turned inside out
            continue
        scale = bank[i, 2] + 16.0 * np.log2(area)
        angle = bank[i, 3] + np.arctan2(bend[2] - bend[1], bend[0] + bend[3]) * (128.0 / np.pi)
        for j in range(len(query)):
            if count < MAX_PAIRS and _fits(query[j], x, y, scale, angle, slack):
                d = apart(codes[0][i], codes[1][j])
                if d <= wide:
                    found[count, 0], found[count, 1], found[count, 2] = i, j, d
                    count += 1
    return one_to_one(found[:count], bank, query)


@jit
def _fits(patch: Places, x: float, y: float, scale: float, angle: float, slack: float) -> bool:
    dx, dy = patch[0] - x, patch[1] - y
    away = slack + 0.5 * patch[4]
    if dx * dx + dy * dy > away * away or abs(patch[2] - scale) > SCALE_SLACK:
        return False
    return bool(abs(turn_between(angle, patch[3])) <= ANGLE_SLACK)


@jit
def nearest_first(pairs: Pairs) -> Pairs:
    """Rows of pairs in the order of their distances: counted, for a compiled sort takes seconds to compile."""
    starts = np.zeros(MOST_BITS + 2, np.int64)
    for k in range(len(pairs)):
        starts[pairs[k, 2] + 1] += 1
    _summed(starts)
    order = np.empty(len(pairs), np.int64)
    for k in range(len(pairs)):
        order[starts[pairs[k, 2]]] = k
        starts[pairs[k, 2]] += 1
    return order


@jit
def one_to_one(pairs: Pairs, bank: Places, query: Places) -> Pairs:
    """Keep the nearest pairs whose places are not yet taken on either side."""
    kept = np.empty_like(pairs)
    count = 0
    for k in nearest_first(pairs):
        i, j = pairs[k, 0], pairs[k, 1]
        free = True
        for other in range(count):
            if same_spot(bank, i, kept[other, 0]) or same_spot(query, j, kept[other, 1]):
                free = False
                break
        if free:
            kept[count] = pairs[k]
            count += 1
    return kept[:count]


@jit
def same_spot(places: Places, one: int, other: int) -> bool:
    """Say whether two patches show nearly the same: their centres nearer than the smaller one's scale."""
    dx, dy = places[one, 0] - places[other, 0], places[one, 1] - places[other, 1]
    near = min(places[one, 4], places[other, 4])
    return bool(dx * dx + dy * dy < near * near)


@jit
def best(codes: tuple[Words, Words], bank: Places, query: Places, limits: tuple[int, int], t: Places) -> Pairs:
    """The pairs of the transformation on which most agree, nearest first; the transformation is written into `t`.

    `limits` are the largest distance of a pair that proposes, and of one that only confirms.
    """
    pairs = near_pairs(codes[0], codes[1], limits[0])
    stamps = np.full((2, max(len(bank), len(query))), -1, np.int64)
    votes = np.zeros(min(len(pairs), TRIES), np.int64)
    for m in range(len(votes)):
        votes[m] = support(bank, query, pairs, m, stamps)
    result = pairs[:0]
    trial = np.empty(8)
    for _ in range(min(REFINED, len(votes))):
        if len(result) >= SETTLED:
            break
        m = int(np.argmax(votes))
        votes[m] = -1
        from_pair(bank, query, pairs[m, 0], pairs[m, 1], trial)
        found = refine(codes, bank, query, trial, limits[1])
        if len(found) > len(result):
            result = found
            t[:] = trial
    return result


@jit
def refine(codes: tuple[Words, Words], bank: Places, query: Places, t: Places, wide: int) -> Pairs:
    """Fit and look again, with more freedom each time, while that finds no fewer.

    The first fit may lose some: what one pair proposed was looked for far around, and some of it was not meant.
    """
    found = guided(codes, bank, query, t, wide, FIRST_SLACK)
    trial = t.copy()
    for step in range(MOST_FITS):
        if len(found) < 2 or not fit(bank, query, found, step, trial):  # noqa: PLR2004 - one place fixes nothing
            break
        more = guided(codes, bank, query, trial, wide, SLACK)
        needed = len(found) if step else (len(found) + 1) // 2
        if len(more) < needed:
            break
        settled = step >= FREEST and len(more) == len(found)
        found = more
        t[:] = trial
        if settled:
            break
    return found


@jit
def fit(bank: Places, query: Places, pairs: Pairs, freedom: int, out: Places) -> bool:
    """Fit the freest transformation that so many pairs can carry, up to a freedom: similar, affine, projective."""
    if freedom >= FREEST and len(pairs) >= ENOUGH_FOR_PROJECTIVE:
        affine = fit_affine(bank, query, pairs, out)
        if affine and fit_projective(bank, query, pairs, out) and _sane(bank, pairs, out):
            return True
    if freedom >= 1 and len(pairs) >= ENOUGH_FOR_AFFINE and fit_affine(bank, query, pairs, out):
        return True
    return fit_similarity(bank, query, pairs, out)


@jit
def _sane(bank: Places, pairs: Pairs, t: Places) -> bool:
    """Say whether no pair is near the horizon or mirrored by a projection."""
    bend = np.empty(4)
    for k in range(len(pairs)):
        x, y = bank[pairs[k, 0], 0], bank[pairs[k, 0], 1]
        if t[6] * x + t[7] * y + 1.0 < 0.2 or local(t, x, y, bend) <= 0.0:  # noqa: PLR2004 - as in `guided`
            return False
    return True

"""The inner loops of the comparison of two patch sets; `geometry` says what they are for.

All numbers that decide come from tables over kept (whole) scales and angles. A *pair* is a patch of the bank
picture (row `i`) with a patch of the query picture (row `j`). A transformation takes places of the bank picture
to places of the query picture: float64[6], x' = t0 x + t1 y + t2, y' = t3 x + t4 y + t5.
"""

import numpy as np
import numpy.typing as npt

from argine.jit import jit
from argine.signals.patch.tables import COSINES

_Words = npt.NDArray[np.uint64]
_Places = npt.NDArray[np.float64]
_Whole = npt.NDArray[np.int64]

RATIOS = 2.0 ** (np.arange(-256, 257) / 32)
"""float64[513]: ratio of two scales by the difference of their kept logarithms, plus 256."""

MAX_PAIRS = 1024
SCALE_SLACK = 14
ANGLE_SLACK = 18
M1, M2, M4 = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333), np.uint64(0x0F0F0F0F0F0F0F0F)
H01 = np.uint64(0x0101010101010101)


@jit
def bits_set(word: int) -> int:
    """Count the ones of 64 bits; the compiler knows this form and makes one instruction of it."""
    word = word - ((word >> np.uint64(1)) & M1)
    word = (word & M2) + ((word >> np.uint64(2)) & M2)
    word = (word + (word >> np.uint64(4))) & M4
    return np.int64((word * H01) >> np.uint64(56))


@jit
def apart(one: _Words, other: _Words) -> int:
    """Hamming distance of two codes, uint64[4] each."""
    return (
        bits_set(one[0] ^ other[0])
        + bits_set(one[1] ^ other[1])
        + bits_set(one[2] ^ other[2])
        + bits_set(one[3] ^ other[3])
    )


@jit
def near_pairs(bank: _Words, query: _Words, limit: int) -> _Whole:
    """All pairs of codes within a distance, nearest first.

    Args:
        bank: uint64[n, 4].
        query: uint64[m, 4].
        limit: largest distance.

    Returns:
        int64[k, 3]: i, j, distance; at most 1024.
    """
    starts = np.zeros(limit + 2, np.int64)
    distances = np.empty((len(bank), len(query)), np.int16)
    for i in range(len(bank)):
        for j in range(len(query)):
            d = apart(bank[i], query[j])
            distances[i, j] = d
            if d <= limit:
                starts[d + 1] += 1
    for d in range(limit + 1):
        starts[d + 1] += starts[d]
    pairs = np.empty((min(starts[limit + 1], MAX_PAIRS), 3), np.int64)
    for i in range(len(bank)):
        for j in range(len(query)):
            d = distances[i, j]
            if d <= limit:
                row = starts[d]
                starts[d] += 1
                if row < len(pairs):
                    pairs[row, 0], pairs[row, 1], pairs[row, 2] = i, j, d
    return pairs


@jit
def turn_between(one: int, other: int) -> int:
    """Smallest turn from one kept angle to another, -128 to 127."""
    return (other - one + 128) % 256 - 128


@jit
def from_pair(bank: _Places, query: _Places, i: int, j: int, out: _Places) -> None:
    """Write the similarity that one pair says: its scales' ratio, its angles' difference, its places."""
    ratio = RATIOS[int(query[j, 2] - bank[i, 2]) + 256]
    angle = int(query[j, 3] - bank[i, 3]) % 256
    c, s = COSINES[angle] * ratio, COSINES[(angle + 192) % 256] * ratio
    out[0], out[1], out[3], out[4] = c, -s, s, c
    out[2] = query[j, 0] - (c * bank[i, 0] - s * bank[i, 1])
    out[5] = query[j, 1] - (s * bank[i, 0] + c * bank[i, 1])


@jit
def support(bank: _Places, query: _Places, pairs: _Whole, m: int, stamps: _Whole) -> int:
    """How many pairs, one to one, roughly agree with pair `m`."""
    t = np.empty(6)
    from_pair(bank, query, pairs[m, 0], pairs[m, 1], t)
    scale = query[pairs[m, 1], 2] - bank[pairs[m, 0], 2]
    angle = int(query[pairs[m, 1], 3] - bank[pairs[m, 0], 3])
    x, y = query[pairs[m, 1], 0], query[pairs[m, 1], 1]
    rows, columns = 0, 0
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        if abs(query[j, 2] - bank[i, 2] - scale) > SCALE_SLACK:
            continue
        if abs(turn_between(angle, int(query[j, 3] - bank[i, 3]))) > ANGLE_SLACK:
            continue
        dx = t[0] * bank[i, 0] + t[1] * bank[i, 1] + t[2] - query[j, 0]
        dy = t[3] * bank[i, 0] + t[4] * bank[i, 1] + t[5] - query[j, 1]
        away = 10.0 + 0.2 * (abs(query[j, 0] - x) + abs(query[j, 1] - y))
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
def guided(
    bank_codes: _Words, query_codes: _Words, bank: _Places, query: _Places, t: _Places, limit: int, base: float
) -> _Whole:
    """Pairs that lie where a transformation says and whose codes are within a wider distance, one to one.

    Returns:
        int64[k, 3]: i, j, distance, nearest first.
    """
    area = t[0] * t[4] - t[1] * t[3]
    found = np.empty((MAX_PAIRS, 3), np.int64)
    count = 0
    if area <= 1e-4:
        return found[:0]
    scale = 16.0 * np.log2(area)
    # Direction in which the transformation turns, from its similarity part.
    turn = np.arctan2(t[3] - t[1], t[0] + t[4]) * (128.0 / np.pi)
    for i in range(len(bank)):
        x = t[0] * bank[i, 0] + t[1] * bank[i, 1] + t[2]
        y = t[3] * bank[i, 0] + t[4] * bank[i, 1] + t[5]
        for j in range(len(query)):
            dx, dy = query[j, 0] - x, query[j, 1] - y
            away = base + 0.5 * query[j, 4]
            if dx * dx + dy * dy > away * away or abs(query[j, 2] - bank[i, 2] - scale) > SCALE_SLACK:
                continue
            if abs((query[j, 3] - bank[i, 3] - turn + 128.0) % 256.0 - 128.0) > ANGLE_SLACK:
                continue
            d = apart(bank_codes[i], query_codes[j])
            if d <= limit and count < MAX_PAIRS:
                found[count, 0], found[count, 1], found[count, 2] = i, j, d
                count += 1
    return one_to_one(found[:count], bank, query)


@jit
def one_to_one(pairs: _Whole, bank: _Places, query: _Places) -> _Whole:
    """Keep the nearest pairs whose places are not yet taken on either side."""
    order = np.argsort(pairs[:, 2], kind="mergesort")
    kept = np.empty_like(pairs)
    count = 0
    for k in order:
        i, j = pairs[k, 0], pairs[k, 1]
        free = True
        for other in range(count):
            if close(bank, i, kept[other, 0]) or close(query, j, kept[other, 1]):
                free = False
                break
        if free:
            kept[count] = pairs[k]
            count += 1
    return kept[:count]


@jit
def close(places: _Places, one: int, other: int) -> bool:
    """Say whether two patches show nearly the same: their centres nearer than half the smaller one's scale."""
    dx, dy = places[one, 0] - places[other, 0], places[one, 1] - places[other, 1]
    near = min(places[one, 4], places[other, 4])
    return dx * dx + dy * dy < near * near


@jit
def fit_similarity(bank: _Places, query: _Places, pairs: _Whole, out: _Places) -> bool:
    """Least squares over the places of at least two pairs; False where they are all in one point."""
    n = len(pairs)
    ax = ay = bx = by = 0.0
    for k in range(n):
        ax += bank[pairs[k, 0], 0]
        ay += bank[pairs[k, 0], 1]
        bx += query[pairs[k, 1], 0]
        by += query[pairs[k, 1], 1]
    ax, ay, bx, by = ax / n, ay / n, bx / n, by / n
    size = along = across = 0.0
    for k in range(n):
        u, v = bank[pairs[k, 0], 0] - ax, bank[pairs[k, 0], 1] - ay
        p, q = query[pairs[k, 1], 0] - bx, query[pairs[k, 1], 1] - by
        size += u * u + v * v
        along += u * p + v * q
        across += u * q - v * p
    if size < 64.0 * n:
        return False
    c, s = along / size, across / size
    out[0], out[1], out[3], out[4] = c, -s, s, c
    out[2], out[5] = bx - c * ax + s * ay, by - s * ax - c * ay
    return True


@jit
def fit_affine(bank: _Places, query: _Places, pairs: _Whole, out: _Places) -> bool:
    """Least squares with stretch and shear over at least four pairs; False where they are near one line."""
    n = len(pairs)
    ax = ay = bx = by = 0.0
    for k in range(n):
        ax += bank[pairs[k, 0], 0]
        ay += bank[pairs[k, 0], 1]
        bx += query[pairs[k, 1], 0]
        by += query[pairs[k, 1], 1]
    ax, ay, bx, by = ax / n, ay / n, bx / n, by / n
    uu = uv = vv = up = vp = uq = vq = 0.0
    for k in range(n):
        u, v = bank[pairs[k, 0], 0] - ax, bank[pairs[k, 0], 1] - ay
        p, q = query[pairs[k, 1], 0] - bx, query[pairs[k, 1], 1] - by
        uu += u * u
        uv += u * v
        vv += v * v
        up += u * p
        vp += v * p
        uq += u * q
        vq += v * q
    whole = uu * vv - uv * uv
    if n < 4 or whole < 0.02 * (uu + vv) * (uu + vv):
        return False
    out[0], out[1] = (up * vv - vp * uv) / whole, (vp * uu - up * uv) / whole
    out[3], out[4] = (uq * vv - vq * uv) / whole, (vq * uu - uq * uv) / whole
    out[2], out[5] = bx - out[0] * ax - out[1] * ay, by - out[3] * ax - out[4] * ay
    return True


@jit
def best(
    bank_codes: _Words, query_codes: _Words, bank: _Places, query: _Places, limit: int, wide: int, t: _Places
) -> _Whole:
    """The pairs of the transformation on which most agree; writes it into `t`."""
    pairs = near_pairs(bank_codes, query_codes, limit)
    stamps = np.full((2, max(len(bank), len(query))), -1, np.int64)
    tries = min(len(pairs), 48)
    votes = np.zeros(tries, np.int64)
    for m in range(tries):
        votes[m] = support(bank, query, pairs, m, stamps)
    order = np.argsort(-votes, kind="mergesort")
    result = pairs[:0]
    trial = np.empty(6)
    for m in order[:6]:
        if len(result) > votes[m] + 3:
            break
        from_pair(bank, query, pairs[m, 0], pairs[m, 1], trial)
        found = refine(bank_codes, query_codes, bank, query, trial, wide)
        if len(found) > len(result):
            result = found
            t[:] = trial
    return result


@jit
def refine(
    bank_codes: _Words, query_codes: _Words, bank: _Places, query: _Places, t: _Places, wide: int
) -> _Whole:
    """Fit and look again, more freely each time, while it finds more."""
    found = guided(bank_codes, query_codes, bank, query, t, wide, 20.0)
    trial = t.copy()
    for step in range(4):
        if len(found) < 2:
            break
        fitted = fit_affine(bank, query, found, trial) if len(found) >= 5 else fit_similarity(bank, query, found, trial)
        if not fitted and not fit_similarity(bank, query, found, trial):
            break
        more = guided(bank_codes, query_codes, bank, query, trial, wide, 12.0)
        if len(more) < len(found):
            break
        stop = len(more) == len(found) and step > 0
        found = more
        t[:] = trial
        if stop:
            break
    return found

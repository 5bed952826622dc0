"""The compiled loops that read a baseline JPEG's scan: un-stuffing, and the Huffman decoder (ITU T.81, annex F).

Bytes are hostile: all reading lies inside the padded buffer, because how far a block can reach is bounded and looked
at before each; every table's index has as many bits as the table; places in a block are cut to the last one kept.
"""

import numpy as np
from numpy.typing import NDArray

from argine.jit import inline, lean_jit
from argine.media.jpeg.huffman import BLOCK_END, QUICK, SKIP, Entries, Steps
from argine.media.jpeg.words import Int, load, store

PADDING = 512
"""Zero bytes behind the data: a block of 64 symbols of 27 bits is shorter, and the decoder looks 8 bytes ahead."""

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Coefficients = NDArray[np.int16]

_Tables = tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint16]]

_U = np.uint64
_LOW, _HIGH = _U(0x0101010101010101), _U(0x8080808080808080)
_LONGEST, _FULL, _NONE = _U(16), _U(64), _U(127)
_MOST = 32767
_MARK, _STUFFED, _END, _RESTART = 0xFF, 0x00, 0xD9, 0xD0


@inline
def _plain_run(data: Bytes, at: Int, out: Bytes, place: Int) -> Int:
    """Copy eight bytes at a time up to the eight that hold 0xFF, which are copied but not counted."""
    copied = 0
    while at + copied + 8 <= len(data):
        word = load(data, _U(at + copied))
        store(out, _U(place + copied), word)
        if (~word - _LOW) & word & _HIGH:
            break
        copied += 8
    return copied


@lean_jit
def unstuffed(data: Bytes, start: int, out: Bytes, parts: Places) -> tuple[int, int]:
    """Copy a scan's data without the zero bytes behind 0xFF, up to the end of the picture.

    Args:
        data: the whole file.
        start: of the scan's data.
        out: uint8, as long as the rest of the file, or longer.
        parts: int64[restart intervals + 1]; becomes the beginnings of the intervals in `out`, and the end.

    Returns:
        Bytes written and intervals found; 0 and 0 where another marker comes than is due, or the end is missing.
    """
    at, place, found = start, 0, 0
    parts[0] = 0
    while at + 1 < len(data):
        copied = _plain_run(data, at, out, place)
        at, place = at + copied, place + copied
        for _ in range(8):
            if at + 1 >= len(data):
                break
            value, after = data[at], data[at + 1]
            if value != _MARK or after == _STUFFED:
                out[place] = value
                at, place = at + (2 if value == _MARK else 1), place + 1
                continue
            found += 1
            parts[found] = place
            if after == _END:
                return place, found
            if after != _RESTART + ((found - 1) & 7) or found + 1 >= len(parts):
                return 0, 0
            at += 2
    return 0, 0


@inline
def _symbol(word: np.uint64, entries: Entries, first_long: Int) -> np.uint64:
    """Look the next symbol's entry up; 0 where there is none."""
    entry = entries[word >> _U(64 - QUICK)]
    if entry == 0:
        code = word >> _U(48)
        if code >= first_long and code - first_long < _U(len(entries) - (1 << QUICK)):
            entry = entries[(code - first_long) + _U(1 << QUICK)]
    return _U(entry)


@inline
def _value(word: np.uint64, entry: np.uint64) -> Int:
    """Read the number behind a symbol: its own highest bit says the sign."""
    size = (entry >> _U(16)) & _U(15)
    bits = np.int64((word << ((entry >> _U(8)) & _U(31)) >> _U(1)) >> (_U(63) - size))
    span = np.int64(1) << np.int64(size)
    return bits if bits >= span >> 1 else bits - span + 1


@inline
def _refilled(data: Bytes, word: np.uint64, left: np.uint64, at: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Bring at least 56 bits into the word; `left` counts them, `at` is where the next whole byte comes from."""
    word |= load(data, at) >> left
    return word, left | _U(56), at + ((_U(63) - left) >> _U(3))


@inline
def _read(  # noqa: PLR0913, PLR0917 - one step of the loop below
    word: Int, left: Int, entry: Int, following: Int, last: Int, out: Coefficients, place: Int, plane: Int
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Write a symbol's value; those behind the last that is kept go where nobody looks."""
    following += entry >> _U(24)
    out[place + min(following - _U(1), last + _U(1)) * plane] = _value(word, entry)
    return word << (entry & _U(63)), left - (entry & _U(63)), following


@inline
def _read_places(  # noqa: PLR0913, PLR0917 - one step of the loop below
    data: Bytes, word: Int, left: Int, at: Int, entries: Entries, first_long: Int, last: Int, out: Coefficients,
    place: Int, plane: Int,
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:  # fmt: skip
    """Read the AC coefficients up to the last one kept; gives the place of the next, or `_NONE`."""
    following = _U(1)
    while following <= last:
        if left < _LONGEST:
            word, left, at = _refilled(data, word, left, at)
        # Looked up before the word is refilled: so the processor does both at once. Two symbols take 54 bits.
        entry = _symbol(word, entries, first_long)
        word, left, at = _refilled(data, word, left, at)
        if entry == 0:
            return word, left, at, _NONE
        word, left, following = _read(word, left, entry, following, last, out, place, plane)
        if following > last:
            break
        entry = _symbol(word, entries, first_long)
        if entry == 0:
            return word, left, at, _NONE
        word, left, following = _read(word, left, entry, following, last, out, place, plane)
    return word, left, at, following


@inline
def _stepped(word: Int, left: Int, step: Int) -> tuple[np.uint64, np.uint64]:
    return word << (step & _U(63)), left - (step & _U(63))


@inline
def _pass_places(  # noqa: PLR0913, PLR0917 - one step of the loop below
    data: Bytes, word: Int, left: Int, at: Int, entries: Entries, steps: Steps, first_long: Int, following: Int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Pass over the rest of a block; gives `_NONE` where a code is none."""
    while following < _FULL:
        if left < _LONGEST:
            word, left, at = _refilled(data, word, left, at)
        step = _U(steps[word >> _U(64 - SKIP)])
        word, left, at = _refilled(data, word, left, at)
        for _ in range(3):
            further = following + (step >> _U(8))
            if further & _FULL:
                break
            (word, left), following = _stepped(word, left, step), further
            if following >= _FULL:
                return word, left, at, following
            step = _U(steps[word >> _U(64 - SKIP)])
        if following + (step >> _U(8)) & _FULL == 0:
            continue
        # Symbols found together may be of two blocks: then, as for a long one, they are looked up one by one.
        if left < _U(27):
            word, left, at = _refilled(data, word, left, at)
        entry = _symbol(word, entries, first_long)
        if entry == 0:
            return word, left, at, _NONE
        following += entry >> _U(24)
        word, left = _stepped(word, left, entry)
    return word, left, at, following


@inline
def _block(  # noqa: PLR0913, PLR0917 - one step of the loop below
    data: Bytes, word: Int, left: Int, at: Int, tables: _Tables, kind: Int, first_long: NDArray[np.uint64], kept: Int,
    before: Places, component: Int, out: Coefficients, place: Int, plane: Int,
) -> tuple[np.uint64, np.uint64, np.uint64, Int]:  # fmt: skip
    """Read one block; the last of what it gives says whether it was one."""
    dc, ac, steps = tables
    word, left, at = _refilled(data, word, left, at)
    entry = _symbol(word, dc[kind], first_long[kind, 0])
    level = before[component] + _value(word, entry)
    if entry == 0 or abs(level) > _MOST:
        return word, left, at, False
    before[component] = level
    out[place] = level
    word, left = word << (entry & _U(63)), left - (entry & _U(63))
    long = first_long[kind, 1]
    word, left, at, following = _read_places(data, word, left, at, ac[kind], long, kept, out, place, plane)
    word, left, at, following = _pass_places(data, word, left, at, ac[kind], steps[kind], long, following)
    return word, left, at, following <= _FULL or following >= _U(BLOCK_END)


@lean_jit
def decoded(  # noqa: PLR0913, PLR0917, D417 - arrays one by one: numba takes those in a fraction of the time of a tuple
    data: Bytes, parts: Places, interval: int, across: int, units: int, blocks: NDArray[np.uint64],
    dc: NDArray[np.uint32], ac: NDArray[np.uint32], steps: NDArray[np.uint16], first_long: NDArray[np.uint64],
    last: int, before: Places, out: Coefficients,
) -> bool:  # fmt: skip
    """Read all blocks; tells whether the data held just these.

    Args:
        data: from `unstuffed`, and `PADDING`.
        parts: likewise.
        interval: units in each of the parts but the last.
        across: units in a row.
        units: in all.
        blocks: uint64[blocks of a unit, 6]: place in `out` of the first unit's; from one coefficient to the next; from
            a unit to the next on the right, and below; row of the tables; component.
        dc: uint32[tables, entries], and so `ac`; uint16[tables, steps]: see `huffman.Huffman`.
        first_long: uint64[tables, 2]: of DC and AC.
        last: number of the last coefficient that is kept.
        before: int64[components], room.
        out: int16, zeros. One coefficient behind the last is room too.
    """
    unit, part, x, y = 0, 0, _U(0), _U(0)
    while unit < units:
        at, end, word, left = _U(parts[part]), _U(parts[part + 1]), _U(0), _U(0)
        before[:] = 0
        for _ in range(min(interval, units - unit)):
            for b in range(len(blocks)):
                place = blocks[b, 0] + x * blocks[b, 2] + y * blocks[b, 3]
                word, left, at, fine = _block(
                    data, word, left, at, (dc, ac, steps), blocks[b, 4], first_long, _U(last), before, blocks[b, 5],
                    out, place, blocks[b, 1],
                )  # fmt: skip
                if not fine or at > end + _U(8):
                    return False
            x += _U(1)
            if x == across:
                x, y = _U(0), y + _U(1)
        used = (at << _U(3)) - left
        if used > end << _U(3) or used + _U(8) <= end << _U(3):  # less than a byte is filled up
            return False
        unit, part = unit + interval, part + 1
    return True


@lean_jit
def possible(coefficients: Coefficients, quantiser: NDArray[np.float32], most: float) -> bool:
    """Tell whether no coefficient is larger than `most` and one step of its own: int16[kept, down, across]."""
    for k in range(len(coefficients)):
        least, largest = np.int16(0), np.int16(0)
        for y in range(coefficients.shape[1]):
            for x in range(coefficients.shape[2]):
                least, largest = min(least, coefficients[k, y, x]), max(largest, coefficients[k, y, x])
        if max(-np.int64(least), np.int64(largest)) * quantiser[k] > most + quantiser[k]:
            return False
    return True

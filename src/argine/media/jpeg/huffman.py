"""Huffman tables laid out for speed (ITU T.81, annexes C and F).

An entry holds all that a symbol says: how many bits it takes together with the bits behind it, how many of these are
its code, how many the value's, and how far it brings on in the block. Codes of up to `QUICK` bits are found by the
next `QUICK` bits themselves, the longer ones, which are rare, by 16 bits in a second part of the table. Where
coefficients are passed over, one look finds as many whole symbols as `SKIP` bits hold.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from argine.jit import lean_jit
from argine.media.jpeg.header import UnusualError

QUICK, SKIP = 10, 13
MOST_LONG = 4096
"""Entries of 16 bits' codes; more would be a table that no encoder makes."""

BLOCK_FULL = 64
"""The place behind a block's last coefficient."""

BLOCK_END = 128
"""What the end of a block adds to the place in it, so that it can be told from a block that is full."""

_LONGEST, _MOST_BITS_DC, _MOST_BITS_AC, _RUN_16 = 16, 11, 10, 0xF0

Entries = NDArray[np.uint32]
Steps = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Huffman:
    """One table.

    Attributes:
        entries: uint32[2**QUICK + MOST_LONG]: bits in all | code's bits << 8 | value's bits << 16 | places << 24; 0
            where no code begins so.
        first_long: the first code of more than `QUICK` bits, on the left of 16 bits.
        steps: uint16[2**SKIP], of an AC table: bits in all | places << 8 of the symbols found whole; `BLOCK_FULL`
            places where none is.
    """

    entries: Entries
    first_long: int
    steps: Steps


def table(counts: bytes, symbols: bytes, *, ac: bool) -> Huffman:
    """Lay a table out.

    Args:
        counts: 16 numbers: codes of 1 to 16 bits.
        symbols: in the order of their codes.
        ac: for AC coefficients, otherwise DC.

    Raises:
        UnusualError: the table is none, or has symbols that 8-bit pictures have no use for.
    """
    if not all(_usable(symbol, ac=ac) for symbol in symbols):
        raise UnusualError
    entries = np.zeros((1 << QUICK) + MOST_LONG, np.uint32)
    first = fill(np.frombuffer(counts, np.uint8), np.frombuffer(symbols, np.uint8), ac, entries)
    if first < 0:
        raise UnusualError
    steps = np.zeros(1 << SKIP, np.uint16)
    if ac:
        chain(entries, steps)
    return Huffman(entries, first, steps)


def _usable(symbol: int, *, ac: bool) -> bool:
    if not ac:
        return symbol <= _MOST_BITS_DC
    return symbol in {0, _RUN_16} or 1 <= symbol & 15 <= _MOST_BITS_AC


@lean_jit
def fill(counts: NDArray[np.uint8], symbols: NDArray[np.uint8], ac: bool, entries: Entries) -> int:  # noqa: FBT001
    """Write the entries, zeros so far; gives the first long code, or -1 where the codes do not fit."""
    code, number, first = 0, 0, 1 << _LONGEST
    for bits in range(1, _LONGEST + 1):
        code <<= 1
        for _ in range(counts[bits - 1]):
            symbol = np.int64(symbols[number])
            size = symbol & 15
            places = BLOCK_END if ac and symbol == 0 else (symbol >> 4) + 1
            entry = np.uint32((bits + size) | bits << 8 | size << 16 | places << 24)
            if bits <= QUICK:
                start, count = code << (QUICK - bits), 1 << (QUICK - bits)
            else:
                left = code << (_LONGEST - bits)
                first = min(first, left)
                start, count = (1 << QUICK) + left - first, 1 << (_LONGEST - bits)
            if code >= (1 << bits) - 1 or start + count > len(entries):
                return -1  # the code of ones only is not to be used
            entries[start : start + count] = entry
            code += 1
            number += 1
    return first


@lean_jit
def chain(entries: Entries, steps: Steps) -> None:
    """Find what whole symbols each number of `SKIP` bits holds."""
    for word in range(len(steps)):
        used, places = np.int64(0), np.int64(0)
        while places < BLOCK_END:
            entry = entries[((word << used) & (len(steps) - 1)) >> (SKIP - QUICK)]
            bits, further = np.int64(entry & 0xFF), np.int64(entry >> 24)
            if bits == 0 or used + bits > SKIP or (places + further >= BLOCK_FULL and further != BLOCK_END):
                break
            used, places = used + bits, places + further
        steps[word] = np.uint16(used | places << 8 if used else BLOCK_FULL << 8)

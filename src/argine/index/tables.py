"""The tables of one immutable set of codes, and how they are built.

There is one table for each chunk of 16 bits. It lists all rows in buckets by the value of that chunk. Its entries
hold what a search needs to drop nearly all of them without touching the codes: the next chunk of the ring (16 bits)
and the low 12 bits of the one after.

A row number of 32 bits would be the largest part of an entry. The rows of a bucket ascend, so only their low 16 bits
are kept as they are; the high parts are counted in unary, about two bits an entry (Elias-Fano coding: Elias, 1974).
In the bits of bucket `key`, which begin at offsets[key] + key * blocks, entry i of the bucket sets bit i + (row >> 16).

A code costs 5.75 bytes a table: 92 for 256 bits, beside the 32 of the code itself.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from argine.index.ring import BUCKETS, CHUNK_BITS
from argine.index.vector import LANES
from argine.jit import jit

MOST_ROWS = 2**31 - 1
"""Places are kept in 32 bits, and in the upper half of 64 with a sign."""

THIRD_MASK = 0xFFF
_BLOCK_BYTES = LANES * 3 // 2  # of third chunks, 12 bits each
_WORD_CHUNKS = 64 // CHUNK_BITS

Shapes = dict[str, tuple[tuple[int, ...], type[np.generic]]]
Allocate = Callable[[Shapes], dict[str, NDArray[Any]]]


class Tables(NamedTuple):
    """The codes and all their tables.

    Attributes:
        codes: uint64[rows, words].
        offsets: uint32[chunks, 65537], where each bucket begins among the entries of its table.
        nexts: uint16[chunks, >= rows], the next chunk of each entry.
        thirds: uint8[chunks, >= rows * 3 / 2], the low 12 bits of the chunk after; two entries in three bytes.
        lows: uint16[chunks, rows], the low part of each entry's row.
        highs: uint64[chunks, ...], the high parts.
    """

    codes: NDArray[np.uint64]
    offsets: NDArray[np.uint32]
    nexts: NDArray[np.uint16]
    thirds: NDArray[np.uint8]
    lows: NDArray[np.uint16]
    highs: NDArray[np.uint64]


def shapes(rows: int, chunks: int) -> Shapes:
    """Say what arrays the tables of so many rows need."""
    # Blocks of 32 entries are read whole, so the last one is filled up.
    blocks = -(-rows // LANES)
    return {
        "offsets": ((chunks, BUCKETS + 1), np.uint32),
        "nexts": ((chunks, blocks * LANES), np.uint16),
        "thirds": ((chunks, blocks * _BLOCK_BYTES), np.uint8),
        "lows": ((chunks, rows), np.uint16),
        "highs": ((chunks, (rows + BUCKETS * row_blocks(rows)) // 64 + 1), np.uint64),
    }


def row_blocks(rows: int) -> int:
    """Count the values that the high part of a row number takes."""
    return ((rows - 1) >> CHUNK_BITS) + 1


def build(tables: Tables, threads: int = 1) -> None:
    """Fill the tables from their codes; they hold zeros before.

    Besides the tables it takes 8 bytes a code for each thread and 12 bytes a code in all.
    """
    rows, words = tables.codes.shape
    columns = np.empty((_WORD_CHUNKS + 2, rows), np.uint16)
    room: SimpleQueue[NDArray[np.uint64]] = SimpleQueue()
    for _ in range(threads):
        room.put(np.empty(rows, np.uint64))
    with ThreadPoolExecutor(threads) as pool:
        for word in range(words):
            _take_columns(tables.codes, word, columns)
            jobs = [pool.submit(_build_one, tables, columns, word, place, room) for place in range(_WORD_CHUNKS)]
            for job in jobs:
                job.result()


def _build_one(
    tables: Tables, columns: NDArray[np.uint16], word: int, place: int, room: SimpleQueue[NDArray[np.uint64]]
) -> None:
    table = word * _WORD_CHUNKS + place
    offsets, records = tables.offsets[table], room.get()
    _count(columns[place], offsets)
    _scatter(columns[place], columns[place + 1], columns[place + 2], offsets[:-1].copy(), records)
    _split(records, offsets, tables.nexts[table], tables.thirds[table], tables.lows[table], tables.highs[table])
    room.put(records)


@jit
def _take_columns(codes: NDArray[np.uint64], word: int, columns: NDArray[np.uint16]) -> None:
    """Copy the chunks of one word of all codes, and the two after them, each to an array of its own.

    Read row by row, the codes would pass once for each chunk.
    """
    rows, words = codes.shape
    following = (word + 1) % words
    for row in range(rows):
        here, after = codes[row, word], codes[row, following]
        columns[0, row] = np.uint16(here & np.uint64(0xFFFF))
        columns[1, row] = np.uint16(here >> np.uint64(16) & np.uint64(0xFFFF))
        columns[2, row] = np.uint16(here >> np.uint64(32) & np.uint64(0xFFFF))
        columns[3, row] = np.uint16(here >> np.uint64(48))
        columns[4, row] = np.uint16(after & np.uint64(0xFFFF))
        columns[5, row] = np.uint16(after >> np.uint64(16) & np.uint64(0xFFFF))


@jit
def _count(column: NDArray[np.uint16], offsets: NDArray[np.uint32]) -> None:
    for value in column:
        offsets[np.int64(value) + 1] += np.uint32(1)
    for key in range(len(offsets) - 1):
        offsets[key + 1] += offsets[key]


@jit
def _scatter(
    column: NDArray[np.uint16],
    seconds: NDArray[np.uint16],
    thirds: NDArray[np.uint16],
    places: NDArray[np.uint32],
    records: NDArray[np.uint64],
) -> None:
    """Bring all that an entry needs to its place in one write: places far apart are what takes the time."""
    for row in range(len(column)):
        key = np.int64(column[row])
        place = np.int64(places[key])
        places[key] += np.uint32(1)
        chunks = np.uint64(seconds[row]) << np.uint64(16) | np.uint64(thirds[row])
        records[place] = np.uint64(row) << np.uint64(32) | chunks


@jit
def _split(
    records: NDArray[np.uint64],
    offsets: NDArray[np.uint32],
    nexts: NDArray[np.uint16],
    thirds: NDArray[np.uint8],
    lows: NDArray[np.uint16],
    highs: NDArray[np.uint64],
) -> None:
    blocks = ((len(records) - 1) >> 16) + 1
    for key in range(len(offsets) - 1):
        for place in range(np.int64(offsets[key]), np.int64(offsets[key + 1])):
            record = records[place]
            nexts[place] = np.uint16(record >> np.uint64(16) & np.uint64(0xFFFF))
            lows[place] = np.uint16(record >> np.uint64(32) & np.uint64(0xFFFF))
            bit = place + key * blocks + np.int64(record >> np.uint64(48))
            highs[bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)
            third = np.int64(record & np.uint64(THIRD_MASK)) << (4 * (place & 1))
            thirds[(3 * place) >> 1] |= np.uint8(third & 0xFF)
            thirds[((3 * place) >> 1) + 1] |= np.uint8(third >> 8)

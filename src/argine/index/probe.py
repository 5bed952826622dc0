"""Visits the buckets of a plan: the compiled outer half of the search.

Memory is what a query waits for, so everything is asked for some steps before it is used: the borders of a bucket,
then its entries, then (in `candidates`) the third chunks of the blocks where one passed, the row numbers, the codes.
"""

import numpy as np
from numpy.typing import NDArray

from argine.index.candidates import (
    BLOCK,
    BLOCK_SHIFT,
    BLOCKS_AT_ONCE,
    BLOCKS_KEPT,
    CAUSE,
    CAUSE_SHIFT,
    END,
    FOUND,
    KEPT,
    START,
    STATE,
    Question,
    Room,
    compare,
    second_chunk,
)
from argine.index.tables import Tables
from argine.index.vector import LANES, Int, near16, prefetch
from argine.jit import inline, lean_jit

# How many probes ahead the borders of a bucket are asked for, and from then on its entries.
BORDERS_AHEAD = 24
ENTRIES_AHEAD = 12
RING = 32  # borders kept for the probes ahead: a power of two above ENTRIES_AHEAD

MOST_LINES_AHEAD = 8  # lines of one bucket that are asked for; the processor foresees the rest of a long one

ALL_LANES = 0xFFFFFFFF


@lean_jit
def search(  # noqa: PLR0913, PLR0917, D417 - arrays one by one: numba takes those in a fraction of the time of a tuple
    codes: NDArray[np.uint64],
    offsets: NDArray[np.uint32],
    nexts: NDArray[np.uint16],
    thirds: NDArray[np.uint8],
    lows: NDArray[np.uint16],
    highs: NDArray[np.uint64],
    queries: NDArray[np.uint64],
    weights: NDArray[np.int64],
    probes: NDArray[np.uint32],
    spans: NDArray[np.int64],
    dead: NDArray[np.uint8],
    work: NDArray[np.int64],
    out: NDArray[np.int64],
    scratch: NDArray[np.int64],
) -> tuple[int, int]:
    """Find the rows within the radius of each query.

    Args:
        codes: and the five after it: see `Tables`.
        queries: uint64[q, words].
        weights: and `probes`, `spans`: see `Plan`.
        dead: uint8[rows / 8], bit set: the row is passed over. Empty where all live.
        work: int64[q + 1], zeros but for the last: the work after which a query is given up, in entries. It comes
            back higher than that for the queries that were given up; their rows are not to be used.
        out: int64[3, m], receives query, row and distance, each row once, in no order.
        scratch: from `new_scratch`.

    Returns:
        The number of rows found, of which those above m were only counted; and how many queries were given up.
    """
    tables = Tables(codes, offsets, nexts, thirds, lows, highs)
    question = Question(queries, queries.view(np.uint16), weights, probes, dead, work)
    room = Room(out, scratch)
    scratch[STATE, FOUND] = 0
    # One query: all tables in one stream. Several: one table for all before the next, so that it stays in the cache.
    at_once = len(spans) - 1 if len(queries) == 1 else 1
    for table in range(0, len(spans) - 1, at_once):
        _visit(tables, question, room, spans[table], spans[table + at_once])
    given_up = 0
    for query in range(len(queries)):
        given_up += work[query] > work[-1]
    return scratch[STATE, FOUND], given_up


@inline
def _visit(tables: Tables, question: Question, room: Room, first: Int, last: Int) -> None:
    """Visit the buckets of the probes `first` to `last` for every query, one after the other in one stream."""
    total = len(question.queries) * (last - first)
    room.scratch[STATE, KEPT] = 0
    far = near = now = (0, first)
    for step in range(total + BORDERS_AHEAD + ENTRIES_AHEAD):
        if step < total:
            table, key = _bucket(question, far)
            prefetch(tables.offsets, table, key)
            far = _after(far, first, last)
        ahead = step - BORDERS_AHEAD
        if 0 <= ahead < total:
            _ask_for_entries(tables, question, room, near, ahead & (RING - 1))
            near = _after(near, first, last)
        if ENTRIES_AHEAD <= ahead < total + ENTRIES_AHEAD:
            _scan(tables, question, room, now, (ahead - ENTRIES_AHEAD) & (RING - 1))
            now = _after(now, first, last)
    compare(tables, question, room)


@inline
def _after(place: tuple[Int, Int], first: Int, last: Int) -> tuple[Int, Int]:
    """Go to the next probe, and after the last one to the next query."""
    query, probe = place
    return (query, probe + 1) if probe + 1 < last else (query + 1, first)


@inline
def _bucket(question: Question, place: tuple[Int, Int]) -> tuple[Int, Int]:
    """Give the table of a probe and the bucket that it visits there."""
    query, probe = place
    number = np.int64(question.probes[probe])
    table = (number >> 16) & 0xFF
    return table, (number & 0xFFFF) ^ np.int64(question.chunks[query, table])


@inline
def _ask_for_entries(tables: Tables, question: Question, room: Room, place: tuple[Int, Int], slot: Int) -> None:
    table, key = _bucket(question, place)
    start, end = np.int64(tables.offsets[table, key]), np.int64(tables.offsets[table, key + 1])
    room.scratch[START, slot] = start
    room.scratch[END, slot] = end
    block = start & -LANES
    while block < min(end, start + MOST_LINES_AHEAD * LANES):
        prefetch(tables.nexts, table, block)
        block += LANES


@inline
def _scan(tables: Tables, question: Question, room: Room, place: tuple[Int, Int], slot: Int) -> None:
    """Keep the blocks of a bucket in which the next chunk of some entry is near enough."""
    query, _ = place
    if question.work[query] > question.work[-1]:
        return
    start, end = room.scratch[START, slot], room.scratch[END, slot]
    question.work[query] += end - start
    first = start & -LANES
    while first < end:
        if room.scratch[STATE, KEPT] > BLOCKS_KEPT:
            compare(tables, question, room)
        last = min(end, first + BLOCKS_AT_ONCE * LANES)
        _scan_blocks(tables, question, room, place, max(first, start), last)
        first += BLOCKS_AT_ONCE * LANES


@inline
def _scan_blocks(tables: Tables, question: Question, room: Room, place: tuple[Int, Int], start: Int, end: Int) -> None:
    query, probe = place
    scratch, number = room.scratch, np.int64(question.probes[probe])
    table = (number >> 16) & 0xFF
    second = second_chunk(table, len(question.weights))
    value = question.chunks[query, second]
    limit = np.uint16(question.weights[table] + question.weights[second] - 1 - (number >> 24))
    cause = (query << CAUSE_SHIFT) | probe
    # Unsigned, since a signed index is looked at each time whether it counts from the end.
    kept = np.uint64(scratch[STATE, KEPT])
    block = start & -LANES
    lanes = ALL_LANES << (start - block)
    while block < end:
        lanes &= ALL_LANES >> max(0, block + LANES - end)
        mask = np.int64(np.uint32(lanes) & near16(tables.nexts, table, block, value, limit))
        if mask:
            scratch[BLOCK, kept] = (block << BLOCK_SHIFT) | mask
            scratch[CAUSE, kept] = cause
            kept += np.uint64(1)
            # 48 bytes may lie on two lines.
            prefetch(tables.thirds, table, (3 * block) >> 1)
            prefetch(tables.thirds, table, (3 * block + 94) >> 1)
        lanes = ALL_LANES
        block += LANES
    scratch[STATE, KEPT] = np.int64(kept)

"""Compares what the first filter let pass: the compiled inner half of the search."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from argine.index.tables import THIRD_MASK, Tables
from argine.index.vector import LANES, Int, lowest, near28, ones, place_of_one, prefetch
from argine.jit import helper, inline

BLOCKS_KEPT = 512
"""Blocks of 32 entries that are kept before they are compared together."""

BLOCKS_AT_ONCE = 128
"""Blocks of one bucket that are scanned without looking whether there is room for them."""

ENTRIES_KEPT = 1024

WORK_OF_AN_ENTRY = 64
"""Comparing an entry costs about as much as scanning so many: a row number and a code lie anywhere in memory."""

# Rows of the scratch array. Of the buckets ahead: their borders. Of each block kept: its place << 32 | a bit for each
# entry that passed, and query << 24 | probe. Of each entry kept: its place (later its row), where its bucket begins,
# table << 16 | bucket, and the query. And the state: counts, and where the last row number was found.
START, END, BLOCK, CAUSE, PLACE, BUCKET, NOTE, ASKER, STATE = range(9)
SCRATCH_ROWS = 9
SCRATCH_COLUMNS = ENTRIES_KEPT + LANES

BLOCK_SHIFT, CAUSE_SHIFT, CAUSE_MASK = 32, 24, 0xFFFFFF

FOUND, KEPT, LAST_NOTE, LAST_WORD, LAST_COUNT = range(5)
"""Columns of the state."""


class Question(NamedTuple):
    """What is asked: see `probe.search`. `chunks` are the queries as uint16[q, chunks]."""

    queries: NDArray[np.uint64]
    chunks: NDArray[np.uint16]
    weights: NDArray[np.int64]
    probes: NDArray[np.uint32]
    dead: NDArray[np.uint8]
    work: NDArray[np.int64]


class Room(NamedTuple):
    """Where the answer goes, and the working memory."""

    out: NDArray[np.int64]
    scratch: NDArray[np.int64]


def new_scratch() -> NDArray[np.int64]:
    """Make the working memory of one search at a time."""
    return np.zeros((SCRATCH_ROWS, SCRATCH_COLUMNS), np.int64)


@inline
def second_chunk(table: Int, chunks: Int) -> Int:
    """Give the next chunk of the ring."""
    return table + 1 if table + 1 < chunks else 0


@helper
def compare(tables: Tables, question: Question, room: Room) -> None:
    """Compare all blocks that were kept, and write down the rows found."""
    scratch = room.scratch
    kept = scratch[STATE, KEPT]
    scratch[STATE, LAST_NOTE] = -1
    radius = question.weights.sum() - 1
    block = 0
    while block < kept:
        block, entries = _filter(tables, question, room, block, kept)
        _find_rows(tables, scratch, entries)
        for entry in range(entries):
            row, query = scratch[PLACE, entry], scratch[ASKER, entry]
            distance = _distance(tables.codes, row, question.queries, query)
            if distance <= radius and _is_first(tables, question, row, query, scratch[NOTE, entry] >> 16):
                _write_down(question, room, query, row, distance)
    scratch[STATE, KEPT] = 0


@inline
def _filter(tables: Tables, question: Question, room: Room, block: Int, kept: Int) -> tuple[Int, Int]:
    """Drop entries by the bound of three chunks, until the room for entries is used up."""
    scratch, chunks = room.scratch, len(question.weights)
    entries = 0
    while block < kept and entries <= ENTRIES_KEPT - LANES:
        query, place = scratch[CAUSE, block] >> CAUSE_SHIFT, scratch[BLOCK, block] >> BLOCK_SHIFT
        number = np.int64(question.probes[scratch[CAUSE, block] & CAUSE_MASK])
        table = (number >> 16) & 0xFF
        second = second_chunk(table, chunks)
        third = second_chunk(second, chunks)
        weights = question.weights[table] + question.weights[second] + question.weights[third]
        values = (question.chunks[query, second], question.chunks[query, third])
        near = near28(tables.nexts, tables.thirds, table, place, values, np.uint16(weights - 1 - (number >> 24)))
        mask = np.uint32(scratch[BLOCK, block] & 0xFFFFFFFF) & near
        if mask:
            key = (number & 0xFFFF) ^ np.int64(question.chunks[query, table])
            entries = _keep(tables, scratch, place, mask, (table << 16) | key, query, entries)
            question.work[query] += WORK_OF_AN_ENTRY * ones(mask)
        block += 1
    return block, entries


@inline
def _keep(
    tables: Tables, scratch: NDArray[np.int64], block: Int, mask: Int, note: Int, query: Int, entries: Int
) -> Int:
    table, key = note >> 16, note & 0xFFFF
    start = np.int64(tables.offsets[table, key])
    first = start + key * (((len(tables.codes) - 1) >> 16) + 1)
    while mask:
        place = block + lowest(mask)
        mask &= mask - np.uint32(1)
        prefetch(tables.lows, table, place)
        prefetch(tables.highs, table, first >> 6)
        prefetch(tables.highs, table, (first + 2 * (place - start)) >> 6)
        scratch[PLACE, entries] = place
        scratch[BUCKET, entries] = start
        scratch[NOTE, entries] = note
        scratch[ASKER, entries] = query
        entries += 1
    return entries


@inline
def _find_rows(tables: Tables, scratch: NDArray[np.int64], entries: Int) -> None:
    """Replace places by rows. A damaged table may lead to a wrong row, never to one outside."""
    rows, state = len(tables.codes), scratch[STATE]
    for entry in range(entries):
        place, start, note = scratch[PLACE, entry], scratch[BUCKET, entry], scratch[NOTE, entry]
        table = note >> 16
        highs = tables.highs[table]
        first = start + (note & 0xFFFF) * (((rows - 1) >> 16) + 1)
        # Entries of one bucket come in order: go on counting where the last one was found.
        if state[LAST_NOTE] != note or place - start < state[LAST_COUNT]:
            state[LAST_NOTE] = note
            state[LAST_WORD] = first >> 6
            state[LAST_COUNT] = -ones(highs[first >> 6] & ((np.uint64(1) << np.uint64(first & 63)) - np.uint64(1)))
        bit = _bit_of_one(highs, state, place - start) - first
        row = ((bit - (place - start)) << 16) | np.int64(tables.lows[table, place])
        row = min(max(row, 0), rows - 1)
        prefetch(tables.codes, row, 0)
        scratch[PLACE, entry] = row


@inline
def _bit_of_one(highs: NDArray[np.uint64], state: NDArray[np.int64], number: Int) -> Int:
    """Give the place of a bucket's set bit, from the word on where the last one was."""
    word, before = state[LAST_WORD], state[LAST_COUNT]
    inside = ones(highs[word])
    while before + inside <= number and word + 1 < len(highs):
        before += inside
        word += 1
        inside = ones(highs[word])
    state[LAST_WORD], state[LAST_COUNT] = word, before
    return (word << 6) + place_of_one(highs[word], number - before)


@inline
def _distance(codes: NDArray[np.uint64], row: Int, queries: NDArray[np.uint64], query: Int) -> Int:
    differing = np.int64(0)
    for word in range(codes.shape[1]):
        differing += ones(codes[row, word] ^ queries[query, word])
    return differing


@inline
def _is_first(tables: Tables, question: Question, row: Int, query: Int, table: Int) -> bool:
    """Say whether no earlier table led to this row as well: then it is new, without a list of what was found."""
    for earlier in range(table):  # noqa: SIM110 - compiled code has no `all`
        if _leads_to(tables, question, row, query, earlier):
            return False
    return True


@inline
def _leads_to(tables: Tables, question: Question, row: Int, query: Int, table: Int) -> bool:
    weights = question.weights
    second = second_chunk(table, len(weights))
    third = second_chunk(second, len(weights))
    differing = _chunk_distance(tables, question, row, query, table, 0xFFFF)
    if differing >= weights[table]:
        return False
    differing += _chunk_distance(tables, question, row, query, second, 0xFFFF)
    if differing >= weights[table] + weights[second]:
        return False
    differing += _chunk_distance(tables, question, row, query, third, THIRD_MASK)
    return bool(differing < weights[table] + weights[second] + weights[third])


@inline
def _chunk_distance(tables: Tables, question: Question, row: Int, query: Int, chunk: Int, mask: Int) -> Int:
    mine = np.int64(tables.codes[row, chunk >> 2] >> np.uint64(16 * (chunk & 3)))
    return ones((mine ^ np.int64(question.chunks[query, chunk])) & mask)


@inline
def _write_down(question: Question, room: Room, query: Int, row: Int, distance: Int) -> None:
    dead = question.dead
    if len(dead) and (dead[row >> 3] >> np.uint8(row & 7)) & 1:
        return
    found = room.scratch[STATE, FOUND]
    if found < room.out.shape[1]:
        room.out[0, found] = query
        room.out[1, found] = row
        room.out[2, found] = distance
    room.scratch[STATE, FOUND] = found + 1

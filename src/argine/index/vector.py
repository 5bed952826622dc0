"""The few machine operations that the search is made of and that numba has no words for.

Each is written as LLVM vector code of a fixed width. LLVM lowers it to what the processor has: one instruction where
there is AVX-512, several for AVX2, plain x86-64 or the NEON of aarch64. So one source runs everywhere and
no compiled extension is shipped.
"""
# ruff: noqa: ARG001 - a generator takes what numba hands to it

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from argine.jit import inline, later, operation

Ir = Any
"""A value, type or tool of numba's compiler, which publishes no types of use here."""

Int = Any
"""A signed whole number of 64 bits: Python's or numpy's, which is the same once compiled."""

_code: Ir = later("numba.core.cgutils")
_types: Ir = later("numba.core.types")

LANES = 32
"""Entries of 16 bits that `near16` compares at once."""

BLOCK = 8
"""Codes of 256 bits that `near256` compares at once."""

WORDS = 4  # of 64 bits in such a code

_I1, _I8, _I16, _I32, _I64 = (ir.IntType(bits) for bits in (1, 8, 16, 32, 64))


def _address(context: Ir, builder: Ir, kind: Ir, array: Ir, row: Ir, column: Ir) -> Ir:
    """Point at `array[row, column]` of a C-contiguous array."""
    parts = context.make_array(kind)(context, builder, array)
    width = _code.unpack_tuple(builder, parts.shape)[1]
    return builder.gep(parts.data, [builder.add(builder.mul(row, width), column)])


def _load(builder: Ir, pointer: Ir, element: Ir, lanes: int) -> Ir:
    vector = builder.load(builder.bitcast(pointer, ir.VectorType(element, lanes).as_pointer()))
    vector.align = element.width // 8
    return vector


def _shuffle(builder: Ir, vector: Ir, places: list[int]) -> Ir:
    pattern = ir.Constant(ir.VectorType(_I32, len(places)), places)
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), pattern)


def _splat(builder: Ir, value: Ir, lanes: int) -> Ir:
    nothing = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    return _shuffle(builder, builder.insert_element(nothing, value, ir.Constant(_I32, 0)), [0] * lanes)


def _popcount(builder: Ir, vector: Ir) -> Ir:
    name = f"llvm.ctpop.v{vector.type.count}i{vector.type.element.width}"
    function = _code.get_or_insert_function(builder.module, ir.FunctionType(vector.type, [vector.type]), name)
    return builder.call(function, [vector])


def _prefetch(typing: Ir, array: Ir, row: Ir, column: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        pointer = builder.bitcast(_address(context, builder, array, *args), _I8.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [_I8.as_pointer(), _I32, _I32, _I32])
        function = _code.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        read, keep, data = ir.Constant(_I32, 0), ir.Constant(_I32, 3), ir.Constant(_I32, 1)
        builder.call(function, [pointer, read, keep, data])
        return context.get_dummy_value()

    return _types.void(array, _types.int64, _types.int64), generate


def _differing16(context: Ir, builder: Ir, kind: Ir, array: Ir, row: Ir, block: Ir, value: Ir) -> Ir:
    """Count, for 32 entries, the bits in which they differ from a value."""
    entries = _load(builder, _address(context, builder, kind, array, row, block), _I16, LANES)
    return _popcount(builder, builder.xor(entries, _splat(builder, value, LANES)))


def _differing12(context: Ir, builder: Ir, kind: Ir, array: Ir, row: Ir, block: Ir, value: Ir) -> Ir:
    """Do the same for entries of 12 bits, two in three bytes; the block starts at an even entry."""
    byte = builder.lshr(builder.mul(block, ir.Constant(_I64, 3)), ir.Constant(_I64, 1))
    packed = _load(builder, _address(context, builder, kind, array, row, byte), _I8, LANES * 3 // 2)
    first = [3 * lane // 2 for lane in range(LANES)]
    pairs = _shuffle(builder, packed, [byte for place in first for byte in (place, place + 1)])
    kind16 = ir.VectorType(_I16, LANES)
    shifted = builder.lshr(builder.bitcast(pairs, kind16), ir.Constant(kind16, [0, 4] * (LANES // 2)))
    differing = builder.xor(shifted, _splat(builder, value, LANES))
    return _popcount(builder, builder.and_(differing, ir.Constant(kind16, [0xFFF] * LANES)))


def _near16(typing: Ir, array: Ir, row: Ir, block: Ir, value: Ir, limit: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        differing = _differing16(context, builder, array, *args[:4])
        near = builder.icmp_unsigned("<=", differing, _splat(builder, args[4], LANES))
        return builder.bitcast(near, _I32)

    return _types.uint32(array, _types.int64, _types.int64, _types.uint16, _types.uint16), generate


def _near28(typing: Ir, nexts: Ir, thirds: Ir, row: Ir, block: Ir, values: Ir, limit: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        second, third = _code.unpack_tuple(builder, args[4], 2)
        differing = _differing16(context, builder, nexts, args[0], args[2], args[3], second)
        more = _differing12(context, builder, thirds, args[1], args[2], args[3], third)
        near = builder.icmp_unsigned("<=", builder.add(differing, more), _splat(builder, args[5], LANES))
        return builder.bitcast(near, _I32)

    pair = _types.UniTuple(_types.uint16, 2)
    return _types.uint32(nexts, thirds, _types.int64, _types.int64, pair, _types.uint16), generate


def _near256(typing: Ir, codes: Ir, row: Ir, query: Ir, limit: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        zero = ir.Constant(_I64, 0)
        entries = _load(builder, _address(context, builder, codes, args[0], args[1], zero), _I64, BLOCK * WORDS)
        one = _load(builder, context.make_array(query)(context, builder, args[2]).data, _I64, WORDS)
        queries = _shuffle(builder, one, list(range(WORDS)) * BLOCK)
        counts = _popcount(builder, builder.xor(entries, queries))
        words = [_shuffle(builder, counts, list(range(word, BLOCK * WORDS, WORDS))) for word in range(WORDS)]
        total = builder.add(builder.add(words[0], words[1]), builder.add(words[2], words[3]))
        near = builder.icmp_unsigned("<=", total, _splat(builder, args[3], BLOCK))
        return builder.zext(builder.bitcast(near, _I8), _I32)

    return _types.uint32(codes, _types.int64, query, _types.uint64), generate


def _ones(typing: Ir, value: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        bits = builder.ctpop(args[0])
        return builder.zext(bits, _I64) if value.bitwidth < _I64.width else bits

    return _types.int64(value), generate


def _lowest(typing: Ir, value: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        place = builder.cttz(args[0], ir.Constant(_I1, 0))
        return builder.zext(place, _I64) if value.bitwidth < _I64.width else place

    return _types.int64(value), generate


prefetch: Callable[[NDArray[Any], Int, Int], None] = operation(_prefetch)
"""Ask for the cache line of `array[row, column]`. The place may lie outside the array: nothing is read."""

near16: Callable[[NDArray[np.uint16], Int, Int, Int, Int], Int] = operation(_near16)
"""Compare the 32 entries from `array[row, column]` on with a value: bit k is set where at most `limit` bits differ."""

near28: Callable[[NDArray[np.uint16], NDArray[np.uint8], Int, Int, tuple[Int, Int], Int], Int] = operation(_near28)
"""Do the same over two arrays: 16 bits from the first, 12 bits (packed, two in three bytes) from the second.

The block starts at an even column.
"""

near256: Callable[[NDArray[np.uint64], Int, NDArray[np.uint64], Int], Int] = operation(_near256)
"""Compare the 8 codes uint64[4] from `codes[row]` on with one: bit k is set where at most `limit` bits differ."""

ones: Callable[[Int], Int] = operation(_ones)
"""Count the bits that are set."""

lowest: Callable[[Int], Int] = operation(_lowest)
"""Give the place of the lowest bit that is set; the width of the number if there is none."""


@inline
def place_of_one(word: Int, number: Int) -> Int:
    """Give the place of the bit that has `number` (0..63) set bits below it; 64 if there are not so many."""
    for _ in range(min(number, 63)):
        word &= word - np.uint64(1)
    return lowest(word)

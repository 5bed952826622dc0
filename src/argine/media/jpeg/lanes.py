"""Sixteen numbers at once, as LLVM vector code: loops this short are not made such by themselves.

As in `index.vector`, LLVM lowers it to what the processor has. Each number is rounded as if it were alone.
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

LANES = 16

Floats = NDArray[np.float32]

_code: Ir = later("numba.core.cgutils")
_types: Ir = later("numba.core.types")
_F32, _I16, _I32 = ir.FloatType(), ir.IntType(16), ir.IntType(32)
LINE = ir.VectorType(_F32, LANES)
"""Sixteen numbers, float32."""


def _address(context: Ir, builder: Ir, kind: Ir, array: Ir, places: list[Ir]) -> Ir:
    parts = context.make_array(kind)(context, builder, array)
    return _code.get_item_pointer(context, builder, kind, parts, places, wraparound=False, boundscheck=False)


def _load(context: Ir, builder: Ir, kind: Ir, array: Ir, places: list[Ir]) -> Ir:
    """Load 16 numbers of a C-contiguous array, one behind the other."""
    element = _F32 if kind.dtype == _types.float32 else _I16
    pointer = _address(context, builder, kind, array, places)
    loaded = builder.load(builder.bitcast(pointer, ir.VectorType(element, LANES).as_pointer()))
    loaded.align = 4 if element is _F32 else 2
    return loaded if element is _F32 else builder.sitofp(loaded, LINE)


def splat(builder: Ir, value: Ir) -> Ir:
    """The same number in all lanes."""
    nothing = ir.Constant(LINE, ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(_I32, 0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES))


def _add(typing: Ir, into: Ir, at: Ir, weight: Ir, source: Ir, place: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        there = _code.unpack_tuple(builder, args[1], into.ndim)
        here = _code.unpack_tuple(builder, args[4], source.ndim)
        added = builder.fmul(splat(builder, args[2]), _load(context, builder, source, args[3], here))
        total = builder.fadd(_load(context, builder, into, args[0], there), added)
        pointer = builder.bitcast(_address(context, builder, into, args[0], there), LINE.as_pointer())
        stored = builder.store(total, pointer)
        stored.align = 4
        return context.get_dummy_value()

    at_kind, place_kind = (_types.UniTuple(_types.int64, kind.ndim) for kind in (into, source))
    return _types.void(into, at_kind, _types.float32, source, place_kind), generate


add: Callable[[Floats, tuple[int, ...], np.float32, NDArray[Any], tuple[int, ...]], None] = operation(_add)
"""Add to 16 numbers of one array, from a place on, 16 of another (float32 or int16), weighted.

All must lie inside, and the arrays be C-contiguous."""


@inline
def add_line(  # noqa: PLR0913, PLR0917 - one step of a loop
    line: Floats, u: int, weight: np.float32, source: NDArray[np.int16], k: int, y: int, left: int, width: int
) -> None:
    """Add to row `u` of `line` so many numbers of `source[k, y]`, from the left one on, each weighted."""
    whole = width - width % LANES
    for start in range(0, whole, LANES):
        add(line, (u, start), weight, source, (k, y, left + start))
    for x in range(whole, width):
        line[u, x] += weight * np.float32(source[k, y, left + x])

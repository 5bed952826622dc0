"""Eight bytes at once, from and to any place of an array: what numba has no words for."""
# ruff: noqa: ARG001 - a generator takes what numba hands to it

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from argine.jit import later, operation

Ir = Any
"""A value, type or tool of numba's compiler, which publishes no types of use here."""

Int = Any
"""A whole number of 64 bits: Python's or numpy's, which is the same once compiled."""

_types: Ir = later("numba.core.types")
_I64 = ir.IntType(64)


def _place(context: Ir, builder: Ir, kind: Ir, array: Ir, at: Ir) -> Ir:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), _I64.as_pointer())


def _ordered(builder: Ir, word: Ir) -> Ir:
    return builder.bswap(word) if sys.byteorder == "little" else word


def _load(typing: Ir, array: Ir, at: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        word = builder.load(_place(context, builder, array, *args))
        word.align = 1
        return _ordered(builder, word)

    return _types.uint64(array, _types.uint64), generate


def _store(typing: Ir, array: Ir, at: Ir, word: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        stored = builder.store(_ordered(builder, args[2]), _place(context, builder, array, *args[:2]))
        stored.align = 1
        return context.get_dummy_value()

    return _types.void(array, _types.uint64, _types.uint64), generate


load: Callable[[NDArray[np.uint8], Int], np.uint64] = operation(_load)
"""The 8 bytes from a place on as one number, the first byte highest. All 8 must lie inside the array."""

store: Callable[[NDArray[np.uint8], Int, np.uint64], None] = operation(_store)
"""Write 8 bytes so. All 8 must lie inside the array."""

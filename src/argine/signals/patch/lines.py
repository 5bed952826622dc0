"""Weighted sums of sixteen numbers at once, kept in the processor until they are whole.

numba would write each step of such a sum to memory and read it again, which takes twice as long as the sums
themselves. The order of the steps is the written one and each is rounded as if it were alone, so the bits are those of
the plain loop. As in `index.vector`, LLVM lowers it to what the processor has.
"""
# ruff: noqa: ARG001, PLR0913, PLR0917 - a generator takes what numba hands to it

from collections.abc import Callable

from llvmlite import ir

from argine.jit import later, operation
from argine.media.jpeg.lanes import LANES as LANES
from argine.media.jpeg.lanes import LINE, Floats, Ir, splat

_code: Ir = later("numba.core.cgutils")
_types: Ir = later("numba.core.types")
_I64 = ir.IntType(64)
_ZERO, _ONE = ir.Constant(_I64, 0), ir.Constant(_I64, 1)


class _Numbers:
    """One of the arrays, float32[n], that a generator was handed."""

    def __init__(self, context: Ir, builder: Ir, kind: Ir, array: Ir) -> None:
        self._builder = builder
        parts = context.make_array(kind)(context, builder, array)
        self._first = parts.data
        self.length = _code.unpack_tuple(builder, parts.shape)[0]

    def line(self, place: Ir) -> Ir:
        """Load 16 numbers from a place on."""
        line = self._builder.load(self._pointer(place))
        line.align = 4
        return line

    def keep(self, line: Ir, place: Ir) -> None:
        """Store 16 numbers from a place on."""
        self._builder.store(line, self._pointer(place)).align = 4

    def sixteen_times(self, place: Ir) -> Ir:
        """Load one number into all lanes."""
        return splat(self._builder, self._builder.load(self._builder.gep(self._first, [place])))

    def _pointer(self, place: Ir) -> Ir:
        return self._builder.bitcast(self._builder.gep(self._first, [place]), LINE.as_pointer())


def _add_times(builder: Ir, total: Ir, weight: Ir, line: Ir) -> None:
    builder.store(builder.fadd(builder.load(total), builder.fmul(weight, line)), total)


def _mixed(
    typing: Ir, into: Ir, at: Ir, weights: Ir, first: Ir, source: Ir, place: Ir, step: Ir, count: Ir
) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        arrays = (_Numbers(context, builder, kind, args[n]) for kind, n in ((into, 0), (weights, 2), (source, 4)))
        target, factors, lines = arrays
        total = _code.alloca_once_value(builder, ir.Constant(LINE, [0.0] * LANES))
        with _code.for_range(builder, args[7]) as loop:
            line = lines.line(builder.add(args[5], builder.mul(loop.index, args[6])))
            _add_times(builder, total, factors.sixteen_times(builder.add(args[3], loop.index)), line)
        target.keep(builder.load(total), args[1])
        return context.get_dummy_value()

    whole = _types.int64
    return _types.void(into, whole, weights, whole, source, whole, whole, whole), generate


def _blurred(typing: Ir, into: Ir, at: Ir, kernel: Ir, source: Ir, middle: Ir, step: Ir) -> tuple[Ir, Ir]:
    def generate(context: Ir, builder: Ir, signature: Ir, args: Ir) -> Ir:
        arrays = (_Numbers(context, builder, kind, args[n]) for kind, n in ((into, 0), (kernel, 2), (source, 3)))
        target, weights, lines = arrays
        start = builder.fmul(weights.sixteen_times(_ZERO), lines.line(args[4]))
        total = _code.alloca_once_value(builder, start)
        with _code.for_range_slice(builder, _ONE, weights.length, _ONE) as (k, _):
            away = builder.mul(k, args[5])
            both = builder.fadd(lines.line(builder.sub(args[4], away)), lines.line(builder.add(args[4], away)))
            _add_times(builder, total, weights.sixteen_times(k), both)
        target.keep(builder.load(total), args[1])
        return context.get_dummy_value()

    whole = _types.int64
    return _types.void(into, whole, kernel, source, whole, whole), generate


mixed: Callable[[Floats, int, Floats, int, Floats, int, int, int], None] = operation(_mixed)
"""Write to `into[at : at + 16]` the sum of lines of `source`, each weighted.

The k-th of `count` lines begins at `place + k x step`, its weight is `weights[first + k]`. All lie inside; the arrays
are float32[n]."""

blurred: Callable[[Floats, int, Floats, Floats, int, int], None] = operation(_blurred)
"""Write to `into[at : at + 16]` what a symmetric kernel, centre first, makes of `source` around its place `middle`.

Neighbours are `step` apart. All lie inside; the arrays are float32[n]."""

"""Loops that numpy cannot say, compiled where they run.

The compiled form is kept on disk beside the source (or in the user's cache folder where that is not writable),
keyed by source, processor and versions, so that it is made once a machine and not once a process. Floating point is
strict: no reassociation, no contraction, so that a signal has the same bits on every machine.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def jit(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function on its first call; it holds no interpreter lock while it runs."""
    compiled: Callable[Parameters, Result] = numba.njit(cache=True, nogil=True, boundscheck=False)(function)
    return compiled


def lean_jit(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function that makes no array, without the counting of references to those it was given.

    Counting is a locked write for each use of an array: it would be most of the time of a short loop.
    """
    compiled: Callable[Parameters, Result] = numba.njit(cache=True, nogil=True, boundscheck=False, _nrt=False)(function)
    return compiled


def inline(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a helper that is made part of the compiled functions that call it; like `lean_jit` it makes no array."""
    compiled: Callable[Parameters, Result] = numba.njit(
        nogil=True, boundscheck=False, forceinline=True, _nrt=False
    )(function)
    return compiled

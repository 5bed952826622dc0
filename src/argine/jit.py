"""Loops that numpy cannot say, compiled where they run.

The compiled form is kept on disk beside the source (or in the user's cache folder where that is not writable),
keyed by source, processor and versions, so that it is made once a machine and not once a process. Floating point is
strict: no reassociation, no contraction, so that a signal has the same bits on every machine.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_LEAN: dict[str, Any] = {"nogil": True, "boundscheck": False, "_nrt": False}


def jit(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function on its first call; it holds no interpreter lock while it runs."""
    compiled: Callable[Parameters, Result] = numba.njit(cache=True, nogil=True, boundscheck=False)(function)
    _watch_siblings(compiled)
    return compiled


def lean_jit(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function that makes no array, without the counting of references to those it was given.

    Counting is a locked write for each use of an array: it would be most of the time of a short loop.
    """
    compiled: Callable[Parameters, Result] = numba.njit(cache=True, **_LEAN)(function)
    _watch_siblings(compiled)
    return compiled


def inline(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a helper that is made part of the compiled functions that call it; like `lean_jit` it makes no array."""
    compiled: Callable[Parameters, Result] = numba.njit(forceinline=True, **_LEAN)(function)
    return compiled


def helper(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a helper that is seldom called: it stays a function of its own, so that less is compiled."""
    compiled: Callable[Parameters, Result] = numba.njit(**_LEAN)(function)
    return compiled


def _watch_siblings(compiled: Any) -> None:  # noqa: ANN401 - numba names no type for it
    """Compile again when any file of the package has changed, not only the one that holds the function.

    numba looks at that one file; helpers from its neighbours would stay as they were, in a search that then misses
    matches. A test sees to it that numba still keeps its stamp here.
    """
    folder = Path(compiled.py_func.__code__.co_filename).parent
    files = [Path(__file__), *sorted(folder.glob("*.py"))]
    own = compiled._cache._cache_file  # noqa: SLF001 - numba has no public way
    own._source_stamp = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)  # noqa: SLF001

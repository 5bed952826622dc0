"""Loops that numpy cannot say, compiled where they run.

The compiled form is kept on disk beside the source (or in the user's cache folder where that is not writable),
keyed by source, processor and versions, so that it is made once a machine and not once a process. Floating point is
strict: no reassociation, no contraction, so that a signal has the same bits on every machine.

The compiler itself is loaded when the first loop runs: most processes and commands of a desk run none, and loading it
takes as long as all else that they load.
"""

from collections.abc import Callable
from functools import update_wrapper
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import Any, ParamSpec, TypeVar, cast

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_LEAN: dict[str, Any] = {"nogil": True, "boundscheck": False, "_nrt": False}
_making = RLock()


class Later:
    """Something of numba's that is made when it is first used, by whoever calls it or by numba itself."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def made(self) -> Any:  # noqa: ANN401 - numba names no type for it
        """Give the thing itself; two threads make it once."""
        if self._made is None:
            with _making:
                if self._made is None:
                    self._made = self._make()
        return self._made

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the thing has
        if name.startswith("__"):  # whoever only looks at it makes nothing
            raise AttributeError(name)
        return getattr(self.made(), name)

    def __deepcopy__(self, _seen: dict[int, Any]) -> "Later":
        """Stay one: numba copies the statements that name it."""
        return self


class _Function(Later):
    """A function that is compiled on its first call. Other compiled functions take it for what it becomes."""

    def __call__(self, *args: Any) -> Any:  # noqa: ANN401 - as the function that it stands for
        return (self._made or self.made())(*args)


class _Operation(Later):
    """An operation of compiled code. numba asks for the type of what stands in its place."""

    @property
    def _numba_type_(self) -> Any:  # noqa: ANN401 - numba's own
        made, typing = self.made(), import_module("numba.core.registry").cpu_target.typing_context
        typing.refresh()
        return typing.resolve_value_type(made)


def load() -> None:
    """Load the compiler now: for a process that others come from, which then share what it has loaded."""
    target = import_module("numba.core.registry").cpu_target
    target.typing_context.refresh()
    target.target_context.refresh()


def later(module: str) -> Any:  # noqa: ANN401 - a module without types
    """Give a module that is imported when something of it is first used."""
    return Later(lambda: import_module(module))


def operation(generate: Any) -> Any:  # noqa: ANN401 - a generator of LLVM code, as numba wants it
    """Make a generator of code a function of compiled code."""
    return _Operation(lambda: import_module("numba.extending").intrinsic(generate))


def jit(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function on its first call; it holds no interpreter lock while it runs."""
    return _compiled(function, kept=True, nogil=True, boundscheck=False)


def lean_jit(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function that makes no array, without the counting of references to those it was given.

    Counting is a locked write for each use of an array: it would be most of the time of a short loop.
    """
    return _compiled(function, kept=True, **_LEAN)


def inline(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a helper that is made part of the compiled functions that call it; like `lean_jit` it makes no array."""
    return _compiled(function, kept=False, forceinline=True, **_LEAN)


def helper(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a helper that is seldom called: it stays a function of its own, so that less is compiled."""
    return _compiled(function, kept=False, **_LEAN)


def _compiled(
    function: Callable[Parameters, Result],
    *,
    kept: bool,
    **options: Any,  # noqa: ANN401 - numba's own
) -> Callable[Parameters, Result]:
    def make() -> Any:  # noqa: ANN401 - numba names no type for it
        compiled = import_module("numba").njit(cache=kept, **options)(function)
        if kept:
            _watch_siblings(compiled)
        return compiled

    compiled: Any = update_wrapper(_Function(make), function)
    return cast("Callable[Parameters, Result]", compiled)


def _watch_siblings(compiled: Any) -> None:  # noqa: ANN401 - numba names no type for it
    """Compile again when any file of the package has changed, not only the one that holds the function.

    numba looks at that one file; helpers from its neighbours would stay as they were, in a search that then misses
    matches. A test sees to it that numba still keeps its stamp here.
    """
    folder = Path(compiled.py_func.__code__.co_filename).parent
    files = [Path(__file__), *sorted(folder.glob("*.py"))]
    own = compiled._cache._cache_file  # noqa: SLF001 - numba has no public way
    own._source_stamp = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)  # noqa: SLF001

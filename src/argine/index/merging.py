"""Which parts of an index are merged, and the thread that does it."""

import threading
from collections.abc import Callable, Sequence

from argine.index.live import Part
from argine.index.segment import TABLES_FROM

GROWTH = 4
"""A part is merged with the newer ones once they are together a quarter of it: each pair is moved few times."""

MOST_DEAD = 0.5
"""A part of which more than this was withdrawn is built again without them."""


def due(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Choose the parts, the newest ones, that are worth merging now; none if all is well."""
    if len(parts) < 2:  # noqa: PLR2004 - one has nobody to merge with
        return _half_dead(parts)
    newest = sorted(parts, key=lambda part: len(part.segment))
    chosen, rows = [newest[0]], len(newest[0].segment)
    for part in newest[1:]:
        if len(part.segment) > GROWTH * rows:
            break
        chosen.append(part)
        rows += len(part.segment)
    if len(chosen) == 1:
        return _half_dead(parts)
    return tuple(chosen)


def _half_dead(parts: Sequence[Part]) -> tuple[Part, ...]:
    worn = [part for part in parts if part.dead_count() > max(MOST_DEAD * len(part.segment), TABLES_FROM)]
    return tuple(worn[:1])


class Merger:
    """Runs one job at a time in a thread that lives only as long as there is something to do.

    The job says whether there may be more. A process that was forked from this one has no thread and starts its own.
    """

    def __init__(self, job: Callable[[], bool]) -> None:
        self._job = job
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted = False

    def wake(self) -> None:
        """See to it that the job runs, now or after the present run."""
        with self._lock:
            self._wanted = True
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="argine-index-merge", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Wait until there is nothing left to do."""
        while (thread := self._thread) is not None:
            thread.join()
            if thread is self._thread:
                return

    def _run(self) -> None:
        while self._take():
            while self._job():
                pass

    def _take(self) -> bool:
        with self._lock:
            wanted, self._wanted = self._wanted, False
            if not wanted:
                # From here on `wake` starts another thread: this one looks no more.
                self._thread = None
            return wanted

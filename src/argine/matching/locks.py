"""A lock for much reading and little writing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ReadWriteLock:
    """Lets any number of readers in together, or one writer alone. A waiting writer goes before new readers.

    Neither side may ask for the lock again while holding it.
    """

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._left = threading.Condition()
        self._readers = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold off writers meanwhile."""
        with self._gate, self._left:
            self._readers += 1
        try:
            yield
        finally:
            with self._left:
                self._readers -= 1
                self._left.notify_all()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Wait until all readers have left, and keep the gate shut meanwhile."""
        with self._gate:
            with self._left:
                self._left.wait_for(lambda: self._readers == 0)
            yield

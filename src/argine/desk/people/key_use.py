"""On which day each platform key was last shown: noted in memory at each request, written by and by.

Who takes a key away wants to know whether anybody still uses it. A day is enough for that, and costs one write.
"""

from datetime import date
from threading import Lock
from uuid import UUID


class KeyUse:
    """The keys that this process has seen today and not yet written down."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[UUID, date] = {}
        self._new: dict[UUID, date] = {}

    def note(self, key_id: UUID, day: date) -> None:
        if self._seen.get(key_id) != day:
            with self._lock:
                self._seen[key_id] = self._new[key_id] = day

    def unwritten(self) -> dict[UUID, date]:
        with self._lock:
            return dict(self._new)

    def written(self, done: dict[UUID, date]) -> None:
        """Forget what was written, unless the key was seen on another day since."""
        with self._lock:
            self._new = {key: day for key, day in self._new.items() if done.get(key) != day}


USED = KeyUse()

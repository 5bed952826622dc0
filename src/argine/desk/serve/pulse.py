from time import monotonic

from argine.desk.core.operations import beat

EVERY_S = 30.0


class Pulse:
    """Writes a sign of life at most every half minute: a write costs a disk flush."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._last = -EVERY_S

    def beat(self) -> None:
        if monotonic() - self._last >= EVERY_S:
            self._last = monotonic()
            beat(self.name)

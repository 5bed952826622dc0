"""Notices that the machine's clock was set while a process runs; what cannot be undone then waits a while.

A clock that jumps ahead by mistake would let legal clocks be missed, records be erased and letters be given up, none of
which comes back. So for a quarter of an hour after a jump nothing of that is done. Set right within it, nothing has
happened; else the new time is taken for the true one.
"""

import logging
import time as system
from collections.abc import Callable
from datetime import datetime, timedelta

from argine.desk.core import time
from argine.desk.core.operations import beat
from argine.desk.core.queries import CLOCK_SET

logger = logging.getLogger(__name__)

JUMP = timedelta(minutes=5)
"""Less is how time services bring a clock into step."""
SETTLE = timedelta(minutes=15)


def elapsed() -> float:
    """Seconds that went by, whatever the clock says; where the system tells it, those asleep among them."""
    return system.clock_gettime(system.CLOCK_BOOTTIME) if hasattr(system, "CLOCK_BOOTTIME") else system.monotonic()


class Steady:
    """Compares the clock with the time that went by, from one look to the next."""

    def __init__(self, elapsed: Callable[[], float] = elapsed) -> None:
        self._elapsed = elapsed
        self._last: tuple[datetime, float] | None = None
        self._off = timedelta(0)
        self._until = 0.0

    def holds(self) -> bool:
        """Whether what cannot be undone is to wait now."""
        now, passed = time.now(), self._elapsed()
        if self._last is not None:
            self._note(now - self._last[0] - timedelta(seconds=passed - self._last[1]), passed)
        self._last = (now, passed)
        if passed >= self._until:
            self._off = timedelta(0)
        return passed < self._until

    def _note(self, jump: timedelta, passed: float) -> None:
        if abs(jump) < JUMP:
            return
        self._off += jump
        back = abs(self._off) < JUMP
        self._until = passed if back else passed + SETTLE.total_seconds()
        beat(CLOCK_SET)
        logger.warning("This machine's clock was set by %d seconds%s", jump.total_seconds(), "" if back else WAITS)


WAITS = ": clocks, regular work and mail wait a quarter of an hour"

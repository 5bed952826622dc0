"""Clocks that come near their end: recorded once, in the log, from which who sends the word learns of it."""

import logging

from argine.desk.clocks import operations as clocks
from argine.desk.clocks import queries
from argine.desk.clocks.models import Clock
from argine.desk.core import time

logger = logging.getLogger(__name__)


def warn_of_clocks() -> int:
    """Warn of every clock whose time has come; tell how many. One that fails never stops the others."""
    count = 0
    for clock_id in queries.to_warn(time.now()):
        try:
            count += bool(clocks.warn(Clock.objects.get(pk=clock_id)))
        except Exception:
            logger.exception("A clock could not warn; it is tried again at the next tick")
    return count

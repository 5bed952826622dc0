"""Clocks that come near their end: recorded once, in the log, from which who sends the word learns of it."""

import logging

from argine.desk.clocks import operations as clocks
from argine.desk.clocks import queries
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.lots import each

logger = logging.getLogger(__name__)


def warn_of_clocks() -> int:
    """Warn of every clock whose time has come; tell how many. One that fails never stops the others."""
    failed = "A clock could not warn; it is tried again at the next tick"
    return each(queries.to_warn(time.now()), lambda pk: clocks.warn(Clock.objects.get(pk=pk)), failed, logger)

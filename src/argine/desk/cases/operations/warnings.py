"""Clocks that come near their end: recorded once, and handed to who sends the word."""

import logging

from django.db import transaction

from argine.desk.clocks import operations as clocks
from argine.desk.clocks import queries
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.jobs import operations as jobs

logger = logging.getLogger(__name__)

NOTIFY = "clock.notify"


def warn_of_clocks() -> int:
    """Warn of every clock whose time has come; tell how many. One that fails never stops the others.

    The job that sends the word is queued in the same transaction, with ids alone.
    """
    count = 0
    for clock_id in queries.to_warn(time.now()):
        try:
            with transaction.atomic():
                percent = clocks.warn(Clock.objects.get(pk=clock_id))
                if percent:
                    payload: dict[str, object] = {"clock": str(clock_id), "percent": percent}
                    jobs.enqueue(NOTIFY, f"{NOTIFY}:{clock_id}:{percent}", payload=payload)
                    count += 1
        except Exception:
            logger.exception("A clock could not warn; it is tried again at the next tick")
    return count

"""Doing one thing to many rows: together where that saves time, each for itself where one fails."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import DatabaseError, transaction

LOT = 50
"""Rows that are committed together: a commit waits for the disk, and others wait for who writes."""


def each(ids: Iterable[UUID], do: Callable[[UUID], object], failed: str, logger: logging.Logger) -> int:
    """Do something to each row and tell for how many it came to something; one that fails never stops the others.

    Args:
        ids: of the rows.
        do: what to do; what it returns counts as 0 or 1.
        failed: what the log says of one that fails: not of whom.
        logger: of the caller.
    """
    left, count = list(ids), 0
    while left:
        lot, left = left[:LOT], left[LOT:]
        try:
            with transaction.atomic():
                count += sum(_one(row, do, failed, logger) for row in lot)
        except DatabaseError:  # of the commit itself: nothing of this lot stands
            logger.exception(failed)
    return count


def _one(row: UUID, do: Callable[[UUID], object], failed: str, logger: logging.Logger) -> bool:
    try:
        with transaction.atomic():
            return bool(do(row))
    except Exception:
        logger.exception(failed)
        return False

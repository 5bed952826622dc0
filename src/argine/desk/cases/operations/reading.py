"""Who of the staff opened which case, and on which day: who reads what they need not can be found."""

import logging
from uuid import UUID

from django.db import DatabaseError, transaction

from argine.desk.audit import queries as log
from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.core import time
from argine.desk.core.actor import Actor

logger = logging.getLogger(__name__)


def note_opened(case_id: UUID, *, by: Actor) -> None:
    """Write into the log that somebody opened a case, once a day (UTC) for each person.

    Where the database takes nothing just now the case is shown all the same: its clock runs.
    """
    subject, today = f"case:{case_id}", time.now().replace(hour=0, minute=0, second=0, microsecond=0)
    if log.has(Event.CASE_OPENED_BY_STAFF, subject, by, today):
        return
    try:
        with transaction.atomic():
            if not log.has(Event.CASE_OPENED_BY_STAFF, subject, by, today):
                append(Event.CASE_OPENED_BY_STAFF, subject, by=by)
    except DatabaseError:
        logger.exception("That a case was opened could not be written down")

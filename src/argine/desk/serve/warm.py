"""What a web process does beside its requests: get decoder and banks ready, take newer bank files, note used keys."""

import logging
from collections.abc import Callable
from threading import Thread
from time import sleep

from django.db import connection

from argine.desk.banks.live import BANKS
from argine.desk.core import hashing
from argine.desk.people.operations import note_used_keys

logger = logging.getLogger(__name__)


RENEW_S = 30.0


def start() -> None:
    Thread(target=_work, name="banks", daemon=True).start()


def _work() -> None:
    try:
        hashing.level()
        BANKS.matcher()
        BANKS.set_aside.match([])
    except Exception:
        logger.exception("The warm-up failed; the first upload check will try again")
    while True:
        connection.close()
        sleep(RENEW_S)
        _try(BANKS.renew, "Newer bank files could not be opened; the old ones serve on")
        _try(note_used_keys, "On which day keys were used could not be written down; it is tried again")


def _try(work: Callable[[], object], otherwise: str) -> None:
    """Do it; what fails is told and ends nothing: the banks are renewed by nobody else."""
    try:
        work()
    except Exception:
        logger.exception(otherwise)

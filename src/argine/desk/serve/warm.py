"""What a web process does beside its requests: get decoder and banks ready, take newer bank files, note used keys."""

import logging
from threading import Thread
from time import sleep

from django.db import DatabaseError, connection

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
        try:
            note_used_keys()
        except DatabaseError:
            logger.warning("Which keys were used could not be written down; it is tried again")
        try:
            BANKS.renew()
        except Exception:
            logger.exception("Newer bank files could not be opened; the old ones serve on")

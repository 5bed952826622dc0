"""What a web process does beside its requests: get decoder and banks ready, then change over to newer bank files."""

import logging
from threading import Thread
from time import sleep

from django.db import connection

from argine.desk.banks.live import BANKS
from argine.desk.core import hashing

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
            BANKS.renew()
        except Exception:
            logger.exception("Newer bank files could not be opened; the old ones serve on")

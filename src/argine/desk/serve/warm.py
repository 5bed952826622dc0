"""What a web process does when it starts, so that the first upload need not wait: its decoder, its banks."""

import logging
from threading import Thread

from django.db import connection

from argine.desk.banks.live import BANKS
from argine.desk.core import hashing

logger = logging.getLogger(__name__)


def start() -> None:
    Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    try:
        hashing.level()
        BANKS.matcher()
    except Exception:
        logger.exception("The warm-up failed; the first upload check will try again")
    finally:
        connection.close()

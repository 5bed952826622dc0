"""The settings as they are now: every process follows what is set in the console, without being started again.

`settings.CONFIG` is replaced as a whole. Web processes look before each request, the others before each pass.
"""

import logging
from threading import Lock

from django.conf import settings
from django.db import DatabaseError

from argine.desk.config import Config
from argine.desk.configuration import queries
from argine.errors import ArgineError

logger = logging.getLogger(__name__)


class Live:
    """What this process knows of the settings. `problem` says why it could not take the newest ones."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Know nothing: as a process that has just started with its environment."""
        self.version = 0
        self.problem = ""
        self._config: Config | None = None

    def refresh(self) -> None:
        """Take what was set since the last look. What cannot be read leaves the settings as they are."""
        try:
            newest = queries.version()
            if newest != self.version or self._was_lost():
                with self._lock:
                    self._take(newest)
        except DatabaseError as error:
            # A desk that is being made has no table yet; of one that broke, every page says more.
            logger.debug("The settings could not be read: %s", type(error).__name__)

    def _was_lost(self) -> bool:
        """Django keeps settings that were read; a thread that read the old one meanwhile may have put it back."""
        return self._config is not None and settings.CONFIG is not self._config

    def _take(self, newest: int) -> None:
        try:
            self._config = queries.combined(queries.stored())
            self.problem = ""
        except ArgineError as error:  # it does not fit the environment, or its seal does not open
            if newest != self.version:
                logger.exception("What was set in the console cannot be taken; the settings stay as they were")
            self.problem = str(error)
        self.version = newest
        if self._config is not None:
            settings.CONFIG = self._config


LIVE = Live()

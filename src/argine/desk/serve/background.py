"""The clock ticker, the job worker, the courier. `python -m argine.desk.serve.background ticker|worker|courier`."""

import importlib
import logging
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager as Context
from threading import Event

from django.db import close_old_connections

from argine.desk.boot import boot
from argine.desk.core import logs
from argine.desk.serve import lifeline

logger = logging.getLogger(__name__)

PAUSES_S = {"ticker": 5.0, "worker": 1.0, "courier": 2.0}
PAUSE_AFTER_ERROR_S = 10.0
# Of several nodes one does a pass of these at a time; another takes the next if it is gone. Workers share a queue.
ONE_AT_A_TIME = frozenset({"ticker", "courier"})


def run(name: str, one_pass: Callable[[], bool], stop: Event) -> None:
    """Do passes until asked to stop. A pass says whether there is more to do at once; one that fails is tried again."""
    while not stop.is_set():
        try:
            pause = 0.0 if one_pass() else PAUSES_S[name]
        except Exception:
            logger.exception("The %s failed; it goes on in %d seconds", name, PAUSE_AFTER_ERROR_S)
            pause = PAUSE_AFTER_ERROR_S
            # Web requests do so themselves: a connection that a crash of the server ended is made anew.
            close_old_connections()
        stop.wait(pause)


def up_to_date(refresh: Callable[[], None], one_pass: Callable[[], bool]) -> bool:
    """Do a pass with the settings as they are now."""
    refresh()
    return one_pass()


def one_at_a_time(name: str, alone: Callable[[str], Context[bool]], one_pass: Callable[[], bool]) -> bool:
    """Do a pass, unless it is for one node at a time and another is at it."""
    if name not in ONE_AT_A_TIME:
        return one_pass()
    with alone(name) as mine:
        return one_pass() if mine else False


def main() -> None:
    name = sys.argv[1]
    boot()
    logs.begin(name)
    # Models can be imported only now that Django is up.
    one_pass = importlib.import_module(f"argine.desk.serve.{name}").one_pass
    live = importlib.import_module("argine.desk.configuration.live").LIVE
    alone = importlib.import_module("argine.desk.core.nodes").alone
    stop = lifeline.stop_event()
    lifeline.hold()
    run(name, lambda: one_at_a_time(name, alone, lambda: up_to_date(live.refresh, one_pass)), stop)


if __name__ == "__main__":
    main()

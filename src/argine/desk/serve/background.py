"""The clock ticker, the job worker, the courier. `python -m argine.desk.serve.background ticker|worker|courier`."""

import importlib
import logging
import sys
from collections.abc import Callable
from threading import Event

from argine.desk.boot import boot
from argine.desk.core import logs
from argine.desk.serve import lifeline

logger = logging.getLogger(__name__)

PAUSES_S = {"ticker": 5.0, "worker": 1.0, "courier": 2.0}
PAUSE_AFTER_ERROR_S = 10.0


def run(name: str, one_pass: Callable[[], bool], stop: Event) -> None:
    """Do passes until asked to stop. A pass says whether there is more to do at once; one that fails is tried again."""
    while not stop.is_set():
        try:
            pause = 0.0 if one_pass() else PAUSES_S[name]
        except Exception:
            logger.exception("The %s failed; it goes on in %d seconds", name, PAUSE_AFTER_ERROR_S)
            pause = PAUSE_AFTER_ERROR_S
        stop.wait(pause)


def up_to_date(refresh: Callable[[], None], one_pass: Callable[[], bool]) -> bool:
    """Do a pass with the settings as they are now."""
    refresh()
    return one_pass()


def main() -> None:
    name = sys.argv[1]
    boot()
    logs.begin(name)
    # Models can be imported only now that Django is up.
    one_pass = importlib.import_module(f"argine.desk.serve.{name}").one_pass
    live = importlib.import_module("argine.desk.configuration.live").LIVE
    stop = lifeline.stop_event()
    lifeline.hold()
    run(name, lambda: up_to_date(live.refresh, one_pass), stop)


if __name__ == "__main__":
    main()

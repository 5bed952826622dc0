"""How a child process learns that its parent is gone, even by kill -9: the pipe it reads from closes."""

import os
import signal
import sys
from threading import Event, Thread


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass  # the parent never writes
    os.kill(os.getpid(), signal.SIGTERM)


def hold() -> None:
    """End this process, as if asked to, when the parent ends."""
    Thread(target=_watch, name="lifeline", daemon=True).start()


def stop_event() -> Event:
    """An event that is set when this process is asked to end."""
    stop = Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda _number, _frame: stop.set())
    return stop

"""Starts the processes of a desk, starts again what falls, stops all of them together."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from threading import Event
from time import monotonic

logger = logging.getLogger(__name__)

GRACE_S = 12.0
LOOK_EVERY_S = 0.5
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
STEADY_S = 60.0


# A background process that says nothing for half an hour hangs (`is_silent`); it is asked twice, a minute apart.
YOUNG_S = 1800.0
ASK_EVERY_S = 60.0


def _always() -> bool:
    return True


def _never() -> bool:
    return False


@dataclass(slots=True)
class Child:
    """One process of the desk, and when it may be started again after it fell."""

    name: str
    words: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    is_wanted: Callable[[], bool] = _always
    is_silent: Callable[[], bool] = _never
    asked_at: float = 0.0
    was_silent: bool = False
    started: float = 0.0
    wait_s: float = FIRST_WAIT_S
    again_at: float = field(default=0.0)

    def start(self, environment: Mapping[str, str]) -> None:
        self.started = monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # our own modules, no shell
            [sys.executable, "-m", *self.words],
            stdin=subprocess.PIPE,  # the lifeline: it closes when this process ends, however it ends
            env={**os.environ, **environment},
            start_new_session=True,  # Ctrl-C reaches this process alone, which then stops the others in order
        )

    def look(self, environment: Mapping[str, str]) -> None:
        """Start the process again if it fell, later and later while it keeps falling."""
        if self.process is not None:
            if self.process.poll() is not None:
                self._has_fallen()
            elif monotonic() - max(self.asked_at, self.started + YOUNG_S - ASK_EVERY_S) >= ASK_EVERY_S:
                self._ask()
        elif monotonic() >= self.again_at and self.is_wanted():
            self.start(environment)

    def _ask(self) -> None:
        """End a process that hangs. By force: who hangs does not hear."""
        self.asked_at, before = monotonic(), self.was_silent
        self.was_silent = self.is_silent()
        if self.process is not None and before and self.was_silent:
            logger.error("The %s gives no sign of life; ending it by force", self.name)
            self.was_silent = False
            self.process.kill()

    def _has_fallen(self) -> None:
        process = self.process
        if monotonic() - self.started > STEADY_S:
            self.wait_s = FIRST_WAIT_S
        self.again_at = monotonic() + self.wait_s
        self.wait_s = min(LONGEST_WAIT_S, self.wait_s * 2)
        if process is not None:
            logger.error("The %s ended with code %s; starting it again", self.name, process.returncode)
        self.let_go()

    def let_go(self) -> None:
        """Close the lifeline of a process that has ended."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


class Supervisor:
    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        environment: Mapping[str, str],
        only_if: Mapping[str, Callable[[], bool]] | None = None,
        silent_if: Mapping[str, Callable[[], bool]] | None = None,
    ) -> None:
        """Prepare the processes.

        Args:
            commands: the module and words of each, by name.
            environment: what is set for them beside this process's own.
            only_if: names processes that start when they are wanted; once started they stay.
            silent_if: tells of processes whether they hang; such a one is ended and started again.
        """
        wanted, silent = only_if or {}, silent_if or {}
        self.children = [
            Child(name, words, is_wanted=wanted.get(name, _always), is_silent=silent.get(name, _never))
            for name, words in commands.items()
        ]
        self.environment = environment

    def start(self) -> None:
        for child in self.children:
            child.look(self.environment)

    def watch(self, stop: Event, limit_s: float = inf) -> None:
        """Keep all processes running until `stop` is set, or for so long."""
        end = monotonic() + limit_s
        while not stop.wait(LOOK_EVERY_S) and monotonic() < end:
            for child in self.children:
                child.look(self.environment)

    def stop(self) -> None:
        """Ask every process to end; end by force what has not ended in time."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        end = monotonic() + GRACE_S
        for process in running:
            try:
                process.wait(max(0.1, end - monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in self.children:
            child.let_go()

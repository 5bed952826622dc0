"""What every connector asks with: bounded in time and number, counted, and never at a loss for an answer."""

import asyncio
import logging
import secrets
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import IO

from argine.connect.client import Answer, Client, Content, DeskAway
from argine.connect.metrics import Metrics
from argine.connect.policy import Judgement, Outcome, Reason, judge
from argine.connect.settings import Settings

# Who reads the log learns that the desk is away, and is not drowned in it.
QUIET_S = 60.0

CHECKS = "argine.checks"
"""Under this name a request holds the list of what was asked about it (`Checked`)."""

log = logging.getLogger("argine.connect")


@dataclass(frozen=True, slots=True)
class Checked:
    """An upload that was asked about.

    Attributes:
        answer: what became known; its `content` is how the copy was named to the desk. A platform that keeps that name
            with its copy will find the copy when a decision names it.
        judgement: what happens to the upload.
        field: in a form, the name of its part.
    """

    answer: Answer
    judgement: Judgement
    field: str = ""

    @property
    def accepted(self) -> bool:
        return self.judgement is Judgement.ACCEPT


class Asker:
    """Asks a desk about uploads, and says what happens to them. Safe for threads and for event loops.

    A question waits for one of `most_at_once` threads; at most `most_waiting` do. One more is answered at once, and one
    that takes longer than `timeout_s` when that is over: with `Outcome.AWAY`, from which the rules follow.
    """

    def __init__(self, settings: Settings, connector: str) -> None:
        self.settings, self.connector = settings, connector
        self.metrics = Metrics(connector)
        self._client = Client(settings)
        self._lock = Lock()
        self._inside = 0
        self._told: dict[Reason, float] = {}
        # Made by the first question, so that a server may fork after it has loaded us.
        self._threads: ThreadPoolExecutor | None = None

    def ask(self, file: IO[bytes], content: Content | None = None, field: str = "") -> Checked:
        """Ask about a file and wait. The file must be seekable; it is read from its start, and not closed."""
        start, content = monotonic(), content or self.new_content()
        future = self._submit(file, content)
        try:
            answer = self._at_limit(content) if future is None else future.result(self.settings.timeout_s)
        except TimeoutError:
            answer = self._too_late(future, content)
        return self._checked(answer, start, field)

    async def ask_soon(self, file: IO[bytes], content: Content | None = None, field: str = "") -> Checked:
        """Ask about a file without holding up an event loop."""
        start, content = monotonic(), content or self.new_content()
        future = self._submit(file, content)
        try:
            if future is None:
                answer = self._at_limit(content)
            else:
                answer = await asyncio.wait_for(asyncio.wrap_future(future), self.settings.timeout_s)
        except TimeoutError:
            answer = self._too_late(future, content)
        return self._checked(answer, start, field)

    def unasked(self, outcome: Outcome, reason: Reason | None = None) -> Checked:
        """Judge and count an upload about which the desk is not asked."""
        return self._checked(Answer(outcome, self.new_content(), reason), monotonic(), "")

    def new_content(self) -> Content:
        """Make a name for a copy that its platform has not named yet: the platform may keep it with the copy."""
        return Content(f"{self.connector}-{secrets.token_hex(8)}")

    def metrics_text(self) -> str:
        """Write the counts in the text form that Prometheus reads."""
        return self.metrics.text(self._inside)

    def close(self) -> None:
        """Let what is under way end, and take no more."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        self._client.close()

    def _submit(self, file: IO[bytes], content: Content) -> "Future[Answer] | None":
        with self._lock:
            if self._inside >= self.settings.most_at_once + self.settings.most_waiting:
                return None
            self._inside += 1
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self.settings.most_at_once, "argine-connect")
            future = self._threads.submit(self._answer, file, content)
        future.add_done_callback(self._leave)
        return future

    def _leave(self, _future: object) -> None:
        """Runs when a question has ended, also one that nobody waits for any more: until then it takes its place."""
        with self._lock:
            self._inside -= 1

    def _answer(self, file: IO[bytes], content: Content) -> Answer:
        try:
            return self._client.check(file, content)
        except DeskAway as away:
            return Answer(Outcome.AWAY, content, away.reason)

    def _at_limit(self, content: Content) -> Answer:
        return Answer(Outcome.AWAY, content, Reason.LIMIT)

    def _too_late(self, future: "Future[Answer] | None", content: Content) -> Answer:
        if future is not None:
            future.cancel()
        return Answer(Outcome.AWAY, content, Reason.TIMEOUT)

    def _checked(self, answer: Answer, start: float, field: str) -> Checked:
        checked = Checked(answer, judge(answer.outcome, self.settings.rules), field)
        self.metrics.count(answer.outcome, checked.judgement, answer.reason, monotonic() - start)
        if answer.reason is not None:
            self._tell(answer.reason, checked.judgement)
        elif checked.judgement is Judgement.REFUSE:
            log.info("%s: refused %s: %s", self.connector, answer.content.id, answer.outcome.value)
        return checked

    def _tell(self, reason: Reason, judgement: Judgement) -> None:
        """Say in the log that uploads go unchecked, at most once a minute for each reason."""
        with self._lock:
            quiet = monotonic() - self._told.get(reason, -QUIET_S) < QUIET_S
            if not quiet:
                self._told[reason] = monotonic()
        if not quiet:
            log.warning("%s: the desk could not be asked (%s): %s", self.connector, reason.value, judgement.value)

"""Many people at a running desk at once, and what was acknowledged to each: what a kill must not take away.

Reporters write, add and withdraw; a reviewer decides; a platform asks about uploads and says what it did. Whoever gets
no answer, because the desk was killed meanwhile, goes on with the next.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random
from secrets import token_hex
from time import sleep
from typing import Self

from tests.functional.running_desk import Person, RunningDesk

GONE = (OSError, HTTPException, AssertionError)  # the desk was killed while it was asked
REPORTERS = 2
PAUSE_S = 0.05
FEED = 200


@dataclass
class Acknowledged:
    """What somebody was told that it is done. Cases have names of ours, by which everything is found again.

    Attributes:
        codes: of each case that was taken.
        signals: the `pdq` of its picture.
        messages: case and text.
        withdrawing: cases that somebody asked to take back; `withdrawn`: those of whom it was said that it is done.
        decided: cases.
        acted: the decisions whose removal the platform has reported; `cursor`: how far it has read them.
        wrong: answers that none may give, kill or not.
    """

    codes: dict[str, str] = field(default_factory=dict)
    signals: dict[str, str] = field(default_factory=dict)
    messages: list[tuple[str, str]] = field(default_factory=list)
    withdrawing: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    decided: set[str] = field(default_factory=set)
    acted: set[str] = field(default_factory=set)
    cursor: int = 0
    checks: int = 0
    wrong: list[str] = field(default_factory=list)


class Crowd:
    """Begins with the block and ends with it; `told` outlives it.

    Args:
        desk: that runs.
        reviewer: who has logged in. Without one there are reporters only: nothing is decided, and no platform asks.
        told: what was acknowledged before; it grows.
        seed: of what happens.
    """

    def __init__(
        self, desk: RunningDesk, reviewer: Person | None = None, told: Acknowledged | None = None, seed: int = 0
    ) -> None:
        self.desk = desk
        self.told = told or Acknowledged()
        self.random = Random(seed)
        self._end = threading.Event()
        parts: list[Callable[[], None]] = [self._report] * REPORTERS
        if reviewer is not None:
            parts += [lambda: self._decide(reviewer), self._check, self._act]
        self._threads = [threading.Thread(target=self._go_on, args=(part,)) for part in parts]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    @contextmanager
    def telling(self) -> Iterator[Acknowledged]:
        """As the block by itself, for who wants only to know what was acknowledged."""
        with self:
            yield self.told

    def __exit__(self, *_reason: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self, part: Callable[[], None]) -> None:
        while not self._end.is_set():
            with suppress(*GONE):
                part()
            sleep(PAUSE_S)

    def _report(self) -> None:
        name, signal = f"case-{token_hex(6)}", token_hex(32)
        sent = json.dumps([{"signals": [{"type": "pdq", "value": signal, "quality": 100}]}])
        person = Person(self.desk.base)
        self.told.signals[name] = signal
        contact = {"contact": f"{name}@person.example", "mail": "letters"}
        self.told.codes[name] = person.report(where_hint=f"the page {name}", signals=sent, **contact)
        if person.post("/status/message/", "/status/", {"text": f"more of {name}"})[0] == 200:
            self.told.messages.append((name, f"more of {name}"))
        if self.random.random() < 0.2:
            self.told.withdrawing.add(name)
            if person.post("/status/withdraw/", "/status/", {"sure": "on"})[0] == 200:
                self.told.withdrawn.add(name)

    def _decide(self, reviewer: Person) -> None:
        queue = reviewer.get("/console/")
        for case_page in re.findall(r'href="(/console/cases/[^"]+)"', queue)[:1]:
            page = reviewer.get(case_page)
            name, covers = re.search(r"the page (case-\w+)", page), re.search(r'name="covers" value="([^"]+)"', page)
            if name is None or covers is None:
                continue
            self.verdict(name[1])  # a copy on the platform, which the reviewer looks at
            said = {"ground": "intimate_without_consent", "basis": "own_copy", "reasons": "Seen.", "confirmed": "yes",
                    "covers": covers[1]}  # fmt: skip
            if reviewer.post(f"{case_page}/decide", case_page, said)[0] == 200:
                self.told.decided.add(name[1])

    def _check(self) -> None:
        """Ask about what was reported. What was decided before is kept out, unless its reporter takes it back."""
        if not self.told.codes:
            return
        name = self.random.choice(list(self.told.codes))
        least = {"block"} if name in self.told.decided else {"review", "block"}
        verdict = self.verdict(name)
        self.told.checks += 1
        if verdict not in least and name not in self.told.withdrawing:
            self.told.wrong.append(f"{name}: {verdict}")

    def verdict(self, name: str) -> str:
        signal = {"type": "pdq", "value": self.told.signals[name], "quality": 100}
        asked = {"signals": [signal], "content": {"id": name}}
        status, answer = self.desk.api("check", asked)
        assert status == 200, answer
        return str(answer["verdict"])

    def _act(self) -> None:
        status, feed = self.desk.api(f"decisions?after={self.told.cursor}&limit={FEED}")
        assert status == 200
        for decision in feed["decisions"]:
            status, _ = self.desk.api("actions", {"decision": decision["id"], "measure": "removed"})
            if status == 201:
                self.told.acted.add(decision["id"])
            self.told.cursor = decision["cursor"]

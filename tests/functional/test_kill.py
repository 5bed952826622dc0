"""Kill -9 at any step: what was acknowledged is there after the next start, and the log verifies."""

import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from random import Random
from time import monotonic, sleep
from typing import Self

import pytest
from PIL import Image
from skimage import data
from tests.functional.running_desk import Person, RunningDesk
from tests.functional.test_story import PASSWORD, jpeg

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kill")]

ROUNDS = int(os.environ.get("ARGINE_KILLS", "2"))
GONE = (OSError, HTTPException, AssertionError)  # the server was killed while it was asked


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    # Each sender is throttled by address, and here one machine stands for many people.
    running = RunningDesk(tmp_path_factory.mktemp("desk") / "data", {"ARGINE_TRUST_PROXY": "yes"})
    running.start()
    yield running
    running.stop()


class Crowd:
    """People who report, write and withdraw without a pause; what was acknowledged to them is kept here."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.codes: list[str] = []
        self.messages: list[tuple[str, str]] = []
        self.withdrawn: list[str] = []
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._act, args=(number,)) for number in range(3)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _act(self, number: int) -> None:
        count = 0
        while not self._end.is_set():
            count += 1
            with suppress(*GONE):
                self._one_case(f"{number}-{count}")

    def _one_case(self, name: str) -> None:
        person = Person(self.base)
        code = person.report(where_hint=f"the page {name}")
        self.codes.append(code)
        status, _ = person.post("/status/message/", "/status/", {"text": f"more of {name}"})
        if status == 200:
            self.messages.append((code, f"more of {name}"))
        if name.endswith("3"):
            status, _ = person.post("/status/withdraw/", "/status/", {"sure": "on"})
            if status == 200:
                self.withdrawn.append(code)


def assert_kept(desk: RunningDesk, crowd: Crowd) -> None:
    pages = {code: Person(desk.base).open(code) for code in crowd.codes}
    assert all(text in pages[code] for code, text in crowd.messages)
    assert all("You took your report back" in pages[code] for code in crowd.withdrawn)


def test_what_was_acknowledged_outlives_kill_9_under_load(desk: RunningDesk) -> None:
    random = Random(7)
    acknowledged = 0
    for _ in range(ROUNDS):
        with Crowd(desk.base) as crowd:
            # However slow the machine is: something was acknowledged before the desk is killed.
            end = monotonic() + 30
            while not crowd.codes and monotonic() < end:
                sleep(0.05)
            sleep(random.uniform(0.0, 2.0))
            desk.kill()
        desk.start()
        assert_kept(desk, crowd)
        acknowledged += len(crowd.codes)
    assert acknowledged >= ROUNDS
    assert desk.verify().returncode == 0


def test_each_step_of_a_case_outlives_kill_9(desk: RunningDesk) -> None:
    photo, invitation = jpeg(Image.fromarray(data.chelsea())), desk.invitation()

    def after_a_kill() -> RunningDesk:
        desk.kill()
        desk.start()
        return desk

    person = Person(desk.base)
    person.report(signals=json.dumps([{"signals": desk.check(photo)["signals"]}]))
    assert after_a_kill().check(photo, "post-1")["verdict"] == "review"

    reviewer = Person(desk.base)
    reviewer.post(invitation, invitation, {"name": "Rosa", "email": "rosa@desk.example", "password": PASSWORD})
    case_page = after_a_kill() and first_case(reviewer)
    said = {"ground": "intimate_without_consent", "basis": "own_copy", "reasons": "Seen.", "confirmed": "yes",
            "covers": picture_of(reviewer.get(case_page))}  # fmt: skip
    status, _ = reviewer.post(f"{case_page}/decide", case_page, said)
    assert status == 200
    assert after_a_kill().check(photo)["verdict"] == "block"

    decision = desk.api("decisions")[1]["decisions"][0]
    status, _ = desk.api("actions", {"decision": decision["id"], "measure": "removed"})
    assert status == 201
    assert after_a_kill().api(f"decisions/{decision['id']}")[1]["copies"][0]["acted"]

    status, _ = person.post("/status/withdraw/", "/status/", {"sure": "on"})
    assert status == 200
    assert after_a_kill().check(photo)["verdict"] == "allow"
    assert desk.verify().returncode == 0


def first_case(reviewer: Person) -> str:
    found = re.search(r'href="(/console/cases/[^"]+)"', reviewer.get("/console/"))
    assert found
    return found[1]


def picture_of(page: str) -> str:
    found = re.search(r'name="covers" value="([^"]+)"', page)
    assert found
    return found[1]

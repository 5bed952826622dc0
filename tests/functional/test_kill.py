"""Kill -9 at any step: what was acknowledged is there after the next start, and the log verifies."""

import json
import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic, sleep
from uuid import UUID

import pytest
from PIL import Image
from skimage import data
from tests.functional.crowd import GONE, Acknowledged, Crowd
from tests.functional.running_desk import Person, RunningDesk, children
from tests.functional.test_story import PASSWORD, jpeg
from tests.smtp_server import Mailbox, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kill")]

ROUNDS = int(os.environ.get("ARGINE_KILLS", "2"))
WHOLE_DESK = 4
"""Every so many rounds all processes are killed at once, otherwise one of them."""


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    # Each sender is throttled by address, and here one machine stands for many people.
    running = RunningDesk(tmp_path_factory.mktemp("desk") / "data", {"ARGINE_TRUST_PROXY": "yes"})
    running.start()
    yield running
    running.stop()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving(Mailbox()) as box:
        yield box


@pytest.fixture
def desk_with_mail(tmp_path: Path, mailbox: Mailbox) -> Iterator[RunningDesk]:
    settings = {
        "ARGINE_TRUST_PROXY": "yes", "ARGINE_MAIL_FROM": "desk@desk.example", "ARGINE_SMTP_HOST": "127.0.0.1",
        "ARGINE_SMTP_PORT": str(mailbox.port), "ARGINE_SMTP_SECURITY": "none",
    }  # fmt: skip
    running = RunningDesk(tmp_path / "data", settings)
    running.start()
    yield running
    running.end()


def joined(desk: RunningDesk) -> Person:
    """Somebody who accepted the first invitation."""
    person, invitation = Person(desk.base), desk.invitation()
    person.post(invitation, invitation, {"name": "Rosa", "email": "rosa@desk.example", "password": PASSWORD})
    return person


def kill_one(desk: RunningDesk, random: Random) -> None:
    """Kill -9 any one of the desk's processes; those that go with it are started again, or the desk is."""
    assert desk.process is not None
    chosen = random.choice([desk.process.pid, *children(desk.process.pid)])
    with suppress(ProcessLookupError):
        os.kill(chosen, signal.SIGKILL)
    if chosen == desk.process.pid:
        desk.kill()
        end = monotonic() + 60
        while is_up(desk):  # its children notice by themselves that it is gone
            assert monotonic() < end, "its children did not end"
        desk.start()
    wait_until_it_is_up(desk)


def wait_until_it_is_up(desk: RunningDesk) -> None:
    """For a second: what ends with a killed process may answer for a moment yet."""
    end, since = monotonic() + 60, None
    while since is None or monotonic() - since < 1:
        assert monotonic() < end, "the desk did not come back"
        since = (since or monotonic()) if is_up(desk) else None
        sleep(0.1)


def is_up(desk: RunningDesk) -> bool:
    with suppress(*GONE):
        return Person(desk.base).get("/health/live") != ""
    return False


def assert_kept(desk: RunningDesk, told: Acknowledged) -> None:
    pages = {name: Person(desk.base).open(code) for name, code in told.codes.items()}
    assert all(text in pages[name] for name, text in told.messages)
    assert all("You took your report back" in pages[name] for name in told.withdrawn)
    acted = desk.sql("SELECT DISTINCT decision_id FROM cases_action")
    assert {str(UUID(str(found))) for (found,) in acted} >= told.acted
    # No case without its clocks, and none that ended without a reason in the case.
    assert desk.sql("SELECT COUNT(*) FROM cases_case WHERE id NOT IN (SELECT case_id FROM clocks_clock)") == [(0,)]
    assert told.wrong == []


def assert_no_letter_came_twice(mailbox: Mailbox) -> None:
    letters = Counter(letter["Message-ID"] for letter in mailbox.taken)
    assert not [name for name, times in letters.items() if times > 1]
    arrived = Counter(
        (to, letter["Subject"], letter.get_content()) for to, letter in zip(mailbox.to, mailbox.taken, strict=True)
    )
    assert not [letter for letter, times in arrived.items() if times > 1]


def test_what_was_acknowledged_outlives_kill_9_at_any_moment_of_a_mixed_load(
    desk_with_mail: RunningDesk, mailbox: Mailbox
) -> None:
    desk, reviewer = desk_with_mail, joined(desk_with_mail)
    random, told = Random(7), Acknowledged()
    for number in range(ROUNDS):
        before = len(told.codes)
        with Crowd(desk, reviewer, told, number):
            # However slow the machine is: something was acknowledged before the kill, and something decided.
            end = monotonic() + 30
            while (len(told.codes) == before or not told.decided) and monotonic() < end:
                sleep(0.05)
            sleep(random.uniform(0.0, 1.5))
            if number % WHOLE_DESK == 0:
                desk.kill()
            else:
                kill_one(desk, random)
        if number % WHOLE_DESK == 0:
            desk.start()
    assert_kept(desk, told)
    assert len(told.codes) >= ROUNDS
    assert told.decided
    assert_no_letter_came_twice(mailbox)
    desk.stop()
    assert desk.verify().returncode == 0
    print(  # noqa: T201 - seen with `-s`, for docs/reference/assurance.md
        f"{ROUNDS} kills: {len(told.codes)} reports, {len(told.messages)} messages, {len(told.withdrawn)} withdrawals, "
        f"{len(told.decided)} decisions, {len(told.acted)} actions, {told.checks} checks, {len(mailbox.taken)} letters"
    )


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

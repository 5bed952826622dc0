"""One picture's whole way, with nothing mocked: the person's browser, the console, the platform's software, the log.

`ARGINE_STORY_PICTURES=DIR` tells the story with photographs of that folder instead of those that scikit-image brings.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from time import monotonic

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from skimage import data
from tests.functional.conftest import Desk, open_desk
from tests.functional.running_desk import Person, RunningDesk

from argine.desk.demo.pictures import draw

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("story")]

PASSWORD = "a long enough phrase"
REPORTED = 5
OTHERS = 20
NAMES = ("astronaut", "chelsea", "coffee", "rocket", "retina", "hubble_deep_field", "immunohistochemistry")


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    file = BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=quality)
    return file.getvalue()


def photographs() -> list[bytes]:
    """Those to report first, then the others."""
    folder = os.environ.get("ARGINE_STORY_PICTURES")
    if folder:
        paths = sorted(Path(folder).glob("*.jp*g"))
        step = max(1, len(paths) // (REPORTED + OTHERS))
        return [path.read_bytes() for path in paths[::step][: REPORTED + OTHERS]]
    known = [jpeg(Image.fromarray(getattr(data, name)())) for name in NAMES]
    return known + [draw(seed) for seed in range(100, 100 + REPORTED + OTHERS - len(known))]


def reworked(picture: bytes) -> bytes:
    """Half the size, compressed again."""
    image = Image.open(BytesIO(picture))
    return jpeg(image.resize((image.width // 2, image.height // 2)), quality=70)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    # A change has to count in every process: there are two.
    desk = RunningDesk(tmp_path_factory.mktemp("desk") / "data", workers=2)
    desk.start()
    yield desk
    assert desk.stop() == 0


def visit(chromium: Browser, running: RunningDesk) -> Desk:
    return open_desk(chromium, running.base)


def assert_no_request_carries(desk: Desk, pictures: list[Path]) -> None:
    """The browser's own list of what it sent holds no piece of any picture, nor any file name."""
    bodies = [body for request in desk.requests if (body := request.post_data_buffer)]
    assert bodies, "the report itself was sent"
    for path in pictures:
        content = path.read_bytes()
        pieces = [content[start : start + 24] for start in range(0, len(content) - 24, 997)]
        assert not any(piece in body for body in bodies for piece in pieces)
        assert not any(path.stem.encode() in body for body in bodies)


def report(desk: Desk, pictures: list[Path]) -> str:
    """Report the pictures through the pages; return the case code."""
    page = desk.page
    desk.go("/report/?have=picture")
    page.check("[name=under_18][value=no]")
    page.get_by_role("button", name="Continue").first.click()
    page.set_input_files("#choose", [str(path) for path in pictures])
    for number in range(len(pictures)):
        expect(page.locator(".file__state").nth(number)).to_contain_text("Ready", timeout=30_000)
    steps = page.locator(".step:not([hidden]) button[type=submit]")
    steps.click()
    page.locator("[name=capacity]").first.check()
    page.locator("[name=nature]").first.check()
    page.check("[name=no_consent]")
    steps.click()
    page.fill("#id_contact", "someone@example.org")
    steps.click()
    page.check("[name=good_faith]")
    page.fill("#id_signature", "A. Person")
    steps.click()
    return page.locator("#case-code").inner_text()


def join(desk: Desk, link: str) -> None:
    """Make the first staff account by the one-time link that `argine up` printed."""
    desk.go(link)
    desk.page.fill("#id_name", "Rosa")
    desk.page.fill("#id_email", "rosa@desk.example")
    desk.page.fill("#id_password", PASSWORD)
    desk.page.get_by_role("button", name="Make my account").click()
    expect(desk.page.get_by_role("heading", name="Your account")).to_be_visible()


def decide_removal(desk: Desk) -> float:
    """Open the first case of the queue and decide to remove; return the moment the decision was acknowledged."""
    page = desk.page
    desk.go("/console/")
    page.locator("[data-row] a").first.click()
    expect(page.get_by_text("post-0").first).to_be_visible()
    page.check("#ground-intimate_without_consent")
    page.check("#basis-own_copy")
    page.fill("#id_reasons", "We looked at the copy on the platform. It is what you described.")
    page.get_by_role("button", name="Decide").click()
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name="Yes, remove").click()
    return monotonic()


def carry_out(running: RunningDesk) -> None:
    """The platform reads the decision, removes, says so, and takes the statement of reasons."""
    status, feed = running.api("decisions")
    decision = feed["decisions"][0]
    assert (status, decision["outcome"], len(decision["copies"])) == (200, "remove", REPORTED)
    status, acted = running.api("actions", {"decision": decision["id"], "measure": "removed"})
    assert (status, acted["case_state"]) == (201, "removed")
    assert {clock["state"] for clock in acted["clocks"]} == {"met"}
    status, statement = running.api(f"decisions/{decision['id']}/statement")
    assert (status, statement["ground"]) == (200, "DECISION_GROUND_ILLEGAL_CONTENT")


def read_outcome(person: Desk) -> None:
    person.go("/status/")
    expect(person.page.locator("main")).to_contain_text("Removed")
    expect(person.page.locator("main")).to_contain_text("Answered in time")
    person.go("/receipt/")
    expect(person.page.locator("main")).to_contain_text("A. Person")


def open_by_code(desk: Desk, code: str) -> None:
    desk.go("/status/")
    desk.page.fill("#id_code", code.replace("-", " ").upper())
    desk.page.locator("main button[type=submit]").click()
    expect(desk.page.locator("main")).to_contain_text("Removed")


def test_a_reported_picture_is_kept_out_and_everybody_is_told(
    chromium: Browser, running: RunningDesk, tmp_path: Path
) -> None:
    photos = photographs()
    files = [tmp_path / f"holiday-{number}.jpg" for number in range(REPORTED)]
    for path, photo in zip(files, photos, strict=False):
        path.write_bytes(photo)

    person = visit(chromium, running)
    code = report(person, files)
    assert_no_request_carries(person, files)

    # Reported, not yet decided: a match waits for a reviewer and blocks nothing.
    copies = [reworked(photo) for photo in photos[:REPORTED]]
    found = [running.check(copy, f"post-{number}") for number, copy in enumerate(copies)]
    assert [answer["verdict"] for answer in found] == ["review"] * REPORTED

    staff = visit(chromium, running)
    join(staff, running.invitation())
    decided = decide_removal(staff)
    assert running.check(copies[0])["verdict"] == "block"
    assert monotonic() - decided < 1  # the promise of the system, not of its speed: no rebuild, no polling
    assert [running.check(copy)["verdict"] for copy in copies] == ["block"] * REPORTED
    assert [running.check(photo)["verdict"] for photo in photos[REPORTED:]] == ["allow"] * OTHERS

    carry_out(running)
    read_outcome(person)
    other_device = visit(chromium, running)
    open_by_code(other_device, code)

    staff.go("/console/log")
    staff.page.get_by_role("button", name="Check everything now").click()
    expect(staff.page.get_by_text("All agrees")).to_be_visible()
    for desk in (person, staff, other_device):
        desk.assert_quiet()
        desk.context.close()


def test_the_log_verifies_from_the_shell_and_one_altered_row_is_found(running: RunningDesk) -> None:
    Person(running.base).report(addresses="https://example.org/a")
    assert running.verify().returncode == 0
    with altered(running, "UPDATE clocks_clock SET due_at = '2099-01-01 00:00:00'"):
        found = running.verify()
        assert found.returncode == 6
        assert "is due at another instant than the log says" in found.stdout + found.stderr
    assert running.verify().returncode == 0


@contextmanager
def altered(running: RunningDesk, statement: str) -> Iterator[None]:
    """Write behind the log's back, and put things back afterwards."""
    before = running.sql("SELECT due_at, id FROM clocks_clock")
    running.sql(statement)
    yield
    for row in before:
        running.sql("UPDATE clocks_clock SET due_at = ? WHERE id = ?", *row)


def test_a_second_start_goes_on_where_the_first_stopped(running: RunningDesk) -> None:
    photo = draw(999)
    signals = running.check(photo)["signals"]
    code = Person(running.base).report(signals=json.dumps([{"signals": signals}]))
    assert running.stop() == 0
    running.start()
    assert running.check(reworked(photo))["verdict"] == "review"
    assert "Waiting for a decision" in Person(running.base).open(code)

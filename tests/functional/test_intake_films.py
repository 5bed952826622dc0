"""A film on the report page, in a real browser: hashed on the device, with a pause, and never sent."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests import clips
from tests.functional.conftest import Desk, assert_accessible
from tests.functional.test_intake import answer_age, answer_the_rest, assert_no_request_carries, go_on, tab_to

from argine.desk.banks.live import BANKS
from argine.desk.banks.models import BankEntry, EntrySignal
from argine.desk.banks.queries import film_of
from argine.signals.films import hash_film_query
from argine.signals.hasher import hash_query

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("intake")]

READY = "Ready. Only its fingerprint will be sent."
SLOW_MS = 60_000  # a busy machine plays slowly


def made(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def choose(desk: Desk, *paths: Path) -> None:
    desk.go("/report/?have=picture")
    answer_age(desk)
    desk.page.set_input_files("#choose", list(paths))


def test_a_film_is_hashed_on_the_device_and_its_copies_are_found(desk: Desk, tmp_path: Path) -> None:
    content = clips.film(clips.frames(1, 8))
    film = made(tmp_path, "drawn by code.mp4", content)
    choose(desk, film)
    expect(desk.page.locator(".file__state")).to_have_text(READY, timeout=SLOW_MS)
    go_on(desk)
    answer_the_rest(desk)
    expect(desk.page.locator("#answers")).to_contain_text("Pictures and films on this device")
    go_on(desk)
    expect(desk.page.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    assert_no_request_carries(desk, film)

    stored = {row.type: bytes(row.value) for row in EntrySignal.objects.all()}
    assert set(stored) == {"video", "sha256", "md5"}
    assert stored["sha256"] == hashlib.sha256(content).digest()
    kept = film_of(BankEntry.objects.prefetch_related("signals").get())
    assert kept is not None
    assert (kept.width, kept.height) == (320, 240)
    assert kept.patches

    BANKS.forget()
    part = hash_film_query(clips.film(clips.frames(1, 4, 3), "libvpx-vp9", "webm"))
    (match,) = BANKS.matcher().match((), video=part.video)
    assert match.found.times is not None
    assert match.found.times.segments[0].entry_from == pytest.approx(3, abs=1)
    cropped = clips.film(one[24:216, 32:288] for one in clips.frames(1, 4, 3))
    assert BANKS.matcher().match((), video=hash_film_query(cropped).video), "patches of the browser find a crop"


def test_a_film_can_be_paused_and_goes_on_and_is_reached_by_keyboard(desk: Desk, tmp_path: Path) -> None:
    choose(desk, made(tmp_path, "long.mp4", clips.film(clips.frames(1, 40))))
    pause = desk.page.get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    tab_to(desk.page, ".file__pause")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".file__state")).to_have_text(re.compile("Paused"))
    assert_accessible(desk.page, "a paused film")
    before = stood_still(desk)
    assert before < 1
    desk.page.get_by_role("button", name="Go on").click()
    expect(desk.page.locator(".file__state")).to_have_text(READY, timeout=2 * SLOW_MS)


def stood_still(desk: Desk) -> float:
    """The part done, once it is the same twice."""
    seen = -1.0
    for _ in range(50):
        now = float(desk.page.locator(".file progress").evaluate("bar => bar.value"))
        if now == seen:
            return now
        seen = now
        desk.page.wait_for_timeout(400)
    raise AssertionError("it does not stop")


def test_a_paused_film_does_not_keep_a_picture_waiting(desk: Desk, tmp_path: Path, picture: Path) -> None:
    choose(desk, made(tmp_path, "long.mp4", clips.film(clips.frames(1, 40))))
    desk.page.get_by_role("button", name="Pause").click()
    desk.page.set_input_files("#choose", picture)
    expect(desk.page.locator(".file__state").last).to_have_text(READY)
    desk.page.get_by_role("button", name="Remove: long.mp4").click()
    expect(desk.page.locator(".file")).to_have_count(1)


@pytest.mark.parametrize(("name", "codec", "wrapping"), [("phone.mov", "libx265", "mp4"), ("old.avi", "mpeg4", "avi")])
def test_what_the_browser_cannot_play_is_said_with_what_to_do(
    desk: Desk, tmp_path: Path, name: str, codec: str, wrapping: str
) -> None:
    content = clips.film(clips.frames(1, 2), codec, wrapping)
    choose(desk, made(tmp_path, name, content))
    state = desk.page.locator(".file__state")
    expect(state).to_contain_text("Your browser cannot play this film", timeout=SLOW_MS)
    expect(state).to_contain_text("H.264")
    assert_accessible(desk.page, "a film that cannot be played")
    desk.page.get_by_role("link", name="Give the address instead").click()
    assert desk.page.evaluate("document.activeElement.id") == "id_addresses"
    go_on(desk)
    answer_the_rest(desk)
    go_on(desk)
    expect(desk.page.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    stored = {row.type: bytes(row.value) for row in EntrySignal.objects.all()}
    assert stored == {"sha256": hashlib.sha256(content).digest(), "md5": hashlib.md5(content).digest()}


def test_a_still_of_a_reported_film_is_found(desk: Desk, tmp_path: Path) -> None:
    choose(desk, made(tmp_path, "a.mp4", clips.film(clips.frames(1, 8))))
    expect(desk.page.locator(".file__state")).to_have_text(READY, timeout=SLOW_MS)
    go_on(desk)
    answer_the_rest(desk)
    go_on(desk)
    expect(desk.page.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    still = made(tmp_path, "still.png", b"")
    clips.Image.fromarray(clips.frame(1, 4.5)).save(still)
    asked = hash_query(still.read_bytes())
    BANKS.forget()
    assert [match.signal_type for match in BANKS.matcher().match(asked.signals, views=asked.views)] == ["video"]


@pytest.mark.parametrize("path", ["/", "/status/", "/console/login/", "/safety/"])
def test_no_other_page_may_play_anything(desk: Desk, path: str) -> None:
    assert "media-src" not in policy(desk, path)


def test_the_report_page_may_play_what_was_chosen_and_nothing_else(desk: Desk) -> None:
    assert "media-src blob:;" in policy(desk, "/report/") + ";"


def policy(desk: Desk, path: str) -> str:
    answer = desk.page.goto(desk.base + path)
    assert answer is not None
    return answer.headers["content-security-policy"]

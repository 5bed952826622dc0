"""Marking the altered part of a picture in a real browser: by pointer, keys and numbers; the picture stays there."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.factories import PASSWORD, make_case, make_sighting, make_staff
from tests.forgery import FORGED_PART, copy_signals, forged_signals, forgery
from tests.functional.conftest import Desk, assert_accessible, open_desk
from tests.functional.test_intake import answer_age, answer_the_rest, go_on, press, tab_to

from argine.desk.banks.models import BankEntry, RegionChange
from argine.desk.banks.operations import create_default_banks
from argine.desk.people.enums import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("marking")]

READY = "Ready. Only its fingerprint will be sent."
CANVAS = "document.querySelector('[data-region-preview]')"


@pytest.fixture(scope="session")
def forged_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("forged") / "private name.png"
    forgery().save(path)
    return path


@pytest.fixture
def desk(chromium: Browser, live_server: LiveServer) -> Iterator[Desk]:
    create_default_banks()
    desk = open_desk(chromium, live_server.url, viewport={"width": 320, "height": 800})
    yield desk
    desk.assert_quiet()
    desk.context.close()


def choose(desk: Desk, path: Path) -> None:
    desk.go("/report/?have=picture")
    answer_age(desk)
    desk.page.set_input_files("#choose", path)
    expect(desk.page.locator(".file__state")).to_have_text(READY)


def open_editor(desk: Desk, path: Path) -> Locator:
    choose(desk, path)
    tab_to(desk.page, ".file__mark")
    press(desk.page, "Enter")
    expect(desk.page.locator(".region")).to_be_focused()
    expect(desk.page.locator("[data-region-clearer]")).to_be_visible()  # the preview is drawn
    return desk.page.locator("[data-region-live]")


def marked(page: Page) -> list[int] | None:
    """What would be sent of the part."""
    (picture,) = json.loads(page.input_value("#id_signals"))
    found: list[int] | None = picture.get("region")
    return found


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    box = page.locator("[data-region-frame]").bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def test_nothing_is_marked_until_the_person_marks_and_a_report_without_is_as_before(
    desk: Desk, forged_file: Path
) -> None:
    live = open_editor(desk, forged_file)
    assert marked(desk.page) is None
    expect(desk.page.locator("[data-region-box]")).to_be_hidden()
    tab_to(desk.page, "[data-region-frame]")
    press(desk.page, "Enter")
    expect(live).to_have_text(
        "Marked: 30 percent from the left, 30 percent from the top, 40 percent wide, 40 percent high."
    )
    press(desk.page, "Delete")
    expect(live).to_have_text("No part is marked.")
    assert marked(desk.page) is None


def test_the_keys_move_size_undo_and_clear(desk: Desk, forged_file: Path) -> None:
    open_editor(desk, forged_file)
    tab_to(desk.page, "[data-region-frame]")
    press(desk.page, "Space", "ArrowLeft", "ArrowUp", "ArrowUp")
    assert marked(desk.page) == [2900, 2800, 6900, 6800]
    press(desk.page, "Shift+ArrowRight", "Shift+ArrowUp")
    assert marked(desk.page) == [2900, 2800, 7000, 6700]
    tab_to(desk.page, "[data-region-undo]")
    press(desk.page, "Enter", "Enter", "Enter")
    assert marked(desk.page) == [2900, 2900, 6900, 6900]
    tab_to(desk.page, "[data-region-clear]")
    press(desk.page, "Enter")
    assert marked(desk.page) is None
    expect(desk.page.locator("[data-region-frame]")).to_be_focused()
    # Shift with an arrow is no wish to leave the page.
    assert "/report/" in desk.page.url


def test_a_pointer_draws_a_part_and_moves_it(desk: Desk, forged_file: Path) -> None:
    open_editor(desk, forged_file)
    desk.page.locator("[data-region-frame]").scroll_into_view_if_needed()
    drag(desk.page, (0.7, 0.8), (0.3, 0.2))
    drawn = marked(desk.page)
    assert drawn is not None
    assert all(abs(side - wanted) < 150 for side, wanted in zip(drawn, (3000, 2000, 7000, 8000), strict=True))
    drag(desk.page, (0.5, 0.5), (0.95, 0.5))
    moved = marked(desk.page)
    assert moved is not None
    assert moved[2] == 10_000  # it stays within the picture
    assert moved[2] - moved[0] == drawn[2] - drawn[0]
    drag(desk.page, (0.1, 0.1), (0.105, 0.105))
    expect(desk.page.locator("[data-region-live]")).to_have_text("That is too small. Mark a larger part.")
    assert marked(desk.page) == moved


@pytest.mark.parametrize(
    ("numbers", "expected", "words"),
    [
        (("10", "20", "30", "40.5"), [1000, 2000, 4000, 6050], "Marked: 10 percent"),
        (("0", "0", "100", "100"), None, "nearly the whole picture"),
        (("50", "50", "60", "10"), None, "nearly the whole picture"),
        (("50", "50", "1", "10"), None, "too small"),
        (("50", "", "10", "10"), None, ""),
    ],
)
def test_four_numbers_do_the_same(
    desk: Desk, forged_file: Path, numbers: tuple[str, ...], expected: list[int] | None, words: str
) -> None:
    live = open_editor(desk, forged_file)
    for field, number in zip(desk.page.locator("[data-region-side]").all(), numbers, strict=True):
        field.fill(number)
    press(desk.page, "Tab")
    assert marked(desk.page) == expected
    if words:
        expect(live).to_contain_text(words)


def test_a_whole_report_sends_four_numbers_and_nothing_of_the_picture(desk: Desk, forged_file: Path) -> None:
    open_editor(desk, forged_file)
    assert desk.page.evaluate(f"{CANVAS}.width > 100")
    desk.page.locator("[data-region-clearer]").click()
    for field, number in zip(desk.page.locator("[data-region-side]").all(), ("33.33", "25", "30", "45"), strict=True):
        field.fill(number)
    go_on(desk)
    answer_the_rest(desk)
    expect(desk.page.locator("#answers")).to_contain_text("Of these, with the altered part marked")
    go_on(desk)
    expect(desk.page.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    entry = BankEntry.objects.get()
    assert entry.region == [3333, 2500, 6333, 7000]
    assert bytes(entry.signals.get(type="sha256").value) == hashlib.sha256(forged_file.read_bytes()).digest()
    assert_nothing_of_the_picture_was_sent(desk, forged_file)
    desk.go("/status/")
    expect(desk.page.get_by_role("img", name="The altered part: 33.33 percent from the left")).to_be_visible()


def assert_nothing_of_the_picture_was_sent(desk: Desk, path: Path) -> None:
    """No request carries bytes of the file or of a drawing, its name, or is for a blob of it."""
    data = path.read_bytes()
    pieces = [data[start : start + 16] for start in range(64, len(data) - 16, 4999)]
    for request in desk.requests:
        body = request.post_data_buffer or b""
        assert not request.url.startswith(("blob:", "data:"))
        assert "multipart" not in request.headers.get("content-type", "")
        assert len(body) < 30_000
        assert not any(piece in body for piece in pieces)
        assert not any(word in body for word in (b"private", b"PNG", b"JFIF", b"data:image", b"base64,"))


def test_closing_takes_the_preview_away_and_keeps_the_part(desk: Desk, forged_file: Path) -> None:
    open_editor(desk, forged_file)
    desk.page.evaluate(f"window.kept = {CANVAS}")
    tab_to(desk.page, "[data-region-frame]")
    press(desk.page, "Enter")
    tab_to(desk.page, "[data-region-close]")
    press(desk.page, "Enter")
    expect(desk.page.locator(".file__mark")).to_be_focused()
    assert desk.page.evaluate("[window.kept.width, window.kept.isConnected]") == [0, False]
    assert desk.page.locator(".region").count() == 0
    expect(desk.page.locator(".file__marked")).to_have_text("Altered part marked: 40 by 40 percent")
    assert marked(desk.page) == [3000, 3000, 7000, 7000]


def test_the_preview_is_blurred_until_the_person_wants_more(desk: Desk, forged_file: Path) -> None:
    open_editor(desk, forged_file)
    roughness = f"""(() => {{
        const {{ width, height }} = {CANVAS};
        const {{ data }} = {CANVAS}.getContext("2d").getImageData(0, 0, width, height);
        let sum = 0;
        for (let at = 4; at < data.length; at += 4) sum += Math.abs(data[at] - data[at - 4]);
        return sum / (width * height);
    }})()"""
    blurred = desk.page.evaluate(roughness)
    button = desk.page.locator("[data-region-clearer]")
    button.click()
    assert desk.page.evaluate(roughness) > 2 * blurred
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    assert desk.page.evaluate(roughness) == pytest.approx(blurred)


def test_a_refused_form_comes_back_with_the_part_and_an_empty_frame(desk: Desk, forged_file: Path) -> None:
    open_editor(desk, forged_file)
    tab_to(desk.page, "[data-region-frame]")
    press(desk.page, "Enter")
    desk.page.fill("#id_addresses", "ftp://example.org/a")
    go_on(desk)
    answer_the_rest(desk)
    go_on(desk)
    expect(desk.page.locator("#faults")).to_contain_text("must be a web address")
    expect(desk.page.locator(".file__marked")).to_have_text("Altered part marked: 40 by 40 percent")
    desk.page.locator(".file__mark").click()
    expect(desk.page.locator("[data-region-box]")).to_be_visible()
    expect(desk.page.locator("[data-region-clearer]")).to_be_hidden()
    assert marked(desk.page) == [3000, 3000, 7000, 7000]


@pytest.mark.slow
@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_editor_passes_axe_and_shows_its_box_in_forced_colours(
    chromium: Browser, live_server: LiveServer, forged_file: Path, width: int, forced: str
) -> None:
    create_default_banks()
    desk = open_desk(
        chromium, live_server.url, viewport={"width": width, "height": 800}, bypass_csp=True, forced_colors=forced,
        reduced_motion="reduce",
    )  # fmt: skip
    open_editor(desk, forged_file)
    tab_to(desk.page, "[data-region-frame]")
    press(desk.page, "Enter")
    assert_accessible(desk.page, f"editor at {width}")
    border = desk.page.evaluate("getComputedStyle(document.querySelector('[data-region-box]')).borderTopWidth")
    assert border == "3px"
    desk.context.close()


def log_in_and_open(desk: Desk, path: str) -> None:
    person = make_staff(Role.REVIEWER)
    desk.go("/console/login/")
    desk.page.fill("[name=login]", person.email)
    desk.page.fill("[name=password]", PASSWORD)
    desk.page.get_by_role("button", name="Log in", exact=True).click()
    desk.go(path)


def test_a_reviewer_marks_with_the_keys_and_takes_it_back(desk: Desk) -> None:
    case = make_case(pictures=[forged_signals()]).case
    log_in_and_open(desk, f"/console/cases/{case.pk}")
    desk.page.locator("summary", has_text="Only a part of this picture was altered").click()
    desk.page.locator("[data-region-frame]").focus()
    press(desk.page, "Enter", "ArrowDown", "Shift+ArrowLeft")
    desk.page.get_by_label("Why").fill("The face is put on.")
    desk.page.get_by_role("button", name="Mark this part").click()
    expect(desk.page.get_by_role("img", name="The altered part: 30.0 percent from the left")).to_be_visible()
    assert BankEntry.objects.get().region == [3000, 3100, 6900, 7100]
    desk.page.locator("summary", has_text="Mark another part, or none").click()
    expect(desk.page.locator(".rows", has_text="The face is put on.")).to_be_visible()
    desk.page.get_by_label("Why").fill("It is all made.")
    desk.page.get_by_role("button", name="Mark no part").click()
    expect(desk.page.locator("svg.mark")).to_have_count(0)
    assert (BankEntry.objects.get().region, RegionChange.objects.count()) == (None, 2)


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1280])
def test_the_console_s_form_passes_axe(chromium: Browser, live_server: LiveServer, width: int) -> None:
    create_default_banks()
    case = make_case(pictures=[forged_signals()], regions={0: FORGED_PART}).case
    make_sighting(copy_signals())
    desk = open_desk(chromium, live_server.url, viewport={"width": width, "height": 800}, bypass_csp=True)
    log_in_and_open(desk, f"/console/cases/{case.pk}")
    desk.page.locator("summary", has_text="Mark another part, or none").click()
    desk.page.get_by_role("button", name="Mark this part").click()
    expect(desk.page.locator(".region .field__error")).to_have_text("Say why: it stays on record.")
    assert_accessible(desk.page, f"case at {width}")
    desk.context.close()

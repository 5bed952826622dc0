"""The public pages in a real browser: by keyboard, without JavaScript, in both languages, with nothing leaking."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer
from tests.functional.conftest import Desk, assert_accessible, open_desk

from argine.desk.banks.models import EntrySignal
from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.models import Case, Notice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("intake")]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str) -> None:
    """Walk by keyboard until the control has the focus."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def go_on(desk: Desk) -> None:
    tab_to(desk.page, ".step:not([hidden]) button[type=submit]")
    press(desk.page, "Enter")


def tick(desk: Desk, selector: str) -> None:
    tab_to(desk.page, selector)
    press(desk.page, "Space")


def write(desk: Desk, selector: str, text: str) -> None:
    tab_to(desk.page, selector)
    desk.page.keyboard.type(text)


def answer_age(desk: Desk) -> None:
    tick(desk, "[name=under_18]")
    go_on(desk)
    expect(desk.page.get_by_role("heading", name="The picture", level=1)).to_be_visible()


def answer_the_rest(desk: Desk) -> None:
    tick(desk, "[name=capacity]")
    tick(desk, "[name=nature]")
    tick(desk, "[name=no_consent]")
    go_on(desk)
    write(desk, "#id_contact", "someone@example.org")
    go_on(desk)
    tick(desk, "[name=good_faith]")
    write(desk, "#id_signature", "A. Person")


def test_a_whole_report_by_keyboard_sends_signals_and_never_the_picture(desk: Desk, picture: Path) -> None:
    desk.go("/report/?have=picture")
    answer_age(desk)
    tab_to(desk.page, "#choose")
    desk.page.set_input_files("#choose", picture)
    expect(desk.page.locator(".file__state")).to_have_text("Ready. Only its fingerprint will be sent.")
    go_on(desk)
    answer_the_rest(desk)
    expect(desk.page.locator("#answers")).to_contain_text("I am the person shown")
    go_on(desk)

    expect(desk.page.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    assert len(desk.page.locator("#case-code").inner_text().split("-")) == 7
    stored = {row.type: bytes(row.value) for row in EntrySignal.objects.all()}
    assert stored["sha256"] == hashlib.sha256(picture.read_bytes()).digest()
    assert len(stored["pdq"]) == 32
    assert_no_request_carries(desk, picture)


def assert_no_request_carries(desk: Desk, picture: Path) -> None:
    data = picture.read_bytes()
    pieces = [data[start : start + 24] for start in range(0, len(data) - 24, 997)]
    bodies = [request.post_data_buffer or b"" for request in desk.requests]
    assert any(bodies), "the report itself was sent"
    assert not any(piece in body for body in bodies for piece in pieces)
    assert not any(picture.stem.encode() in body or b"drawn" in body for body in bodies)


def test_a_report_by_address_alone_needs_no_picture(desk: Desk) -> None:
    desk.go("/report/?have=address")
    answer_age(desk)
    write(desk, "#id_addresses", "example.org/a")
    go_on(desk)
    answer_the_rest(desk)
    go_on(desk)
    expect(desk.page.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    assert Notice.objects.get().addresses.get().url == "https://example.org/a"


def test_a_step_with_something_missing_says_so_and_takes_the_focus_there(desk: Desk) -> None:
    desk.go("/report/")
    go_on(desk)
    expect(desk.page.locator("#faults")).to_be_focused()
    desk.page.get_by_role("link", name="Say whether the person shown was under 18.").click()
    assert desk.page.evaluate("document.activeElement.name") == "under_18"
    assert desk.heading() == "First, one question about age"


def test_a_file_that_is_no_picture_is_refused_on_the_device(desk: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "letter.txt"
    bad.write_text("not a picture")
    desk.go("/report/")
    answer_age(desk)
    desk.page.set_input_files("#choose", bad)
    expect(desk.page.locator(".file--bad")).to_contain_text("cannot open this file as a picture")
    go_on(desk)
    expect(desk.page.locator("#faults")).to_contain_text("Choose a picture, or say where it is.")
    desk.page.get_by_role("button", name="Remove: letter.txt").click()
    expect(desk.page.locator(".file")).to_have_count(0)


def test_dropping_a_picture_works_like_choosing_it(desk: Desk, picture: Path) -> None:
    desk.go("/report/")
    answer_age(desk)
    transfer = desk.page.evaluate_handle(
        """bytes => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
            return transfer;
        }""",
        list(picture.read_bytes()),
    )
    desk.page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    expect(desk.page.locator(".file__state")).to_have_text("Ready. Only its fingerprint will be sent.")


def test_under_18_leads_away_and_sends_nothing(desk: Desk) -> None:
    desk.go("/report/")
    tick(desk, "[name=under_18][value=no]")
    press(desk.page, "ArrowDown")
    go_on(desk)
    expect(desk.page.get_by_role("heading", name="There is help made for this")).to_be_visible()
    assert not [request for request in desk.requests if request.method == "POST"]
    assert Case.objects.count() == 0


def test_a_refused_form_comes_back_with_its_answers_and_its_pictures(desk: Desk, picture: Path) -> None:
    desk.go("/report/")
    answer_age(desk)
    desk.page.set_input_files("#choose", picture)
    expect(desk.page.locator(".file__state")).to_have_text("Ready. Only its fingerprint will be sent.")
    write(desk, "#id_addresses", "ftp://example.org/a")
    go_on(desk)
    answer_the_rest(desk)
    go_on(desk)
    expect(desk.page.locator("#faults")).to_contain_text("must be a web address")
    expect(desk.page.get_by_role("heading", name="The picture", level=1)).to_be_visible()
    expect(desk.page.locator(".file__state")).to_have_text("Ready. Only its fingerprint will be sent.")
    assert desk.page.input_value("#id_signature") == "A. Person"


def test_the_back_button_goes_one_step_back_and_keeps_the_answers(desk: Desk) -> None:
    desk.go("/report/")
    answer_age(desk)
    write(desk, "#id_where_hint", "the group of my street")
    desk.page.go_back()
    assert desk.heading() == "First, one question about age"
    desk.page.go_forward()
    assert desk.heading() == "The picture"
    assert desk.page.input_value("#id_where_hint") == "the group of my street"


@pytest.fixture
def exit_page(desk: Desk) -> Desk:
    """Stands in for the neutral page: no test leaves this machine."""

    def answer(route: Route) -> None:
        route.fulfill(body="weather", content_type="text/html")

    desk.context.route("**/leave/", answer)
    return desk


@pytest.mark.parametrize("way", ["button", "shift"])
def test_the_way_out_replaces_the_page_in_the_history(exit_page: Desk, way: str) -> None:
    page = exit_page.page
    exit_page.go("/")
    exit_page.go("/safety/")
    page.evaluate("sessionStorage.setItem('kept', '1')")
    if way == "button":
        page.locator("[data-exit]").click()
    else:
        press(page, "Shift", "Shift", "Shift")
    expect(page.get_by_text("weather")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    page.go_back()
    assert page.url == f"{exit_page.base}/"


def test_a_capital_letter_is_no_sign_of_wanting_to_leave(exit_page: Desk) -> None:
    exit_page.go("/status/")
    exit_page.page.locator("#id_code").focus()
    for letter in "ABCD":
        exit_page.page.keyboard.press(f"Shift+{letter}")
    assert exit_page.page.input_value("#id_code") == "ABCD"


def test_without_javascript_the_whole_form_stands_there_and_can_be_sent(
    chromium: Browser, live_server: LiveServer
) -> None:
    create_default_banks()
    desk = open_desk(chromium, live_server.url, java_script_enabled=False)
    page = desk.page
    desk.go("/report/")
    expect(page.get_by_text("your browser needs JavaScript")).to_be_visible()
    for selector in (
        "[name=under_18][value=no]",
        "[name=capacity]",
        "[name=nature]",
        "#id_no_consent",
        "#id_good_faith",
    ):
        page.locator(selector).first.check()
    page.fill("#id_addresses", "https://example.org/a")
    page.fill("#id_signature", "A. Person")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    desk.context.close()


@pytest.mark.slow
def test_every_step_and_the_pages_of_a_case_pass_axe(chromium: Browser, live_server: LiveServer, picture: Path) -> None:
    create_default_banks()
    desk = open_desk(chromium, live_server.url, viewport={"width": 320, "height": 800}, bypass_csp=True)
    desk.go("/report/")
    go_on(desk)
    assert_accessible(desk.page, "step 1 with its fault")
    answer_age(desk)
    desk.page.set_input_files("#choose", picture)
    expect(desk.page.locator(".file__state")).to_have_text("Ready. Only its fingerprint will be sent.")
    assert_accessible(desk.page, "step 2")
    go_on(desk)
    assert_accessible(desk.page, "step 3")
    answer_the_rest(desk)
    assert_accessible(desk.page, "step 5")
    go_on(desk)
    expect(desk.page.locator("#case-code")).to_be_visible()
    assert_accessible(desk.page, "sent")
    for path in ("/status/", "/receipt/"):
        desk.go(path)
        assert_accessible(desk.page, path)
    desk.context.close()


def test_the_copy_button_says_that_it_copied_or_selects_the_code(desk: Desk) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.go("/report/?have=address")
    answer_age(desk)
    write(desk, "#id_where_hint", "here")
    go_on(desk)
    answer_the_rest(desk)
    go_on(desk)
    desk.page.get_by_role("button", name="Copy").click()
    code = desk.page.locator("#case-code").inner_text()
    expect(desk.page.get_by_role("button", name="Copied")).to_be_visible()
    assert desk.page.evaluate("navigator.clipboard.readText()") == code

"""Care for whoever reports: without JavaScript, by ear, on a small slow phone, with large letters, and later."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.functional.conftest import PATIENCE_MS, Desk, assert_fits, open_desk
from tests.functional.test_intake import answer_age, answer_the_rest, go_on, write

from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.models import Address, Case, Message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("intake")]

PATHS = ("/", "/report/", "/report/under-18/", "/status/", "/help/", "/safety/", "/privacy/", "/about/")
# All that a page asks for, before any compression: a page in four seconds on a line of 400 kbit/s.
MOST_BYTES, MOST_REQUESTS = 200_000, 30
STICKS_OUT_BEFORE = """[...document.querySelectorAll("main *")]
    .filter((part) => part.getBoundingClientRect().left < 0 && getComputedStyle(part).clipPath === "none")
    .map((part) => part.outerHTML.slice(0, 200))"""
DRAFT = "localStorage.getItem('argine-report')"


def test_without_javascript_a_whole_case_goes_by_address_and_is_followed(
    chromium: Browser, live_server: LiveServer
) -> None:
    create_default_banks()
    desk = open_desk(chromium, live_server.url, java_script_enabled=False)
    page = desk.page
    desk.go("/")
    page.get_by_role("link", name="I only have the address").click()
    expect(
        page.get_by_text("To make a fingerprint of a picture or film, your browser needs JavaScript")
    ).to_be_visible()
    expect(page.locator("#choose")).to_be_hidden()
    expect(page.get_by_text("Go on later")).to_be_hidden()
    for name, value in (("under_18", "no"), ("capacity", "representative"), ("nature", "threatened")):
        page.check(f"[name={name}][value={value}]")
    page.check("#id_no_consent")
    page.check("#id_good_faith")
    page.fill("#id_addresses", "https://example.org/a")
    page.fill("#id_signature", "A. Person")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    code = page.locator("#case-code").inner_text()
    page.get_by_role("link", name="Open my case").click()
    expect(page.get_by_role("heading", name="Waiting for a decision")).to_be_visible()
    page.fill("#id_text", "It is on the second page now.")
    page.locator("form[action='/status/message/'] button").click()
    page.fill("#more_addresses", "https://example.org/b")
    page.locator("form[action='/status/add/'] button").click()
    page.get_by_role("button", name="Close my case").click()
    desk.go("/status/")
    page.fill("#id_code", code)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator("main")).to_contain_text("https://example.org/b")
    assert {row.url for row in Address.objects.all()} == {"https://example.org/a", "https://example.org/b"}
    assert Message.objects.get().text == "It is on the second page now."
    desk.assert_quiet()
    desk.context.close()


def focused(page: Page) -> str:
    """What a screen reader says of where the focus is: the role's name and the words."""
    return str(page.evaluate("`${document.activeElement.tagName} ${document.activeElement.innerText ?? ''}`").strip())


def described(page: Page, selector: str) -> str:
    """The words that stand with a field: those that it is described by."""
    return str(
        page.locator(selector).first.evaluate(
            """part => (part.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)
                .map(id => document.getElementById(id)?.textContent ?? `missing ${id}`).join(" ")"""
        )
    )


def test_a_report_can_be_followed_by_ear(desk: Desk, picture: Path) -> None:
    page = desk.page
    desk.go("/report/?have=picture")
    expect(page.locator("[data-steps] [aria-current=step]")).to_have_text("Age")
    go_on(desk)
    # A fault: the summary is an alert, has the focus, and leads to the field, which is described by its own words.
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.name") == "under_18"
    assert described(page, "#field_under_18") == "" or "missing" not in described(page, "#field_under_18")
    answer_age(desk)
    assert focused(page) == "H1 The picture", "each step begins at its heading"
    assert described(page, "#choose").startswith("Choose it here. Your own device makes a fingerprint")
    page.set_input_files("#choose", picture)
    live = page.locator("#live")
    expect(live).to_have_text(re.compile("drawn by code.png: Ready. Only its fingerprint will be sent."))
    assert live.get_attribute("role") == "status"
    page.get_by_role("button", name="Remove: drawn by code.png").click()
    expect(live).to_have_text(re.compile("taken off the list"))
    assert page.evaluate("document.activeElement.id") == "choose", "the focus is not lost with what was removed"
    write(desk, "#id_addresses", "example.org/a")
    go_on(desk)
    assert focused(page) == "H1 What happened"
    answer_the_rest(desk)
    assert focused(page).startswith("INPUT")
    assert headings(page) == [1, 2, 2], "check and send: one first heading, and one for each part"
    go_on(desk)
    expect(page.get_by_role("status").filter(has_text="Your report has arrived")).to_be_visible()
    assert len(page.title()) > 5


def headings(page: Page) -> list[int]:
    found = page.locator("main :is(h1, h2, h3, h4):visible").evaluate_all("all => all.map(one => +one.tagName[1])")
    return [int(level) for level in found]


@pytest.mark.parametrize("path", PATHS)
def test_the_headings_of_a_page_leave_no_level_out_and_every_field_has_its_words(desk: Desk, path: str) -> None:
    desk.go(path)
    levels = headings(desk.page)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for field in desk.page.locator("main [aria-describedby]").all():
        words = field.evaluate("part => part.getAttribute('aria-describedby').split(' ').every(id => "
                               "document.getElementById(id))")  # fmt: skip
        assert words, field.evaluate("part => part.outerHTML")


def test_the_report_has_five_short_steps(desk: Desk) -> None:
    desk.go("/report/")
    steps = desk.page.locator(".step").all()
    assert len(steps) == desk.page.locator("[data-steps] li").count() <= 5
    for step in steps:
        assert step.locator("h1").count() == 1
        asked = step.locator(":is(.field, .fieldset) > :is(label, legend, .choice), #choose").count()
        assert asked <= 5, step.locator("h1").inner_text()


def test_an_unfinished_report_stays_on_the_device_if_the_person_wants_it(desk: Desk, picture: Path) -> None:
    page = desk.page
    desk.go("/report/?have=picture")
    answer_age(desk)
    page.set_input_files("#choose", picture)
    expect(page.locator(".file__state")).to_have_text("Ready. Only its fingerprint will be sent.")
    write(desk, "#id_where_hint", "the group of my street")
    assert page.evaluate(DRAFT) is None, "nothing is kept that nobody asked to keep"
    page.get_by_text("Go on later").click()
    page.get_by_role("button", name="Keep it on this device").click()
    expect(page.get_by_role("status").filter(has_text="It is kept on this device.")).to_be_visible()
    kept = page.evaluate(DRAFT)
    assert "the group of my street" in kept
    assert not any(word in kept for word in ("pdq", "sha256", "drawn by code", "csrf"))

    desk.go("/report/")
    expect(page.get_by_role("heading", name="You kept an unfinished report on this device")).to_be_visible()
    page.get_by_role("button", name="Go on with it").click()
    assert desk.heading() == "The picture"
    assert page.input_value("#id_where_hint") == "the group of my street"
    go_on(desk)
    answer_the_rest(desk)
    go_on(desk)
    expect(page.get_by_role("heading", name="Your report has arrived")).to_be_visible()
    # What was sent need not lie about; the status page's module erases it once it is loaded.
    page.wait_for_function(f"{DRAFT} === null")
    assert not [request for request in desk.requests if "the group" in request.url]
    assert Case.objects.count() == 1


@pytest.mark.parametrize("way", ["erase", "leave", "too old", "damaged"])
def test_what_was_kept_goes_when_it_is_erased_too_old_or_the_person_leaves(desk: Desk, way: str) -> None:
    page = desk.page
    desk.go("/report/")
    answer_age(desk)
    page.get_by_text("Go on later").click()
    page.get_by_role("button", name="Keep it on this device").click()
    expect(page.locator("[data-draft-said]")).to_have_text("It is kept on this device.")
    if way == "erase":
        page.reload()
        page.locator("[data-draft-found]").get_by_role("button", name="Erase it").click()
        assert page.evaluate("document.activeElement.tagName") == "H1"
    elif way == "leave":
        desk.context.route("**/leave/", lambda route: route.fulfill(body="weather", content_type="text/html"))
        page.locator("[data-exit]").click()
        expect(page.get_by_text("weather")).to_be_visible()
    elif way == "too old":
        old = f"JSON.stringify({{...JSON.parse({DRAFT}), at: Date.now() - 7 * 864e5}})"
        page.evaluate(f"localStorage.setItem('argine-report', {old})")
        page.reload()
    else:
        page.evaluate("localStorage.setItem('argine-report', '{')")
        page.reload()
    expect(page.locator("[data-draft-found]:visible")).to_have_count(0)
    assert page.evaluate(DRAFT) is None


def test_the_pages_are_light_enough_for_a_slow_phone(desk: Desk) -> None:
    found: dict[str, tuple[int, int]] = {}
    for path in PATHS:
        sizes: list[int] = []
        desk.page.on("response", note := lambda response, sizes=sizes: sizes.append(len(response.body())))
        desk.page.goto(desk.base + path, wait_until="networkidle")
        desk.page.remove_listener("response", note)
        found[path] = (sum(sizes), len(sizes))
    assert {path: what for path, what in found.items() if what > (MOST_BYTES, 0) or what[1] > MOST_REQUESTS} == {}


@pytest.mark.parametrize("path", PATHS)
def test_with_letters_twice_as_large_or_written_from_right_to_left_nothing_is_lost(desk: Desk, path: str) -> None:
    page = desk.page
    page.set_viewport_size({"width": 640, "height": 900})
    desk.go(path)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert_fits(page, f"{path} with large letters")
    page.set_viewport_size({"width": 320, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = ''; document.documentElement.dir = 'rtl'")
    assert_fits(page, f"{path} from right to left")
    assert page.evaluate(STICKS_OUT_BEFORE) == []


def test_who_wants_less_motion_gets_none_and_forced_colours_keep_every_edge(
    chromium: Browser, live_server: LiveServer
) -> None:
    create_default_banks()
    desk = open_desk(chromium, live_server.url, reduced_motion="reduce", forced_colors="active")
    page = desk.page
    for path in ("/", "/report/"):
        desk.go(path)
        slow = page.evaluate(
            """[...document.querySelectorAll("*")].map(part => getComputedStyle(part))
                .flatMap(style => [...style.transitionDuration.split(","), ...style.animationDuration.split(",")])
                .filter(time => parseFloat(time) > 0.01).length"""
        )
        assert slow == 0, path
    for selector in (".button", ".choice"):
        edge = page.locator(f"{selector}:visible").first.evaluate("part => getComputedStyle(part).borderTopStyle")
        assert edge != "none", selector
    go_on(desk)
    expect(page.locator("#faults")).to_be_focused(timeout=PATIENCE_MS)
    desk.assert_quiet()
    desk.context.close()

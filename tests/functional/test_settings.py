"""Settings, health, replies, copies and looks in a real browser, and every page of them under axe."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings as desk_settings
from PIL import Image
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.factories import PASSWORD, make_case, make_decision, make_staff, random_signals
from tests.functional.conftest import Desk, look_at, open_desk
from tests.web_server import Site, serving

from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.models import Case
from argine.desk.cases.operations import create_first_replies
from argine.desk.configuration.enums import Section
from argine.desk.configuration.live import LIVE
from argine.desk.people.enums import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("console")]

PAGES = ("settings", *(f"settings/{section}" for section in Section), "health", "replies", "replies/new", "people", "")


@pytest.fixture
def operator(chromium: Browser, live_server: LiveServer) -> Iterator[Desk]:
    create_default_banks()
    create_first_replies()
    before = desk_settings.CONFIG
    desk = open_desk(chromium, live_server.url, bypass_csp=True)
    desk.go("/console/login/")
    desk.page.fill("[name=login]", make_staff(Role.OPERATOR).email)
    desk.page.fill("[name=password]", PASSWORD)
    desk.page.get_by_role("button", name="Log in", exact=True).click()
    yield desk
    desk.assert_quiet()
    desk.context.close()
    LIVE.forget()
    desk_settings.CONFIG = before


def test_an_operator_names_the_platform_and_people_see_it_at_once(operator: Desk) -> None:
    operator.page.get_by_role("link", name="Settings").click()
    operator.page.get_by_role("link", name="Change Platform").click()
    operator.page.fill("[name=platform_name]", "")
    operator.page.get_by_role("button", name="Save").click()
    expect(operator.page.locator(".summary")).to_be_focused()
    operator.page.fill("[name=platform_name]", "Example Forum")
    operator.page.get_by_role("button", name="Save").click()
    expect(operator.page.locator(".messages")).to_contain_text("Saved.")
    expect(operator.page.locator("#platform")).to_contain_text("Example Forum")
    operator.go("/")
    expect(operator.page.locator("main")).to_contain_text("Example Forum")


def test_an_unchecked_law_asks_for_a_yes_of_its_own(operator: Desk) -> None:
    operator.go("/console/settings/law")
    operator.page.locator("#law-kr-tba-22-5").check()
    operator.page.get_by_role("button", name="Save").click()
    expect(operator.page.locator(".summary")).to_contain_text("Say yes by name")
    operator.page.locator("#yes-kr-tba-22-5").check()
    operator.page.get_by_role("button", name="Save").click()
    expect(operator.page.locator("#law")).to_contain_text("Accepted although unchecked")


def test_axe_finds_nothing_on_these_pages_and_none_scrolls_sideways(operator: Desk) -> None:
    for path in PAGES:
        operator.go(f"/console/{path}")
        look_at(operator.page, path)


@pytest.fixture
def store() -> Iterator[Site]:
    """The platform's store, with one plain picture, and a desk that may show it."""
    picture = io.BytesIO()
    Image.new("RGB", (320, 200), "teal").save(picture, "PNG")
    with serving(Site()) as site:
        site.pages["/a.png"] = (200, {"Content-Type": "image/png"}, picture.getvalue())
        pages = "https://forum.example/{id}"
        desk_settings.CONFIG = replace(
            desk_settings.CONFIG, copy_place=site.url("/{id}"), copy_pages=pages, preview=True
        )
        yield site


def test_a_reviewer_starts_from_a_sentence_and_decides_copies_alike(operator: Desk) -> None:
    signals = random_signals()
    first, other = (make_case(pictures=[signals]).case for _ in range(2))
    make_decision(first)
    operator.go(f"/console/cases/{other.pk}")
    operator.page.get_by_text("Ready sentences to start from").first.click()
    operator.page.get_by_role("button", name="Use Removed: without consent").click()
    expect(operator.page.locator("[name=reasons]").first).to_have_value(
        "We looked at the picture. It was shared without the consent of the person shown. We remove it."
    )
    operator.go(f"/console/cases/{first.pk}")
    operator.page.get_by_role("link", name="1 open case reports exactly this picture").click()
    look_at(operator.page, "copies")
    operator.page.get_by_role("button", name="Decide the ticked ones").click()
    expect(operator.page.locator(".messages")).to_contain_text("1 case was decided.")
    assert Case.objects.get(pk=other.pk).decisions.count() == 1


def test_a_key_takes_a_case_and_gives_it_back(operator: Desk) -> None:
    operator.go(f"/console/cases/{make_case().case.pk}")
    operator.page.keyboard.press("c")
    expect(operator.page.get_by_role("button", name="Give it back")).to_be_visible()
    operator.page.keyboard.press("c")
    expect(operator.page.get_by_role("button", name="Take this case")).to_be_visible()


def test_a_look_is_blurred_and_grey_until_more_is_asked_for(operator: Desk, store: Site) -> None:
    case = make_case(pictures=[], addresses=["https://forum.example/a.png"]).case
    operator.go(f"/console/cases/{case.pk}")
    operator.page.get_by_role("link", name="Look at the platform's copy here").click()
    look_at(operator.page, "look, asked")
    assert store.asked == []
    operator.page.get_by_role("button", name="Look at it").click()
    picture = operator.page.locator(".look__picture")
    expect(picture).to_be_visible()
    assert operator.page.evaluate("document.querySelector('.look__picture').naturalWidth") == 320
    style = "getComputedStyle(document.querySelector('.look__picture')).filter"
    assert "grayscale(1)" in operator.page.evaluate(style)
    assert "blur(10px)" in operator.page.evaluate(style)
    operator.page.get_by_label("Less blurred").check()
    assert "blur(1px)" in operator.page.evaluate(style)
    look_at(operator.page, "look, shown")

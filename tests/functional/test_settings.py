"""Settings and health in a real browser: an operator sets things, and every page of them under axe."""

from collections.abc import Iterator

import pytest
from django.conf import settings as desk_settings
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.factories import PASSWORD, make_staff
from tests.functional.conftest import Desk, assert_accessible, open_desk

from argine.desk.banks.operations import create_default_banks
from argine.desk.configuration.enums import Section
from argine.desk.configuration.live import LIVE
from argine.desk.people.enums import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("console")]

PAGES = ("settings", *(f"settings/{section}" for section in Section), "health")


@pytest.fixture
def operator(chromium: Browser, live_server: LiveServer) -> Iterator[Desk]:
    create_default_banks()
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_these_pages_and_none_scrolls_sideways(operator: Desk, scheme: str) -> None:
    operator.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two words it takes
    for path in PAGES:
        operator.go(f"/console/{path}")
        for width in (320, 768, 1280):
            operator.page.set_viewport_size({"width": width, "height": 800})
            if width == 320:
                assert_accessible(operator.page, path)
            assert operator.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} at {width}"

"""What stands at an address, in a real browser: kept, read, looked at again, asked about; under axe at three widths."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.factories import (
    log_in,
    make_case_in,
    make_host_record,
    make_host_watch,
    make_page_record,
    make_staff,
    make_watch,
)
from tests.functional.conftest import SCHEMES, WIDTHS, Desk, assert_accessible, in_scheme, open_desk, resized
from tests.web_server import Site, serving

from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.enums import CaseState
from argine.desk.core import outside
from argine.desk.evidence.models import PageRecord, Watch
from argine.desk.people.enums import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("evidence")]

PAGE = "<title>Leaks</title><p>Leaked by @bad_guy, pay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa<img src='/a.jpg'>"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    public = outside.is_public
    monkeypatch.setattr(outside, "is_public", lambda address: address == "127.0.0.1" or public(address))
    with serving(Site()) as one:
        yield one


def as_staff(desk: Desk, settings: LazySettings, language: str = "en") -> None:
    session = log_in(make_staff(Role.REVIEWER)).cookies[settings.SESSION_COOKIE_NAME]
    cookies = {session.key: session.value, settings.LANGUAGE_COOKIE_NAME: language}
    desk.context.add_cookies([{"name": name, "value": value, "url": desk.base} for name, value in cookies.items()])


def allowed(settings: LazySettings, *hosts: str) -> None:
    settings.CONFIG = replace(settings.CONFIG, evidence_hosts=hosts, domain_lookups=True, desk_kind="helpline")


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_pages_of_what_was_seen_are_accessible_at_every_width(
    chromium: Browser, live_server: LiveServer, settings: LazySettings, language: str
) -> None:
    create_default_banks()
    case = make_case_in(CaseState.REMOVED, addresses=["https://forum.example/1", "https://other.example/2"])
    record = make_page_record(case)
    make_watch(case)
    make_host_record(case)
    make_host_watch(case)
    allowed(settings, "forum.example")
    desk = open_desk(chromium, live_server.url)
    as_staff(desk, settings, language)
    for path in (f"cases/{case.pk}", f"pages/{record.pk}", f"cases/{case.pk}/outward/forum.example"):
        desk.go(f"/console/{path}")
        assert desk.page.locator("html").get_attribute("lang") == language
        desk.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for scheme in SCHEMES:
            in_scheme(desk.page, scheme)
            for width in resized(desk.page, WIDTHS, height=900):
                assert_accessible(desk.page, f"{path} at {width}, {scheme}")
                _picture(desk, f"{path.split('/')[0]}-{path.count('/')}-{language}-{scheme}-{width}")
    desk.assert_quiet()
    desk.context.close()


def _picture(desk: Desk, name: str) -> None:
    if folder := os.environ.get("EVIDENCE_PICTURES"):
        desk.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_reviewer_keeps_reads_and_follows_with_the_keyboard_alone(
    chromium: Browser, live_server: LiveServer, settings: LazySettings, site: Site
) -> None:
    create_default_banks()
    site.says("/1", PAGE)
    case = make_case_in(CaseState.REMOVED, addresses=[site.url("/1")])
    allowed(settings, site.host)
    desk = open_desk(chromium, live_server.url)
    as_staff(desk, settings)
    desk.go(f"/console/cases/{case.pk}")
    _press(desk, "Keep a record of this page")
    expect(desk.page.get_by_role("heading", name="Record of a page")).to_be_visible()
    expect(desk.page.locator("main")).to_contain_text("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    expect(desk.page.get_by_text("Leaked by @bad_guy")).to_be_hidden()
    desk.page.locator("summary", has_text="Read them").press("Enter")
    expect(desk.page.get_by_text("Leaked by @bad_guy")).to_be_visible()
    desk.page.locator(".crumbs a").press("Enter")
    _press(desk, "Look again now and then")
    expect(desk.page.get_by_text("Not looked at yet")).to_be_visible()
    _press(desk, "Stop looking again")
    expect(desk.page.get_by_text("Stopped by hand")).to_be_visible()
    assert (PageRecord.objects.count(), Watch.objects.get().next_at) == (1, None)
    assert [path for path, _ in site.asked] == ["/1"]
    desk.assert_quiet()
    desk.context.close()


def _press(desk: Desk, name: str) -> None:
    desk.page.get_by_role("button", name=name).press("Enter")

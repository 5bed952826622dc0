"""What goes out, in a real browser: the reporter's choice, the console's pages, under axe at three widths."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.factories import PLATFORM, log_in, make_case, make_decision, make_staff, make_stuck
from tests.functional.conftest import Desk, assert_accessible, open_desk

from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import Mail, Measure
from argine.desk.cases.mail import choice_of
from argine.desk.cases.operations import Submission, report_action
from argine.desk.notify.enums import Problem
from argine.desk.notify.models import Route
from argine.desk.people.enums import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("outgoing")]

WIDTHS = (320, 768, 1280)
PAGES = ("outgoing", "outward", "reports?from=2026-01-01&to=2027-12-31", "reports?from=x&to=", "account", "")


@pytest.fixture
def desk(chromium: Browser, live_server: LiveServer, settings: LazySettings) -> Iterator[Desk]:
    settings.CONFIG = replace(
        settings.CONFIG,
        smtp_host="mail.example",
        mail_from="noreply@desk.example",
        desk_kind="helpline",
        webhooks=("https://forum.example/argine", "https://other.example/"),
    )
    create_default_banks()
    desk = open_desk(chromium, live_server.url)
    yield desk
    desk.assert_quiet()
    desk.context.close()


def everything() -> Submission:
    """A removal that was carried out, a letter that was refused, one that may have arrived, a way that fails."""
    sent = make_case(mail=Mail.NEWS, addresses=["https://forum.example/1"])
    report_action(make_decision(sent.case), ActionDraft(Measure.REMOVED), by=PLATFORM)
    make_stuck(sent.case)
    make_stuck(sent.case, Problem.LOST)
    Route.objects.create(
        name="mail",
        failures=3,
        problem=Problem.LOGIN,
        failed_at=sent.case.opened_at,
        paused_until=sent.case.opened_at,
    )
    return sent


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_pages_of_what_goes_out_are_accessible_at_every_width(
    desk: Desk, settings: LazySettings, language: str
) -> None:
    sent = everything()
    session = log_in(make_staff(Role.OPERATOR)).cookies[settings.SESSION_COOKIE_NAME]
    cookies = {session.key: session.value, settings.LANGUAGE_COOKIE_NAME: language}
    desk.context.add_cookies([{"name": name, "value": value, "url": desk.base} for name, value in cookies.items()])
    desk.page.set_default_timeout(30_000)  # the queue starts the decoder, to say how far it is confined
    for path in (*PAGES, f"cases/{sent.case.pk}", f"cases/{sent.case.pk}/outward/forum.example"):
        desk.go(f"/console/{path}")
        assert desk.page.locator("html").get_attribute("lang") == language
        assert desk.page.locator(".console-nav").is_visible()
        for width in WIDTHS:
            desk.page.set_viewport_size({"width": width, "height": 900})
            assert_accessible(desk.page, f"{path} at {width}")


def test_a_person_chooses_and_changes_what_comes_by_mail(desk: Desk) -> None:
    sent = make_case(mail=Mail.NEWS)
    desk.go("/status/")
    desk.page.fill("[name=code]", str(sent.code))
    desk.page.locator("main form button[type=submit]").first.click()
    desk.page.wait_for_url("**/status/")
    desk.page.locator("#mails summary").click()
    for width in WIDTHS:
        desk.page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(desk.page, f"status at {width}")
    desk.page.locator("#mails [value=letters]").check()
    desk.page.locator("#mails button").click()
    desk.page.wait_for_url("**/status/")
    assert choice_of(sent.case) == Mail.LETTERS


def test_the_report_asks_for_it_in_its_step_and_shows_it_before_sending(desk: Desk) -> None:
    desk.go("/report/")
    assert desk.page.locator("[name=mail]").count() == 3
    assert desk.page.locator("[name=mail][value=news]").is_checked()

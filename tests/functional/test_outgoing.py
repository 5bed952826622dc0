"""What goes out, in a real browser: the reporter's choice, the console's pages, under axe at three widths."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.factories import make_case
from tests.functional.conftest import Desk, assert_accessible, open_desk

from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.enums import Mail
from argine.desk.cases.mail import choice_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("outgoing")]

WIDTHS = (320, 768, 1280)


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

"""The console in a real browser: second factors, keyboard, decisions, and every page under axe."""

import base64
import hmac
import re
import struct
import time
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.factories import PASSWORD, make_case, make_staff
from tests.functional.conftest import Desk, assert_accessible, look_at, open_desk
from tests.functional.test_intake import tab_to

from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.models import Decision
from argine.desk.cases.operations import create_first_replies
from argine.desk.core.actor import SYSTEM
from argine.desk.demo.seed import seed
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff, StaffSession
from argine.desk.people.operations import end_sessions
from argine.desk.people.sessions import IDLE, SessionStore

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("console")]


def log_in(desk: Desk, email: str, password: str = PASSWORD) -> None:
    desk.go("/console/login/")
    desk.page.fill("[name=login]", email)
    desk.page.fill("[name=password]", password)
    desk.page.get_by_role("button", name="Log in", exact=True).click()


def as_staff(desk: Desk, role: Role = Role.OPERATOR) -> Staff:
    person = make_staff(role)
    log_in(desk, person.email)
    expect(desk.page.get_by_role("heading", name="Cases")).to_be_visible()
    return person


def log_out(desk: Desk) -> None:
    desk.page.get_by_role("button", name="Log out").click()
    expect(desk.page.get_by_role("heading", name="Log in")).to_be_visible()


def code_of(secret: str) -> str:
    """The six digits of an authenticator app now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_an_app_becomes_the_second_factor_and_a_recovery_code_replaces_it(desk: Desk) -> None:
    person = as_staff(desk)
    desk.go("/console/account/app/add")
    expect(desk.page.locator(".qr svg")).to_be_visible()
    secret = desk.page.locator("#secret").inner_text()
    desk.page.fill("[name=code]", code_of(secret))
    desk.page.get_by_role("button", name="Add the app").click()
    code = desk.page.locator(".codes code").first.inner_text()
    log_out(desk)

    log_in(desk, person.email)
    expect(desk.page.get_by_role("heading", name="Second factor")).to_be_visible()
    desk.page.fill("[name=code] >> nth=0", "000000")
    desk.page.get_by_role("button", name="Log in", exact=True).click()
    expect(desk.page.locator(".summary")).to_be_focused()
    desk.page.fill("[name=code] >> nth=0", code)
    desk.page.get_by_role("button", name="Log in", exact=True).click()
    expect(desk.page.get_by_role("heading", name="Cases")).to_be_visible()


def test_a_passkey_logs_in_alone(desk: Desk) -> None:
    as_staff(desk)
    session = desk.context.new_cdp_session(desk.page)
    session.send("WebAuthn.enable")
    authenticator = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                     "hasUserVerification": True, "isUserVerified": True,
                     "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    desk.go("/console/account/passkeys/add")
    desk.page.fill("[name=name]", "My laptop")
    desk.page.check("[name=passwordless]")
    desk.page.get_by_role("button", name="Add the passkey").click()
    expect(desk.page.locator("main")).to_contain_text(re.compile("Recovery codes|My laptop"))
    log_out(desk)
    desk.page.get_by_role("button", name="Log in with a passkey").click()
    expect(desk.page.get_by_role("heading", name="Cases")).to_be_visible()


def test_a_passkey_that_is_not_there_is_said_in_words(desk: Desk) -> None:
    session = desk.context.new_cdp_session(desk.page)
    session.send("WebAuthn.enable")
    desk.go("/console/login/")
    desk.page.evaluate("""() => {
        navigator.credentials.get = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    }""")
    desk.page.get_by_role("button", name="Log in with a passkey").click()
    expect(desk.page.get_by_text("The passkey was not used")).to_be_visible()


def test_the_keys_lead_through_the_queue_to_a_decision_and_can_be_switched_off(desk: Desk) -> None:
    make_case(addresses=["https://example.org/a"])
    make_case(addresses=["https://example.org/b"])
    as_staff(desk)
    page = desk.page
    arrives(page, "Cases")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    for _ in range(4):  # the last row stays marked; a busy browser may swallow a key while it closes the dialog
        page.keyboard.press("j")
    expect(page.locator("[data-row].is-marked th")).to_contain_text("Case 2")
    page.keyboard.press("o")
    arrives(page, "Case 2")
    page.keyboard.press("d")
    assert page.evaluate("document.activeElement.name") == "ground"
    page.keyboard.press("u")
    arrives(page, "Cases")
    page.keyboard.press("/")
    page.keyboard.type("j?")
    assert page.input_value("#search") == "j?"
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.uncheck("#keys-on")
    page.get_by_role("button", name="Close").click()
    page.reload()
    arrives(page, "Cases")
    page.keyboard.press("j")
    expect(page.locator("[data-row].is-marked")).to_have_count(0)


def arrives(page: Page, heading: str) -> None:
    """Wait for a page, and until keys do something there: its script then shows the button that lists them."""
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_visible()


def test_a_removal_is_decided_by_the_keyboard_alone(desk: Desk) -> None:
    make_case(addresses=["https://example.org/a"])
    person, page = make_staff(Role.REVIEWER), desk.page
    desk.go("/console/login/")
    tab_to(page, "[name=login]")
    page.keyboard.type(person.email)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    arrives(page, "Cases")
    page.keyboard.press("j")
    expect(page.locator("[data-row].is-marked")).to_have_count(1)
    page.keyboard.press("o")
    arrives(page, "Case 1")
    page.keyboard.press("d")
    page.keyboard.press("Space")
    assert page.is_checked("#ground-intimate_without_consent")
    tab_to(page, "[name=basis]:not([disabled])")
    page.keyboard.press("Space")
    tab_to(page, "#id_reasons")
    page.keyboard.type("We looked at the page that you named.")
    tab_to(page, ".form--decision button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Remove what case 1 reports?")).to_be_visible()
    tab_to(page, "[name=confirmed]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Removal decided")
    assert Decision.objects.get().reasons == "We looked at the page that you named."


def open_first_case(desk: Desk) -> None:
    desk.go("/console/")
    desk.page.locator("[data-row] a").first.click()


def fill_decision(desk: Desk, reasons: str = "Nobody is shown there.") -> None:
    desk.page.check("#ground-not_intimate")
    desk.page.check("#basis-address")
    desk.page.fill("#id_reasons", reasons)


def test_a_decision_with_something_missing_comes_back_with_what_was_written(desk: Desk) -> None:
    make_case(addresses=["https://example.org/a"])
    as_staff(desk, Role.REVIEWER)
    open_first_case(desk)
    desk.page.fill("#id_reasons", "Reasons without a ground.")
    desk.page.get_by_role("button", name="Decide").click()
    expect(desk.page.locator(".summary")).to_be_focused()
    assert desk.page.input_value("#id_reasons") == "Reasons without a ground."
    assert Decision.objects.count() == 0


def test_a_removal_is_asked_once_more_and_the_way_back_keeps_every_answer(desk: Desk) -> None:
    create_first_replies()
    make_case(addresses=["https://example.org/a"])
    as_staff(desk, Role.REVIEWER)
    open_first_case(desk)
    page = desk.page
    page.check("#ground-terms")
    page.check("#basis-address")
    ready = page.locator("details", has=page.locator("[data-into=id_reasons]"))
    ready.get_by_text("Ready sentences to start from").click()
    ready.get_by_role("button", name="Use").first.click()
    reasons = page.input_value("#id_reasons")
    assert reasons
    page.get_by_role("button", name="Decide").click()
    page.get_by_role("button", name="Back, change something").click()
    assert page.input_value("#id_reasons") == reasons
    assert page.is_checked("#ground-terms")
    page.get_by_role("button", name="Decide").click()
    page.get_by_role("button", name="Yes, remove").click()
    expect(page.locator("h1")).to_contain_text("Removal decided")


def test_two_who_decide_at_once_make_one_decision_and_lose_no_words(
    desk: Desk, chromium: Browser, live_server: LiveServer
) -> None:
    make_case(addresses=["https://example.org/a"])
    as_staff(desk, Role.REVIEWER)
    colleague = open_desk(chromium, live_server.url)
    as_staff(colleague, Role.REVIEWER)
    for one in (desk, colleague):
        open_first_case(one)
        fill_decision(one)
    desk.page.get_by_role("button", name="Decide").click()
    expect(desk.page.locator("h1")).to_contain_text("Not removed")
    colleague.page.fill("#id_reasons", "My own words.")
    colleague.page.get_by_role("button", name="Decide").click()
    expect(colleague.page.get_by_text("That was not done")).to_be_visible()
    assert colleague.page.input_value("#unsent") == "My own words."
    assert Decision.objects.count() == 1
    colleague.assert_quiet()
    colleague.context.close()


def test_an_operator_invites_a_colleague_who_joins_by_the_link(
    desk: Desk, chromium: Browser, live_server: LiveServer
) -> None:
    as_staff(desk)
    desk.go("/console/people")
    desk.page.get_by_role("button", name="Make a one-time link").click()
    link = desk.page.locator("#once").inner_text()
    colleague = open_desk(chromium, live_server.url)
    colleague.go("/console/welcome/" + link.rpartition("/")[2])
    colleague.page.fill("#id_name", "Bruno")
    colleague.page.fill("#id_email", "bruno@desk.example")
    colleague.page.fill("#id_password", "short")
    colleague.page.get_by_role("button", name="Make my account").click()
    expect(colleague.page.locator(".summary")).to_be_focused()
    assert colleague.page.input_value("#id_name") == "Bruno"
    colleague.page.fill("#id_password", PASSWORD)
    colleague.page.get_by_role("button", name="Make my account").click()
    expect(colleague.page.get_by_role("heading", name="Your account")).to_be_visible()
    colleague.go("/console/people")
    expect(colleague.page.locator("main")).to_contain_text("Only an operator may invite or change staff.")
    colleague.context.close()


@pytest.mark.slow
def test_no_case_of_the_demo_has_a_fault_that_axe_finds_or_scrolls_sideways(
    chromium: Browser, live_server: LiveServer
) -> None:
    create_default_banks()
    password, _ = seed()
    desk = open_desk(chromium, live_server.url, color_scheme="light", bypass_csp=True)
    log_in(desk, "anna@demo.example", password)
    desk.go("/console/")
    cases = desk.page.eval_on_selector_all("[data-row] a", "links => links.map(link => link.pathname)")
    desk.go("/console/?state=closed")
    cases += desk.page.eval_on_selector_all("[data-row] a", "links => links.map(link => link.pathname)")
    for path in cases:
        desk.go(path)
        look_at(desk.page, path)
    desk.context.close()


def test_what_was_typed_outlives_the_end_of_a_session(desk: Desk) -> None:
    make_case(addresses=["https://example.org/a"])
    desk.page.clock.install()
    person = as_staff(desk, Role.REVIEWER)
    open_first_case(desk)
    page = desk.page
    fill_decision(desk, "Written for a long time.")
    end_sessions(person, by=SYSTEM)
    page.clock.fast_forward("01:01")
    page.focus("#id_reasons")
    page.keyboard.press("End")
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
    assert_accessible(page, "a page whose session has ended")

    with desk.context.expect_page() as opened:
        page.get_by_role("link", name="log in again in another tab").click()
    other = Desk(desk.context, opened.value, desk.base)
    log_in(other, person.email)
    expect(other.page.get_by_role("heading", name="Cases")).to_be_visible()
    page.bring_to_front()
    page.focus("#id_reasons")
    page.keyboard.press("End")
    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("h1")).to_contain_text("Not removed")
    assert Decision.objects.get().reasons == "Written for a long time."


def test_who_works_on_one_page_for_long_stays_logged_in(desk: Desk) -> None:
    make_case(addresses=["https://example.org/a"])
    desk.page.clock.install()
    as_staff(desk, Role.REVIEWER)
    open_first_case(desk)
    before = StaffSession.objects.get()
    StaffSession.objects.update(seen_at=before.seen_at - IDLE / 2, session_data=seen(before, IDLE / 2))
    desk.page.clock.fast_forward("01:01")
    with desk.page.expect_response("**/console/account/here"):
        desk.page.keyboard.press("j")
    assert StaffSession.objects.get().seen_at >= before.seen_at
    expect(desk.page.locator("[data-ended]")).to_be_hidden()


def seen(row: StaffSession, ago: timedelta) -> str:
    """What a session keeps, as if it had been used so long ago."""
    data = SessionStore().decode(row.session_data)
    return SessionStore().encode({**data, "seen": (row.seen_at - ago).isoformat()})

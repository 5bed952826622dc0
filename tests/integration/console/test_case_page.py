"""The page of a case in each state: what it shows, what can be done, why the rest cannot."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import (
    PLATFORM,
    fresh,
    log_in,
    make_case,
    make_case_in,
    make_decision,
    make_sighting,
    make_staff,
    random_signals,
    staff_client,
)

from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import Basis, CaseState, Measure
from argine.desk.cases.models import Case
from argine.desk.cases.operations import add_information, ask_reporter, report_action
from argine.desk.clocks.operations import tick
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, staff
from argine.desk.people.enums import Role

pytestmark = pytest.mark.django_db

PLACE = "https://site.example/p/1"


def page(case: Case, client: Client | None = None) -> str:
    answer = (client or staff_client()).get(f"/console/cases/{case.pk}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.parametrize("state", CaseState)
def test_each_state_is_named_and_offers_what_it_permits(state: CaseState) -> None:
    case = make_case_in(state)
    shown = page(case, staff_client(Role.SUPERVISOR))
    assert str(state.label) in shown
    forms = dict(re.findall(rf'<form[^>]*action="/console/cases/{case.pk}/(\w+)"[^>]*>(.*?)</form>', shown))
    open_ways = {way for way, form in forms.items() if not re.search(r'<button[^>]*type="submit"[^>]*disabled', form)}
    expected = {
        CaseState.RECEIVED: {"decide", "ask", "claim", "freeze"},
        CaseState.WAITING: {"decide", "ask", "claim", "freeze"},
        CaseState.HELD: {"decide", "ask", "claim", "freeze"},
        CaseState.DISPUTED: {"decide", "ask", "claim", "freeze"},
        CaseState.REMOVAL: {"override", "claim", "freeze"},
        CaseState.REMOVED: {"override", "claim", "freeze"},
        CaseState.KEPT: {"override", "claim", "freeze"},
        CaseState.APPEALED: {"override", "ask", "claim", "freeze"},
        CaseState.WITHDRAWN: {"claim"},
        CaseState.FROZEN: {"claim", "preserve"},
    }
    # Any case can be shown to few; of any but those of people under 18 what is known can be written down.
    always = {"sensitive"} if state == CaseState.FROZEN else {"sensitive", "dossier"}
    assert open_ways == expected[state] | always


def test_a_button_that_does_nothing_now_says_why() -> None:
    assert "Only an open case can be asked about." in page(make_case_in(CaseState.KEPT))
    assert "decided already" in page(make_case_in(CaseState.WITHDRAWN))


def test_it_shows_all_that_was_stated_and_what_the_laws_lack() -> None:
    stated = {
        "statement": "A statement of mine",
        "where_hint": "In the garden group",
        "contact_note": "Only in the morning",
        "signature": "A. Person",
    }
    shown = page(make_case(**stated, contact="", addresses=[PLACE], country="IT").case)
    assert all(text in shown for text in stated.values())
    assert PLACE in shown
    assert "a way to reach the reporter" in shown


def test_a_reported_address_is_text_and_never_a_link_that_a_click_follows() -> None:
    shown = page(make_case(addresses=[PLACE]).case)
    assert f'href="{PLACE}' not in shown


def test_a_copy_of_the_platform_is_shown_with_its_distance_and_named_as_the_platform_named_it() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    make_sighting(signals, "post-7", "https://site.example/post/7")
    shown = page(case)
    assert "post-7" in shown
    assert "Held for review" in shown


def test_a_copy_in_an_animation_is_told_with_its_frame() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    make_sighting(signals, frame=3)
    assert "in frame 3 of an animation" in page(case)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_a_copys_address_that_is_none_of_the_web_is_never_a_link(url: str) -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    make_sighting(signals, "post-7", url)
    assert f'href="{url}' not in page(case)


def test_no_picture_no_frame_and_no_player_is_on_the_page() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals], addresses=[PLACE]).case
    make_sighting(signals, "post-7", "https://site.example/post/7.jpg")
    shown = page(case)
    assert not re.search(r"<(iframe|video|audio|object|embed|picture|canvas)\b", shown)
    assert set(re.findall(r'<img[^>]*src="([^"]*)"', shown)) == {"/static/argine/mark.svg"}


def test_the_whole_value_of_a_hash_is_not_shown() -> None:
    signals = random_signals()
    shown = page(make_case(pictures=[signals]).case)
    assert signals[0].text[:12] in shown
    assert signals[0].text not in shown


def test_the_conversation_names_colleagues_and_the_reporter_as_reporter() -> None:
    person = make_staff()
    case = make_case().case
    ask_reporter(case, "Where did you see it?", by=staff(person.pk))
    add_information(fresh(case), "In the garden group.", by=REPORTER)
    shown = page(case)
    assert all(text in shown for text in ("Where did you see it?", "In the garden group.", person.name, "Reporter"))


def test_decisions_stand_with_reasons_ground_and_what_the_platform_did() -> None:
    case = make_case().case
    decision = make_decision(case, reasons="Looked at with great care.")
    report_action(decision, ActionDraft(Measure.DISABLED), by=PLATFORM)
    shown = page(case)
    for text in ("Looked at with great care.", "Intimate picture shared without consent", "Made inaccessible"):
        assert text in shown


def test_a_missed_clock_is_said_with_how_late_it_is() -> None:
    case = make_case().case
    with time.shifted(timedelta(hours=50)):
        tick()
        shown = page(case, log_in(make_staff()))
    assert "Overdue by 2 hours" in shown


def test_a_basis_that_cannot_be_is_disabled_with_its_reason() -> None:
    shown = page(make_case().case)
    assert "No copy on the platform has been met yet." in shown
    assert "No address was reported." in shown
    for basis in (Basis.OWN_COPY, Basis.ADDRESS):
        assert re.search(rf'<input[^>]*value="{basis}"[^>]*disabled', shown)


def test_who_may_not_override_is_told_why() -> None:
    assert "Only a supervisor may replace a decision." in page(make_case_in(CaseState.REMOVAL), staff_client())


@pytest.mark.parametrize("path", ["00000000-0000-4000-8000-000000000000", "not-an-id", "../keys", "%00"])
def test_a_case_that_is_not_there_is_a_clear_404(path: str) -> None:
    answer = staff_client(Role.REVIEWER).get(f"/console/cases/{path}")
    assert answer.status_code in {404, 403}
    assert b"Traceback" not in answer.content

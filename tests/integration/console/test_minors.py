"""Stopping a case in the console, in the intake and in the API: nothing of it is shown after that."""

import pytest
from django.test import Client
from tests.factories import (
    fresh,
    make_case,
    make_case_in,
    make_decision,
    make_key,
    make_sighting,
    random_signals,
    staff_client,
)
from tests.pages import with_case

from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Preservation

pytestmark = pytest.mark.django_db

WORDS = {"statement": "MARK-statement", "contact": "MARK-contact", "addresses": ["https://site.example/MARK-place"]}


def test_staff_are_asked_once_more_and_then_nothing_that_was_written_is_shown() -> None:
    case, client = make_case(**WORDS).case, staff_client()
    url = f"/console/cases/{case.pk}"
    assert "MARK-statement" in client.get(url).content.decode()
    assert client.post(f"{url}/freeze").status_code == 200
    assert fresh(case).state == CaseState.RECEIVED
    assert client.post(f"{url}/freeze", {"confirmed": "yes"}).status_code == 302
    shown = client.get(url).content.decode()
    assert "MARK" not in shown
    assert "StopNCII" not in shown
    assert "Take It Down" in shown
    assert client.post(f"{url}/freeze", {"confirmed": "yes"}).status_code == 409


def test_who_reported_may_stop_it_and_is_led_to_who_can_help() -> None:
    case = make_case(**WORDS).case
    client = with_case(case, "en")
    assert client.post("/status/under-18/", {}).status_code == 422
    assert client.post("/status/under-18/", {"under_18": "on"}).status_code == 302
    shown = client.get("/status/").content.decode()
    assert fresh(case).state == CaseState.FROZEN
    assert "MARK" not in shown
    assert "Take It Down" in shown
    assert client.get("/receipt/").status_code == 409
    assert Client().post("/status/under-18/", {"under_18": "on"}).headers["Location"] == "/status/"


def test_the_platform_reads_that_nothing_is_to_be_done_and_no_place() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals], **WORDS).case
    decision = make_decision(case)
    make_sighting(signals, "MARK-copy")
    staff_client().post(f"/console/cases/{case.pk}/freeze", {"confirmed": "yes"})
    platform = Client(headers={"Authorization": f"Bearer {make_key()}"})
    told = platform.get(f"/api/v1/decisions/{decision.pk}").json()
    assert (told["withdrawn"], told["addresses"], told["copies"]) == (True, [], [])
    assert platform.get(f"/api/v1/decisions/{decision.pk}/statement").status_code == 404


def test_the_number_of_the_report_is_written_down() -> None:
    case, client = make_case_in(CaseState.FROZEN), staff_client()
    url = f"/console/cases/{case.pk}"
    assert client.post(f"{url}/preserve", {"reference": "", "reported_at": ""}).status_code == 422
    sent = {"reference": "NCMEC 42", "reported_at": "2026-11-01T09:00"}
    assert client.post(f"{url}/preserve", {**sent, "reported_at": "2999-01-01T00:00"}).status_code == 422
    assert client.post(f"{url}/preserve", sent).status_code == 302
    assert Preservation.objects.exists()
    assert "NCMEC 42" in client.get(url).content.decode()
    assert client.post(f"/console/cases/{make_case().case.pk}/preserve", sent).status_code == 409

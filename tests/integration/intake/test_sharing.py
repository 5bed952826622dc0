"""The person's word: nothing goes to partners unless they say so, and they can take it back."""

import json

import pytest
from django.test import Client
from tests.factories import make_case, make_case_in, report_form
from tests.pages import with_case

from argine.desk.audit.models import Entry
from argine.desk.banks.operations import REPORTED, create_default_banks
from argine.desk.cases.enums import ENDED, CaseState
from argine.desk.cases.models import Case
from argine.desk.core.actor import SYSTEM
from argine.desk.exchange.models import Consent, Partner
from argine.desk.exchange.operations import Agreement, add_partner, issue_key, share_bank, stop_partner

pytestmark = pytest.mark.django_db

QUESTION = 'name="share"'


@pytest.fixture
def shares(db: None) -> None:
    """A desk with a partner that reads, and a bank that is shared."""
    create_default_banks()
    share_bank(REPORTED, by=SYSTEM)
    issue_key(add_partner(Agreement("A platform", "platform"), by=SYSTEM), by=SYSTEM)


def test_a_desk_that_shares_nothing_does_not_ask(db: None) -> None:
    create_default_banks()
    client = Client()
    assert QUESTION not in client.get("/report/").content.decode()
    assert client.post("/report/", report_form(share="on")).status_code == 200
    assert not Consent.objects.exists()
    assert QUESTION not in client.get("/status/").content.decode()


def test_who_would_get_the_fingerprints_is_named_wherever_one_is_asked(shares: None) -> None:
    person = with_case(make_case().case, "en")
    for path in ("/report/", "/privacy/", "/status/"):
        assert "At present these are: A platform." in person.get(path).content.decode(), path
    stop_partner(Partner.objects.get(), by=SYSTEM)
    assert "At present" not in person.get("/privacy/").content.decode()


def test_the_box_is_empty_at_first_and_leaving_it_so_shares_nothing(shares: None) -> None:
    client = Client()
    page = client.get("/report/").content.decode()
    assert QUESTION in page
    assert "checked" not in page[page.index(QUESTION) - 80 : page.index(QUESTION) + 80]
    assert client.post("/report/", report_form()).status_code == 200
    assert not Consent.objects.exists()


def test_who_ticks_it_agrees_and_the_log_says_so(shares: None) -> None:
    assert Client().post("/report/", report_form(share="on")).status_code == 200
    assert Consent.objects.get().case_id == Case.objects.get().id
    entry = Entry.objects.get(event="case.sharing.chosen")
    assert (entry.by, json.loads(entry.data)) == ("reporter", {"share": True})


def test_the_choice_is_changed_on_the_page_of_the_case(shares: None) -> None:
    case = make_case().case
    person = with_case(case, "en")
    assert "You said no" in person.get("/status/").content.decode()
    assert person.post("/status/sharing/", {"share": "yes"}).status_code == 302
    assert Consent.objects.filter(case_id=case.id).exists()
    assert "You said yes" in person.get("/status/").content.decode()
    person.post("/status/sharing/", {"share": "no"})
    assert not Consent.objects.exists()
    assert Client().post("/status/sharing/", {"share": "yes"}).status_code == 302
    assert not Consent.objects.exists()


def test_who_agreed_can_take_it_back_also_when_the_desk_shares_no_more(shares: None) -> None:
    case = make_case().case
    person = with_case(case, "en")
    person.post("/status/sharing/", {"share": "yes"})
    stop_partner(Partner.objects.get(), by=SYSTEM)
    person.post("/status/sharing/", {"share": "no"})
    assert not Consent.objects.exists()


@pytest.mark.parametrize("state", [state for state in CaseState if state in ENDED])
def test_an_ended_case_has_nothing_to_share(shares: None, state: CaseState) -> None:
    case = make_case_in(state)
    person = with_case(case, "en")
    person.post("/status/sharing/", {"share": "yes"})
    assert not Consent.objects.exists()
    assert QUESTION not in person.get("/status/").content.decode()

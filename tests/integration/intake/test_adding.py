"""Adding to a report on the page of one's case, and saying that one turned to an authority."""

import json

import pytest
from tests.factories import make_case, make_case_in, staff_client
from tests.pages import with_case

from argine.desk.audit.queries import verifier_key
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Message, Notice, Referral, Supplement
from argine.merkle.case_receipt import verify_case_receipt

pytestmark = pytest.mark.django_db


def test_the_page_says_what_lacks_and_takes_it() -> None:
    case = make_case(contact="", addresses=["https://site.example/1"]).case
    client = with_case(case, "en")
    page = client.get("/status/")
    assert page.context["page"].missing == ["one way to reach you"]
    assert "signature" not in page.context["more_form"].fields, "it was given"
    answer = client.post("/status/add/", {"contact": "person@example.org", "addresses": "site.example/2"})
    assert answer.status_code == 302
    assert Notice.objects.get().completed_at is not None
    assert client.get("/status/").context["page"].missing == []
    shown = client.get("/receipt/").content.decode()
    assert "person@example.org" in shown
    proof = json.loads(client.get("/receipt.json?addition=1").content)
    verify_case_receipt(proof, [verifier_key()])
    assert [client.get(f"/receipt.json?addition={number}").status_code for number in ("2", "0", "x")] == [404] * 3
    desk = staff_client().get(f"/console/cases/{case.pk}").content.decode()
    assert "person@example.org" in desk


@pytest.mark.parametrize("sent", [{}, {"contact": ""}, {"addresses": "::"}, {"contact": "x" * 501}])
def test_what_cannot_be_added_comes_back_with_a_sentence(sent: dict[str, str]) -> None:
    answer = with_case(make_case(contact="").case, "en").post("/status/add/", sent)
    assert (answer.status_code, Supplement.objects.count()) == (422, 0)
    assert answer.context["more_form"].errors


def test_a_closed_case_says_so() -> None:
    answer = with_case(make_case_in(CaseState.KEPT, contact=""), "en").post("/status/add/", {"contact": "a@b.example"})
    assert (answer.status_code, Supplement.objects.count()) == (422, 0)


def test_a_time_is_read_as_the_clocks_in_italy_show_it() -> None:
    case = make_case(country="IT").case
    client = with_case(case, "it")
    assert "Garante" in client.get("/status/").content.decode()
    sent = {"regime": "it-144bis", "moment": "2026-11-20T12:00"}
    assert client.post("/status/referral/", sent).status_code == 302
    assert Referral.objects.get().reported_at.isoformat() == "2026-11-20T11:00:00+00:00"
    assert "48" in client.get("/status/").content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"regime": "it-144bis", "moment": "soon"}, {"regime": "it-144bis", "moment": "2999-01-01T00:00"},
             {"regime": "x", "moment": "2026-11-20T12:00"}],
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused(sent: dict[str, str]) -> None:
    answer = with_case(make_case().case, "en").post("/status/referral/", sent)
    assert (answer.status_code, Referral.objects.count()) == (422, 0)


@pytest.mark.parametrize("path", ["/status/add/", "/status/referral/"])
def test_without_an_open_case_nothing_is_taken(path: str) -> None:
    client = with_case(make_case().case, "en")
    client.cookies.clear()
    assert client.post(path, {"contact": "x"}).headers["Location"] == "/status/"


def test_staff_ask_for_what_lacks_with_one_click() -> None:
    case = make_case(contact="").case
    client = staff_client()
    assert client.post(f"/console/cases/{case.pk}/ask-missing").status_code == 302
    assert "one way to reach you" in Message.objects.get().text
    complete = make_case(addresses=["https://site.example/1"]).case
    assert client.post(f"/console/cases/{complete.pk}/ask-missing").status_code == 409

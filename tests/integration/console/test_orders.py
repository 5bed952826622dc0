"""Writing an order down in the console, and who may confirm it."""

import pytest
from tests.factories import make_order, staff_client

from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Order
from argine.desk.people.enums import Role

pytestmark = pytest.mark.django_db

FORM = {
    "regime": "it-144bis-order",
    "issuer": "regulator",
    "authority": "Garante",
    "reference": "n. 1",
    "legal_basis": "",
    "measure": "remove",
    "received_at": "2026-11-01T10:00",
    "given_at": "",
    "due_at": "2026-11-02T10:00",
    "addresses": "https://site.example/p/1\nhttps://site.example/p/2",
    "signals": f"sha256 {'a' * 64}\nPDQ: {'b' * 64}",
}
CONFIRM = {"ground": "ordered", "basis": "order", "reasons": "Checked.", "confirmed": "yes"}


def test_a_reviewer_writes_it_down_and_sees_what_it_asks(default_banks: None) -> None:
    client = staff_client()
    assert client.get("/console/orders/new").status_code == 200
    answer = client.post("/console/orders/new", FORM)
    assert answer.status_code == 302
    order = Order.objects.get()
    assert answer.headers["Location"] == f"/console/cases/{order.case_id}"
    page = client.get(f"/console/cases/{order.case_id}").content.decode()
    for words in ("Garante", "n. 1", "https://site.example/p/2", "1 Nov 2027", "Keep"):
        assert words in page
    assert order.received_at.isoformat() == "2026-11-01T10:00:00+00:00"
    assert "Order" in {badge.text for badge in client.get("/console/").context["rows"][0].badges}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("signals", "sha256 zz"),
        ("signals", "aaaa"),
        ("received_at", "yesterday"),
        ("received_at", "2999-01-01T00:00"),
        ("regime", "us-tida-s3"),
        ("authority", ""),
        ("issuer", "court"),
        ("addresses", "no address"),
        ("under_18", "on"),
    ],
)
def test_what_is_wrong_comes_back_with_a_sentence(field: str, value: str) -> None:
    answer = staff_client().post("/console/orders/new", {**FORM, field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Order.objects.exists()


@pytest.mark.parametrize(("role", "status"), [(Role.REVIEWER, 403), (Role.SUPERVISOR, 302), (Role.OPERATOR, 302)])
def test_a_supervisor_confirms_it(role: Role, status: int) -> None:
    case = make_order().case
    client = staff_client(role)
    shown = client.get(f"/console/cases/{case.pk}").content.decode()
    assert ("may confirm an order" in shown) == (role == Role.REVIEWER)
    assert "intimate_without_consent" not in shown
    assert client.post(f"/console/cases/{case.pk}/decide", CONFIRM).status_code == status
    case.refresh_from_db()
    assert case.state == (CaseState.REMOVAL if status == 302 else CaseState.RECEIVED)


def test_more_time_is_written_down_or_refused_with_the_laws_limit() -> None:
    case = make_order(regime="au-osa-77").case
    url, client = f"/console/cases/{case.pk}/extend", staff_client(Role.SUPERVISOR)
    assert client.post(url, {"until": ""}).status_code == 422
    assert client.post(url, {"until": "2020-01-01T00:00"}).status_code == 409
    assert client.post(url, {"until": "2998-01-01T00:00"}).status_code == 302
    assert Order.objects.get().extended_to is not None

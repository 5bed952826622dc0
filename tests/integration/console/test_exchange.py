"""The page of the exchange: what to look at, who the partners are, what is shared."""

import pytest
from tests.factories import make_received, staff_client

from argine.desk.banks.operations import REPORTED, create_default_banks
from argine.desk.exchange.enums import Progress, Trouble
from argine.desk.exchange.models import Partner, SharedBank
from argine.desk.people.enums import Role
from argine.desk.people.queries import api_keys

pytestmark = pytest.mark.django_db

PAGE = "/console/exchange"


@pytest.fixture(autouse=True)
def banks(db: None) -> None:
    create_default_banks()


@pytest.mark.parametrize(("choice", "progress"), [("block", Progress.BLOCKED), ("let-go", Progress.REJECTED)])
def test_a_reviewer_says_of_a_copy_what_it_is(choice: str, progress: Progress) -> None:
    row = make_received()
    reviewer = staff_client()
    page = reviewer.get(PAGE).content.decode()
    assert "A helpline" in page
    assert "Add a partner" not in page
    reviewer.post(f"{PAGE}/entries/{row.pk}/judge", {"judgement": choice})
    row.refresh_from_db()
    assert row.progress == progress
    assert "Nothing to look at" in reviewer.get(PAGE).content.decode()
    again = reviewer.post(f"{PAGE}/entries/{row.pk}/judge", {"judgement": "block"}, follow=True)
    assert "judged or taken back meanwhile" in again.content.decode()


def test_an_operator_adds_a_partner_and_makes_its_key_which_is_shown_once() -> None:
    operator = staff_client(Role.OPERATOR)
    form = {"name": "Forum", "slug": "forum", "shape": "argine"}
    assert operator.post(f"{PAGE}/add", form).status_code == 302
    assert operator.post(f"{PAGE}/add", form).status_code == 422
    partner = Partner.objects.get()
    shown = operator.post(f"{PAGE}/partners/{partner.pk}/key").content.decode()
    (key,) = api_keys()
    assert key.prefix in shown
    assert key.prefix not in operator.get(PAGE).content.decode()


def test_an_operator_adds_a_group_of_threatexchange() -> None:
    operator = staff_client(Role.OPERATOR)
    form = {"name": "Group", "slug": "group", "shape": "threatexchange", "url": "https://graph.example/v26.0/42"}
    assert "Give the key that the partner made for you" in operator.post(f"{PAGE}/add", form).content.decode()
    assert operator.post(f"{PAGE}/add", {**form, "secret": "1|token"}).status_code == 302
    partner = Partner.objects.get()
    assert (partner.shape, partner.secret) == ("threatexchange", "1|token")
    assert "Group" in operator.get(PAGE).content.decode()


def test_the_exchange_is_ended_only_when_asked_twice() -> None:
    partner = make_received().partner
    supervisor = staff_client(Role.SUPERVISOR)
    asked = supervisor.post(f"{PAGE}/partners/{partner.pk}/stop")
    assert "1 entry" in asked.content.decode()
    partner.refresh_from_db()
    assert partner.is_active
    supervisor.post(f"{PAGE}/partners/{partner.pk}/stop", {"confirmed": "yes"})
    partner.refresh_from_db()
    assert not partner.is_active
    operator = staff_client(Role.OPERATOR)
    operator.post(f"{PAGE}/partners/{partner.pk}/resume")
    partner.refresh_from_db()
    assert partner.is_active


def test_what_keeps_a_partner_from_going_on_is_told_and_can_be_passed() -> None:
    partner = make_received().partner
    supervisor = staff_client(Role.SUPERVISOR)
    Partner.objects.filter(pk=partner.pk).update(trouble=Trouble.FORGED)
    assert "not signed with its key" in supervisor.get(PAGE).content.decode()
    supervisor.post(f"{PAGE}/partners/{partner.pk}/go-on")
    partner.refresh_from_db()
    assert partner.trouble == ""


def test_banks_are_shared_by_choice_and_lawful_ones_never() -> None:
    supervisor = staff_client(Role.SUPERVISOR)
    supervisor.post(f"{PAGE}/banks/reported", {"share": "yes"})
    assert SharedBank.objects.get().bank_id == REPORTED
    supervisor.post(f"{PAGE}/banks/lawful", {"share": "yes"})
    supervisor.post(f"{PAGE}/banks/reported", {"share": "no"})
    assert not SharedBank.objects.exists()

"""The log's page, keys, people, banks and the welcome link."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import (
    PASSWORD,
    log_in,
    make_case,
    make_case_in,
    make_decision,
    make_key,
    make_staff,
    staff_client,
)

from argine.desk.audit import queries
from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.audit.operations import sign_head
from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.enums import CaseState
from argine.desk.console.views.log import PAGE_SIZE
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, staff
from argine.desk.people.enums import Role, Scope
from argine.desk.people.models import ApiKey, Invitation, Staff
from argine.desk.people.operations import invite, note_used_keys
from argine.desk.people.queries import find_key, known_key
from argine.merkle.note import VerifierKey
from argine.merkle.receipt import verify_receipt

pytestmark = pytest.mark.django_db

NO_ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def supervisor(db: None) -> Client:
    return staff_client(Role.SUPERVISOR)


@pytest.fixture
def operator(db: None) -> Client:
    return staff_client(Role.OPERATOR)


def indices(client: Client, **query: object) -> list[int]:
    return [row.index for row, *_ in client.get("/console/log", query).context["entries"]]


def test_the_log_comes_newest_first_page_by_page_and_whole(supervisor: Client) -> None:
    while queries.size() <= PAGE_SIZE:
        make_case()
    size = queries.size()
    pages = [indices(supervisor, page=page) for page in range(1, size // PAGE_SIZE + 2)]
    assert [index for page in pages for index in page] == list(reversed(range(size)))


def test_the_log_of_one_case_has_its_steps_and_its_clocks_and_no_other_case(supervisor: Client) -> None:
    case = make_case_in(CaseState.REMOVED)
    make_case()
    subjects = {Entry.objects.get(index=index).subject for index in indices(supervisor, case=f"#{case.number}")}
    assert f"case:{case.pk}" in subjects
    assert len(subjects) == 1 + 3
    assert indices(supervisor, case="999") == indices(supervisor, case="x") == indices(supervisor, case="9" * 30) == []


def test_an_entrys_page_tells_what_it_holds_and_its_receipt_verifies_alone(supervisor: Client) -> None:
    make_case()
    index = queries.size() - 1
    shown = supervisor.get(f"/console/log/{index}").content.decode()
    assert bytes(Entry.objects.get(index=index).leaf_hash).hex() in shown
    receipt = json.loads(supervisor.get(f"/console/log/{index}/receipt.json").content)
    key = VerifierKey.parse(receipt.pop("log_key"))
    assert verify_receipt(receipt, [key]).index == index


@pytest.mark.parametrize("path", ["999999", "9" * 40, "999999/receipt.json", "9" * 40 + "/receipt.json"])
def test_an_entry_that_is_not_there_is_a_404(supervisor: Client, path: str) -> None:
    assert supervisor.get(f"/console/log/{path}").status_code == 404


def test_an_entry_that_no_head_covers_says_so_and_has_no_receipt_yet(supervisor: Client) -> None:
    index = queries.size() - 1
    assert supervisor.get(f"/console/log/{index}").context["is_signed"] is False
    assert supervisor.get(f"/console/log/{index}/receipt.json").status_code == 404
    sign_head()
    assert supervisor.get(f"/console/log/{index}/receipt.json").status_code == 200


def test_checking_everything_says_that_all_agrees(supervisor: Client) -> None:
    make_decision(make_case().case)
    assert "All agrees" in supervisor.post("/console/log/verify").content.decode()


def test_every_event_of_the_log_has_words_in_the_console(supervisor: Client) -> None:
    make_case_in(CaseState.WITHDRAWN)
    Entry.objects.filter(index=0).update(event="something.new")
    assert "something.new" in supervisor.get("/console/log").content.decode()


def test_a_key_is_shown_once_and_opens_what_was_ticked(operator: Client) -> None:
    answer = operator.post("/console/keys/new", {"name": "Image host", "scopes": ["check", "actions"]})
    (secret,) = set(re.findall(r"argine_[A-Za-z0-9_-]{43}", answer.content.decode()))
    key = find_key(secret)
    assert key is not None
    assert (key.name, key.scopes) == ("Image host", ["actions", "check"])
    again = operator.get("/console/keys").content.decode()
    assert secret not in again
    assert key.prefix in again


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": "A"},
        {"scopes": ["check"]},
        {"name": "A", "scopes": ["all"]},
        {"name": "x" * 81, "scopes": ["check"]},
    ],
)
def test_a_key_without_a_name_or_a_known_scope_is_not_made(operator: Client, form: dict[str, object]) -> None:
    assert operator.post("/console/keys/new", form).status_code == 422
    assert not ApiKey.objects.exists()


def test_a_key_may_have_a_last_day_and_the_page_tells_it_and_when_it_was_used(operator: Client) -> None:
    day = time.now().date() + timedelta(days=30)
    made = operator.post("/console/keys/new", {"name": "Image host", "scopes": ["check"], "ends_on": str(day)})
    (secret,) = set(re.findall(r"argine_[A-Za-z0-9_-]{43}", made.content.decode()))
    assert ApiKey.objects.get().ends_on == day
    assert "never" in operator.get("/console/keys").content.decode()
    known_key(secret)
    note_used_keys()
    page = operator.get("/console/keys").content.decode()
    assert f'<time datetime="{day}">' in page
    assert f'<time datetime="{time.now().date()}">' in page
    assert "over" not in re.findall(r'<span class="badge">(\w+)</span>', page)
    with time.shifted(timedelta(days=31)):
        over = log_in(make_staff(Role.OPERATOR)).get("/console/keys").content.decode()
    assert "over" in re.findall(r'<span class="badge">(\w+)</span>', over)


@pytest.mark.parametrize("day", ["2020-01-01", "next week", "31.12.2030 x", "9" * 40])
def test_a_last_day_that_is_over_or_none_is_refused_with_a_sentence(operator: Client, day: str) -> None:
    answer = operator.post("/console/keys/new", {"name": "A", "scopes": ["check"], "ends_on": day})
    assert answer.status_code == 422
    assert "id_ends_on_error" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_once(operator: Client) -> None:
    secret = make_key([Scope.CHECK])
    url = f"/console/keys/{ApiKey.objects.get().pk}/revoke"
    assert [operator.post(url).status_code for _ in range(2)] == [302, 404]
    assert find_key(secret) is None
    assert operator.post(f"/console/keys/{NO_ID}/revoke").status_code == 404


def test_a_link_is_shown_once_and_leads_to_an_account(operator: Client) -> None:
    shown = operator.post("/console/people/invite", {"role": "supervisor"}).content.decode()
    (path,) = set(re.findall(r"/console/welcome/[A-Za-z0-9_-]{43}", shown))
    assert path not in operator.get("/console/people").content.decode()
    guest = Client()
    assert guest.get(path).status_code == 200
    answer = guest.post(path, {"name": "Ada", "email": "Ada@desk.example", "password": PASSWORD})
    assert answer.headers["Location"] == "/console/account"
    assert Staff.objects.get(email="ada@desk.example").role == Role.SUPERVISOR
    assert guest.get("/console/").status_code == 200
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"email": "x"}, {"password": "short"}, {"password": ""}, {"name": "x" * 81}]
)
def test_a_welcome_form_that_will_not_do_keeps_what_was_typed_but_the_password(changes: dict[str, str]) -> None:
    token = invite(Role.REVIEWER, by=SYSTEM)
    form = {"name": "Ada Person", "email": "ada@desk.example", "password": PASSWORD, **changes}
    answer = Client().post(f"/console/welcome/{token}", form)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert PASSWORD not in shown
    assert any(typed in shown for typed in (form["name"], form["email"]) if typed)
    assert not Staff.objects.exists()
    assert Invitation.objects.get().used_at is None


@pytest.mark.parametrize("token", ["x", "x" * 300, "%00", "a%2Fb"])
def test_a_link_that_is_not_good_says_so(token: str) -> None:
    assert Client().get(f"/console/welcome/{token}").status_code == 404


def test_the_last_operator_cannot_be_put_out_and_is_told_why(operator: Client) -> None:
    me = Staff.objects.get()
    for path, form in (("active", {"active": "no"}), ("role", {"role": "reviewer"})):
        operator.post(f"/console/people/{me.pk}/{path}", form)
        me.refresh_from_db()
        assert (me.is_active, me.role) == (True, Role.OPERATOR)
    assert "last operator" in operator.get("/console/people").content.decode()


def test_somebody_is_put_out_and_let_in_again(operator: Client) -> None:
    other = make_staff()
    client = log_in(other)
    for form, status in (("no", 302), ("yes", 200)):
        operator.post(f"/console/people/{other.pk}/active", {"active": form})
        assert log_in(other).get("/console/").status_code == status
    # What was open before has ended for good.
    assert client.get("/console/").status_code == 302
    told = Entry.objects.filter(subject=f"staff:{other.pk}", by=staff(Staff.objects.earliest("pk").pk))
    assert list(told.order_by("index").values_list("event", flat=True)) == [
        Event.STAFF_CHANGED, Event.SESSIONS_ENDED, Event.STAFF_CHANGED,
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["", "emperor", "\x00"])
def test_a_role_that_does_not_exist_is_not_given(operator: Client, role: str) -> None:
    other = make_staff()
    operator.post(f"/console/people/{other.pk}/role", {"role": role})
    other.refresh_from_db()
    assert other.role == Role.REVIEWER
    assert operator.post("/console/people/invite", {"role": role}).status_code == 422


def test_the_banks_are_listed_with_what_a_match_does(supervisor: Client) -> None:
    create_default_banks()
    shown = supervisor.get("/console/banks").content.decode()
    for text in ("Decided: keep out", "An upload that matches is stopped.", "A match here overrules every other bank."):
        assert text in shown

"""One-time links end with the right of who made them, and can be taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from tests.factories import PASSWORD, log_in, make_staff

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.core import time
from argine.desk.core.actor import SHELL, SYSTEM, staff
from argine.desk.core.errors import NotFoundError
from argine.desk.people.enums import Role
from argine.desk.people.models import Invitation, Staff, StaffSession
from argine.desk.people.operations import (
    NewStaff,
    change_role,
    invite,
    join,
    reset_second_factor,
    set_active,
    set_password,
)

pytestmark = pytest.mark.django_db
NEW = NewStaff("new@desk.example", "New", PASSWORD)
PEOPLE = "/console/people"


@pytest.fixture
def operators() -> tuple[Staff, Staff]:
    return make_staff(Role.OPERATOR), make_staff(Role.OPERATOR)


def taken_back() -> list[tuple[str, str]]:
    return list(Entry.objects.filter(event=Event.INVITATION_TAKEN_BACK).values_list("subject", "by"))


def test_links_of_somebody_who_is_put_out_or_no_operator_any_more_end(operators: tuple[Staff, Staff]) -> None:
    stays, goes = operators
    mine, other = invite(Role.OPERATOR, by=staff(goes.pk)), invite(Role.REVIEWER, by=staff(stays.pk))
    link = Invitation.objects.get(by=staff(goes.pk))
    set_active(goes, active=False, by=staff(stays.pk))
    assert taken_back() == [(f"invitation:{link.id}", staff(stays.pk))]
    set_active(goes, active=True, by=staff(stays.pk))
    with pytest.raises(NotFoundError):
        join(mine, NEW)
    again = invite(Role.OPERATOR, by=staff(goes.pk))
    change_role(goes, Role.OPERATOR, by=staff(stays.pk))
    assert Invitation.objects.filter(by=staff(goes.pk)).exists()
    change_role(goes, Role.SUPERVISOR, by=staff(stays.pk))
    with pytest.raises(NotFoundError):
        join(again, NEW)
    assert join(other, NEW).role == Role.REVIEWER


def test_the_page_says_who_made_a_link_and_takes_it_back(operators: tuple[Staff, Staff]) -> None:
    here, maker = operators
    client = log_in(here)
    token = invite(Role.REVIEWER, by=staff(maker.pk))
    kept = invite(Role.SUPERVISOR, by=SHELL)
    page = client.get(PEOPLE).content.decode()
    assert f"made by {maker.name}" in page
    assert "made by Operator at the terminal" in page
    link = Invitation.objects.get(role=Role.REVIEWER)
    client.post(f"{PEOPLE}/links/{link.id}/take-back")
    assert "The link was taken back" in client.get(PEOPLE).content.decode()
    assert taken_back() == [(f"invitation:{link.id}", staff(here.pk))]
    assert Client().get(f"/console/welcome/{token}").status_code == 404
    assert Client().get(f"/console/welcome/{kept}").status_code == 200


@pytest.mark.parametrize("which", ["unknown", "used", "old"])
def test_a_link_that_is_not_open_is_told_so_and_nothing_is_logged(which: str) -> None:
    client = log_in(make_staff(Role.OPERATOR))
    with time.shifted(timedelta(hours=-49 if which == "old" else 0)):
        token = invite(Role.REVIEWER, by=SYSTEM)
    named = uuid4() if which == "unknown" else Invitation.objects.latest("created_at").id
    if which == "old":
        named = Invitation.objects.earliest("created_at").id
    if which == "used":
        join(token, NEW)
    client.post(f"{PEOPLE}/links/{named}/take-back")
    assert "not open any more" in client.get(PEOPLE).content.decode()
    assert taken_back() == []


@pytest.mark.parametrize("what", ["put out", "password", "second factor"])
def test_sessions_end_for_good_with_what_they_began_with(what: str) -> None:
    make_staff(Role.OPERATOR)
    person, client = make_staff(), Client()
    client.post("/console/login/", {"login": person.email, "password": PASSWORD})
    if what == "put out":
        set_active(person, active=False, by=SHELL)
        set_active(person, active=True, by=SHELL)
    elif what == "password":
        set_password(person, "another horse battery", by=SHELL)
    else:
        reset_second_factor(person, by=SHELL)
    assert client.get("/console/").status_code == 302
    assert not StaffSession.objects.filter(staff=person).exists()
    (entry,) = Entry.objects.filter(event=Event.SESSIONS_ENDED)
    assert (entry.subject, entry.by, entry.data) == (f"staff:{person.pk}", SHELL, '{"count":1}')

"""Who is known and tries what is not for them stands in the log: once an hour for each door, and no more."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import log_in, make_case, make_key, make_staff

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.people.enums import Role, Scope
from argine.desk.people.queries import find_key

pytestmark = pytest.mark.django_db


def refusals(event: Event) -> list[tuple[str, str, str]]:
    return list(Entry.objects.filter(event=event).order_by("index").values_list("subject", "by", "data"))


def test_a_member_of_staff_is_noted_once_an_hour_for_each_permission() -> None:
    person, colleague = make_staff(), make_staff()
    client, other = log_in(person), log_in(colleague)
    for page in ("/console/keys", "/console/keys", "/console/people", "/console/people"):
        assert client.get(page).status_code == 403
    assert other.get("/console/keys").status_code == 403
    assert log_in(make_staff(Role.OPERATOR)).get("/console/keys").status_code == 200
    assert Client().get("/console/keys").status_code == 302
    told = [
        (f"staff:{person.pk}", SYSTEM, '{"permission":"manage_keys"}'),
        (f"staff:{person.pk}", SYSTEM, '{"permission":"manage_people"}'),
        (f"staff:{colleague.pk}", SYSTEM, '{"permission":"manage_keys"}'),
    ]
    assert refusals(Event.STAFF_REFUSED) == told
    with time.shifted(timedelta(minutes=61)):
        log_in(person).get("/console/keys")
    assert refusals(Event.STAFF_REFUSED) == [*told, told[0]]


def test_a_form_that_asks_for_more_than_its_page_is_noted_too() -> None:
    person, case = make_staff(), make_case().case
    answer = log_in(person).post(f"/console/cases/{case.pk}/misuse", {"kind": "suspension", "days": "9"})
    assert answer.status_code == 403
    assert refusals(Event.STAFF_REFUSED) == [(f"staff:{person.pk}", SYSTEM, '{"permission":"override"}')]


def test_a_page_that_only_shows_why_a_button_is_shut_notes_nothing() -> None:
    assert log_in(make_staff()).get("/console/").status_code == 200
    assert refusals(Event.STAFF_REFUSED) == []


@pytest.mark.parametrize(
    ("address", "scope"), [("/api/v1/decisions", "decisions"), ("/hma/c/banks", "check or curate")]
)
def test_a_key_is_noted_once_an_hour_for_each_door(address: str, scope: str) -> None:
    secret = make_key([Scope.APPEALS])
    client, key = Client(headers={"Authorization": f"Bearer {secret}"}), find_key(secret)
    assert key is not None
    for _ in range(2):
        assert client.get(address).status_code == 403
    assert Client(headers={"Authorization": "Bearer argine_unknown"}).get(address).status_code == 401
    assert refusals(Event.KEY_REFUSED) == [(f"key:{key.id}", SYSTEM, f'{{"scope":"{scope}"}}')]

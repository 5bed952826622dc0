"""The log has who logged in, and that somebody tried a wrong password; what was typed stands nowhere."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import PASSWORD, make_staff

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, staff

pytestmark = pytest.mark.django_db
LOGIN = "/console/login/"


def logged(event: Event) -> list[tuple[str, str, str]]:
    return [(entry.subject, entry.by, entry.data) for entry in Entry.objects.filter(event=event).order_by("index")]


def test_a_log_in_is_logged_under_the_persons_own_id() -> None:
    person = make_staff()
    assert Client().post(LOGIN, {"login": person.email, "password": PASSWORD}).status_code == 302
    assert logged(Event.STAFF_LOGGED_IN) == [(f"staff:{person.pk}", staff(person.pk), '{"with":"password"}')]
    assert logged(Event.LOG_IN_REFUSED) == []


def test_wrong_passwords_are_logged_once_an_hour_for_each_account_and_once_for_none() -> None:
    one, other = make_staff(), make_staff()
    tries = [one.email, one.email.upper(), other.email, "nobody@example.org", "somebody@example.org"]
    for email in tries:
        assert Client().post(LOGIN, {"login": email, "password": "not the password"}).status_code == 200
    of_one, of_other, of_none = f"staff:{one.pk}", f"staff:{other.pk}", "staff:none"
    assert logged(Event.LOG_IN_REFUSED) == [(who, SYSTEM, "{}") for who in (of_one, of_other, of_none)]
    with time.shifted(timedelta(hours=1, seconds=1)):
        Client().post(LOGIN, {"login": one.email, "password": "not the password"})
    assert [who for who, _by, _data in logged(Event.LOG_IN_REFUSED)] == [of_one, of_other, of_none, of_one]
    assert logged(Event.STAFF_LOGGED_IN) == []

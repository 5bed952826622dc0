"""Who of the staff opened which case is in the log, and found there by case and by person."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError
from tests.factories import log_in, make_appeal, make_case, make_decision, make_staff

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.cases.models import Case
from argine.desk.cases.operations import mark_sensitive, reading
from argine.desk.console import sight
from argine.desk.core import time
from argine.desk.core.actor import SHELL, staff
from argine.desk.people.enums import Role
from argine.desk.people.models import Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make_case().case


def opened(case: Case) -> list[str]:
    found = Entry.objects.filter(event=Event.CASE_OPENED_BY_STAFF, subject=f"case:{case.id}").order_by("index")
    return [entry.by for entry in found]


def test_opening_a_case_is_logged_once_a_day_for_each_person(case: Case) -> None:
    one, other = make_staff(Role.REVIEWER), make_staff(Role.SUPERVISOR)
    for person in (one, one, other, one):
        assert log_in(person).get(f"/console/cases/{case.id}").status_code == 200
    assert opened(case) == [staff(one.pk), staff(other.pk)]
    with time.shifted(timedelta(days=1)):
        log_in(one).get(f"/console/cases/{case.id}")
    assert opened(case) == [staff(one.pk), staff(other.pk), staff(one.pk)]


def test_what_belongs_to_a_case_leads_to_it_and_what_is_not_there_to_none() -> None:
    appeal = make_appeal(make_decision(make_case().case))
    person = make_staff()
    assert sight.cases(person, {"case_id": appeal.case_id, "entry_id": uuid4()}) == {appeal.case_id}
    assert sight.cases(person, {"appeal_id": appeal.pk}) == {appeal.case_id}
    assert sight.cases(person, {"case_id": uuid4(), "appeal_id": uuid4()}) == set()


def test_the_list_of_cases_opens_none_and_who_is_not_let_in_opened_nothing(case: Case) -> None:
    reviewer = make_staff(Role.REVIEWER)
    log_in(reviewer).get("/console/")
    Staff.objects.filter(pk=make_staff(Role.OPERATOR).pk).update(sees_sensitive=True)
    mark_sensitive(case, sensitive=True, by=SHELL)
    assert log_in(reviewer).get(f"/console/cases/{case.id}").status_code == 404
    assert opened(case) == []


def test_a_database_that_takes_nothing_does_not_keep_the_case_from_who_decides_on_it(
    case: Case, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_args: Any, **_words: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(reading, "append", full)
    assert log_in(make_staff(Role.REVIEWER)).get(f"/console/cases/{case.id}").status_code == 200
    assert "could not be written down" in caplog.text


def test_the_log_is_found_by_person_and_the_list_of_people_leads_there(case: Case) -> None:
    one, operator = make_staff(Role.REVIEWER), make_staff(Role.OPERATOR)
    log_in(one).get(f"/console/cases/{case.id}")
    client = log_in(operator)
    assert f"/console/log?who={one.pk}#entries-title" in client.get("/console/people").text
    mine = client.get("/console/log", {"who": one.pk}).context["page"]
    assert [entry.event for entry in mine] == [Event.CASE_OPENED_BY_STAFF, Event.STAFF_JOINED]
    both = client.get("/console/log", {"who": one.pk, "case": case.number}).context["page"]
    assert len(both) == 1
    for nobody in ("0", "x", "99999999999"):
        answer = client.get("/console/log", {"who": nobody})
        assert answer.status_code == 200
        assert "Nothing in the log is of this case and person." in answer.text

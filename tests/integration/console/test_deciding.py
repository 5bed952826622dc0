"""Deciding in the console: what the form asks, asking once more before a removal, two reviewers at one case."""

from typing import Any

import pytest
from django.test import Client
from tests.factories import (
    every_fault,
    fresh,
    log_in,
    make_case,
    make_case_in,
    make_staff,
    random_signals,
    staff_client,
)

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.models import BankEntry
from argine.desk.cases.enums import CaseState, Outcome
from argine.desk.cases.models import Case, Decision, Message
from argine.desk.core.actor import staff
from argine.desk.people.enums import Role

pytestmark = pytest.mark.django_db

KEEP = {"ground": "not_intimate", "basis": "statement", "reasons": "We looked with care."}
REMOVE = {**KEEP, "ground": "intimate_without_consent"}
YES = {"confirmed": "yes"}


def covers(case: Case) -> dict[str, list[str]]:
    return {"covers": [str(pk) for pk in BankEntry.objects.filter(case_id=case.pk).values_list("pk", flat=True)]}


def send(client: Client, case: Case, way: str = "decide", **form: Any) -> Any:
    return client.post(f"/console/cases/{case.pk}/{way}", form)


def test_a_removal_is_asked_once_more_and_then_done_and_logged_under_the_reviewers_name() -> None:
    case, person = make_case().case, make_staff()
    client = log_in(person)
    asked = send(client, case, **REMOVE, **covers(case))
    assert asked.status_code == 200
    assert "We looked with care." in asked.content.decode()
    assert not Decision.objects.exists()
    done = send(client, case, **REMOVE, **covers(case), **YES)
    assert done.headers["Location"] == f"/console/cases/{case.pk}"
    assert (fresh(case).state, Decision.objects.get().by) == (CaseState.REMOVAL, staff(person.pk))
    assert Entry.objects.get(event=Event.DECISION_MADE).by == staff(person.pk)
    assert every_fault() == []


def test_what_was_said_travels_through_the_second_question() -> None:
    case = make_case(pictures=[random_signals(), random_signals()]).case
    client = staff_client()
    one = covers(case)["covers"][:1]
    asked = send(client, case, **REMOVE, covers=one)
    hidden = dict(asked.context["hidden"])
    assert (hidden["ground"], hidden["reasons"], hidden["covers"]) == (REMOVE["ground"], REMOVE["reasons"], one[0])
    back = send(client, case, **REMOVE, covers=one, back="yes")
    assert back.context["form"].covered == set(one)
    assert not Decision.objects.exists()


def test_to_keep_needs_no_second_question() -> None:
    case = make_case().case
    assert send(staff_client(), case, **KEEP).status_code == 302
    assert fresh(case).state == CaseState.KEPT


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ground": ""}, "ground"),
        ({"ground": "because"}, "ground"),
        ({"basis": ""}, "basis"),
        ({"basis": "a_dream"}, "basis"),
        ({"reasons": ""}, "reasons"),
        ({"reasons": "   "}, "reasons"),
        ({"reasons": "x" * 2001}, "reasons"),
        ({"covers": []}, "covers"),
        ({"covers": ["00000000-0000-4000-8000-000000000000"]}, "covers"),
        ({"covers": ["not an id"]}, "covers"),
        ({"reasons": "a\x00b"}, "reasons"),
    ],
)
def test_a_form_that_will_not_do_keeps_what_was_typed_and_says_where(changes: dict[str, Any], field: str) -> None:
    case = make_case().case
    form = {**REMOVE, **covers(case), **YES, **changes}
    answer = send(staff_client(), case, **form)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    if field != "reasons":
        assert REMOVE["reasons"] in answer.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("second", [KEEP, REMOVE])
def test_the_second_of_two_reviewers_is_told_and_loses_no_word(second: dict[str, str]) -> None:
    case = make_case().case
    tabs = covers(case)
    send(staff_client(), case, **KEEP)
    answer = send(staff_client(), case, **{**second, "reasons": "A second opinion."}, **tabs, **YES)
    assert answer.status_code == 409
    assert "A second opinion." in answer.content.decode()
    assert "colleague was faster" in answer.content.decode()
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("basis", ["own_copy", "address"])
def test_a_basis_that_the_case_does_not_have_is_refused_however_it_is_sent(basis: str) -> None:
    case = make_case().case
    answer = send(staff_client(), case, **{**KEEP, "basis": basis})
    assert answer.status_code in {409, 422}
    assert not Decision.objects.exists()


@pytest.mark.parametrize(("role", "status"), [(Role.REVIEWER, 403), (Role.SUPERVISOR, 302), (Role.OPERATOR, 302)])
def test_only_a_supervisor_or_operator_replaces_a_decision(role: Role, status: int) -> None:
    case = make_case_in(CaseState.REMOVAL)
    answer = send(staff_client(role), case, "override", **KEEP, **YES)
    assert answer.status_code == status
    assert Decision.objects.count() == (1 if status == 403 else 2)


def test_replacing_is_asked_once_more_either_way() -> None:
    supervisor = staff_client(Role.SUPERVISOR)
    for state, form in ((CaseState.REMOVAL, KEEP), (CaseState.KEPT, REMOVE)):
        case = make_case_in(state)
        assert send(supervisor, case, "override", **form, **covers(case)).status_code == 200
        assert fresh(case).state == state


@pytest.mark.parametrize("outcome", Outcome)
def test_replacing_by_the_same_is_refused(outcome: Outcome) -> None:
    state, form = (CaseState.REMOVAL, REMOVE) if outcome == Outcome.REMOVE else (CaseState.KEPT, KEEP)
    case = make_case_in(state)
    answer = send(staff_client(Role.SUPERVISOR), case, "override", **form, **covers(case), **YES)
    assert answer.status_code == 409
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(("text", "status"), [("Where?", 302), ("", 422), ("  ", 422), ("x" * 5001, 422)])
def test_asking_the_reporter(text: str, status: int) -> None:
    case = make_case().case
    answer = send(staff_client(), case, "ask", text=text)
    assert answer.status_code == status
    assert Message.objects.count() == (1 if status == 302 else 0)


def test_a_question_on_a_case_that_was_decided_meanwhile_is_told_and_not_lost() -> None:
    answer = send(staff_client(), make_case_in(CaseState.KEPT), "ask", text="Where did you see it?")
    assert answer.status_code == 409
    assert "Where did you see it?" in answer.content.decode()

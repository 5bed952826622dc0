"""Deciding at once the open cases that report exactly the same picture."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from tests.factories import (
    COLLEAGUE,
    REVIEWER,
    cat_signals,
    log_in,
    make_case,
    make_decision,
    make_staff,
    random_signals,
    staff_client,
)

from argine.desk.audit.models import Entry
from argine.desk.banks.models import BankEntry
from argine.desk.cases import copies
from argine.desk.cases.copies import OF_THE_PICTURE, Copy
from argine.desk.cases.enums import GROUNDS, ORDER_GROUNDS, CaseKind, CaseState, Ground, Outcome
from argine.desk.cases.models import Case, Decision
from argine.desk.cases.operations import decide_copies, merge
from argine.desk.cases.queries import current_decision
from argine.desk.console.access import refusal
from argine.desk.core.errors import RefusedError
from argine.desk.people.enums import Role
from argine.signals.types import Signal, SignalType

pytestmark = pytest.mark.django_db

EVERYTHING = copies.Q()


def same_picture(number: int, **changes: Any) -> tuple[list[Case], list[Signal]]:
    signals = random_signals()
    return [make_case(pictures=[signals], **changes).case for _ in range(number)], signals


def page(client: Client, case: Case) -> str:
    return client.get(f"/console/cases/{case.pk}/copies").content.decode()


@pytest.mark.parametrize("outcome", Outcome)
def test_copies_that_are_ticked_are_decided_alike_and_each_has_its_entry(outcome: Outcome) -> None:
    (first, one, other, left), _ = same_picture(4)
    decision = make_decision(first, outcome)
    client = staff_client()
    shown = client.get(f"/console/cases/{first.pk}").content.decode()
    assert "3 open cases report exactly this picture" in shown
    assert all(f"Case {case.number}<" in page(client, first) for case in (one, other, left))
    client.post(f"/console/cases/{first.pk}/copies", {"copies": [one.pk, other.pk]})
    for case in (one, other):
        made = current_decision(case)
        assert made is not None
        assert (made.outcome, made.ground, made.reasons, made.follows_id) == (
            outcome, decision.ground, decision.reasons, decision.pk,
        )  # fmt: skip
        assert Entry.objects.filter(subject=f"case:{case.pk}", event="case.decision.made").count() == 1
        live = BankEntry.objects.filter(case_id=case.pk, withdrawn_at=None)
        assert [entry.bank_id for entry in live] == (["removed"] if outcome == Outcome.REMOVE else [])
    assert current_decision(left) is None


def test_a_near_picture_is_no_exact_copy() -> None:
    (cat,) = cat_signals()
    near = Signal(SignalType.PDQ, bytes([cat.value[0] ^ 1, *cat.value[1:]]), 100)
    first, same, other = (make_case(pictures=[[signal]]).case for signal in (cat, cat, near))
    decision = make_decision(first)
    assert [copy.case for copy in copies.of_decision(decision, EVERYTHING)] == [same]
    assert other.pk not in {copy.case.pk for copy in copies.of_decision(decision, EVERYTHING)}


@pytest.fixture
def decided() -> Decision:
    return make_decision(same_picture(1)[0][0])


ONE, TWO = copies.UUID(int=1), copies.UUID(int=2)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, ""),
        ({"pictures": frozenset({ONE, TWO})}, "other pictures too"),
        ({"pictures": frozenset()}, "other pictures too"),
        ({"unseen_addresses": 1}, "addresses that nobody has looked at"),
    ],
)
def test_which_case_may_be_decided_unseen(decided: Decision, changes: dict[str, Any], text: str) -> None:
    copy = replace(Copy(make_case().case, frozenset({ONE}), frozenset({ONE})), **changes)
    assert text in refusal(lambda: copies.check(copy, decided, REVIEWER))
    assert bool(text) == bool(refusal(lambda: copies.check(copy, decided, REVIEWER)))


@pytest.mark.parametrize("state", CaseState)
def test_only_a_case_that_can_be_decided_is(decided: Decision, state: CaseState) -> None:
    case = make_case().case
    case.state = state
    may = not refusal(lambda: copies.check(Copy(case, frozenset({ONE}), frozenset({ONE})), decided, REVIEWER))
    assert may == (state in {CaseState.RECEIVED, CaseState.WAITING})


@pytest.mark.parametrize("ground", Ground)
def test_only_what_was_found_of_the_picture_itself_fits_another_case(decided: Decision, ground: Ground) -> None:
    decided.ground = ground
    copy = Copy(make_case().case, frozenset({ONE}), frozenset({ONE}))
    assert (not refusal(lambda: copies.check(copy, decided, REVIEWER))) == (ground in OF_THE_PICTURE)
    assert not OF_THE_PICTURE & ORDER_GROUNDS
    assert {Ground.NOT_ENTITLED, Ground.NOT_FOUND} <= GROUNDS[Outcome.KEEP] - OF_THE_PICTURE


@pytest.mark.parametrize(
    ("rule", "outcome", "may"),
    [
        ("off", Outcome.REMOVE, True),
        ("removals", Outcome.REMOVE, False),
        ("removals", Outcome.KEEP, True),
        ("all", Outcome.KEEP, False),
        ("all", Outcome.REMOVE, False),
    ],
)
def test_where_two_people_decide_one_does_not_do_it_in_bulk(
    settings: Any, rule: str, outcome: Outcome, *, may: bool
) -> None:
    (first, other), _ = same_picture(2)
    decision = make_decision(first, outcome)
    settings.CONFIG = replace(settings.CONFIG, four_eyes=rule)
    done = decide_copies(decision, [other.pk], by=COLLEAGUE, which=EVERYTHING)
    assert (len(done.done), list(done.refused)) == ((1, []) if may else (0, [other.number]))
    assert (current_decision(other) is not None) == may


def test_an_order_and_a_case_that_follows_another_are_left_alone(decided: Decision) -> None:
    (first, other, led), _ = same_picture(3)
    merge(led, other, by=REVIEWER)
    decision = make_decision(first)
    copy = next(copy for copy in copies.of_decision(decision, EVERYTHING) if copy.case == led)
    assert "follows another one" in refusal(lambda: copies.check(copy, decision, REVIEWER))
    copy.case.kind = CaseKind.ORDER
    assert "carried out for itself" in refusal(lambda: copies.check(copy, decision, REVIEWER))


def test_what_changed_meanwhile_is_judged_again_and_said() -> None:
    (first, other), _ = same_picture(2)
    make_decision(first)
    make_decision(other)
    client = staff_client()
    client.post(f"/console/cases/{first.pk}/copies", {"copies": [other.pk]})
    assert other.decisions.count() == 1


def test_a_decision_that_was_replaced_decides_nothing_any_more() -> None:
    (first, other), _ = same_picture(2)
    old = make_decision(first)
    make_decision(first, Outcome.KEEP, override=True)
    with pytest.raises(RefusedError, match="replaced"):
        decide_copies(old, [other.pk], by=REVIEWER, which=EVERYTHING)


def test_sensitive_cases_are_neither_listed_nor_decided() -> None:
    (first, other), _ = same_picture(2)
    make_decision(first)
    Case.objects.filter(pk=other.pk).update(sensitive=True)
    client = log_in(make_staff(Role.OPERATOR))
    assert f"Case {other.number}<" not in page(client, first)
    client.post(f"/console/cases/{first.pk}/copies", {"copies": [other.pk]})
    assert current_decision(other) is None


@pytest.mark.parametrize("sent", [{}, {"copies": "nonsense"}, {"copies": ["", "\x00"]}])
def test_nothing_ticked_is_said(sent: dict[str, Any]) -> None:
    (first, other), _ = same_picture(2)
    make_decision(first)
    answer = staff_client().post(f"/console/cases/{first.pk}/copies", sent)
    assert answer.status_code == 422
    assert "Tick at least one case" in answer.content.decode()
    assert current_decision(other) is None


def test_without_a_decision_there_is_no_such_page_and_without_copies_it_says_so() -> None:
    case = make_case().case
    assert staff_client().get(f"/console/cases/{case.pk}/copies").status_code == 404
    make_decision(case)
    assert "No open case reports exactly this picture." in page(staff_client(), case)

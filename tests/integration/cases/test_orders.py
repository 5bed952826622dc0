"""Orders of authorities: what is written down, their clocks, who confirms them, more time, and what they are not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.factories import (
    PLATFORM,
    REVIEWER,
    decision_draft,
    every_fault,
    fresh,
    make_case,
    make_decision,
    make_order,
    make_sighting,
    order_draft,
    random_signals,
    row_counts,
)

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.cases import duties, queries
from argine.desk.cases.drafts import ActionDraft, AppealDraft, OrderDraft
from argine.desk.cases.enums import ORDER_GROUNDS, Appellant, Basis, CaseKind, CaseState, Ground, Measure, Outcome
from argine.desk.cases.models import Address, Case, Decision, Order
from argine.desk.cases.operations import (
    add_information,
    ask_reporter,
    decide,
    extend_order,
    file_appeal,
    register_order,
    report_action,
    withdraw,
)
from argine.desk.cases.queries import current_decision
from argine.desk.cases.statements import statement_of
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import InvalidError, RefusedError
from argine.law.terms import ClockKind, Issuer
from argine.law.terms import Measure as LawMeasure

pytestmark = pytest.mark.django_db

PLACES = ["https://site.example/p/1", "https://site.example/p/2"]
HOUR = timedelta(hours=1)
CARRY_OUT = decision_draft(Outcome.REMOVE, ground=Ground.ORDERED, basis=Basis.ORDER)
VOID = decision_draft(Outcome.KEEP, ground=Ground.ORDER_VOID, basis=Basis.ORDER)


def hour(hours: float) -> datetime:
    return time.now() + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("regime", "issuer", "times", "kind", "hours"),
    [
        ("au-osa-77", Issuer.REGULATOR, {}, ClockKind.STATUTORY, 24),
        ("au-osa-77", Issuer.REGULATOR, {"given_at": -3}, ClockKind.STATUTORY, 21),
        ("au-osa-77", Issuer.REGULATOR, {"due_at": 40}, ClockKind.STATUTORY, 40),
        ("in-rule-3-1-d", Issuer.COURT, {}, ClockKind.STATUTORY, 3),
        ("in-rule-3-1-d", Issuer.COURT, {"due_at": 40}, ClockKind.STATUTORY, 3),
        ("in-rule-3-1-d", Issuer.COURT, {"due_at": 1}, ClockKind.STATUTORY, 1),
        ("it-144bis-order", Issuer.REGULATOR, {"due_at": 12}, ClockKind.ORDERED, 12),
        ("it-144bis-order", Issuer.REGULATOR, {}, None, None),
    ],
)
def test_the_clock_is_what_the_law_and_the_order_make_of_it(
    regime: str, issuer: Issuer, times: dict[str, float], kind: ClockKind | None, hours: float | None
) -> None:
    now = time.now()
    given = {name: now + timedelta(hours=value) for name, value in times.items()}
    make_order(regime=regime, issuer=issuer, received_at=now, addresses=PLACES, **given)
    found = list(Clock.objects.values_list("kind", "due_at"))
    expected = [] if hours is None else [(kind, now + timedelta(hours=hours))] * 2
    assert found == expected
    assert every_fault() == []


def test_an_order_is_a_case_of_its_own_with_a_code_that_nobody_knows_and_no_notice() -> None:
    order = make_order(addresses=PLACES)
    case = order.case
    assert (case.kind, case.state, case.notices.count()) == (CaseKind.ORDER, CaseState.RECEIVED, 0)
    assert [address.url for address in Address.objects.filter(case=case).order_by("position")] == PLACES
    assert (order.authority, order.reference) == ("Garante per la protezione dei dati personali", "n. 123/2026")
    assert not Entry.objects.filter(data__contains="Garante").exists()
    assert not Entry.objects.filter(data__contains="123/2026").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"authority": " "}, "authority"),
        ({"authority": "x" * 501}, "authority"),
        ({"authority": "A\u202ecourt"}, "authority"),
        ({"reference": "n. 1\x1b[31m"}, "reference"),
        ({"addresses": ["https://a.example/\u202egpj"]}, "addresses"),
        ({"reference": "x" * 501}, "reference"),
        ({"regime": "us-tida-s3"}, "regime"),
        ({"regime": "mx-olimpia"}, "regime"),
        ({"issuer": Issuer.COURT}, "issuer"),
        ({"addresses": ["no address"]}, "addresses"),
        ({"received_at": datetime(2999, 1, 1, tzinfo=UTC)}, "received_at"),
        ({"given_at": datetime(2999, 1, 1, tzinfo=UTC)}, "given_at"),
        ({"under_18": True, "addresses": PLACES}, "under_18"),
        ({"under_18": True, "pictures": [random_signals()]}, "under_18"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_kept(changes: dict[str, object], field: str) -> None:
    draft: OrderDraft = replace(order_draft(), **changes)
    before = row_counts()
    with pytest.raises(InvalidError) as refusal:
        register_order(draft, by=REVIEWER)
    assert set(refusal.value.fields) == {field}
    assert row_counts() == before


def test_its_pictures_are_in_review_until_it_is_confirmed_and_blocked_at_once_after_that() -> None:
    signals = random_signals()
    order = make_order(pictures=[signals])
    assert make_sighting(signals).verdict == "review"
    decision = decide(order.case, CARRY_OUT, by=REVIEWER)
    assert make_sighting(signals).verdict == "block"
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert fresh(order.case).state == CaseState.REMOVED
    assert statement_of(decision) is None, "Article 17(5)"
    assert every_fault() == []


def test_an_order_that_is_revoked_lets_the_pictures_go() -> None:
    signals = random_signals()
    order = make_order(pictures=[signals])
    decide(order.case, CARRY_OUT, by=REVIEWER)
    decide(order.case, VOID, by=REVIEWER, override=True)
    assert make_sighting(signals).verdict == "allow"
    assert fresh(order.case).state == CaseState.KEPT


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize("basis", [Basis.STATEMENT, Basis.ORDER])
def test_an_order_has_grounds_of_its_own(kind: CaseKind, ground: Ground, basis: Basis) -> None:
    case = make_order().case if kind == CaseKind.ORDER else make_case().case
    outcome = Outcome.REMOVE if ground in {Ground.ORDERED, *list(Ground)[:3]} else Outcome.KEEP
    fits = (ground in ORDER_GROUNDS) == (basis == Basis.ORDER) == (kind == CaseKind.ORDER)
    if fits:
        assert make_decision(case, outcome, ground=ground, basis=basis).ground == ground
    else:
        with pytest.raises(RefusedError):
            make_decision(case, outcome, ground=ground, basis=basis)
        assert not Decision.objects.exists()


def appeal(case: Case) -> object:
    decision = current_decision(case)
    if decision is None:
        raise RefusedError("There is nothing to appeal.")
    who = Appellant.UPLOADER if decision.outcome == Outcome.REMOVE else Appellant.REPORTER
    return file_appeal(decision, AppealDraft(who, "It is mine."), by=PLATFORM)


OPERATIONS: dict[str, Callable[[Case], object]] = {
    "carry out": lambda case: decide(case, CARRY_OUT, by=REVIEWER),
    "void": lambda case: decide(case, VOID, by=REVIEWER),
    "override to carry out": lambda case: decide(case, CARRY_OUT, by=REVIEWER, override=True),
    "revoke": lambda case: decide(case, VOID, by=REVIEWER, override=True),
    "more time": lambda case: extend_order(queries.get_order(case), hour(90), by=REVIEWER),
    "ask": lambda case: ask_reporter(case, "Where?", by=REVIEWER),
    "appeal": appeal,
    "withdraw": lambda case: withdraw(case, by=REPORTER),
}
RECEIVED, REMOVAL, REMOVED, KEPT = CaseState.RECEIVED, CaseState.REMOVAL, CaseState.REMOVED, CaseState.KEPT
PERMITTED: dict[CaseState, dict[str, CaseState]] = {
    RECEIVED: {"carry out": REMOVAL, "void": KEPT, "more time": RECEIVED},
    REMOVAL: {"revoke": KEPT, "more time": REMOVAL},
    REMOVED: {"revoke": KEPT},
    KEPT: {"override to carry out": REMOVAL},
}


def order_in(state: CaseState) -> Case:
    case = make_order(regime="au-osa-77").case
    if state in {REMOVAL, REMOVED}:
        decision = decide(case, CARRY_OUT, by=REVIEWER)
        if state == REMOVED:
            report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    elif state == KEPT:
        decide(case, VOID, by=REVIEWER)
    return fresh(case)


@pytest.mark.parametrize("state", PERMITTED)
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_on_an_order_leads_where_the_table_says_or_leaves_no_trace(name: str, state: CaseState) -> None:
    case = order_in(state)
    before = row_counts()
    if (leads_to := PERMITTED[state].get(name)) is not None:
        OPERATIONS[name](case)
        assert fresh(case).state == leads_to
        assert every_fault() == []
    else:
        with pytest.raises(RefusedError):
            OPERATIONS[name](case)
        assert (fresh(case).state, row_counts()) == (state, before)


def test_more_time_puts_new_clocks_in_the_place_of_those_that_run() -> None:
    order, until = make_order(regime="au-osa-77", addresses=PLACES), hour(60)
    extend_order(order, until, by=REVIEWER)
    clocks = Clock.objects.order_by("due_at")
    assert [clock.state for clock in clocks] == [ClockState.SUPERSEDED] * 2 + [ClockState.RUNNING] * 2
    assert {clock.due_at for clock in clocks if clock.state == ClockState.RUNNING} == {until}
    assert len({clock.item_id for clock in clocks}) == 2
    assert Entry.objects.filter(event=Event.CLOCK_SUPERSEDED).count() == 2
    assert (order.due_at, Order.objects.get().extended_to) == (None, until)
    assert every_fault() == []


@pytest.mark.parametrize(("regime", "hours"), [("in-rule-3-1-d", 60), ("au-osa-77", 2)])
def test_the_law_sets_the_limit_of_more_time(regime: str, hours: float) -> None:
    issuer = Issuer.COURT if regime.startswith("in") else Issuer.REGULATOR
    order = make_order(regime=regime, issuer=issuer)
    before = row_counts()
    with pytest.raises(RefusedError, match="limit"):
        extend_order(order, hour(hours), by=REVIEWER)
    assert (row_counts(), Order.objects.get().extended_to) == (before, None)


def test_an_order_that_named_no_time_gets_a_clock_when_it_names_one() -> None:
    order, until = make_order(), hour(5)
    assert not Clock.objects.exists()
    extend_order(order, until, by=REVIEWER)
    assert Clock.objects.get().due_at == until


def test_what_the_law_lacks_and_asks_is_known() -> None:
    bare = order_draft(reference="", measure=None)
    assert set(duties.of_order(bare).missing["it-144bis-order"]) == {"where", "measure", "reference"}
    full = order_draft(addresses=PLACES, measure=LawMeasure.REMOVE)
    assert duties.of_order(full).missing == {}


def test_about_somebody_under_18_nothing_is_kept_but_the_clock_runs() -> None:
    order = make_order(regime="au-osa-77", under_18=True)
    assert Clock.objects.get().item_id is None
    assert not Address.objects.exists()
    assert queries.entries_of_case(order.case_id) == []


def test_a_reporter_cannot_write_to_an_order_that_is_closed() -> None:
    with pytest.raises(RefusedError):
        add_information(order_in(KEPT), "x", by=REPORTER)

"""How long the records of a case stay: the rules, as a truth table, and what the desk asks them about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import REVIEWER, fresh, make_appeal, make_case_in, make_decision, make_order
from tests.unit.law.facts_of_law import REGIMES

from argine.desk.cases import keeping
from argine.desk.cases.enums import ENDED, OPEN, CaseKind, CaseState, Outcome
from argine.desk.cases.keeping import Removal, Standing, Stays, removals
from argine.desk.cases.models import Case
from argine.desk.cases.operations import hold_records, preserve
from argine.law.terms import RecordClass

FILE, LOG, NUMBER = RecordClass.CASE_FILE, RecordClass.ACTION_LOG, RecordClass.MINOR_REFERENCE
DECIDED = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


KEPT = Standing(CaseKind.NOTICE, CaseState.KEPT, DECIDED, DECIDED, appeal_until=at(2027, 5, 20))
REMOVED = replace(KEPT, state=CaseState.REMOVED, keeps_out=True)
TAKEN_BACK = Standing(CaseKind.NOTICE, CaseState.WITHDRAWN, DECIDED)
ORDER = Standing(
    CaseKind.ORDER, CaseState.REMOVED, DECIDED, DECIDED, order_received_at=at(2026, 11, 19), keeps_out=True
)
FROZEN = Standing(CaseKind.NOTICE, CaseState.FROZEN, DECIDED)
REPORTED = replace(FROZEN, minor_reported_at=DECIDED, minor_until=at(2027, 11, 20))


@pytest.mark.parametrize(
    ("case", "regimes", "record", "expected"),
    [
        # The longest of the law's period and the time to appeal counts.
        (KEPT, ["eu-dsa-16"], FILE, at(2027, 5, 20)),
        (KEPT, ["us-tida-s3"], FILE, at(2027, 5, 20)),
        (replace(KEPT, appeal_until=at(2027, 8, 1)), ["eu-dsa-16"], FILE, at(2027, 8, 1)),
        (replace(KEPT, appeal_until=DECIDED), ["eu-dsa-16"], FILE, at(2027, 5, 20)),
        (REMOVED, ["eu-dsa-16"], FILE, at(2027, 5, 20)),
        # An order's material is found by its address: the address stays as long as the material.
        (ORDER, ["it-144bis-order"], FILE, at(2027, 11, 19)),
        (replace(ORDER, order_received_at=None), ["it-144bis-order"], FILE, Stays.NO_END),
        # Nothing was decided, so no period of the law ever began.
        (TAKEN_BACK, ["eu-dsa-16"], FILE, DECIDED),
        (TAKEN_BACK, ["us-tida-s3"], LOG, DECIDED),
        (replace(TAKEN_BACK, decided_at=DECIDED), ["eu-dsa-16"], FILE, at(2027, 5, 20)),
        # Nothing of somebody under 18 but the number of the report.
        (FROZEN, ["eu-dsa-16"], FILE, DECIDED),
        (replace(REPORTED, decided_at=DECIDED), ["eu-dsa-16"], FILE, DECIDED),
        (REPORTED, ["uk-osa-10-3a"], NUMBER, at(2031, 11, 20)),
        (REPORTED, ["us-tida-s3"], NUMBER, at(2027, 11, 20)),
        (replace(REPORTED, minor_until=None), [], NUMBER, Stays.NO_END),
        # The record of what was done: by law, by advice, and while copies are kept out.
        (KEPT, ["eu-dsa-16"], LOG, at(2027, 5, 20)),
        (KEPT, ["us-tida-s3"], LOG, at(2031, 11, 20)),
        (replace(ORDER, keeps_out=False), ["au-osa-77"], LOG, at(2029, 1, 1)),
        (REMOVED, ["eu-dsa-16"], LOG, Stays.SIGNALS),
        # Whatever waits, or is held, stays.
        (replace(KEPT, state=CaseState.RECEIVED), ["eu-dsa-16"], FILE, Stays.OPEN),
        (replace(KEPT, is_waiting=True), ["eu-dsa-16"], FILE, Stays.WAITING),
        (replace(KEPT, is_held=True), ["eu-dsa-16"], FILE, Stays.HELD),
        (replace(KEPT, is_held=True), ["eu-dsa-16"], LOG, Stays.HELD),
        (replace(FROZEN, is_held=True), [], FILE, Stays.HELD),
        (replace(REPORTED, is_held=True), [], NUMBER, Stays.HELD),
    ],
)
def test_when_a_record_goes(
    case: Standing, regimes: list[str], record: RecordClass, expected: datetime | Stays
) -> None:
    found = removal_of(case, regimes, record)
    assert (found.stays or found.at) == expected


def removal_of(case: Standing, regimes: list[str], record: RecordClass, *, as_advised: bool = True) -> Removal:
    found = removals(case, [REGIMES[key] for key in regimes], as_advised=as_advised)
    return next(one for one in found if one.record is record)


def test_without_advice_the_law_alone_counts() -> None:
    found = removal_of(KEPT, ["us-tida-s3"], LOG, as_advised=False)
    assert (found.at, found.basis) == (at(2027, 5, 20), keeping.FOLLOWS)


@given(
    state=st.sampled_from(CaseState),
    decided=st.none() | st.just(DECIDED),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    ids=st.sets(st.sampled_from(sorted(REGIMES))),
)
def test_each_record_either_has_an_end_with_its_rule_or_says_why_it_stays(
    state: CaseState, decided: datetime | None, flags: tuple[bool, bool, bool], ids: set[str]
) -> None:
    waiting, held, out = flags
    case = Standing(CaseKind.NOTICE, state, DECIDED, decided, None, None, DECIDED, None, waiting, held, out)
    for removal in removals(case, [REGIMES[key] for key in ids], as_advised=True):
        assert (removal.at is None) == (removal.stays is not None)
        assert removal.at is None or (removal.basis is not None and removal.at >= DECIDED)
        if removal.record is FILE:
            stays = state in OPEN or waiting or held
            assert (removal.at is None) >= stays
            assert stays or state not in ENDED or decided or removal.at == DECIDED


@pytest.mark.django_db
@pytest.mark.parametrize("state", CaseState)
def test_the_desk_finds_what_a_case_is_judged_by_in_every_state(state: CaseState) -> None:
    case = make_case_in(state)
    file = keeping.plan([case])[case.id][0]
    if state in OPEN:
        assert file.stays is Stays.OPEN
    elif state in ENDED:
        assert file.at == case.changed_at
    else:
        assert file.at is not None
        assert file.at > case.changed_at + 180 * DAY


@pytest.mark.django_db
def test_an_open_appeal_a_hold_and_an_order_keep_the_records() -> None:
    appealed, held, order = make_case_in(CaseState.REMOVED), make_case_in(CaseState.KEPT), make_order()
    decision = appealed.decisions.get()
    make_appeal(decision, content_id="post-7")
    hold_records(held, "A lawsuit in Milan.", by=REVIEWER)
    make_decision(
        order.case, Outcome.KEEP, ground="order_void", basis="order"
    )  # revoked: nothing is kept out for it any more
    plans = keeping.plan([appealed, held, fresh(order.case)])
    assert plans[appealed.id][0].stays is Stays.WAITING
    assert plans[held.id][0].stays is Stays.HELD
    file = plans[order.case_id][0]
    assert file.basis is not None
    assert file.basis.regime_id == "it-144bis-order"
    assert file.at is not None
    assert file.at > order.received_at + 360 * DAY


@pytest.mark.django_db
def test_the_number_of_a_report_about_a_minor_stays_as_long_as_was_written_down() -> None:
    case = make_case_in(CaseState.FROZEN)
    rows = preserve(case, case.opened_at, "42", by=REVIEWER)
    number = keeping.plan([case])[case.id][1]
    assert number.record is NUMBER
    assert number.at is not None
    assert number.at >= max(row.ends_at for row in rows if row.ends_at)


@pytest.mark.django_db
def test_many_cases_take_no_more_look_ups_than_one(django_assert_num_queries: object) -> None:
    cases = [make_case_in(state) for state in (CaseState.KEPT, CaseState.REMOVED, CaseState.FROZEN) for _ in range(3)]
    with django_assert_num_queries(11):  # type: ignore[operator]
        keeping.plan(cases[:1])
    every = list(Case.objects.all())
    with django_assert_num_queries(11):  # type: ignore[operator]
        keeping.plan(every)

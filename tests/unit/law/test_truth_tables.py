"""Each regime's truth table: which elements are there x in which capacity -> what is missing, due and owed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.law.facts_of_law import FRIDAY_EVENING, FULL, NOTICE_REGIMES, REGIMES, stating

from argine.law.duties import of_notice
from argine.law.duty import DutyKind
from argine.law.regime import Regime
from argine.law.rules import may_report
from argine.law.terms import Capacity, ClockKind, Element, Moment, Recipient

# By regime: what it requires, in the order of its file.
REQUIRED = {
    "br-12976": "",
    "br-mci-21": "where capacity",
    "eu-dsa-16": "where why_unlawful no_consent good_faith",
    "in-rule-3-2-b": "where capacity nature no_consent",
    "it-144bis": "",
    "kr-tba-22-5": "",
    "uk-osa-10-3a": "where capacity no_consent nature good_faith contact",
    "uk-osa-27-search": "where capacity no_consent nature good_faith contact",
    "us-tida-s3": "where capacity no_consent good_faith signature contact",
}
# By regime: the hours and kind of its clock from a notice; None where no clock runs.
CLOCKS = {
    "br-12976": (2, ClockKind.STATUTORY),
    "br-mci-21": None,
    "eu-dsa-16": (48, ClockKind.INDICATIVE),
    "in-rule-3-2-b": (2, ClockKind.STATUTORY),
    "it-144bis": None,
    "kr-tba-22-5": None,
    "uk-osa-10-3a": (48, ClockKind.STATUTORY),
    "uk-osa-27-search": (48, ClockKind.STATUTORY),
    "us-tida-s3": (48, ClockKind.STATUTORY),
}
# By regime: in which capacity one may report.
BOTH = {Capacity.DEPICTED_PERSON, Capacity.REPRESENTATIVE}
MAY = dict.fromkeys(REQUIRED, BOTH) | {
    "it-144bis": {Capacity.DEPICTED_PERSON},
    "kr-tba-22-5": {Capacity.DEPICTED_PERSON},
}
# By regime: what the platform does, and under which rule it looks for copies.
ACTS = {
    "br-12976": ("disable_access", ""),
    "br-mci-21": ("disable_access", ""),
    "eu-dsa-16": ("remove disable_access", ""),
    "in-rule-3-2-b": ("remove disable_access", ""),
    "it-144bis": ("", ""),
    "kr-tba-22-5": ("delete disable_access", ""),
    "uk-osa-10-3a": ("remove", "substantially_same"),
    "uk-osa-27-search": ("deindex", "substantially_same"),
    "us-tida-s3": ("remove", "identical"),
}
EVERY = [REGIMES[key] for key in REQUIRED]
every_regime = pytest.mark.parametrize("regime", EVERY, ids=REQUIRED)
every_capacity = pytest.mark.parametrize("capacity", Capacity)


def hours_of(regime: Regime) -> timedelta | None:
    row = CLOCKS[regime.id]
    return None if row is None else timedelta(hours=row[0])


def test_the_table_has_every_regime_that_a_notice_sets_going() -> None:
    assert {regime.id for regime in NOTICE_REGIMES} | {"it-144bis"} == set(REQUIRED) == set(CLOCKS) == set(ACTS)


@every_regime
@every_capacity
@pytest.mark.parametrize("lacks", [None, *Element])
def test_with_one_element_less_just_that_is_missing(regime: Regime, capacity: Capacity, lacks: Element | None) -> None:
    found = of_notice(stating(set(Element) - {lacks}, capacity), [regime])
    expected = (lacks.value,) if lacks is not None and lacks.value in REQUIRED[regime.id].split() else ()
    assert found.missing.get(regime.id, ()) == expected
    asked = [(duty.what, duty.to) for duty in found.duties if duty.kind is DutyKind.ASK]
    assert asked == [(key, Recipient.REPORTER) for key in expected]


@every_regime
@every_capacity
@pytest.mark.parametrize("has", [None, *Element])
def test_with_one_element_only_all_others_are_missing(regime: Regime, capacity: Capacity, has: Element | None) -> None:
    found = of_notice(stating({has} if has else (), capacity), [regime])
    assert found.missing.get(regime.id, ()) == tuple(key for key in REQUIRED[regime.id].split() if key != has)


@every_regime
@every_capacity
@pytest.mark.parametrize("elements", [(), tuple(Element)], ids=["nothing", "everything"])
def test_the_clock_runs_whatever_the_notice_states(
    regime: Regime, capacity: Capacity, elements: tuple[Element, ...]
) -> None:
    running = of_notice(stating(elements, capacity), [regime]).clocks
    row = CLOCKS[regime.id]
    if row is None:
        assert running == ()
    else:
        (due,) = running
        assert (due.kind, due.started_at, due.due_at) == (row[1], FRIDAY_EVENING, FRIDAY_EVENING + hours_of(regime))
        assert (due.regime_id, due.regime_version) == (regime.id, regime.version)


@every_regime
@every_capacity
def test_the_platform_acts_and_looks_for_copies_until_the_clock_ends(regime: Regime, capacity: Capacity) -> None:
    found = of_notice(stating(Element, capacity), [regime])
    acts = [duty for duty in found.duties if duty.kind in {DutyKind.ACT, DutyKind.FIND_COPIES}]
    measures, copies = ACTS[regime.id]
    assert [duty.what for duty in acts if duty.kind is DutyKind.ACT] == measures.split()
    assert [duty.what for duty in acts if duty.kind is DutyKind.FIND_COPIES] == copies.split()
    hours = hours_of(regime)
    assert all(duty.due_at == (None if hours is None else FRIDAY_EVENING + hours) for duty in acts)
    assert all(duty.moments == (Moment.RECEIVED,) for duty in acts)


@every_regime
@every_capacity
def test_who_may_report(regime: Regime, capacity: Capacity) -> None:
    assert may_report(stating(Element, capacity), regime) is (capacity in MAY[regime.id])


@every_regime
def test_each_duty_names_its_place_in_the_law_and_its_sources(regime: Regime) -> None:
    known = {source.key for source in regime.sources}
    for duty in of_notice(replace(stating(()), danger_to_life=True), [regime]).duties:
        assert duty.basis.regime_id == regime.id
        assert duty.basis.version == regime.version
        assert duty.basis.ref
        assert set(duty.basis.sources) == known


@every_regime
def test_signals_stand_for_an_address_where_the_law_lets_them(regime: Regime) -> None:
    elements = set(Element) - {Element.WHERE}
    signals = replace(stating(elements), has_signals=True)
    lets = regime.id.startswith("uk-") or "where" not in REQUIRED[regime.id].split()
    assert ("where" not in of_notice(signals, [regime]).missing.get(regime.id, ())) is lets
    assert of_notice(replace(signals, has_address=True), [regime]).missing == {}


@every_regime
def test_a_regime_runs_alone_as_it_runs_among_all(regime: Regime) -> None:
    alone, among = of_notice(FULL, [regime]), of_notice(FULL, REGIMES.values())
    assert alone.clocks == tuple(due for due in among.clocks if due.regime_id == regime.id)
    assert set(alone.duties) == {duty for duty in among.duties if duty.basis.regime_id == regime.id}

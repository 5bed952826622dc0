from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.law.errors import RegimeError
from argine.law.regime import Capacity, ClockKind, Element, Mark, Regime, Verified
from argine.law.rules import Due, NoticeFacts, clocks, missing_elements, switched_on
from argine.law.schema import load_all

REGIMES = load_all()
US, UK, EU, IT = (REGIMES[key] for key in ("us-tida-s3", "uk-osa-10-3a", "eu-dsa-16", "it-144bis"))

FRIDAY_EVENING = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
SUNDAY_EVENING = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
FULL = NoticeFacts(
    elements=frozenset(Element),
    reporter_capacity=Capacity.DEPICTED_PERSON,
    country=None,
    has_address=True,
    has_signals=True,
    depicted_under_18=False,
    received_at=FRIDAY_EVENING,
)

fact_sheets = st.builds(
    NoticeFacts,
    elements=st.frozensets(st.sampled_from(Element)),
    reporter_capacity=st.sampled_from(Capacity),
    country=st.sampled_from([None, "US", "GB", "IT", "FR", "JP"]),
    has_address=st.booleans(),
    has_signals=st.booleans(),
    depicted_under_18=st.booleans(),
    received_at=st.datetimes(datetime(2026, 8, 1), datetime(2036, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


def without(*keys: str, address: bool = False, signals: bool = False) -> NoticeFacts:
    left = frozenset(Element) - {Element(key) for key in keys}
    return replace(FULL, elements=left, has_address=address, has_signals=signals)


def marked(regime: Regime, mark: Mark) -> Regime:
    return replace(regime, verified=Verified(mark, regime.verified.on))


# Missing elements: what the form lacks, what each law misses

EVERYTHING = tuple(Element)
MISSING = [
    # lacks, address, signals | US, UK, EU
    ((), False, False, (), (), ()),
    (("where",), False, False, ("where",), ("where",), ("where",)),
    (("where",), True, False, (), (), ()),
    (("where",), False, True, ("where",), (), ("where",)),
    (("where",), True, True, (), (), ()),
    (("capacity",), True, False, ("capacity",), ("capacity",), ()),
    (("no_consent",), True, False, ("no_consent",), ("no_consent",), ("no_consent",)),
    (("nature",), True, False, (), ("nature",), ()),
    (("why_unlawful",), True, False, (), (), ("why_unlawful",)),
    (("good_faith",), True, False, ("good_faith",), ("good_faith",), ("good_faith",)),
    (("signature",), True, False, ("signature",), (), ()),
    (("contact",), True, False, ("contact",), ("contact",), ()),
    (("relevant_info",), True, False, (), (), ()),
    (
        EVERYTHING,
        False,
        False,
        ("where", "capacity", "no_consent", "good_faith", "signature", "contact"),
        ("where", "capacity", "no_consent", "nature", "good_faith", "contact"),
        ("where", "why_unlawful", "no_consent", "good_faith"),
    ),
]


@pytest.mark.parametrize(("lacks", "address", "signals", "us", "uk", "eu"), MISSING)
def test_each_law_misses_what_it_requires_and_the_form_lacks(
    lacks: tuple[str, ...],
    address: bool,
    signals: bool,
    us: tuple[str, ...],
    uk: tuple[str, ...],
    eu: tuple[str, ...],
) -> None:
    facts = without(*lacks, address=address, signals=signals)
    assert [missing_elements(facts, regime) for regime in (US, UK, EU, IT)] == [us, uk, eu, ()]


@given(fact_sheets, st.sampled_from(Element))
def test_stating_more_never_makes_more_missing(facts: NoticeFacts, more: Element) -> None:
    fuller = replace(facts, elements=facts.elements | {more})
    for regime in REGIMES.values():
        assert set(missing_elements(fuller, regime)) <= set(missing_elements(facts, regime))


# Clocks

DUE_US = Due("us-tida-s3", 2, ClockKind.STATUTORY, FRIDAY_EVENING, SUNDAY_EVENING)
DUE_UK = Due("uk-osa-10-3a", 2, ClockKind.STATUTORY, FRIDAY_EVENING, SUNDAY_EVENING)
DUE_EU = Due("eu-dsa-16", 2, ClockKind.INDICATIVE, FRIDAY_EVENING, SUNDAY_EVENING)


@pytest.mark.parametrize(
    ("facts", "regimes", "expected"),
    [
        (FULL, (), ()),
        (FULL, (US,), (DUE_US,)),
        (FULL, (UK,), (DUE_UK,)),
        (FULL, (EU,), (DUE_EU,)),
        (FULL, (IT,), ()),
        (FULL, (EU, IT, UK, US), (DUE_UK, DUE_US, DUE_EU)),
        (replace(FULL, country="US"), (US, UK, EU), (DUE_UK, DUE_US, DUE_EU)),
        (replace(FULL, country="JP"), (US, UK, EU), (DUE_UK, DUE_US, DUE_EU)),
        (replace(FULL, reporter_capacity=Capacity.REPRESENTATIVE), (US, EU), (DUE_US, DUE_EU)),
        (without(*Element), (US, UK), (DUE_UK, DUE_US)),
        (replace(FULL, depicted_under_18=True), (US, UK, EU, IT), ()),
        (replace(FULL, has_address=False), (US,), (DUE_US,)),
    ],
    ids=[
        "nothing switched on",
        "US alone",
        "UK alone",
        "EU alone: the operator's promise",
        "IT alone: no report to the Garante",
        "all: statutes before the promise",
        "country known: every regime still runs",
        "country outside all of them: every regime still runs",
        "by a representative",
        "an incomplete notice starts the clocks too",
        "under 18: no clock",
        "signals only",
    ],
)
def test_a_notice_starts_these_clocks(
    facts: NoticeFacts, regimes: tuple[Regime, ...], expected: tuple[Due, ...]
) -> None:
    assert clocks(facts, regimes) == expected


def test_the_weekend_counts() -> None:
    (due,) = clocks(FULL, [US])
    assert due.due_at - due.started_at == timedelta(hours=48)


def test_the_authoritys_clock_starts_when_the_person_reported_to_it() -> None:
    told = replace(FULL, reported_to_authority_at={"it-144bis": FRIDAY_EVENING - timedelta(hours=30)})
    due, *_ = clocks(told, [US, IT])
    assert (due.regime_id, due.kind) == ("it-144bis", ClockKind.AUTHORITY)
    assert due.due_at == FRIDAY_EVENING + timedelta(hours=18)


def test_the_authoritys_clock_of_a_minor_does_not_run_here() -> None:
    told = replace(FULL, depicted_under_18=True, reported_to_authority_at={"it-144bis": FRIDAY_EVENING})
    assert clocks(told, [IT]) == ()


def test_the_nearest_clock_leads() -> None:
    hurried = replace(EU, indicative_hours=12)
    assert [due.regime_id for due in clocks(FULL, [US, hurried])] == ["eu-dsa-16", "us-tida-s3"]


def test_an_operator_who_promises_nothing_runs_no_indicative_clock() -> None:
    assert clocks(FULL, [replace(EU, indicative_hours=None)]) == ()


@pytest.mark.parametrize(("day", "runs"), [(28, False), (29, True)])
def test_a_law_not_yet_in_force_starts_no_clock(day: int, runs: bool) -> None:
    facts = replace(FULL, received_at=datetime(2026, 6, day, 23, 59, tzinfo=UTC))
    assert bool(clocks(facts, [UK])) is runs


@given(fact_sheets)
def test_clocks_are_sorted_and_end_after_they_start(facts: NoticeFacts) -> None:
    running = clocks(facts, REGIMES.values())
    assert list(running) == sorted(running, key=lambda due: due.due_at)
    assert all(due.due_at > due.started_at == facts.received_at for due in running)
    # United States, United Kingdom twice, Union, India, Brazil.
    assert len(running) == (0 if facts.depicted_under_18 else 6)


ROME = timezone(timedelta(hours=1))


@pytest.mark.parametrize("moment", [datetime(2026, 11, 20), datetime(2026, 11, 20, tzinfo=ROME)])  # noqa: DTZ001
def test_a_time_that_is_not_in_utc_is_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        replace(FULL, received_at=moment)
    with pytest.raises(ValueError, match="UTC"):
        replace(FULL, reported_to_authority_at={"it-144bis": moment})


# Switching on


def test_regimes_are_switched_on_in_the_order_given_and_once() -> None:
    assert switched_on(["us-tida-s3", "eu-dsa-16", "us-tida-s3"]) == (US, EU)


def test_an_unknown_regime_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RegimeError, match="xx-law is not a regime; known are au-osa-77, br-12976"):
        switched_on(["xx-law"])


@pytest.mark.parametrize(
    ("mark", "accepted", "runs"),
    [
        (Mark.OFFICIAL, set(), True),
        (Mark.QUOTED, set(), True),
        (Mark.REPORTED, set(), False),
        (Mark.REPORTED, {"us-tida-s3"}, True),
        (Mark.REPORTED, {"eu-dsa-16"}, False),
        (Mark.MEMORY, set(), False),
        (Mark.MEMORY, {"us-tida-s3"}, True),
    ],
)
def test_an_unverified_regime_needs_the_operators_yes(mark: Mark, accepted: set[str], runs: bool) -> None:
    regime = marked(US, mark)
    if runs:
        assert switched_on([US.id], accepted, {US.id: regime}) == (regime,)
    else:
        with pytest.raises(RegimeError, match=f"marked {mark}"):
            switched_on([US.id], accepted, {US.id: regime})

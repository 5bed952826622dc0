"""What is told to whom and when, by law or only asked for; and what must stay true of every list of duties."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.law.facts_of_law import FRIDAY_EVENING, FULL, NOTICE_REGIMES, ORDER, ORDER_REGIMES, REGIMES, stating

from argine.law.duties import DutyList, of_notice, of_order
from argine.law.duty import DutyKind
from argine.law.facts import NoticeFacts
from argine.law.rules import Due, clock_of_order, clocks, missing_elements, missing_of_order, nearest_first
from argine.law.terms import Capacity, ClockKind, Element, Force, Issuer, Moment, OrderElement, Recipient

EU, UK, US, IN, IT = (REGIMES[key] for key in ("eu-dsa-16", "uk-osa-10-3a", "us-tida-s3", "in-rule-3-2-b", "it-144bis"))
R, D, F, A = Moment.RECEIVED, Moment.REMOVED, Moment.REFUSED, Moment.APPEALED


def told(found: DutyList, moment: Moment, to: Recipient, force: Force | None = None) -> set[str]:
    return {
        duty.what
        for duty in found.at(moment)
        if duty.kind is DutyKind.TELL and duty.to is to and force in {None, duty.basis.force}
    }


DECIDED = "decision redress automation"
# regime, moment, to whom | by law, asked for besides
TOLD = [
    (EU, R, Recipient.REPORTER, "receipt", ""),
    (EU, D, Recipient.REPORTER, DECIDED, ""),
    (EU, F, Recipient.REPORTER, DECIDED, "refusal_reasons"),
    (EU, A, Recipient.REPORTER, "appeal_decision", ""),
    (EU, R, Recipient.UPLOADER, "", ""),
    (EU, D, Recipient.UPLOADER, "statement_of_reasons", ""),
    (EU, F, Recipient.UPLOADER, "", ""),
    (EU, D, Recipient.DATABASE, "statement_of_reasons", ""),
    (EU, F, Recipient.DATABASE, "", ""),
    (US, R, Recipient.REPORTER, "", "receipt"),
    (US, D, Recipient.REPORTER, "", "decision"),
    (US, F, Recipient.REPORTER, "", "decision refusal_reasons"),
    (US, D, Recipient.UPLOADER, "", ""),
    (UK, R, Recipient.REPORTER, "", "receipt"),
    (UK, D, Recipient.REPORTER, "", ""),
    (UK, F, Recipient.REPORTER, "", "redress"),
    (UK, D, Recipient.UPLOADER, "", ""),
    (IN, R, Recipient.REPORTER, "receipt", ""),
    (IN, D, Recipient.REPORTER, "decision", ""),
    (IN, F, Recipient.REPORTER, "decision", ""),
    (IN, D, Recipient.UPLOADER, "", ""),
]


@pytest.mark.parametrize(("regime", "moment", "to", "law", "asked"), TOLD)
def test_what_is_told(regime: object, moment: Moment, to: Recipient, law: str, asked: str) -> None:
    found = of_notice(FULL, [regime])  # type: ignore[list-item]  # a table of mixed cells
    assert told(found, moment, to, Force.LAW) == set(law.split())
    assert told(found, moment, to, Force.GUIDANCE) == set(asked.split())


def test_only_the_union_has_the_uploader_told_of_a_removal() -> None:
    assert [r.id for r in NOTICE_REGIMES if of_notice(FULL, [r]).must_tell_uploader(D)] == ["eu-dsa-16"]
    assert not of_notice(FULL, [EU]).must_tell_uploader(F)


@pytest.mark.parametrize(
    ("change", "moment", "to", "gone"),
    [
        ({"uploader_contact": False}, D, Recipient.UPLOADER, {"statement_of_reasons"}),
        ({"elements": frozenset(Element) - {Element.CONTACT}}, D, Recipient.REPORTER, set(DECIDED.split())),
        ({"service_is_small": True}, D, Recipient.DATABASE, {"statement_of_reasons"}),
        ({"service_is_small": True}, A, Recipient.UPLOADER, {"appeal_decision"}),
        ({"service_is_small": True}, Moment.PERIODICALLY, Recipient.AUTHORITY, {"periodic_report"}),
    ],
)
def test_a_condition_that_is_not_met_takes_the_duty_away(
    change: dict[str, object], moment: Moment, to: Recipient, gone: set[str]
) -> None:
    with_all = told(of_notice(FULL, [EU]), moment, to)
    changed = replace(FULL, **change)  # type: ignore[arg-type]  # a table of mixed cells
    assert with_all - told(of_notice(changed, [EU]), moment, to) == gone


@pytest.mark.parametrize("danger", [True, False])
def test_a_danger_to_life_is_told_to_the_police(danger: bool) -> None:
    found = of_notice(replace(FULL, danger_to_life=danger), [EU])
    assert ("danger_to_life" in told(found, R, Recipient.AUTHORITY)) is danger


def test_the_indian_answers_have_hours_of_their_own() -> None:
    hours = {
        duty.what: (duty.due_at or FRIDAY_EVENING) - FRIDAY_EVENING
        for duty in of_notice(FULL, [IN]).duties
        if duty.kind is DutyKind.TELL
    }
    assert hours == {"receipt": timedelta(hours=24), "decision": timedelta(days=7)}


def test_the_law_gives_no_hours_for_any_other_message() -> None:
    timed = {
        d.basis.regime_id for d in of_notice(FULL, REGIMES.values()).duties if d.kind is DutyKind.TELL and d.due_at
    }
    assert timed == {"in-rule-3-2-b"}


@pytest.mark.parametrize(
    ("regime", "small", "expected"),
    [
        (EU, False, {("open_appeal", "uploader", D), ("open_appeal", "reporter", F)}),
        (EU, True, set()),
        (US, False, set()),
        (
            UK,
            True,
            {("open_appeal", "uploader", D), ("open_appeal", "reporter", F), ("expedite_appeal", "reporter", F)},
        ),
    ],
)
def test_appeals_are_opened_and_the_british_reporters_goes_first(
    regime: object, small: bool, expected: set[tuple[str, str, Moment]]
) -> None:
    found = of_notice(replace(FULL, service_is_small=small), [regime])  # type: ignore[list-item]  # mixed cells
    kinds = {DutyKind.OPEN_APPEAL, DutyKind.EXPEDITE_APPEAL}
    assert {(d.kind.value, d.what, *d.moments) for d in found.duties if d.kind in kinds} == expected


# The Garante


def test_the_person_is_offered_the_garante_until_they_say_that_they_reported() -> None:
    (offer,) = of_notice(FULL, [IT]).duties
    assert (offer.kind, offer.to, offer.moments) == (DutyKind.OFFER_REFERRAL, Recipient.REPORTER, (R,))
    reported = replace(FULL, reported_to_authority_at={"it-144bis": FRIDAY_EVENING})
    found = of_notice(reported, [IT])
    assert found.duties == ()
    assert [(due.kind, due.due_at) for due in found.clocks] == [
        (ClockKind.AUTHORITY, FRIDAY_EVENING + timedelta(hours=48))
    ]


def test_nobody_reports_to_the_garante_for_another_adult() -> None:
    assert of_notice(replace(FULL, reporter_capacity=Capacity.REPRESENTATIVE), [IT]).duties == ()


def test_the_garantes_texts_are_there_in_both_languages() -> None:
    referral = IT.referral
    assert referral is not None
    for words in (referral.text, referral.who, referral.question, referral.running, referral.passed):
        assert words.en != words.it
    assert "not this platform" in referral.running.en


# What is true of every list

utc = st.datetimes(datetime(2026, 8, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
notices = st.builds(
    NoticeFacts,
    elements=st.frozensets(st.sampled_from(Element)),
    reporter_capacity=st.sampled_from(Capacity),
    country=st.sampled_from([None, "US", "IN", "JP"]),
    has_address=st.booleans(),
    has_signals=st.booleans(),
    depicted_under_18=st.booleans(),
    received_at=utc,
    reported_to_authority_at=st.just({}) | st.builds(lambda moment: {"it-144bis": moment}, utc),
    uploader_contact=st.booleans(),
    service_is_small=st.booleans(),
    danger_to_life=st.booleans(),
)


@given(notices, st.sampled_from(Element))
def test_stating_more_makes_nothing_more_missing_and_moves_no_clock(facts: NoticeFacts, more: Element) -> None:
    fuller = replace(facts, elements=facts.elements | {more})
    less, found = of_notice(facts, REGIMES.values()), of_notice(fuller, REGIMES.values())
    assert all(set(keys) <= set(less.missing[key]) for key, keys in found.missing.items())
    assert found.clocks == less.clocks


@given(notices)
def test_nothing_is_due_before_the_notice_came(facts: NoticeFacts) -> None:
    found = of_notice(facts, REGIMES.values())
    assert all(due.due_at > due.started_at for due in found.clocks)
    assert all(due.started_at == facts.received_at for due in found.clocks if due.kind is not ClockKind.AUTHORITY)
    assert all(duty.due_at is None or duty.due_at > facts.received_at for duty in found.duties)
    assert all(duty.basis.ref for duty in found.duties)


@given(notices, st.sampled_from(sorted(REGIMES)))
def test_a_new_version_of_a_file_changes_nothing_but_the_version(facts: NoticeFacts, key: str) -> None:
    regime = REGIMES[key]
    newer = replace(regime, version=regime.version + 1, digest="0" * 64)
    old, new = of_notice(facts, [regime]), of_notice(facts, [newer])
    assert missing_elements(facts, newer) == missing_elements(facts, regime)
    assert [replace(due, regime_version=regime.version) for due in new.clocks] == list(old.clocks)
    assert [replace(d, basis=replace(d.basis, version=0)) for d in new.duties] == [
        replace(d, basis=replace(d.basis, version=0)) for d in old.duties
    ]


@given(st.sampled_from(ORDER_REGIMES), st.frozensets(st.sampled_from(OrderElement)), st.sampled_from(Issuer), utc, utc)
def test_no_order_is_due_before_it_started(
    regime: object, elements: frozenset[OrderElement], issuer: Issuer, received_at: datetime, own: datetime
) -> None:
    facts = replace(ORDER, elements=elements, issuer=issuer, received_at=received_at, due_at=own)
    due = clock_of_order(facts, regime)  # type: ignore[arg-type]  # sampled
    assert due is None or due.due_at >= due.started_at == received_at
    fuller = replace(facts, elements=frozenset(OrderElement))
    assert missing_of_order(fuller, regime) == ()  # type: ignore[arg-type]  # sampled
    assert of_order(fuller, regime).clocks == of_order(facts, regime).clocks  # type: ignore[arg-type]  # sampled


@given(notices)
def test_the_nearest_comes_first_and_at_one_instant_the_statute(facts: NoticeFacts) -> None:
    running = of_notice(facts, REGIMES.values()).clocks
    keys = [(due.due_at, due.kind.rank) for due in running]
    assert keys == sorted(keys)


def test_at_one_instant_what_binds_most_comes_first_whatever_its_name() -> None:
    made = [
        Due(key, 1, kind, FRIDAY_EVENING, FRIDAY_EVENING)
        for key, kind in zip("abcd", reversed(ClockKind), strict=True)  # type: ignore[call-overload]  # an enum reverses
    ]
    assert [due.kind for due in nearest_first(made)] == [
        ClockKind.STATUTORY,
        ClockKind.ORDERED,
        ClockKind.INDICATIVE,
        ClockKind.AUTHORITY,
    ]


def test_the_duties_stand_in_the_order_of_the_cases_life() -> None:
    found = of_notice(stating(()), REGIMES.values()).duties
    firsts = [min(list(Moment).index(moment) for moment in duty.moments) for duty in found]
    assert firsts == sorted(firsts)


def test_the_clocks_of_the_list_are_those_of_the_rules() -> None:
    assert of_notice(FULL, REGIMES.values()).clocks == clocks(FULL, REGIMES.values())

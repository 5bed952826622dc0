from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.law.facts_of_law import REGIMES

from argine.law.months import months_after, year_end
from argine.law.retention import WITHDRAWAL, CaseKind, Hold, RetentionFacts, longest, retention, start_of
from argine.law.terms import Mark, RecordClass

ALL = tuple(REGIMES.values())
DECIDED = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
NOTICE = RetentionFacts(CaseKind.NOTICE, decided_at=DECIDED)
ORDER = RetentionFacts(CaseKind.ORDER, decided_at=DECIDED, order_received_at=datetime(2026, 11, 1, tzinfo=UTC))
MINOR = RetentionFacts(CaseKind.UNDER_18, minor_reported_at=DECIDED)


def hold(facts: RetentionFacts, record: RecordClass, *regimes: str) -> Hold:
    found = retention(facts, [REGIMES[key] for key in regimes] if regimes else ALL)
    return next(one for one in found if one.record is record)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year, month, day, hour, minute


@pytest.mark.parametrize(
    ("facts", "record", "regime", "until", "ref"),
    [
        (NOTICE, RecordClass.CASE_FILE, "eu-dsa-16", at(2027, 5, 20, 18, 30), "Article 20(1)"),
        (NOTICE, RecordClass.CASE_FILE, "br-12976", at(2027, 5, 20, 18, 30), "law 15.211/2025"),
        (NOTICE, RecordClass.CASE_FILE, "us-tida-s3", DECIDED, None),
        (NOTICE, RecordClass.ACTION_LOG, "us-tida-s3", DECIDED, None),
        (NOTICE, RecordClass.ACTION_LOG, "in-rule-3-2-b", DECIDED, None),
        (ORDER, RecordClass.ACTION_LOG, "au-osa-77", at(2029, 1, 1), "DIS Standard, section 38"),
        (ORDER, RecordClass.ORDERED_MATERIAL, "it-144bis-order", at(2027, 11, 1), "paragraph 4"),
        (ORDER, RecordClass.CASE_FILE, "eu-dsa-16", DECIDED, None),
        (MINOR, RecordClass.MINOR_CONTENT, "us-tida-s3", at(2027, 11, 20, 18, 30), "18 U.S.C. 2258A(h)"),
        (MINOR, RecordClass.MINOR_REFERENCE, "uk-osa-10-3a", at(2031, 11, 20, 18, 30), "S.I. 2026/268, regulation 8"),
        (MINOR, RecordClass.MINOR_REFERENCE, "us-tida-s3", DECIDED, None),
    ],
)
def test_until_when_a_record_stays(
    facts: RetentionFacts, record: RecordClass, regime: str, until: datetime, ref: str | None
) -> None:
    found = hold(facts, record, regime)
    assert found.until == until
    assert (found.basis.ref if found.basis else None) == ref


def test_advice_is_told_apart_from_law() -> None:
    found = hold(NOTICE, RecordClass.ACTION_LOG, "us-tida-s3")
    assert found.basis is None
    assert found.advised_until == at(2031, 11, 20, 18, 30)
    assert found.advised_basis is not None
    assert (found.advised_basis.ref, found.advised_basis.mark) == ("28 U.S.C. 2462", Mark.MEMORY)


def test_of_several_laws_the_longest_holds() -> None:
    found = hold(NOTICE, RecordClass.CASE_FILE)
    assert found.until == at(2027, 5, 20, 18, 30)
    content = hold(MINOR, RecordClass.MINOR_CONTENT, "us-tida-s3", "uk-osa-10-3a")
    assert content.until == at(2027, 11, 20, 18, 30)


@pytest.mark.parametrize(
    ("facts", "record"),
    [
        (RetentionFacts(CaseKind.NOTICE), RecordClass.CASE_FILE),
        (RetentionFacts(CaseKind.ORDER, decided_at=DECIDED), RecordClass.ORDERED_MATERIAL),
        (RetentionFacts(CaseKind.ORDER), RecordClass.ACTION_LOG),
        (RetentionFacts(CaseKind.UNDER_18), RecordClass.MINOR_CONTENT),
    ],
)
def test_a_period_that_has_not_begun_has_no_end(facts: RetentionFacts, record: RecordClass) -> None:
    found = hold(facts, record)
    assert found.until is None
    assert found.basis is not None


@pytest.mark.parametrize("facts", [NOTICE, ORDER])
def test_signals_stay_until_the_person_withdraws(facts: RetentionFacts) -> None:
    assert hold(facts, RecordClass.SIGNALS) == Hold(RecordClass.SIGNALS, None, WITHDRAWAL)


def test_a_minors_case_has_an_obligation_and_no_file() -> None:
    kept = [one.record for one in retention(MINOR, ALL)]
    assert kept == [RecordClass.MINOR_CONTENT, RecordClass.MINOR_REFERENCE]


@pytest.mark.parametrize(
    ("facts", "record"),
    [
        (NOTICE, RecordClass.CASE_FILE),
        (ORDER, RecordClass.ACTION_LOG),
        (MINOR, RecordClass.MINOR_REFERENCE),
        (replace(ORDER, order_received_at=None), RecordClass.ORDERED_MATERIAL),
    ],
)
def test_the_longest_hold_and_its_basis(facts: RetentionFacts, record: RecordClass) -> None:
    found = longest(retention(facts, ALL))
    assert found is not None
    assert found.record is record
    assert found.basis is not None


def test_what_a_service_keeps_as_a_whole_is_no_cases() -> None:
    report = next(one for one in REGIMES["eu-dsa-16"].records if one.kind is RecordClass.TRANSPARENCY_REPORT)
    assert start_of(NOTICE, report) is None
    assert (report.months, report.mark) == (60, Mark.MEMORY)


def test_where_no_law_holds_anything_there_is_no_longest() -> None:
    assert longest(retention(NOTICE, [REGIMES["us-tida-s3"]])) is None


def test_a_time_that_is_not_in_utc_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC"):
        RetentionFacts(CaseKind.NOTICE, decided_at=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (at(2026, 8, 31, 10), 6, at(2027, 3, 1, 10)),
        (at(2026, 12, 31), 2, at(2027, 3, 1)),
        (at(2027, 8, 29), 6, at(2028, 2, 29)),
        (at(2028, 2, 29), 12, at(2029, 3, 1)),
        (at(2026, 12, 15), 1, at(2027, 1, 15)),
        (at(2026, 1, 31), 12, at(2027, 1, 31)),
        (at(2026, 10, 31), 2, at(2026, 12, 31)),
    ],
)
def test_months_are_calendar_months_and_never_cut_short(start: datetime, months: int, end: datetime) -> None:
    assert months_after(start, months) == end


@given(st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), st.integers(1, 120))  # noqa: DTZ001
def test_more_months_never_end_earlier(start: datetime, months: int) -> None:
    assert months_after(start, months) > start
    assert months_after(start, months) <= months_after(start, months + 1)
    assert months_after(start, months) - start >= timedelta(days=28 * months)


def test_the_end_of_a_year_is_the_first_instant_of_the_next() -> None:
    assert year_end(DECIDED) == year_end(at(2026, 1, 1)) == at(2027, 1, 1)

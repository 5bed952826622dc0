"""The person shown was under 18: at once nothing is matched, decided or shown, and only an obligation is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from tests.factories import (
    PLATFORM,
    REVIEWER,
    every_fault,
    fresh,
    log_events,
    make_appeal,
    make_case,
    make_case_in,
    make_decision,
    make_order,
    make_sighting,
    random_signals,
    row_counts,
)

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.models import EntrySignal
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import ENDED, AppealState, CaseState, Measure
from argine.desk.cases.models import Appeal, Preservation
from argine.desk.cases.operations import freeze, minors, preserve, report_action
from argine.desk.cases.queries import receipt
from argine.desk.cases.statements import statement_of
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, Actor
from argine.desk.core.errors import InvalidError, RefusedError
from argine.law.months import months_after

pytestmark = pytest.mark.django_db

REPORTED = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("by", [REPORTER, REVIEWER])
def test_from_any_state_it_stops_at_once_and_a_case_that_ended_is_left_alone(state: CaseState, by: Actor) -> None:
    signals = random_signals()
    case = make_case_in(state, pictures=[signals])
    before = row_counts()
    if state in ENDED:
        with pytest.raises(RefusedError):
            freeze(case, by=by)
        assert row_counts() == before
    else:
        freeze(case, by=by)
        assert Event.CASE_FROZEN in log_events(f"case:{case.pk}")
    assert not EntrySignal.objects.exists()
    assert make_sighting(signals).verdict == "allow"
    assert not Clock.objects.filter(ended_at=None).exists()
    assert fresh(case).state == (state if state in ENDED else CaseState.FROZEN)
    assert every_fault() == []


def test_what_was_decided_is_carried_out_no_more_and_told_to_nobody() -> None:
    case = make_case().case
    decision = make_decision(case)
    make_appeal(decision)
    freeze(case, by=REVIEWER)
    decision.case.refresh_from_db()
    with pytest.raises(RefusedError, match="under 18"):
        report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert statement_of(decision) is None
    assert Appeal.objects.get().state == AppealState.CLOSED
    with pytest.raises(RefusedError, match="under 18"):
        receipt(fresh(case).notices.get())


def test_an_order_about_somebody_under_18_is_stopped_too() -> None:
    signals = random_signals()
    order = make_order(pictures=[signals], regime="au-osa-77")
    freeze(order.case, by=REVIEWER)
    assert make_sighting(signals).verdict == "allow"
    assert Clock.objects.get().state == ClockState.STOPPED


def test_a_failure_half_way_leaves_the_case_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    before = row_counts()
    monkeypatch.setattr(minors, "append", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        freeze(case, by=REVIEWER)
    assert (row_counts(), fresh(case).state, make_sighting(signals).verdict) == (before, CaseState.RECEIVED, "review")


def test_only_who_keeps_what_until_when_is_written_down(settings: LazySettings) -> None:
    settings.CONFIG = replace(settings.CONFIG, regimes=("us-tida-s3",))
    case = make_case_in(CaseState.FROZEN)
    rows = preserve(case, REPORTED, "NCMEC 42", by=REVIEWER)
    assert rows
    for row in rows:
        assert (row.held_by, row.starts_at, row.reference) == ("host", REPORTED, "NCMEC 42")
        assert row.ends_at == months_after(REPORTED, 12)
    assert not Entry.objects.filter(data__contains="NCMEC").exists()
    assert every_fault() == []


def test_where_no_law_says_how_long_the_number_is_kept_all_the_same(settings: LazySettings) -> None:
    settings.CONFIG = replace(settings.CONFIG, regimes=("it-144bis",))
    (row,) = preserve(make_case_in(CaseState.FROZEN), REPORTED, "42", by=REVIEWER)
    assert (row.regime, row.ends_at) == ("", None)


@pytest.mark.parametrize(
    ("at", "reference", "field"),
    [(REPORTED, " ", "reference"), (REPORTED, "x" * 501, "reference"), (None, "42", "reported_at")],
)
def test_a_number_and_a_time_are_needed(at: datetime | None, reference: str, field: str) -> None:
    case = make_case_in(CaseState.FROZEN)
    with pytest.raises(InvalidError) as refusal:
        preserve(case, at or time.now() + timedelta(hours=1), reference, by=REVIEWER)
    assert (set(refusal.value.fields), Preservation.objects.count()) == ({field}, 0)


@pytest.mark.parametrize("state", [state for state in CaseState if state != CaseState.FROZEN])
def test_of_another_case_no_obligation_is_kept(state: CaseState) -> None:
    with pytest.raises(RefusedError):
        preserve(make_case_in(state), REPORTED, "42", by=REVIEWER)

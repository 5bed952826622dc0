"""Appeals: who, until when, how soon, decided by whom, and what each outcome does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from tests.factories import (
    COLLEAGUE,
    PLATFORM,
    REVIEWER,
    every_fault,
    fresh,
    log_events,
    make_appeal,
    make_case,
    make_case_in,
    make_decision,
    make_sighting,
    random_signals,
    row_counts,
)

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.models import Sighting
from argine.desk.cases import appeals
from argine.desk.cases.drafts import ActionDraft, AppealDraft, VerdictDraft
from argine.desk.cases.enums import (
    APPEAL_TRANSITIONS,
    AppealState,
    Appellant,
    Basis,
    CaseState,
    Ground,
    Measure,
    Outcome,
)
from argine.desk.cases.models import Appeal, Decision
from argine.desk.cases.operations import decide_appeal, file_appeal, report_action, withdraw
from argine.desk.clocks.enums import OWN_RULE, ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import InvalidError, RefusedError
from argine.law.months import months_after
from argine.law.terms import ClockKind
from argine.merkle.canonical import parse_canonical_json

pytestmark = pytest.mark.django_db

STANDS = VerdictDraft(Basis.STATEMENT, "Looked at once more.")
LAWFUL = replace(STANDS, ground=Ground.CONSENT_SHOWN)
UNLAWFUL = replace(STANDS, ground=Ground.INTIMATE_WITHOUT_CONSENT)


def regimes(settings: LazySettings, *ids: str, **more: object) -> None:
    settings.CONFIG = replace(settings.CONFIG, regimes=ids, **more)


def refused() -> Decision:
    return make_decision(make_case().case, Outcome.KEEP)


def appeal_clock() -> Clock:
    return Clock.objects.get(duty=Duty.APPEAL)


@pytest.mark.parametrize(
    ("ids", "who", "expedited", "regime", "hours"),
    [
        (("us-tida-s3",), Appellant.REPORTER, False, OWN_RULE, 168),
        (("eu-dsa-16", "us-tida-s3"), Appellant.REPORTER, False, "eu-dsa-16", 168),
        (("eu-dsa-16", "uk-osa-10-3a"), Appellant.REPORTER, True, "uk-osa-10-3a", 48),
        (("eu-dsa-16", "uk-osa-10-3a"), Appellant.UPLOADER, False, "eu-dsa-16", 168),
    ],
)
def test_an_appeal_has_the_desks_promise_under_the_law_that_asks_most(
    ids: tuple[str, ...], who: Appellant, expedited: bool, regime: str, hours: int, settings: LazySettings
) -> None:
    regimes(settings, *ids)
    outcome = Outcome.KEEP if who == Appellant.REPORTER else Outcome.REMOVE
    appeal = make_appeal(make_decision(make_case().case, outcome))
    clock = appeal_clock()
    assert (appeal.who, appeal.expedited, clock.regime, clock.kind) == (who, expedited, regime, ClockKind.INDICATIVE)
    assert (clock.item_id, clock.due_at - appeal.at) == (appeal.pk, timedelta(hours=hours))
    assert every_fault() == []


def test_it_is_open_for_six_months_at_least_and_longer_where_the_desk_says_so(settings: LazySettings) -> None:
    decision = refused()
    decision.at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert appeals.open_until(decision, Appellant.REPORTER) == datetime(2026, 7, 31, 12, tzinfo=UTC)
    regimes(settings, "eu-dsa-16", appeal_months=1)
    assert appeals.open_until(decision, Appellant.REPORTER) == datetime(2026, 7, 31, 12, tzinfo=UTC)
    regimes(settings, "us-tida-s3", appeal_months=12)
    assert appeals.open_until(decision, Appellant.UPLOADER) == months_after(decision.at, 12)


@pytest.mark.parametrize(("seconds", "permitted"), [(-60, True), (60, False)])
def test_after_the_last_instant_it_is_refused_with_the_day(seconds: int, permitted: bool) -> None:
    decision = refused()
    until = appeals.open_until(decision, Appellant.REPORTER)
    with time.shifted(until - time.now() + timedelta(seconds=seconds)):
        if permitted:
            assert make_appeal(decision).until == until
        else:
            with pytest.raises(RefusedError, match=f"{until:%Y-%m-%d}"):
                make_appeal(decision)


@pytest.mark.parametrize("text", ["", " \n", "x" * 5001])
def test_an_appeal_says_why_and_not_too_long(text: str) -> None:
    decision = refused()
    before = row_counts()
    with pytest.raises(InvalidError) as refusal:
        make_appeal(decision, text)
    assert (set(refusal.value.fields), row_counts()) == ({"text"}, before)


def test_a_reporters_appeal_brings_the_pictures_back_to_review_until_it_is_decided() -> None:
    signals = random_signals()
    decision = make_decision(make_case(pictures=[signals]).case, Outcome.KEEP)
    assert make_sighting(signals).verdict == "allow"
    appeal = make_appeal(decision)
    assert make_sighting(signals).verdict == "review"
    decide_appeal(appeal, STANDS, by=COLLEAGUE)
    assert make_sighting(signals).verdict == "allow"
    assert (appeal.state, fresh(decision.case).state) == (AppealState.UPHELD, CaseState.KEPT)
    assert appeal_clock().state == ClockState.MET
    assert Decision.objects.count() == 1
    assert every_fault() == []


def test_a_reporters_appeal_that_overturns_blocks_and_gives_the_platform_its_hours_anew() -> None:
    signals = random_signals()
    decision = make_decision(make_case(pictures=[signals]).case, Outcome.KEEP)
    appeal = decide_appeal(make_appeal(decision), UNLAWFUL, by=COLLEAGUE)
    assert appeal.result is not None
    assert (appeal.result.overrides, appeal.result.by, appeal.result.outcome) == (decision, COLLEAGUE, Outcome.REMOVE)
    assert make_sighting(signals).verdict == "block"
    anew = Clock.objects.filter(duty=Duty.ACT, state=ClockState.RUNNING)
    assert {(clock.kind, clock.due_at - clock.started_at) for clock in anew} == {
        (ClockKind.INDICATIVE, timedelta(hours=48))
    }
    assert anew.count() == 3
    report_action(appeal.result, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert fresh(decision.case).state == CaseState.REMOVED
    assert every_fault() == []


def test_an_uploaders_appeal_that_overturns_lets_the_picture_go_and_keeps_the_sightings_on_record() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    decision = make_decision(case)
    make_sighting(signals)
    appeal = make_appeal(decision)
    assert (fresh(case).state, make_sighting(signals).verdict) == (CaseState.REMOVAL, "block")
    seen = Sighting.objects.count()
    decide_appeal(appeal, LAWFUL, by=COLLEAGUE)
    assert make_sighting(signals).verdict == "allow"
    assert (fresh(case).state, Sighting.objects.count()) == (CaseState.KEPT, seen)
    assert appeal.result is not None
    assert appeal.result.overrides == decision
    with pytest.raises(RefusedError, match="replaced"):
        report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    report_action(appeal.result, ActionDraft(Measure.RESTORED), by=PLATFORM)
    assert every_fault() == []


def test_an_uploaders_appeal_that_fails_leaves_the_block_and_the_clocks_of_the_removal() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    appeal = make_appeal(make_decision(case))
    decide_appeal(appeal, STANDS, by=COLLEAGUE)
    assert (make_sighting(signals).verdict, fresh(case).state) == ("block", CaseState.REMOVAL)
    assert set(Clock.objects.filter(duty=Duty.ACT).values_list("state", flat=True)) == {ClockState.RUNNING}


def test_an_open_appeal_does_not_keep_a_removal_from_being_complete() -> None:
    case = make_case().case
    decision = make_decision(case)
    make_appeal(decision)
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert (fresh(case).state, appeal_clock().state) == (CaseState.REMOVED, ClockState.RUNNING)


@pytest.mark.parametrize("by", [REVIEWER, COLLEAGUE])
@pytest.mark.parametrize("allowed", [False, True])
def test_somebody_else_decides_unless_the_operator_allows_it_and_the_log_says_so(
    by: str, allowed: bool, settings: LazySettings
) -> None:
    settings.CONFIG = replace(settings.CONFIG, same_person_appeals=allowed)
    appeal = make_appeal(refused())
    if by == REVIEWER and not allowed:
        with pytest.raises(RefusedError, match="Somebody else"):
            decide_appeal(appeal, STANDS, by=REVIEWER)
        return
    decide_appeal(appeal, STANDS, by=COLLEAGUE if by == COLLEAGUE else REVIEWER)
    data = parse_canonical_json(Entry.objects.get(event=Event.APPEAL_DECIDED).data.encode())
    assert isinstance(data, dict)
    assert data["same_person"] is (by == REVIEWER) is appeal.same_person


def test_each_side_appeals_a_decision_once_and_the_same_words_twice_are_one() -> None:
    decision = refused()
    assert make_appeal(decision).pk == make_appeal(decision, " Please look again. ").pk
    with pytest.raises(RefusedError, match="already"):
        make_appeal(decision, "And another thing.")
    assert Appeal.objects.count() == Entry.objects.filter(event=Event.APPEAL_FILED).count() == 1


def test_uploaders_of_several_copies_each_have_their_own_and_one_that_wins_ends_the_others() -> None:
    signals = random_signals()
    decision = make_decision(make_case(pictures=[signals]).case)
    first, second = (make_appeal(decision, content_id=copy) for copy in ("post-1", "post-2"))
    assert first.pk != second.pk
    decide_appeal(second, LAWFUL, by=COLLEAGUE)
    first.refresh_from_db()
    assert (first.state, second.state) == (AppealState.CLOSED, AppealState.OVERTURNED)
    states = {clock.item_id: clock.state for clock in Clock.objects.filter(duty=Duty.APPEAL)}
    assert states == {first.pk: ClockState.STOPPED, second.pk: ClockState.MET}
    assert every_fault() == []


@pytest.mark.parametrize("draft", [STANDS, LAWFUL])
def test_what_was_decided_or_closed_is_not_decided_again(draft: VerdictDraft) -> None:
    decided = decide_appeal(make_appeal(make_decision(make_case().case)), STANDS, by=COLLEAGUE)
    closed = make_appeal(make_decision(make_case().case))
    withdraw(closed.case, by=REPORTER)
    for appeal in (decided, closed):
        before = row_counts()
        with pytest.raises(RefusedError, match="decided already, or closed"):
            decide_appeal(appeal, draft, by=COLLEAGUE)
        assert row_counts() == before


@pytest.mark.parametrize("state", [CaseState.APPEALED, CaseState.REMOVED])
def test_a_report_that_is_taken_back_closes_every_appeal(state: CaseState) -> None:
    case = make_case_in(state)
    if state == CaseState.REMOVED:
        make_appeal(case.decisions.get())
    withdraw(case, by=REPORTER)
    assert Appeal.objects.get().state == AppealState.CLOSED
    assert Event.APPEAL_CLOSED in log_events(f"case:{case.pk}")
    assert appeal_clock().state == ClockState.STOPPED
    assert every_fault() == []


def test_a_decision_that_was_replaced_cannot_be_appealed_but_the_new_one_can() -> None:
    case = make_case().case
    first = make_decision(case)
    second = make_decision(case, Outcome.KEEP, override=True)
    with pytest.raises(RefusedError):
        file_appeal(first, AppealDraft(Appellant.UPLOADER, "Mine."), by=PLATFORM)
    assert make_appeal(second).decision == second


@pytest.mark.parametrize(
    "draft", [replace(STANDS, reasons=" "), replace(LAWFUL, ground=Ground.TERMS), replace(LAWFUL, reasons="x" * 2001)]
)
def test_a_finding_needs_reasons_and_a_ground_of_the_other_outcome(draft: VerdictDraft) -> None:
    appeal = make_appeal(make_decision(make_case().case))
    before = row_counts()
    with pytest.raises(InvalidError):
        decide_appeal(appeal, draft, by=COLLEAGUE)
    assert row_counts() == before


def test_who_decides_cannot_have_seen_what_does_not_exist() -> None:
    with pytest.raises(RefusedError, match="No copy"):
        decide_appeal(make_appeal(refused()), replace(STANDS, basis=Basis.OWN_COPY), by=COLLEAGUE)


def test_the_table_of_states_ends_everywhere_but_at_its_start() -> None:
    assert {state for state, ways in APPEAL_TRANSITIONS.items() if ways} == {AppealState.OPEN}
    assert APPEAL_TRANSITIONS[AppealState.OPEN] == set(AppealState) - {AppealState.OPEN}


def test_the_log_tells_no_word_of_an_appeal() -> None:
    appeal = decide_appeal(make_appeal(refused(), "MARK-text"), replace(STANDS, reasons="MARK-reasons"), by=COLLEAGUE)
    assert (appeal.text, appeal.reasons) == ("MARK-text", "MARK-reasons")
    assert not Entry.objects.filter(data__contains="MARK").exists()

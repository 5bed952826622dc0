"""Content that was removed is met again: counted, looked at, reopened with a new item, dealt with once more."""

from datetime import timedelta

import pytest
from tests.factories import (
    COLLEAGUE,
    PLATFORM,
    REVIEWER,
    every_fault,
    fresh,
    log_events,
    make_case,
    make_case_in,
    make_decision,
    make_sighting,
    random_signals,
    row_counts,
)

from argine.desk.audit.events import Event
from argine.desk.banks.operations import Checked, Content
from argine.desk.banks.queries import entries_of_case
from argine.desk.cases import reappearances
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import CaseState, Measure, Outcome, Reappeared
from argine.desk.cases.models import Case, Reappearance
from argine.desk.cases.operations import (
    decide_reappearance,
    merge,
    note_seen_again,
    purge,
    report_action,
    report_reappearance,
    withdraw,
)
from argine.desk.cases.policies import REOPENED_FROM
from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import RefusedError
from argine.law.terms import ClockKind
from argine.signals.types import Signal

pytestmark = pytest.mark.django_db

PLACE, NEW = "https://site.example/p/7", "https://site.example/p/8"


def removed(signals: list[Signal] | None = None, **changes: object) -> Case:
    case = make_case(pictures=[signals or random_signals()], **changes).case
    report_action(make_decision(case), ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert fresh(case).state == CaseState.REMOVED
    return fresh(case)


def check(signals: list[Signal], content: Content | None = None) -> Checked:
    named = content or Content()
    checked = make_sighting(signals, named.id, named.url)
    note_seen_again(checked, named, by=PLATFORM)
    return checked


def open_clocks(case: Case) -> list[Clock]:
    return list(Clock.objects.filter(case_id=case.pk, ended_at=None, duty=Duty.ACT))


def rows(case: Case) -> list[tuple[str, int]]:
    return [(row.state, row.count) for row in reappearances.of_case(case)]


def test_uploads_that_are_stopped_are_counted_by_the_day_and_leave_the_case_closed() -> None:
    signals = random_signals()
    case = removed(signals)
    for _ in range(3):
        assert check(signals, Content("post-9")).verdict == "block"
    with time.shifted(timedelta(days=1)):
        check(signals)
    assert rows(case) == [(Reappeared.STOPPED, 1), (Reappeared.STOPPED, 3)]
    assert fresh(case).state == CaseState.REMOVED
    assert log_events(f"case:{case.pk}").count(Event.SEEN_AGAIN) == 2
    assert every_fault() == []


@pytest.mark.parametrize("state", CaseState)
def test_only_a_case_that_was_closed_as_removed_is_seen_again(state: CaseState) -> None:
    signals = random_signals()
    case = make_case_in(state, pictures=[signals])
    check(signals, Content("post-9"))
    assert bool(rows(case)) == (state == CaseState.REMOVED)


def in_review() -> tuple[Case, list[Signal]]:
    """A removed case with a second picture that the removal did not cover: its matches come to review."""
    covered, other = random_signals(), random_signals()
    case = make_case(pictures=[covered, other]).case
    decision = make_decision(case, covers=frozenset({entries_of_case(case.id)[0].id}))
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    return fresh(case), other


def test_a_copy_that_came_to_review_waits_once_and_one_without_a_name_does_not() -> None:
    case, other = in_review()
    assert check(other).verdict == "review"
    for _ in range(2):
        check(other, Content("post-9", NEW))
    assert rows(case) == [(Reappeared.WAITING, 1)]
    assert fresh(case).state == CaseState.REMOVED
    decide_reappearance(Reappearance.objects.get(), is_copy=False, by=REVIEWER)
    check(other, Content("post-9", NEW))
    assert rows(case) == [(Reappeared.REJECTED, 1)]
    assert fresh(case).state == CaseState.REMOVED
    assert every_fault() == []


def test_a_copy_that_a_reviewer_confirms_reopens_the_case_with_a_new_item_and_clocks_of_its_laws() -> None:
    case, other = in_review()
    check(other, Content("post-9", NEW))
    row = Reappearance.objects.get()
    hours = {clock.regime: clock.due_at - clock.started_at for clock in Clock.objects.filter(case_id=case.pk)}
    with time.shifted(timedelta(days=3)):
        decide_reappearance(row, is_copy=True, by=REVIEWER)
        with pytest.raises(RefusedError):
            decide_reappearance(row, is_copy=False, by=COLLEAGUE)
        address = fresh(case).addresses.get()
        assert (address.url, address.reappearance) == (NEW, row)
        running = open_clocks(case)
        assert {clock.item_id for clock in running} == {address.id}
        assert {clock.regime: clock.due_at - clock.started_at for clock in running} == {
            regime: span for regime, span in hours.items() if regime in {clock.regime for clock in running}
        }
        assert {clock.kind for clock in running} == {ClockKind.INDICATIVE}
        assert fresh(case).state == CaseState.REMOVAL
        decision = fresh(case).decisions.get()
        report_action(decision, ActionDraft(Measure.REMOVED, address_id=address.id), by=PLATFORM)
    assert fresh(case).state == CaseState.REMOVED
    assert not open_clocks(case)
    assert every_fault() == []


@pytest.mark.parametrize("content", [Content("post-9"), Content(url=NEW), Content("post-9", NEW), Content(url=PLACE)])
def test_the_platform_tells_that_it_is_there_again_and_deals_with_it_as_often_as_it_comes(content: Content) -> None:
    case = removed(addresses=[PLACE])
    decision = case.decisions.get()
    for times in (1, 2):
        row = report_reappearance(decision, content, by=PLATFORM)
        before = row_counts()
        assert report_reappearance(decision, content, by=PLATFORM).pk == row.pk
        assert row_counts() == before
        assert fresh(case).state == CaseState.REMOVAL
        assert open_clocks(case)
        report_action(decision, ActionDraft(Measure.REMOVED, content), by=PLATFORM)
        assert fresh(case).state == CaseState.REMOVED
        assert rows(case) == [(Reappeared.CONFIRMED, 1)] * times
    acted = Clock.objects.filter(case_id=case.pk, state=ClockState.MET, duty=Duty.ACT)
    assert acted.values("item_id").distinct().count() == 3
    assert every_fault() == []


def test_an_action_on_everything_answers_what_appeared_by_then_and_not_what_comes_later() -> None:
    case = removed()
    decision = case.decisions.get()
    for post in ("post-8", "post-9"):
        report_reappearance(decision, Content(post), by=PLATFORM)
        assert fresh(case).state == CaseState.REMOVAL
        report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
        assert fresh(case).state == CaseState.REMOVED


@pytest.mark.parametrize("state", CaseState)
def test_a_platform_can_tell_only_of_a_removal_that_stands(state: CaseState) -> None:
    case = make_case_in(state)
    decision = case.decisions.order_by("-seq").first()
    if decision is None:
        return
    before = row_counts()
    if state in REOPENED_FROM:
        assert report_reappearance(decision, Content("post-9"), by=PLATFORM).state == Reappeared.CONFIRMED
    else:
        with pytest.raises(RefusedError):
            report_reappearance(decision, Content("post-9"), by=PLATFORM)
        assert row_counts() == before


def test_content_without_a_name_and_a_decision_that_was_replaced_are_refused() -> None:
    case = removed()
    first = case.decisions.get()
    with pytest.raises(RefusedError, match="Name the content"):
        report_reappearance(first, Content(), by=PLATFORM)
    make_decision(case, Outcome.KEEP, override=True)
    with pytest.raises(RefusedError, match="not a removal"):
        report_reappearance(first, Content("post-9"), by=PLATFORM)


def test_a_copy_that_waits_is_not_judged_once_the_person_took_the_report_back() -> None:
    case, other = in_review()
    check(other, Content("post-9"))
    withdraw(case, by=REPORTER)
    with pytest.raises(RefusedError, match="No removal stands"):
        decide_reappearance(Reappearance.objects.get(), is_copy=True, by=REVIEWER)


def test_cases_that_are_decided_together_reopen_together_and_one_action_answers_both() -> None:
    signals = random_signals()
    first = make_case(pictures=[signals]).case
    second = make_case(pictures=[signals]).case
    merge(second, first, by=REVIEWER)
    decision = make_decision(fresh(first))
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    report_reappearance(decision, Content("post-9", NEW), by=PLATFORM)
    assert {fresh(first).state, fresh(second).state} == {CaseState.REMOVAL}
    report_action(decision, ActionDraft(Measure.REMOVED, Content("post-9", NEW)), by=PLATFORM)
    assert {fresh(first).state, fresh(second).state} == {CaseState.REMOVED}
    assert every_fault() == []


def test_a_case_whose_words_are_gone_reopens_too_and_is_purged_again() -> None:
    case = removed(addresses=[PLACE])
    with time.shifted(timedelta(days=3660)):
        purge()
        report_reappearance(case.decisions.get(), Content("post-9", NEW), by=PLATFORM)
        assert purge().cases == 0
        assert open_clocks(case)
        report_action(case.decisions.get(), ActionDraft(Measure.REMOVED), by=PLATFORM)
        assert purge().cases == 1
        assert [row.content_url for row in reappearances.of_case(case)] == [""]
    assert every_fault() == []


def test_a_failure_to_write_it_down_costs_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = random_signals()
    removed(signals)
    monkeypatch.setattr("argine.desk.cases.operations.reappearing._count", lambda *_args, **_words: 1 / 0)
    assert check(signals).verdict == "block"

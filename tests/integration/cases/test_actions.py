"""What the platform reports: once, by address, by the content's own address, late."""

from datetime import timedelta

import pytest
from tests.factories import (
    PLATFORM,
    every_fault,
    fresh,
    make_case,
    make_decision,
    make_sighting,
    random_signals,
    row_counts,
)

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.operations import Content
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import REMOVING, CaseState, Measure, Outcome
from argine.desk.cases.models import Action, Address, Case, Decision
from argine.desk.cases.operations import report_action
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.errors import InvalidError, RefusedError

pytestmark = pytest.mark.django_db

PLACES = ["https://site.example/p/1", "https://site.example/p/2/"]


def decided(places: list[str]) -> tuple[Case, Decision, list[Address]]:
    sent = make_case(addresses=places)
    return sent.case, make_decision(sent.case), list(sent.notice.addresses.order_by("position"))


def states(address: Address | None = None) -> set[str]:
    clocks = Clock.objects.all() if address is None else Clock.objects.filter(item_id=address.pk)
    return set(clocks.values_list("state", flat=True))


@pytest.mark.parametrize("places", [[], PLACES])
@pytest.mark.parametrize("measure", sorted(REMOVING))
def test_an_action_on_everything_meets_every_clock_and_ends_the_case(places: list[str], measure: Measure) -> None:
    case, decision, _ = decided(places)
    action = report_action(decision, ActionDraft(measure), by=PLATFORM)
    assert (fresh(case).state, states()) == (CaseState.REMOVED, {ClockState.MET})
    assert set(Clock.objects.values_list("ended_at", flat=True)) == {action.at}
    assert every_fault() == []


def test_an_action_on_one_address_meets_its_clocks_only() -> None:
    case, decision, (one, two) = decided(PLACES)
    report_action(decision, ActionDraft(Measure.REMOVED, address_id=one.pk), by=PLATFORM)
    assert (states(one), states(two)) == ({ClockState.MET}, {ClockState.RUNNING})
    assert fresh(case).state == CaseState.REMOVAL
    report_action(decision, ActionDraft(Measure.DISABLED, address_id=two.pk), by=PLATFORM)
    assert (states(), fresh(case).state) == ({ClockState.MET}, CaseState.REMOVED)


@pytest.mark.parametrize("url", ["https://site.example/p/2", "https://site.example/p/2/"])
def test_an_address_is_recognised_by_the_contents_own_address(url: str) -> None:
    _, decision, (one, two) = decided(PLACES)
    action = report_action(decision, ActionDraft(Measure.REMOVED, Content("post-2", url)), by=PLATFORM)
    assert action.address == two
    assert (states(one), states(two)) == ({ClockState.RUNNING}, {ClockState.MET})


@pytest.mark.parametrize("url", ["https://site.example/p/22", "https://site.example/p", "https://other.example/p/2"])
def test_a_copy_at_an_address_that_nobody_reported_leaves_the_reported_ones_due(url: str) -> None:
    case, decision, _ = decided(PLACES)
    action = report_action(decision, ActionDraft(Measure.REMOVED, Content("post-9", url)), by=PLATFORM)
    assert action.address is None
    assert (states(), fresh(case).state) == ({ClockState.RUNNING}, CaseState.REMOVAL)


def test_where_no_address_was_reported_the_last_of_the_copies_that_were_met_meets_the_clock() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    for name in ("post-1", "post-2"):
        make_sighting(signals, name)
    decision = make_decision(case)
    make_sighting(signals, "post-later")  # stopped at the door: nothing of it is online
    report_action(decision, ActionDraft(Measure.REMOVED, Content("post-1")), by=PLATFORM)
    assert (states(), fresh(case).state) == ({ClockState.RUNNING}, CaseState.REMOVAL)
    report_action(decision, ActionDraft(Measure.DISABLED, Content("post-2")), by=PLATFORM)
    assert (states(), fresh(case).state) == ({ClockState.MET}, CaseState.REMOVED)
    assert every_fault() == []


def test_an_action_that_names_nothing_answers_for_every_copy() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    make_sighting(signals, "post-1")
    report_action(make_decision(case), ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert (states(), fresh(case).state) == ({ClockState.MET}, CaseState.REMOVED)


@pytest.mark.parametrize("content", [Content(), Content("post-7"), Content("", PLACES[0])])
def test_the_same_said_three_times_is_one_action_and_one_entry(content: Content) -> None:
    _, decision, _ = decided([])
    said = {report_action(decision, ActionDraft(Measure.REMOVED, content), by=PLATFORM).pk for _ in range(3)}
    assert len(said) == 1
    assert Entry.objects.filter(event=Event.ACTION_REPORTED).count() == Action.objects.count() == 1


def test_two_measures_and_two_copies_are_three_actions() -> None:
    _, decision, _ = decided([])
    for measure, content in ((Measure.DISABLED, "a"), (Measure.REMOVED, "a"), (Measure.REMOVED, "b")):
        report_action(decision, ActionDraft(measure, Content(content)), by=PLATFORM)
    assert Action.objects.count() == 3


def test_an_action_after_the_due_instant_is_taken_down_as_late() -> None:
    case, decision, _ = decided([])
    with time.shifted(timedelta(hours=48, seconds=1)):
        action = report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert (states(), fresh(case).state) == ({ClockState.MISSED}, CaseState.REMOVED)
    assert set(Clock.objects.values_list("ended_at", flat=True)) == {action.at}
    assert every_fault() == []


def test_the_address_of_another_case_is_refused_and_leaves_nothing() -> None:
    _, decision, _ = decided(PLACES)
    _, _, (foreign, _) = decided(PLACES)
    before = row_counts()
    with pytest.raises(InvalidError) as refusal:
        report_action(decision, ActionDraft(Measure.REMOVED, address_id=foreign.pk), by=PLATFORM)
    assert set(refusal.value.fields) == {"address"}
    assert row_counts() == before


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("measure", Measure)
def test_a_measure_carries_out_the_decision_that_asks_for_it(outcome: Outcome, measure: Measure) -> None:
    decision = make_decision(make_case().case, outcome)
    if (outcome == Outcome.REMOVE) == (measure in REMOVING):
        assert report_action(decision, ActionDraft(measure), by=PLATFORM).measure == measure
    else:
        with pytest.raises(RefusedError):
            report_action(decision, ActionDraft(measure), by=PLATFORM)
        assert not Action.objects.exists()


def test_a_decision_that_was_replaced_is_not_carried_out() -> None:
    case, first, _ = decided([])
    make_decision(case, Outcome.KEEP, override=True)
    with pytest.raises(RefusedError, match="replaced"):
        report_action(first, ActionDraft(Measure.REMOVED), by=PLATFORM)


def test_what_a_platform_names_is_sealed_and_found_by_its_digest() -> None:
    _, decision, _ = decided([])
    action = report_action(decision, ActionDraft(Measure.REMOVED, Content("post-7", PLACES[0])), by=PLATFORM)
    kept = Action.objects.get()
    assert (kept.content_id, kept.content_url) == ("post-7", PLACES[0])
    assert bytes(kept.copy_digest) == action.copy_digest == Content("post-7").digest

"""The life of a clock: met, missed, answered late, stopped; as a table."""

from datetime import datetime, timedelta

import pytest
from tests.factories import every_fault, log_events, make_case

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.clocks.enums import TRANSITIONS, ClockState
from argine.desk.clocks.models import Clock
from argine.desk.clocks.operations import answer, stop, supersede, tick
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, SYSTEM
from argine.merkle.canonical import parse_canonical_json

pytestmark = pytest.mark.django_db

RUNNING, MET, MISSED, STOPPED = ClockState.RUNNING, ClockState.MET, ClockState.MISSED, ClockState.STOPPED
SUPERSEDED = ClockState.SUPERSEDED
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Clock:
    """The one clock of a case that the law gives until now plus an hour."""
    case = make_case().case
    Clock.objects.exclude(regime="us-tida-s3").delete()
    return Clock.objects.get(case_id=case.pk)


def now_is(moment: datetime) -> timedelta:
    return moment - time.now()


STEPS = {
    "tick in time": lambda clock: at(clock.due_at - SECOND, tick),
    "tick late": lambda clock: at(clock.due_at + SECOND, tick),
    "answer in time": lambda clock: answer(clock.case_id, None, at=clock.due_at - SECOND, by=SYSTEM),
    "answer at the instant": lambda clock: answer(clock.case_id, None, at=clock.due_at, by=SYSTEM),
    "answer late": lambda clock: answer(clock.case_id, None, at=clock.due_at + SECOND, by=SYSTEM),
    "replace": lambda clock: supersede(clock.case_id, [], by=SYSTEM),
    "stop": lambda clock: stop(clock.case_id, by=REPORTER),
}


def at(moment: datetime, do: object) -> None:
    assert callable(do)
    with time.shifted(now_is(moment)):
        do()


@pytest.mark.parametrize(
    ("steps", "state", "answered"),
    [
        ([], RUNNING, False),
        (["tick in time"], RUNNING, False),
        (["tick late"], MISSED, False),
        (["tick late", "tick late"], MISSED, False),
        (["answer in time"], MET, True),
        (["answer at the instant"], MET, True),
        (["answer late"], MISSED, True),
        (["tick late", "answer late"], MISSED, True),
        (["answer in time", "tick late"], MET, True),
        (["answer in time", "answer late"], MET, True),
        (["answer late", "tick late"], MISSED, True),
        (["stop"], STOPPED, True),
        (["stop", "tick late"], STOPPED, True),
        (["stop", "answer late"], STOPPED, True),
        (["tick late", "stop"], MISSED, True),
        (["replace"], SUPERSEDED, True),
        (["replace", "tick late"], SUPERSEDED, True),
        (["replace", "answer late"], SUPERSEDED, True),
        (["tick late", "replace"], MISSED, True),
        (["answer in time", "replace"], MET, True),
        (["stop", "replace"], STOPPED, True),
        (["answer in time", "stop"], MET, True),
    ],
)
def test_what_happens_to_a_clock_and_what_it_is_then(
    clock: Clock, steps: list[str], state: ClockState, answered: bool
) -> None:
    for step in steps:
        STEPS[step](clock)
    clock.refresh_from_db()
    assert (clock.state, clock.ended_at is not None) == (state, answered)
    assert [fault for fault in every_fault() if fault.where == f"clock:{clock.pk}"] == []


def test_only_a_running_clock_changes_its_state() -> None:
    assert {state for state, ways in TRANSITIONS.items() if ways} == {RUNNING}
    assert TRANSITIONS[RUNNING] == {MET, MISSED, STOPPED, SUPERSEDED}


@pytest.mark.parametrize("noticed_by_the_ticker", [True, False])
def test_a_late_answer_is_logged_as_missed_at_its_due_instant_and_as_late(
    clock: Clock, noticed_by_the_ticker: bool
) -> None:
    if noticed_by_the_ticker:
        STEPS["tick late"](clock)
    STEPS["answer late"](clock)
    subject = f"clock:{clock.pk}"
    assert log_events(subject) == [Event.CLOCK_STARTED, Event.CLOCK_MISSED, Event.CLOCK_MET]
    told = {entry.event: parse_canonical_json(entry.data.encode()) for entry in Entry.objects.filter(subject=subject)}
    missed, met = told[Event.CLOCK_MISSED], told[Event.CLOCK_MET]
    assert isinstance(missed, dict)
    assert isinstance(met, dict)
    assert (missed["due"], met["late"]) == (time.iso(clock.due_at), True)
    assert met["at"] == time.iso(clock.due_at + SECOND)


def test_an_answer_for_one_address_leaves_the_others_waiting() -> None:
    sent = make_case(addresses=["https://site.example/1", "https://site.example/2"])
    one, two = sent.notice.addresses.order_by("position")
    answer(sent.case.pk, one.pk, at=time.now(), by=SYSTEM)
    assert set(Clock.objects.filter(item_id=one.pk).values_list("state", flat=True)) == {MET}
    assert set(Clock.objects.filter(item_id=two.pk).values_list("state", flat=True)) == {RUNNING}


def test_an_answer_to_one_case_leaves_another_alone() -> None:
    case, other = make_case().case, make_case().case
    answer(case.pk, None, at=time.now(), by=SYSTEM)
    assert set(Clock.objects.filter(case_id=other.pk).values_list("state", flat=True)) == {RUNNING}

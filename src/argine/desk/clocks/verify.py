"""Do the clocks agree with the log? A due instant that was shifted, or a miss that was hidden, is found here."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.audit.queries import Fault
from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.clocks.models import Clock
from argine.desk.core import time

BATCH = 500
AFTER: dict[str, ClockState] = {
    Event.CLOCK_MET: ClockState.MET,
    Event.CLOCK_MISSED: ClockState.MISSED,
    Event.CLOCK_STOPPED: ClockState.STOPPED,
    Event.CLOCK_SUPERSEDED: ClockState.SUPERSEDED,
}
WANTED = (Event.CLOCK_STARTED, Event.CLOCK_WARNED, *AFTER)


@dataclass(slots=True)
class Told:
    """A clock as the log tells it. `ended_at` is known only of one that was answered."""

    about: tuple[str, ...]
    due: str
    state: ClockState = ClockState.RUNNING
    ended_at: str | None = None
    warned: int = 0


def faults() -> Iterator[Fault]:
    told = _told()
    for clock in Clock.objects.order_by("started_at").iterator(chunk_size=BATCH):
        subject = f"clock:{clock.id}"
        logged = told.pop(subject, None)
        if logged is None:
            yield Fault(subject, "was never logged")
        else:
            yield from _differences(subject, clock, logged)
    yield from (Fault(subject, "was logged but is gone") for subject in told)


def _differences(subject: str, clock: Clock, logged: Told) -> Iterator[Fault]:
    if logged.due != time.iso(clock.due_at):
        yield Fault(subject, "is due at another instant than the log says")
    if logged.about != (str(clock.case_id), clock.duty, clock.regime, str(clock.regime_version)):
        yield Fault(subject, "is of another case, duty or law than the log says")
    if logged.warned != clock.warned:
        yield Fault(subject, "warned at another share of its time than the log says")
    if logged.state != clock.state:
        yield Fault(subject, "is not in the state that the log says")
    if logged.ended_at is not None and (clock.ended_at is None or time.iso(clock.ended_at) != logged.ended_at):
        yield Fault(subject, "was answered at another instant than the log says")


def _told() -> dict[str, Told]:
    told: dict[str, Told] = {}
    for entry in Entry.objects.filter(event__in=WANTED).order_by("index").iterator(chunk_size=BATCH):
        data = json.loads(entry.data)
        if entry.event == Event.CLOCK_STARTED:
            duty = data.get("duty", Duty.ACT.value)
            told[entry.subject] = Told((data["case"], duty, data["regime"], str(data["version"])), data["due"])
        elif (clock := told.get(entry.subject)) is not None:
            _apply(clock, entry.event, data)
    return told


def _apply(clock: Told, event: str, data: dict[str, str]) -> None:
    if event == Event.CLOCK_WARNED:
        clock.warned = int(data["percent"])
        return
    if event == Event.CLOCK_MET:
        clock.ended_at = data["at"]
    if clock.state == ClockState.RUNNING:
        clock.state = AFTER[event]

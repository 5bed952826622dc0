"""Do the clocks agree with the log? A due instant that was shifted, or a miss that was hidden, is found here."""

import json
from collections.abc import Iterator

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.audit.queries import Fault
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core import time

BATCH = 500
WANTED = (Event.CLOCK_STARTED, Event.CLOCK_MET, Event.CLOCK_MISSED, Event.CLOCK_STOPPED)


def faults() -> Iterator[Fault]:
    due, state = _told()
    for clock in Clock.objects.order_by("started_at").iterator(chunk_size=BATCH):
        subject = f"clock:{clock.id}"
        if due.pop(subject, None) != time.iso(clock.due_at):
            yield Fault(subject, "is due at another instant than the log says")
        if state.get(subject) != clock.state:
            yield Fault(subject, "is not in the state that the log says")
    yield from (Fault(subject, "was logged but is gone") for subject in due)


def _told() -> tuple[dict[str, str], dict[str, str]]:
    """By clock: its due instant and its state, as the log tells them."""
    due: dict[str, str] = {}
    state: dict[str, str] = {}
    for entry in Entry.objects.filter(event__in=WANTED).order_by("index").iterator(chunk_size=BATCH):
        if entry.event == Event.CLOCK_STARTED:
            due[entry.subject] = json.loads(entry.data)["due"]
            state[entry.subject] = ClockState.RUNNING
        elif entry.event == Event.CLOCK_MISSED:
            state[entry.subject] = ClockState.MISSED
        elif state.get(entry.subject) == ClockState.RUNNING:
            state[entry.subject] = ClockState.MET if entry.event == Event.CLOCK_MET else ClockState.STOPPED
    return due, state

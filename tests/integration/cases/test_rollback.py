"""An operation that fails in the middle leaves nothing: no row, no entry in a bank, no entry in the log."""

from collections.abc import Callable
from uuid import UUID

import pytest
from tests.factories import (
    COLLEAGUE,
    PLATFORM,
    REVIEWER,
    every_fault,
    fresh,
    make_appeal,
    make_case,
    make_decision,
    make_sighting,
    notice_draft,
    random_signals,
    row_counts,
)

from argine.desk.audit import operations as audit
from argine.desk.audit.events import Event
from argine.desk.audit.queries import size
from argine.desk.banks import operations as banks
from argine.desk.banks.queries import entries_of_case
from argine.desk.cases import operations
from argine.desk.cases.drafts import ActionDraft, VerdictDraft
from argine.desk.cases.enums import Basis, Ground, Measure, Outcome
from argine.desk.cases.models import Case, Decision
from argine.desk.cases.operations import actions, appeals, closing, decisions, messages, notices, regions, steps
from argine.desk.clocks import operations as clocks
from argine.desk.core.actor import REPORTER
from argine.signals.patch import Rectangle

pytestmark = pytest.mark.django_db

PART = Rectangle(0.1, 0.1, 0.4, 0.5)
PLACES = ["https://site.example/p/1", "https://site.example/p/2"]


class PlannedError(Exception):
    pass


def failing_at(event: Event, nth: int) -> Callable[..., object]:
    """The real `append`, which fails when the nth entry of an event is to be written."""
    left = [nth]

    def append(happened: Event, subject: str, **more: object) -> object:
        if happened == event:
            left[0] -= 1
            if left[0] == 0:
                raise PlannedError(event)
        return audit.append(happened, subject, **more)  # type: ignore[arg-type]

    return append


def first_entry(case: Case) -> UUID:
    return entries_of_case(case.pk)[0].pk


STEPS: dict[str, tuple[Callable[[Case], object], list[tuple[Event, int]]]] = {
    "submit": (
        lambda _: operations.submit_notice(notice_draft(addresses=PLACES, pictures=[random_signals()] * 2)),
        [(Event.ENTRY_ADDED, 2), (Event.NOTICE_RECEIVED, 1), (Event.CLOCK_STARTED, 1), (Event.CLOCK_STARTED, 6)],
    ),
    "ask": (
        lambda case: operations.ask_reporter(case, "Where?", by=REVIEWER),
        [(Event.INFORMATION_ASKED, 1), (Event.CASE_MOVED, 1)],
    ),
    "mark": (
        lambda case: operations.mark_region(
            case, first_entry(case), Rectangle(0.1, 0.1, 0.4, 0.5), "Face.", by=REVIEWER
        ),
        [(Event.ENTRY_REGION_CHANGED, 1), (Event.REGION_MARKED, 1)],
    ),
    "remove": (make_decision, [(Event.DECISION_MADE, 1), (Event.ENTRY_MOVED, 2), (Event.CASE_MOVED, 1)]),
    "keep": (
        lambda case: make_decision(case, Outcome.KEEP),
        [(Event.ENTRY_WITHDRAWN, 2), (Event.CLOCK_MET, 1), (Event.CLOCK_MET, 6), (Event.CASE_MOVED, 1)],
    ),
    "withdraw": (
        lambda case: operations.withdraw(case, by=REPORTER),
        [(Event.ENTRY_WITHDRAWN, 2), (Event.CLOCK_STOPPED, 6), (Event.CASE_WITHDRAWN, 1), (Event.CASE_MOVED, 1)],
    ),
}


@pytest.mark.parametrize(
    ("name", "event", "nth"), [(name, event, nth) for name, (_, points) in STEPS.items() for event, nth in points]
)
def test_a_failure_at_any_point_leaves_everything_as_it_was(
    name: str, event: Event, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals = random_signals()
    case = make_case(addresses=PLACES, pictures=[signals, random_signals()]).case
    before, entries = row_counts(), size()
    monkeypatch.setattr(owner(event), "append", failing_at(event, nth))
    with pytest.raises(PlannedError):
        STEPS[name][0](fresh(case))
    monkeypatch.undo()
    assert (row_counts(), size(), fresh(case).state) == (before, entries, case.state)
    assert make_sighting(signals).verdict == "review"
    assert every_fault() == []


OWNERS = {
    Event.NOTICE_RECEIVED: notices,
    Event.CASE_WITHDRAWN: notices,
    Event.INFORMATION_ASKED: messages,
    Event.DECISION_MADE: decisions,
    Event.CASE_MOVED: steps,
    Event.ACTION_REPORTED: actions,
    Event.APPEAL_FILED: appeals,
    Event.APPEAL_DECIDED: appeals,
    Event.APPEAL_CLOSED: closing,
    Event.REGION_MARKED: regions,
}


def owner(event: Event) -> object:
    """The module that writes the entries of an event."""
    return banks if event.startswith("bank") else clocks if event.startswith("clock") else OWNERS[event]


FOUND = VerdictDraft(Basis.STATEMENT, "Looked again.", Ground.NOT_INTIMATE)
ON_APPEAL: dict[str, tuple[Callable[[Decision], object], list[tuple[Event, int]]]] = {
    "file": (lambda decision: make_appeal(decision, "Again."), [(Event.APPEAL_FILED, 1), (Event.CLOCK_STARTED, 1)]),
    "overturn": (
        lambda decision: operations.decide_appeal(decision.appeals.latest("at"), FOUND, by=COLLEAGUE),
        [
            (Event.DECISION_MADE, 1),
            (Event.ENTRY_WITHDRAWN, 1),
            (Event.APPEAL_DECIDED, 1),
            (Event.APPEAL_CLOSED, 1),
            (Event.CLOCK_MET, 4),
            (Event.CLOCK_STOPPED, 1),
            (Event.CASE_MOVED, 1),
        ],
    ),
}


@pytest.mark.parametrize(
    ("name", "event", "nth"), [(name, event, nth) for name, (_, points) in ON_APPEAL.items() for event, nth in points]
)
def test_an_appeal_that_fails_half_way_changes_nothing(
    name: str, event: Event, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals = random_signals()
    decision = make_decision(make_case(pictures=[signals]).case)
    for copy in ("post-1", "post-2"):
        make_appeal(decision, content_id=copy)
    before, entries = row_counts(), size()
    monkeypatch.setattr(owner(event), "append", failing_at(event, nth))
    with pytest.raises(PlannedError):
        ON_APPEAL[name][0](decision)
    monkeypatch.undo()
    assert (row_counts(), size(), fresh(decision.case).state) == (before, entries, "removal")
    assert make_sighting(signals).verdict == "block"
    assert every_fault() == []


@pytest.mark.parametrize(("event", "nth"), [(Event.ACTION_REPORTED, 1), (Event.CLOCK_MET, 3), (Event.CASE_MOVED, 1)])
def test_an_action_that_fails_half_way_is_not_taken_down(
    event: Event, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = make_decision(make_case(addresses=PLACES).case)
    before = row_counts()
    monkeypatch.setattr(owner(event), "append", failing_at(event, nth))
    with pytest.raises(PlannedError):
        operations.report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    monkeypatch.undo()
    assert row_counts() == before
    operations.report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert every_fault() == []


def test_a_notice_that_the_law_cannot_judge_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    banks.create_default_banks()
    before = row_counts()
    monkeypatch.setattr(notices.duties, "dues", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        operations.submit_notice(notice_draft())
    assert row_counts() == before

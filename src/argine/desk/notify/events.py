"""What the platform's software is told: ids, numbers, codes and times, never what anybody wrote.

An event is a nudge, and may come twice or out of order: `id` tells it, and what to do stands in the platform API.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypedDict

from argine.desk.audit.events import Event
from argine.desk.cases.enums import CaseState, Outcome
from argine.desk.cases.models import Case, Decision
from argine.desk.cases.queries import current_decision

Data = dict[str, Any]


class Told(TypedDict, total=False):
    """One event. `id`, `type` and `at` are always there, `case` and `case_number` where it is about a case."""

    id: str
    type: str
    at: str
    case: str
    case_number: int
    decision: str
    outcome: str
    wanted: str
    law: str
    percent: int
    due_at: str
    entry: str
    uploads: int


def of(event: Event, index: int, at: str, case: Case, data: Data) -> Iterator[Told]:
    """The events that one entry of the log stands for; `index` is the entry's."""
    for name, more in TYPES[event](case, data) if event in TYPES else ():
        yield {
            "id": f"{index}.{name}",
            "type": name,
            "at": at,
            "case": str(case.id),
            "case_number": case.number,
            **more,
        }


def of_undone(index: int, at: str, entry_id: str, data: Data) -> Told:
    """The event that a bank entry was wrong: what it alone had stopped is to be put back."""
    name = "restoration.wanted"
    return {"id": f"{index}.{name}", "type": name, "at": at, "entry": entry_id, "uploads": int(data["uploads"])}


def _decided(_case: Case, data: Data) -> Iterator[tuple[str, Told]]:
    yield "decision.made", {"decision": data["decision"], "outcome": data["outcome"]}
    decision = Decision.objects.filter(pk=data["decision"]).select_related("overrides").first()
    wanted = _wanted(decision) if decision else ""
    if wanted:
        yield "action.wanted", {"decision": data["decision"], "wanted": wanted}


def _wanted(decision: Decision) -> str:
    """What the platform is to do: remove, or put back what an earlier decision had removed."""
    if decision.outcome == Outcome.REMOVE:
        return "remove"
    before = decision.overrides
    return "restore" if before is not None and before.outcome == Outcome.REMOVE else ""


def is_reopened(data: Data) -> bool:
    """Whether a move of a case says that what was removed is there again."""
    return bool(data["from"] == CaseState.REMOVED and data["to"] == CaseState.REMOVAL)


def _moved(case: Case, data: Data) -> Iterator[tuple[str, Told]]:
    decision = current_decision(case) if is_reopened(data) else None
    if decision is not None:
        yield "action.wanted", {"decision": str(decision.id), "wanted": "remove"}


def _withdrawn(_case: Case, _data: Data) -> Iterator[tuple[str, Told]]:
    yield "notice.withdrawn", {}


def _stopped(_case: Case, _data: Data) -> Iterator[tuple[str, Told]]:
    yield "case.stopped", {}


def _warned(_case: Case, data: Data) -> Iterator[tuple[str, Told]]:
    yield "clock.warned", {"law": data["regime"], "percent": int(data["percent"]), "due_at": data["due"]}


def _missed(_case: Case, data: Data) -> Iterator[tuple[str, Told]]:
    yield "clock.missed", {"law": data["regime"], "due_at": data["due"]}


TYPES: dict[str, Callable[[Case, Data], Iterator[tuple[str, Told]]]] = {
    Event.DECISION_MADE: _decided,
    Event.CASE_MOVED: _moved,
    Event.CASE_WITHDRAWN: _withdrawn,
    Event.CASE_FROZEN: _stopped,
    Event.CLOCK_WARNED: _warned,
    Event.CLOCK_MISSED: _missed,
}

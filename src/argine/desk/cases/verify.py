"""Do cases, notices, decisions and actions agree with the log? A row altered behind the log's back is found here."""

import json
from collections.abc import Iterator

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.audit.queries import Fault
from argine.desk.cases import queries
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Action, Case, Decision, Notice
from argine.desk.core.crypto import SealError

BATCH = 500


def faults() -> Iterator[Fault]:
    yield from _state_faults()
    yield from _notice_faults()
    yield from _decision_faults()
    yield from _action_faults()


def _logged(event: Event) -> Iterator[tuple[str, dict[str, str]]]:
    """Subject and data of every entry of an event, in order."""
    for entry in Entry.objects.filter(event=event).order_by("index").iterator(chunk_size=BATCH):
        yield entry.subject, json.loads(entry.data)


def _state_faults() -> Iterator[Fault]:
    states = {subject: CaseState.RECEIVED.value for subject, _ in _logged(Event.NOTICE_RECEIVED)}
    states |= {subject: data["to"] for subject, data in _logged(Event.CASE_MOVED)}
    for case in Case.objects.order_by("number").iterator(chunk_size=BATCH):
        if states.pop(f"case:{case.id}", None) != case.state:
            yield Fault(f"case {case.number}", "is not in the state that the log says")
    yield from (Fault(subject, "was logged but is gone") for subject in states)


def _notice_faults() -> Iterator[Fault]:
    told = {data["notice"]: (case, data["commitment"]) for case, data in _logged(Event.NOTICE_RECEIVED)}
    for notice in Notice.objects.select_related("case").order_by("received_at").iterator(chunk_size=BATCH):
        where = f"notice {notice.id}"
        case, committed = told.pop(str(notice.id), ("", ""))
        if case != f"case:{notice.case_id}":
            yield Fault(where, "is not of the case that the log says")
        if notice.case.state == CaseState.WITHDRAWN:
            continue  # its signals were erased, as the person asked
        try:
            actual = queries.commitment(notice.salt, queries.notice_facts(notice))
        except SealError:
            yield Fault(where, "cannot be opened: it was altered, or sealed with another key")
            continue
        if actual != committed:
            yield Fault(where, "is not what was received")
    yield from (Fault(f"notice {key}", "was logged but is gone") for key in told)


def _decision_faults() -> Iterator[Fault]:
    told = {data["decision"]: data["digest"] for _, data in _logged(Event.DECISION_MADE)}
    for decision in Decision.objects.order_by("seq").iterator(chunk_size=BATCH):
        where = f"decision {decision.id}"
        try:
            actual = queries.decision_digest(decision).hex()
        except SealError:
            yield Fault(where, "cannot be opened: it was altered, or sealed with another key")
            continue
        if told.pop(str(decision.id), None) != actual or bytes(decision.digest).hex() != actual:
            yield Fault(where, "is not what was decided")
    yield from (Fault(f"decision {key}", "was logged but is gone") for key in told)


def _action_faults() -> Iterator[Fault]:
    told = {data["action"]: (data["decision"], data["measure"]) for _, data in _logged(Event.ACTION_REPORTED)}
    for action in Action.objects.order_by("at").iterator(chunk_size=BATCH):
        if told.pop(str(action.id), None) != (str(action.decision_id), action.measure):
            yield Fault(f"action {action.id}", "is not what was reported")
    yield from (Fault(f"action {key}", "was logged but is gone") for key in told)

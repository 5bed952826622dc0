"""Do cases, notices, decisions and actions agree with the log? A row altered behind the log's back is found here."""

import json
from collections.abc import Iterator

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.audit.queries import Fault
from argine.desk.cases import queries
from argine.desk.cases.enums import ENDED, AppealState, CaseKind, CaseState
from argine.desk.cases.models import (
    Action,
    Address,
    Appeal,
    Case,
    Decision,
    Notice,
    Order,
    Preservation,
    Referral,
    Supplement,
    Vote,
)
from argine.desk.core import time
from argine.desk.core.crypto import SealError

BATCH = 500


def faults() -> Iterator[Fault]:
    yield from _state_faults()
    yield from _notice_faults()
    yield from _supplement_faults()
    yield from _referral_faults()
    yield from _order_faults()
    yield from _address_faults()
    yield from _preservation_faults()
    yield from _vote_faults()
    yield from _decision_faults()
    yield from _action_faults()
    yield from _appeal_faults()


def _logged(event: Event) -> Iterator[tuple[str, dict[str, str]]]:
    """Subject and data of every entry of an event, in order."""
    for entry in Entry.objects.filter(event=event).order_by("index").iterator(chunk_size=BATCH):
        yield entry.subject, json.loads(entry.data)


def _state_faults() -> Iterator[Fault]:
    kinds = {subject: CaseKind.NOTICE.value for subject, _ in _logged(Event.NOTICE_RECEIVED)}
    kinds |= {subject: CaseKind.ORDER.value for subject, _ in _logged(Event.ORDER_RECEIVED)}
    states = dict.fromkeys(kinds, CaseState.RECEIVED.value)
    states |= {subject: data["to"] for subject, data in _logged(Event.CASE_MOVED)}
    for case in Case.objects.order_by("number").iterator(chunk_size=BATCH):
        if states.pop(f"case:{case.id}", None) != case.state:
            yield Fault(f"case {case.number}", "is not in the state that the log says")
        if kinds.get(f"case:{case.id}") != case.kind:
            yield Fault(f"case {case.number}", "is not of the kind that the log says")
    yield from (Fault(subject, "was logged but is gone") for subject in states)


def _notice_faults() -> Iterator[Fault]:
    told = {data["notice"]: (case, data["commitment"]) for case, data in _logged(Event.NOTICE_RECEIVED)}
    completed = {data["notice"]: data["at"] for _, data in _logged(Event.NOTICE_COMPLETED)}
    for notice in Notice.objects.select_related("case").order_by("received_at").iterator(chunk_size=BATCH):
        where = f"notice {notice.id}"
        case, committed = told.pop(str(notice.id), ("", ""))
        if case != f"case:{notice.case_id}":
            yield Fault(where, "is not of the case that the log says")
        if completed.get(str(notice.id)) != (time.iso(notice.completed_at) if notice.completed_at else None):
            yield Fault(where, "was complete at another instant than the log says")
        if notice.case.state in ENDED:
            continue  # its signals were erased, as the person or the law asked
        try:
            actual = queries.commitment(notice.salt, queries.notice_facts(notice))
        except SealError:
            yield Fault(where, "cannot be opened: it was altered, or sealed with another key")
            continue
        if actual != committed:
            yield Fault(where, "is not what was received")
    yield from (Fault(f"notice {key}", "was logged but is gone") for key in told)


def _supplement_faults() -> Iterator[Fault]:
    told = {
        data["supplement"]: (case, data["notice"], data["commitment"])
        for case, data in _logged(Event.NOTICE_SUPPLEMENTED)
    }
    for supplement in Supplement.objects.select_related("notice").order_by("at").iterator(chunk_size=BATCH):
        where, known = f"addition {supplement.id}", told.pop(str(supplement.id), None)
        try:
            actual = queries.commitment(supplement.salt, queries.supplement_facts(supplement))
        except SealError:
            yield Fault(where, "cannot be opened: it was altered, or sealed with another key")
            continue
        if known != (f"case:{supplement.notice.case_id}", str(supplement.notice_id), actual):
            yield Fault(where, "is not what was added")
    yield from (Fault(f"addition {key}", "was logged but is gone") for key in told)


def _referral_faults() -> Iterator[Fault]:
    told = {data["referral"]: (case, data["regime"], data["at"]) for case, data in _logged(Event.REFERRAL_TOLD)}
    for referral in Referral.objects.order_by("told_at").iterator(chunk_size=BATCH):
        actual = (f"case:{referral.case_id}", referral.regime, time.iso(referral.reported_at))
        if told.pop(str(referral.id), None) != actual:
            yield Fault(f"referral {referral.id}", "is not what was told")
    yield from (Fault(f"referral {key}", "was logged but is gone") for key in told)


def _order_faults() -> Iterator[Fault]:
    told = {data["order"]: (case, data["commitment"]) for case, data in _logged(Event.ORDER_RECEIVED)}
    extended = {data["order"]: data["until"] for _, data in _logged(Event.ORDER_EXTENDED)}
    for order in Order.objects.order_by("received_at").iterator(chunk_size=BATCH):
        where, known = f"order {order.id}", told.pop(str(order.id), None)
        if extended.get(str(order.id)) != (time.iso(order.extended_to) if order.extended_to else None):
            yield Fault(where, "has another time than the log says")
        try:
            actual = queries.commitment(order.salt, queries.order_facts(order))
        except SealError:
            yield Fault(where, "cannot be opened: it was altered, or sealed with another key")
            continue
        if known != (f"case:{order.case_id}", actual):
            yield Fault(where, "is not what was received")
    yield from (Fault(f"order {key}", "was logged but is gone") for key in told)


def _address_faults() -> Iterator[Fault]:
    found = Address.objects.select_related("notice", "supplement__notice", "order")
    for address in found.iterator(chunk_size=BATCH):
        cases = [
            address.notice.case_id if address.notice else None,
            address.supplement.notice.case_id if address.supplement else None,
            address.order.case_id if address.order else None,
        ]
        named = [address.notice_id, address.supplement_id, address.order_id]
        if sum(name is not None for name in named) != 1 or address.case_id not in cases:
            yield Fault(f"address {address.id}", "is of another case than what it stands in")


def _preservation_faults() -> Iterator[Fault]:
    told = {data["preservation"]: data["commitment"] for _, data in _logged(Event.PRESERVATION_TOLD)}
    for row in Preservation.objects.order_by("told_at").iterator(chunk_size=BATCH):
        where, known = f"obligation {row.id}", told.pop(str(row.id), None)
        try:
            actual = queries.commitment(row.salt, queries.preservation_facts(row))
        except SealError:
            yield Fault(where, "cannot be opened: it was altered, or sealed with another key")
            continue
        if known != actual:
            yield Fault(where, "is not what was told")
    yield from (Fault(f"obligation {key}", "was logged but is gone") for key in told)


def _vote_faults() -> Iterator[Fault]:
    told = {data["vote"]: data["digest"] for _, data in _logged(Event.VOTE_CAST)}
    for vote in Vote.objects.order_by("at").iterator(chunk_size=BATCH):
        where, known = f"vote {vote.id}", told.pop(str(vote.id), None)
        try:
            actual = queries.vote_digest(vote)
        except SealError:
            yield Fault(where, "cannot be opened: it was altered, or sealed with another key")
            continue
        if known != actual:
            yield Fault(where, "is not what was voted")
    yield from (Fault(f"vote {key}", "was logged but is gone") for key in told)


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


def _appeal_faults() -> Iterator[Fault]:
    filed = {data["appeal"]: (case, data["commitment"]) for case, data in _logged(Event.APPEAL_FILED)}
    ended = {data["appeal"]: (data["outcome"], data["commitment"]) for _, data in _logged(Event.APPEAL_DECIDED)}
    ended |= {data["appeal"]: (AppealState.CLOSED.value, "") for _, data in _logged(Event.APPEAL_CLOSED)}
    for appeal in Appeal.objects.order_by("at").iterator(chunk_size=BATCH):
        where, key = f"appeal {appeal.id}", str(appeal.id)
        state, found = ended.get(key, (AppealState.OPEN.value, ""))
        if appeal.state != state:
            yield Fault(where, "is not in the state that the log says")
        try:
            said = queries.commitment(appeal.salt, queries.appeal_facts(appeal))
            outcome = queries.commitment(appeal.salt, queries.appeal_outcome_facts(appeal)) if found else ""
        except SealError:
            filed.pop(key, None)
            yield Fault(where, "cannot be opened: it was altered, or sealed with another key")
            continue
        if filed.pop(key, None) != (f"case:{appeal.case_id}", said):
            yield Fault(where, "is not what was filed")
        if outcome != found:
            yield Fault(where, "was not decided as the log says")
    yield from (Fault(f"appeal {key}", "was logged but is gone") for key in filed)

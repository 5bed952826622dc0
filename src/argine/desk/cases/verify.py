"""Do cases, notices, decisions and actions agree with the log? A row altered behind the log's back is found here.

Of a row whose personal fields were erased, as the log says, the words cannot be compared any more: then it must hold
none, and what else the log knows of it must agree.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from django.db.models import Model, QuerySet

from argine.desk.audit.events import Event
from argine.desk.audit.queries import Fault, logged
from argine.desk.cases import misuse, queries, reappearances, records
from argine.desk.cases.enums import ENDED, AppealState, CaseKind, CaseState, Reappeared
from argine.desk.cases.models import (
    Action,
    Address,
    Appeal,
    Case,
    Decision,
    MisuseStep,
    Notice,
    Order,
    Preservation,
    Reappearance,
    RecordHold,
    Referral,
    Supplement,
    Vote,
)
from argine.desk.core import time
from argine.desk.core.crypto import SealError
from argine.desk.core.privacy import FieldPrivacy, Keep, Kind
from argine.desk.core.web_address import address_digest, host_digest
from argine.law.terms import RecordClass

BATCH = 500

# What names the rows of a case whose words are erased with the case file.
WITH_WORDS: dict[str, str] = {
    Event.NOTICE_RECEIVED: "notice",
    Event.NOTICE_SUPPLEMENTED: "supplement",
    Event.ORDER_RECEIVED: "order",
    Event.VOTE_CAST: "vote",
    Event.DECISION_MADE: "decision",
    Event.APPEAL_FILED: "appeal",
    Event.RECORDS_HELD: "hold",
    Event.SEEN_AGAIN: "reappearance",
    Event.MISUSE_STEP: "step",
    Event.PRESERVATION_TOLD: "preservation",
}

Row = TypeVar("Row", bound=Model)
Known = TypeVar("Known")


def faults() -> Iterator[Fault]:
    erased = erased_rows(WITH_WORDS)
    yield from _state_faults()
    yield from _notice_faults(erased)
    yield from _supplement_faults(erased)
    yield from _referral_faults()
    yield from _order_faults(erased)
    yield from _address_faults()
    yield from _preservation_faults(erased)
    yield from _hold_faults(erased)
    yield from _vote_faults(erased)
    yield from _decision_faults(erased)
    yield from _action_faults()
    yield from _reappearance_faults(erased)
    yield from _misuse_faults(erased)
    yield from _appeal_faults(erased)


def erased_rows(with_words: Mapping[str, str]) -> set[str]:
    """The ids of rows whose personal fields were erased after they were logged; later rows of a case are not.

    `with_words` says by which name an event names its row.
    """
    waiting: dict[tuple[str, bool], list[str]] = {}
    erased: set[str] = set()
    for event, subject, data in logged([*map(Event, with_words), Event.CASE_PURGED]):
        if event != Event.CASE_PURGED:
            kept_apart = event == Event.PRESERVATION_TOLD
            waiting.setdefault((subject, kept_apart), []).append(str(data[with_words[event]]))
        elif data["record"] != RecordClass.ACTION_LOG:
            kept_apart = data["record"] == RecordClass.MINOR_REFERENCE
            erased.update(waiting.pop((subject, kept_apart), []))
    return erased


def left(row: Model) -> Iterator[str]:
    """Say so if a row still holds words that were erased."""
    privacy: dict[str, FieldPrivacy] = row.PRIVACY  # type: ignore[attr-defined]  # a test holds that each has it
    kept_as_long = {said.keep for said in privacy.values() if said.kind is Kind.PERSONAL} - {Keep.MISUSE}
    if any(said.kind is Kind.PERSONAL and said.keep in kept_as_long and getattr(row, n) for n, said in privacy.items()):
        yield "holds words that were erased, as the log says"


def _logged(event: Event) -> Iterator[tuple[str, dict[str, str]]]:
    """Subject and data of every entry of an event, in order."""
    return ((subject, data) for _, subject, data in logged([event]))


def compared(
    kind: str, rows: QuerySet[Row], told: dict[str, Known], differences: Callable[[Row, Known | None], Iterator[str]]
) -> Iterator[Fault]:
    """The faults of all rows of a kind beside `told`, what the log knows of each by its id; none may be missing.

    `differences` says, in words, where a row is not as the log knows it (None: the log does not know it). It may raise
    SealError, for a row that cannot be opened.
    """
    for row in rows.iterator(chunk_size=BATCH):
        where = f"{kind} {row.pk}"
        try:
            yield from (Fault(where, words) for words in differences(row, told.pop(str(row.pk), None)))
        except SealError:
            yield Fault(where, "cannot be opened: it was altered, or sealed with another key")
    yield from (Fault(f"{kind} {key}", "was logged but is gone") for key in told)


def _state_faults() -> Iterator[Fault]:
    kinds = {subject: CaseKind.NOTICE.value for subject, _ in _logged(Event.NOTICE_RECEIVED)}
    kinds |= {subject: CaseKind.ORDER.value for subject, _ in _logged(Event.ORDER_RECEIVED)}
    states = dict.fromkeys(kinds, CaseState.RECEIVED.value)
    states |= {subject: data["to"] for subject, data in _logged(Event.CASE_MOVED)}
    leading = _leading()
    held_back = logged([Event.PROCESSING_SUSPENDED, Event.PROCESSING_RESUMED])
    suspended = {subject: str(data.get("until", "")) for _, subject, data in held_back}
    shown_to_few = {subject: data["sensitive"] for _, subject, data in logged([Event.CASE_SENSITIVE])}
    for case in Case.objects.order_by("number").iterator(chunk_size=BATCH):
        if leading.get(f"case:{case.id}", "") != (str(case.leading_id) if case.leading_id else ""):
            yield Fault(f"case {case.number}", "follows another case than the log says")
        if suspended.get(f"case:{case.id}", "") != (time.iso(case.suspended_until) if case.suspended_until else ""):
            yield Fault(f"case {case.number}", "is suspended until another instant than the log says")
        if shown_to_few.get(f"case:{case.id}", False) != case.sensitive:
            yield Fault(f"case {case.number}", "is shown to others than the log says")
        if states.pop(f"case:{case.id}", None) != case.state:
            yield Fault(f"case {case.number}", "is not in the state that the log says")
        if kinds.get(f"case:{case.id}") != case.kind:
            yield Fault(f"case {case.number}", "is not of the kind that the log says")
    yield from (Fault(subject, "was logged but is gone") for subject in states)


def _leading() -> dict[str, str]:
    """By case: the case that it follows, as the log says; empty for one that was split again."""
    merged = logged([Event.CASE_MERGED, Event.CASE_SPLIT])
    return {subject: str(data.get("leading", "")) for _, subject, data in merged}


def _notice_faults(erased: set[str]) -> Iterator[Fault]:
    told = {data["notice"]: (case, data["commitment"]) for case, data in _logged(Event.NOTICE_RECEIVED)}
    completed = {data["notice"]: data["at"] for _, data in _logged(Event.NOTICE_COMPLETED)}

    def differences(notice: Notice, known: tuple[str, str] | None) -> Iterator[str]:
        case, committed = known or ("", "")
        if case != f"case:{notice.case_id}":
            yield "is not of the case that the log says"
        if completed.get(str(notice.id)) != (time.iso(notice.completed_at) if notice.completed_at else None):
            yield "was complete at another instant than the log says"
        if str(notice.id) in erased:
            yield from left(notice)
            return
        if notice.case.state in ENDED:
            return  # its signals were erased, as the person or the law asked
        if queries.commitment(notice.salt, queries.notice_facts(notice)) != committed:
            yield "is not what was received"

    return compared("notice", Notice.objects.select_related("case").order_by("received_at"), told, differences)


def _supplement_faults(erased: set[str]) -> Iterator[Fault]:
    told = {
        data["supplement"]: (case, data["notice"], data["commitment"])
        for case, data in _logged(Event.NOTICE_SUPPLEMENTED)
    }

    def differences(supplement: Supplement, known: tuple[str, str, str] | None) -> Iterator[str]:
        if str(supplement.id) in erased:
            yield from left(supplement)
            return
        actual = queries.commitment(supplement.salt, queries.supplement_facts(supplement))
        if known != (f"case:{supplement.notice.case_id}", str(supplement.notice_id), actual):
            yield "is not what was added"

    return compared("addition", Supplement.objects.select_related("notice").order_by("at"), told, differences)


def _referral_faults() -> Iterator[Fault]:
    told = {data["referral"]: (case, data["regime"], data["at"]) for case, data in _logged(Event.REFERRAL_TOLD)}

    def differences(referral: Referral, known: tuple[str, str, str] | None) -> Iterator[str]:
        if known != (f"case:{referral.case_id}", referral.regime, time.iso(referral.reported_at)):
            yield "is not what was told"

    return compared("referral", Referral.objects.order_by("told_at"), told, differences)


def _order_faults(erased: set[str]) -> Iterator[Fault]:
    told = {data["order"]: (case, data["commitment"]) for case, data in _logged(Event.ORDER_RECEIVED)}
    extended = {data["order"]: data["until"] for _, data in _logged(Event.ORDER_EXTENDED)}

    def differences(order: Order, known: tuple[str, str] | None) -> Iterator[str]:
        if extended.get(str(order.id)) != (time.iso(order.extended_to) if order.extended_to else None):
            yield "has another time than the log says"
        if str(order.id) in erased:
            yield from left(order)
            return
        if known != (f"case:{order.case_id}", queries.commitment(order.salt, queries.order_facts(order))):
            yield "is not what was received"

    return compared("order", Order.objects.order_by("received_at"), told, differences)


def _address_faults() -> Iterator[Fault]:
    found = Address.objects.select_related("notice", "supplement__notice", "order", "reappearance")
    for address in found.iterator(chunk_size=BATCH):
        cases = [
            address.notice.case_id if address.notice else None,
            address.supplement.notice.case_id if address.supplement else None,
            address.order.case_id if address.order else None,
            address.reappearance.case_id if address.reappearance else None,
        ]
        named = [address.notice_id, address.supplement_id, address.order_id, address.reappearance_id]
        if sum(name is not None for name in named) != 1 or address.case_id not in cases:
            yield Fault(f"address {address.id}", "is of another case than what it stands in")
        try:
            expected = address_digest(address.url) if address.url else b""
        except SealError:
            continue  # what it stands in says so
        if (bytes(address.digest), bytes(address.host_digest)) != (expected, host_digest(address.url)):
            yield Fault(f"address {address.id}", "is looked up as another address")


def _preservation_faults(erased: set[str]) -> Iterator[Fault]:
    told = {data["preservation"]: data["commitment"] for _, data in _logged(Event.PRESERVATION_TOLD)}

    def differences(row: Preservation, known: str | None) -> Iterator[str]:
        if str(row.id) in erased:
            yield from left(row)
        elif known != queries.commitment(row.salt, records.preservation_facts(row)):
            yield "is not what was told"

    return compared("obligation", Preservation.objects.order_by("told_at"), told, differences)


def _hold_faults(erased: set[str]) -> Iterator[Fault]:
    told = {data["hold"]: (case, data["commitment"]) for case, data in _logged(Event.RECORDS_HELD)}
    ended = {data["hold"]: data["at"] for _, data in _logged(Event.RECORDS_RELEASED)}

    def differences(hold: RecordHold, known: tuple[str, str] | None) -> Iterator[str]:
        if ended.get(str(hold.id)) != (time.iso(hold.released_at) if hold.released_at else None):
            yield "ended at another instant than the log says"
        if str(hold.id) in erased:
            yield from left(hold)
        elif known != (f"case:{hold.case_id}", queries.commitment(hold.salt, records.hold_facts(hold))):
            yield "is not what was told"

    return compared("hold on records", RecordHold.objects.order_by("at"), told, differences)


def _vote_faults(erased: set[str]) -> Iterator[Fault]:
    told = {data["vote"]: data["digest"] for _, data in _logged(Event.VOTE_CAST)}

    def differences(vote: Vote, known: str | None) -> Iterator[str]:
        if str(vote.id) in erased:
            yield from left(vote)
        elif known != queries.vote_digest(vote):
            yield "is not what was voted"

    return compared("vote", Vote.objects.order_by("at"), told, differences)


def _decision_faults(erased: set[str]) -> Iterator[Fault]:
    told = {data["decision"]: (case, data) for case, data in _logged(Event.DECISION_MADE)}

    def differences(decision: Decision, known: tuple[str, dict[str, str]] | None) -> Iterator[str]:
        case, data = known or ("", {})
        if str(decision.id) in erased:
            yield from left(decision)
            actual = bytes(decision.digest).hex()
        else:
            actual = queries.decision_digest(decision).hex()
        now = {"outcome": decision.outcome, "ground": decision.ground, "basis": decision.basis, "digest": actual}
        now |= {"decision": str(decision.id)}
        if case != f"case:{decision.case_id}" or data != now or bytes(decision.digest).hex() != actual:
            yield "is not what was decided"

    return compared("decision", Decision.objects.order_by("seq"), told, differences)


def _action_faults() -> Iterator[Fault]:
    told = {data["action"]: (data["decision"], data["measure"]) for _, data in _logged(Event.ACTION_REPORTED)}

    def differences(action: Action, known: tuple[str, str] | None) -> Iterator[str]:
        if known != (str(action.decision_id), action.measure):
            yield "is not what was reported"

    return compared("action", Action.objects.order_by("at"), told, differences)


def _reappearance_faults(erased: set[str]) -> Iterator[Fault]:
    told = {data["reappearance"]: (case, data["commitment"]) for case, data in _logged(Event.SEEN_AGAIN)}
    states = {data["reappearance"]: data["state"] for _, data in _logged(Event.SEEN_AGAIN)}
    states |= {data["reappearance"]: data["state"] for _, data in _logged(Event.SEEN_AGAIN_DECIDED)}

    def differences(row: Reappearance, known: tuple[str, str] | None) -> Iterator[str]:
        if states.get(str(row.id)) != row.state:
            yield "is not in the state that the log says"
        if str(row.id) in erased:
            yield from left(row)
        elif known != (f"case:{row.case_id}", queries.commitment(row.salt, reappearances.facts(row))):
            yield "is not what was met again"
        elif row.state == Reappeared.CONFIRMED and "".join(one.url for one in row.addresses.all()) != row.content_url:
            yield "is at another address than was met"

    return compared("record", Reappearance.objects.order_by("at"), told, differences)


def _misuse_faults(erased: set[str]) -> Iterator[Fault]:
    told = {data["step"]: (case, data["kind"], data["commitment"]) for case, data in _logged(Event.MISUSE_STEP)}
    reviews = {data["step"]: (data["outcome"], data["commitment"]) for _, data in _logged(Event.SUSPENSION_REVIEWED)}

    def differences(step: MisuseStep, known: tuple[str, str, str] | None) -> Iterator[str]:
        case, kind, committed = known or ("", "", "")
        outcome, found = reviews.get(str(step.id), ("stands", ""))
        if (case, kind, outcome == "lifted") != (f"case:{step.case_id}", step.kind, step.lifted):
            yield "is not the step that the log says, or not in its state"
        if str(step.id) in erased:
            yield from left(step)
            return
        if queries.commitment(step.salt, misuse.facts(step)) != committed:
            yield "is not what was taken"
        if (queries.commitment(step.salt, misuse.review_facts(step)) if step.reviewed_at else "") != found:
            yield "was not looked at again as the log says"

    return compared("step against misuse", MisuseStep.objects.order_by("at"), told, differences)


def _appeal_faults(erased: set[str]) -> Iterator[Fault]:
    filed = {data["appeal"]: (case, data["commitment"]) for case, data in _logged(Event.APPEAL_FILED)}
    ended = {data["appeal"]: (data["outcome"], data["commitment"]) for _, data in _logged(Event.APPEAL_DECIDED)}
    ended |= {data["appeal"]: (AppealState.CLOSED.value, "") for _, data in _logged(Event.APPEAL_CLOSED)}

    def differences(appeal: Appeal, known: tuple[str, str] | None) -> Iterator[str]:
        state, found = ended.get(str(appeal.id), (AppealState.OPEN.value, ""))
        if appeal.state != state:
            yield "is not in the state that the log says"
        if str(appeal.id) in erased:
            yield from left(appeal)
            return
        said = queries.commitment(appeal.salt, queries.appeal_facts(appeal))
        outcome = queries.commitment(appeal.salt, queries.appeal_outcome_facts(appeal)) if found else ""
        if known != (f"case:{appeal.case_id}", said):
            yield "is not what was filed"
        if outcome != found:
            yield "was not decided as the log says"

    return compared("appeal", Appeal.objects.order_by("at"), filed, differences)

"""How long the records of a case stay, under the law and the desk's own rules: pure rules, and what they judge.

1. The *case file* (names, contacts, addresses, texts, messages, reasons) goes when no law asks for it any more and no
   appeal is possible. A picture that was not removed loses its signals then. Of a case that was withdrawn before any
   decision, or that stopped since it is about somebody under 18, it goes at once.
2. The *record of what was done* loses what leads to a person: the case code, country, language, the digests of copies.
   While a picture is kept out it stays: with the code the person can take that back.
3. The number of a report about somebody under 18 goes when the duty to keep it ends. The code of such a case goes on
   opening the page that says who can help, and leads to nothing else.

Nothing goes while the case is open, something waits for an answer, or somebody holds the records.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from argine.desk.banks.models import BankEntry
from argine.desk.cases import appeals, duties
from argine.desk.cases.enums import OPEN, AppealState, Appellant, CaseKind, CaseState, Outcome
from argine.desk.cases.models import Appeal, Case, Decision, Order, Preservation, RecordHold
from argine.desk.clocks.enums import Duty
from argine.desk.clocks.models import Clock
from argine.law import retention
from argine.law.duty import Basis, own_rule
from argine.law.months import months_after
from argine.law.regime import Regime
from argine.law.retention import Hold, RetentionFacts
from argine.law.schema import load_all
from argine.law.terms import Force, RecordClass

UNDER_18 = own_rule("nothing of somebody under 18 is kept")
UNDECIDED = own_rule("nothing was decided")
APPEAL = own_rule("the time to appeal")
FOLLOWS = own_rule("with the case file")
OPERATORS = own_rule("the operator's addition")
AS_WRITTEN = own_rule("as it was written down")
ADVICE = Force.GUIDANCE


class Stays(StrEnum):
    """Why a record stays without an end that can be told."""

    OPEN = "open"
    WAITING = "waiting"
    HELD = "held"
    SIGNALS = "signals"
    NO_END = "no_end"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a case decides how long its records stay. Times in UTC; None for what has not happened.

    Attributes:
        decided_at: when it was last decided, or an appeal against that.
        appeal_until: the last instant to appeal the decision that stands.
        minor_until: the last end of what was written down of who keeps what.
        is_waiting: an appeal, or a clock of the desk's own, waits for an answer.
    """

    kind: CaseKind
    state: CaseState
    changed_at: datetime
    decided_at: datetime | None = None
    appeal_until: datetime | None = None
    order_received_at: datetime | None = None
    minor_reported_at: datetime | None = None
    minor_until: datetime | None = None
    is_waiting: bool = False
    is_held: bool = False
    keeps_out: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """When one class of record goes, and by which rule; or why it stays."""

    record: RecordClass
    at: datetime | None = None
    basis: Basis | None = None
    stays: Stays | None = None

    def is_due(self, now: datetime) -> bool:
        return self.at is not None and self.at <= now


def removals(
    case: Standing, regimes: Iterable[Regime], *, as_advised: bool, more_months: int = 0
) -> tuple[Removal, ...]:
    """Return, for each class of record that the desk itself keeps of a case, when it goes.

    Args:
        case: what of it decides.
        regimes: those that apply to it.
        as_advised: keep the record of what was done as long as practitioners advise.
        more_months: by how much the operator keeps the file of a decided case longer.
    """
    holds = {hold.record: hold for hold in retention.retention(_facts(case), regimes)}
    file = _longer(case, _case_file(case, holds), more_months)
    if case.state != CaseState.FROZEN:
        return file, _action_log(case, holds, file, as_advised=as_advised)
    return (file, _minor_reference(case, holds)) if case.minor_reported_at else (file,)


def _facts(case: Standing) -> RetentionFacts:
    kind = retention.CaseKind.ORDER if case.kind == CaseKind.ORDER else retention.CaseKind.NOTICE
    if case.state == CaseState.FROZEN:
        kind = retention.CaseKind.UNDER_18
    return RetentionFacts(kind, case.decided_at, case.order_received_at, case.minor_reported_at)


def _why_it_stays(case: Standing) -> Stays | None:
    if case.state in OPEN:
        return Stays.OPEN
    if case.is_waiting:
        return Stays.WAITING
    return Stays.HELD if case.is_held else None


def _case_file(case: Standing, holds: dict[RecordClass, Hold]) -> Removal:
    stays = _why_it_stays(case)
    if stays is not None:
        return Removal(RecordClass.CASE_FILE, stays=stays)
    if case.state == CaseState.FROZEN or case.decided_at is None:
        basis = UNDER_18 if case.state == CaseState.FROZEN else UNDECIDED
        return Removal(RecordClass.CASE_FILE, case.changed_at, basis)
    # Without its address nobody could tell which material an order has the host keep.
    by_law = [holds[kind] for kind in (RecordClass.CASE_FILE, RecordClass.ORDERED_MATERIAL) if kind in holds]
    ends = [(hold.until, hold.basis) for hold in by_law if hold.basis is not None]
    ends.append((case.appeal_until or case.decided_at, APPEAL))
    return _last(RecordClass.CASE_FILE, ends)


def _longer(case: Standing, file: Removal, more_months: int) -> Removal:
    """Add what the operator wants beyond the law; never to what goes at once, nor about somebody under 18."""
    if file.at is None or not more_months or case.decided_at is None or case.state == CaseState.FROZEN:
        return file
    return Removal(RecordClass.CASE_FILE, months_after(file.at, more_months), OPERATORS)


def _action_log(case: Standing, holds: dict[RecordClass, Hold], file: Removal, *, as_advised: bool) -> Removal:
    if file.at is None:
        return Removal(RecordClass.ACTION_LOG, stays=file.stays)
    if case.keeps_out:
        return Removal(RecordClass.ACTION_LOG, stays=Stays.SIGNALS, basis=retention.WITHDRAWAL)
    hold = holds[RecordClass.ACTION_LOG]
    ends: list[tuple[datetime | None, Basis | None]] = [(file.at, FOLLOWS)]
    if case.decided_at is not None:
        ends += [(hold.until, hold.basis)] if hold.basis else []
        ends += [(hold.advised_until, hold.advised_basis)] if as_advised and hold.advised_basis else []
    return _last(RecordClass.ACTION_LOG, ends)


def _minor_reference(case: Standing, holds: dict[RecordClass, Hold]) -> Removal:
    """The number of a report. Where no law says how long, it stays: somebody may ask for it."""
    if case.is_held:
        return Removal(RecordClass.MINOR_REFERENCE, stays=Stays.HELD)
    hold = holds[RecordClass.MINOR_REFERENCE]
    ends = [(hold.until, hold.basis)] if hold.basis else []
    content = holds[RecordClass.MINOR_CONTENT]
    ends += [(content.until, content.basis)] if content.basis else []
    ends += [(case.minor_until, AS_WRITTEN)] if case.minor_until else []
    return _last(RecordClass.MINOR_REFERENCE, ends or [(None, None)])


def _last(record: RecordClass, ends: Sequence[tuple[datetime | None, Basis | None]]) -> Removal:
    until, basis = max(ends, key=lambda end: (end[0] is None, end[0].timestamp() if end[0] else 0))
    return Removal(record, until, basis, Stays.NO_END if until is None else None)


def plan(cases: Sequence[Case]) -> dict[UUID, tuple[Removal, ...]]:
    """By case: when each class of record goes. The same few look-ups for many cases as for one."""
    ids = [case.id for case in cases]
    on, ran = duties.switched_on(), _regimes_run(ids)
    advised, more = settings.CONFIG.keep_as_advised, settings.CONFIG.keep_more_months
    ours = {one.id: one for one in on}
    return {
        case.id: removals(standing, {**ours, **ran.get(case.id, {})}.values(), as_advised=advised, more_months=more)
        for case, standing in zip(cases, _standings(cases, ids), strict=True)
    }


def _regimes_run(ids: Sequence[UUID]) -> dict[UUID, dict[str, Regime]]:
    """By case: the laws whose clocks it ran and that of its order, whether or not they are still switched on."""
    known, found = load_all(), dict[UUID, dict[str, Regime]]()
    ran = Clock.objects.filter(case_id__in=ids).values_list("case_id", "regime").distinct()
    for case_id, regime in [*ran, *Order.objects.filter(case_id__in=ids).values_list("case_id", "regime")]:
        if regime in known:
            found.setdefault(case_id, {})[regime] = known[regime]
    return found


def _standings(cases: Sequence[Case], ids: Sequence[UUID]) -> Iterable[Standing]:
    found = Decision.objects.filter(case_id__in=ids).select_related("case").order_by("seq")
    decisions = {decision.case_id: decision for decision in found}
    appealed = dict(
        Appeal.objects.filter(case_id__in=ids).values_list("case_id").annotate(last=Max("decided_at")).order_by()
    )
    orders = dict(Order.objects.filter(case_id__in=ids).values_list("case_id", "received_at"))
    reported, kept_until = _preservations(ids)
    waiting = _waiting(ids)
    held = set(RecordHold.objects.filter(case_id__in=ids, released_at=None).values_list("case_id", flat=True))
    live = set(BankEntry.objects.filter(case_id__in=ids, withdrawn_at=None).values_list("case_id", flat=True))
    for case in cases:
        decision = decisions.get(case.id)
        yield Standing(
            kind=CaseKind(case.kind),
            state=CaseState(case.state),
            changed_at=case.changed_at,
            decided_at=max(decision.at, appealed.get(case.id) or decision.at) if decision else None,
            appeal_until=_appeal_until(decision) if decision and case.kind == CaseKind.NOTICE else None,
            order_received_at=orders.get(case.id),
            minor_reported_at=reported.get(case.id),
            minor_until=kept_until.get(case.id),
            is_waiting=case.id in waiting,
            is_held=case.id in held,
            keeps_out=case.id in live,
        )


def _preservations(ids: Sequence[UUID]) -> tuple[dict[UUID, datetime], dict[UUID, datetime]]:
    """By case: when somebody reported, and the last end of what has to be kept, where one was written down."""
    rows = Preservation.objects.filter(case_id__in=ids).order_by("starts_at")
    starts = dict(rows.values_list("case_id", "starts_at"))
    ends = dict(rows.filter(ends_at__isnull=False).order_by("ends_at").values_list("case_id", "ends_at"))
    return starts, {case_id: end for case_id, end in ends.items() if end is not None}


def _waiting(ids: Sequence[UUID]) -> set[UUID]:
    appeals_open = Appeal.objects.filter(case_id__in=ids, state=AppealState.OPEN).values_list("case_id", flat=True)
    # An authority's clock is not the desk's to answer.
    clocks = Clock.objects.filter(case_id__in=ids, ended_at=None).exclude(duty=Duty.AUTHORITY)
    return {*appeals_open, *clocks.values_list("case_id", flat=True)}


def _appeal_until(decision: Decision) -> datetime:
    who = Appellant.UPLOADER if decision.outcome == Outcome.REMOVE else Appellant.REPORTER
    return appeals.open_until(decision, who)

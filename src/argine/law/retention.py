"""How long each class of record has to be kept, and on what basis.

Law and advice are told apart: `until` is what statutes ask, `advised_until` what practitioners ask beyond. A period
whose start has not come yet (`DECISION` of an open case) has no end: the record stays. Signals stay until the person
withdraws, whatever else ends. About somebody under 18 the desk keeps an obligation only, see `minors`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from argine.law.duty import Basis, basis_of, own_rule
from argine.law.facts import in_utc
from argine.law.months import months_after, year_end
from argine.law.regime import Record, Regime
from argine.law.terms import CountedFrom, Force, RecordClass, Trigger


class CaseKind(StrEnum):
    NOTICE = "notice"
    ORDER = "order"
    UNDER_18 = "under_18"


KEPT = {
    CaseKind.NOTICE: (RecordClass.CASE_FILE, RecordClass.ACTION_LOG, RecordClass.SIGNALS),
    CaseKind.ORDER: (
        RecordClass.CASE_FILE,
        RecordClass.ACTION_LOG,
        RecordClass.ORDERED_MATERIAL,
        RecordClass.SIGNALS,
    ),
    CaseKind.UNDER_18: (RecordClass.MINOR_CONTENT, RecordClass.MINOR_REFERENCE),
}
"""The classes of record that each kind of case has; what a service keeps as a whole is not a case's."""

WITHDRAWAL = own_rule("until the person withdraws", ("HASH",))


@dataclass(frozen=True, slots=True)
class RetentionFacts:
    """When the periods of one case begin, in UTC; None for what has not happened.

    Attributes:
        kind: a notice, an order, or a case that stopped because the person shown was under 18.
        decided_at: when it was last decided.
        order_received_at: when the order came.
        minor_reported_at: when the provider reported to the hotline or police.

    Raises:
        ValueError: a time is not in UTC.
    """

    kind: CaseKind
    decided_at: datetime | None = None
    order_received_at: datetime | None = None
    minor_reported_at: datetime | None = None

    def __post_init__(self) -> None:
        in_utc(self.decided_at, self.order_received_at, self.minor_reported_at)


@dataclass(frozen=True, slots=True)
class Hold:
    """How long one class of record of a case stays.

    Attributes:
        record: the class.
        until: the earliest moment at which law lets it be purged; None while that cannot be told yet.
        basis: of the longest hold by law; None if no law that applies gives a period.
        advised_until: until when advice asks to keep it; None without advice, or while it cannot be told yet.
        advised_basis: of the longest advised hold; None without advice.
    """

    record: RecordClass
    until: datetime | None
    basis: Basis | None
    advised_until: datetime | None = None
    advised_basis: Basis | None = None


def retention(facts: RetentionFacts, regimes: Iterable[Regime]) -> tuple[Hold, ...]:
    """Return, for each class of record that the case has, the earliest moment of purging and why.

    Args:
        facts: the kind of case and when its periods begin.
        regimes: those that apply to the case: switched on, or those whose clocks it ran.
    """
    mine = [regime for regime in regimes if _concerns(facts.kind, regime)]
    return tuple(_hold(record, facts, mine) for record in KEPT[facts.kind])


def longest(holds: Iterable[Hold]) -> Hold | None:
    """Return the hold by law that ends last, one without an end before all; None if no law holds anything.

    Signals are left out: the person ends that hold.
    """
    by_law = [hold for hold in holds if hold.basis is not None and hold.record is not RecordClass.SIGNALS]
    return max(by_law, key=lambda hold: (hold.until is None, hold.until.timestamp() if hold.until else 0), default=None)


def start_of(facts: RetentionFacts, record: Record) -> datetime | None:
    """Return when the period of a record begins for the case; None if that has not happened."""
    match record.counted_from:
        case CountedFrom.DECISION:
            return facts.decided_at
        case CountedFrom.YEAR_END:
            return year_end(facts.decided_at) if facts.decided_at else None
        case CountedFrom.ORDER_RECEIPT:
            return facts.order_received_at
        case CountedFrom.MINOR_REPORT:
            return facts.minor_reported_at
        case CountedFrom.PUBLICATION:
            return None


def _concerns(kind: CaseKind, regime: Regime) -> bool:
    return kind is CaseKind.UNDER_18 or (regime.trigger is Trigger.ORDER) == (kind is CaseKind.ORDER)


def _hold(kind: RecordClass, facts: RetentionFacts, regimes: list[Regime]) -> Hold:
    if kind is RecordClass.SIGNALS:
        return Hold(kind, None, WITHDRAWAL)
    until, basis = _end(kind, Force.LAW, facts, regimes)
    advised_until, advised_basis = _end(kind, Force.GUIDANCE, facts, regimes)
    # Where no law gives a period, the record may go as soon as the case is over.
    return Hold(kind, until if basis else _over(facts), basis, advised_until, advised_basis)


def _over(facts: RetentionFacts) -> datetime | None:
    return facts.minor_reported_at if facts.kind is CaseKind.UNDER_18 else facts.decided_at


def _end(
    kind: RecordClass, force: Force, facts: RetentionFacts, regimes: list[Regime]
) -> tuple[datetime | None, Basis | None]:
    """Return the last end of a class of record, and its basis: an end that cannot be told yet is the last."""
    ends = [
        (_end_of(record, record.months, facts), basis_of(regime, record.ref, record.mark, record.force))
        for regime in regimes
        for record in regime.records
        if record.kind is kind and record.force is force and record.months is not None
    ]
    return max(ends, key=lambda end: (end[0] is None, end[0].timestamp() if end[0] else 0), default=(None, None))


def _end_of(record: Record, months: int, facts: RetentionFacts) -> datetime | None:
    start = start_of(facts, record)
    return None if start is None else months_after(start, months)

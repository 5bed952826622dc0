"""The person shown was under 18: the flow stops. The desk leads away, keeps quiet, and keeps an obligation only.

Two duties address different parties: a desk must never keep such a picture, and a provider that reported one must
keep it for a time. So the desk records who holds what, from when until when, under which number. The bytes stay in
the host's own store, which this software does not read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from argine.law.duty import Basis, Duty, DutyKind, basis_of, own_rule
from argine.law.facts import NoticeFacts
from argine.law.months import months_after
from argine.law.regime import Record, Regime
from argine.law.retention import CaseKind, RetentionFacts, start_of
from argine.law.routes import Audience, Route, routes_for
from argine.law.terms import Moment, Recipient, RecordClass

_STOPS = (Moment.UNDER_18,)


@dataclass(frozen=True, slots=True)
class PreservationObligation:
    """What a provider has to keep after it reported: never the desk, and never more than this on the desk.

    Attributes:
        record: what is kept.
        held_by: who keeps it.
        months: how long.
        starts_at: when the provider reported, in UTC; None if it has not yet.
        ends_at: the first moment at which it may go, in UTC; None while `starts_at` is.
        basis: the law.
    """

    record: RecordClass
    held_by: Recipient
    months: int
    starts_at: datetime | None
    ends_at: datetime | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class MinorOutcome:
    """What remains of a notice about somebody under 18: no clock, no missing element, no media."""

    routes: tuple[Route, ...]
    preserve: tuple[PreservationObligation, ...]
    duties: tuple[Duty, ...]


def outcome(facts: NoticeFacts, regimes: Iterable[Regime], reported_at: datetime | None = None) -> MinorOutcome:
    """Return where the person is led, and what alone remains to be kept.

    Args:
        facts: of a notice about somebody under 18.
        regimes: those that are switched on.
        reported_at: when the provider reported to the hotline or police, in UTC; None if it has not yet.

    Raises:
        ValueError: the person shown was not under 18, or the time is not in UTC.
    """
    if not facts.depicted_under_18:
        raise ValueError("Only a notice about somebody under 18 stops here.")
    kept = tuple(regimes)
    return MinorOutcome(
        routes=routes_for(Audience.MINOR, facts.country),
        preserve=preservation(kept, reported_at),
        duties=(lead_away(), *duties_about_minors(kept)),
    )


def preservation(regimes: Iterable[Regime], reported_at: datetime | None) -> tuple[PreservationObligation, ...]:
    """Return what a provider has to keep after its report, by each law that says so."""
    facts = RetentionFacts(CaseKind.UNDER_18, minor_reported_at=reported_at)
    return tuple(
        _obligation(regime, record, record.months, start_of(facts, record))
        for regime in regimes
        for record in regime.records
        if record.kind in _MINOR_RECORDS and record.months is not None
    )


def lead_away() -> Duty:
    basis = own_rule("routes.toml: who may lawfully act", ("MIN1", "IT5"))
    return Duty(DutyKind.LEAD_AWAY, "routes", _STOPS, Recipient.REPORTER, basis)


def duties_about_minors(regimes: Iterable[Regime]) -> tuple[Duty, ...]:
    """Return what is owed because the person shown was under 18, besides leading whoever wrote away."""
    quiet = own_rule("a word to the uploader may warn them", ("MIN1",))
    duties = [Duty(DutyKind.SAY_NOTHING, "", _STOPS, Recipient.UPLOADER, quiet)]
    for regime in regimes:
        duties += [
            Duty(
                DutyKind.TELL,
                telling.what,
                _STOPS,
                Recipient.AUTHORITY,
                basis_of(regime, telling.ref, telling.mark, telling.force),
                note=telling.note,
            )
            for telling in regime.tell_authority
            if Moment.UNDER_18 in telling.when
        ]
        duties += [_preserve(regime, record) for record in regime.records if record.kind in _MINOR_RECORDS]
    return tuple(duties)


_MINOR_RECORDS = (RecordClass.MINOR_CONTENT, RecordClass.MINOR_REFERENCE)


def _obligation(regime: Regime, record: Record, months: int, start: datetime | None) -> PreservationObligation:
    return PreservationObligation(
        record=record.kind,
        held_by=Recipient.HOST,
        months=months,
        starts_at=start,
        ends_at=None if start is None else months_after(start, months),
        basis=basis_of(regime, record.ref, record.mark, record.force),
    )


def _preserve(regime: Regime, record: Record) -> Duty:
    basis = basis_of(regime, record.ref, record.mark, record.force)
    return Duty(DutyKind.PRESERVE, record.kind, _STOPS, Recipient.HOST, basis, note=record.what)

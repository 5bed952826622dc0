"""The rules, as pure functions: facts of a notice in, clocks and missing elements out. No clock of its own.

1. A clock counts elapsed hours from the moment the server received the notice. Weekends, holidays and queues
   count.
2. Every regime that the operator switched on runs its clock, whatever the person's country, known or unknown: a
   platform serves people of many countries, and its duty under one law does not end because another also
   applies. The nearest clock leads, so the strictest law is the one that is worked to.
3. A notice that lacks an element starts the clocks all the same. Whether it was complete is argued later; the
   hours do not come back. What lacks is asked for.
4. An operator's own promise (`indicative`) never passes for law, and an authority's clock is never the
   platform's: it starts only when the person says they have reported to that authority.
5. A notice about somebody under 18 runs no clock here: the person is led to who may lawfully act (see `routes`).
6. A regime whose facts were only read second hand, or not confirmed, runs no clock without the operator's yes.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argine.law.errors import RegimeError
from argine.law.regime import Capacity, ClockKind, Element, ElementRule, Regime, Required
from argine.law.schema import load_all

_RANK = {ClockKind.STATUTORY: 0, ClockKind.INDICATIVE: 1, ClockKind.AUTHORITY: 2}


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What the rules need to know of a notice: no name, no address, no picture.

    Attributes:
        elements: what the form states.
        reporter_capacity: the person shown, or somebody who acts for them.
        country: where the person is, as ISO 3166 alpha-2; None if they did not say.
        has_address: at least one address of the picture is given.
        has_signals: signals of the picture are given.
        depicted_under_18: the person shown was under 18 in the picture.
        received_at: when the server received the notice, in UTC.
        reported_to_authority_at: by regime id, when the person says they reported to that authority, in UTC.

    Raises:
        ValueError: a time is not in UTC.
    """

    elements: frozenset[Element]
    reporter_capacity: Capacity
    country: str | None
    has_address: bool
    has_signals: bool
    depicted_under_18: bool
    received_at: datetime
    reported_to_authority_at: Mapping[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for moment in (self.received_at, *self.reported_to_authority_at.values()):
            if moment.utcoffset() != timedelta(0):
                raise ValueError("A clock starts at a time in UTC; this one has another zone or none.")


@dataclass(frozen=True, slots=True)
class Due:
    """One clock: from when, until when, under which version of which regime."""

    regime_id: str
    regime_version: int
    kind: ClockKind
    started_at: datetime
    due_at: datetime


def switched_on(
    ids: Iterable[str], accept_unverified: AbstractSet[str] = frozenset(), regimes: Mapping[str, Regime] | None = None
) -> tuple[Regime, ...]:
    """Return the regimes that an operator's settings name, in the order given, each once.

    Args:
        ids: regime ids to switch on.
        accept_unverified: those among them, marked V3 or M, that the operator accepts although nobody has read
            them in the law or in a quotation of it.
        regimes: all regimes by id; those that Argine ships unless given.

    Raises:
        RegimeError: an unknown id, or a regime marked V3 or M without the operator's yes.
    """
    known = load_all() if regimes is None else regimes
    return tuple(_switch_on(regime_id, accept_unverified, known) for regime_id in dict.fromkeys(ids))


def missing_elements(facts: NoticeFacts, regime: Regime) -> tuple[str, ...]:
    """Return the elements that the regime requires and the notice lacks, in the order of its file."""
    return tuple(rule.key for rule in regime.elements if not _is_met(rule, facts))


def clocks(facts: NoticeFacts, regimes: Iterable[Regime]) -> tuple[Due, ...]:
    """Return the clocks that a notice starts, nearest first; at the same instant, statutes before promises.

    A law that is not yet in force when its clock would start runs none.
    """
    if facts.depicted_under_18:
        return ()
    running = (due for regime in regimes if (due := _clock(facts, regime)) is not None)
    return tuple(sorted(running, key=lambda due: (due.due_at, _RANK[due.kind], due.regime_id)))


def _switch_on(regime_id: str, accept_unverified: AbstractSet[str], known: Mapping[str, Regime]) -> Regime:
    regime = known.get(regime_id)
    if regime is None:
        raise RegimeError(f"{regime_id} is not a regime; known are {', '.join(known)}.")
    if regime.verified.mark.needs_operators_yes and regime_id not in accept_unverified:
        raise RegimeError(
            f"{regime_id} is marked {regime.verified.mark}: nobody has checked it against the law. Accept it "
            "explicitly as unverified, or switch it off."
        )
    return regime


def _is_met(rule: ElementRule, facts: NoticeFacts) -> bool:
    if rule.required is not Required.REQUIRED or rule.key in facts.elements:
        return True
    return rule.key is Element.WHERE and (facts.has_address or (rule.or_signals and facts.has_signals))


def _clock(facts: NoticeFacts, regime: Regime) -> Due | None:
    started_at = _start(facts, regime)
    if started_at is None or regime.hours is None or not regime.in_force_on(started_at.date()):
        return None
    due_at = started_at + timedelta(hours=regime.hours)
    return Due(regime.id, regime.version, regime.clock.kind, started_at, due_at)


def _start(facts: NoticeFacts, regime: Regime) -> datetime | None:
    if regime.clock.kind is ClockKind.AUTHORITY:
        return facts.reported_to_authority_at.get(regime.id)
    return facts.received_at

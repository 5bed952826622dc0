"""The rules, as pure functions: facts in, clocks and missing elements out. No clock of its own.

1. A clock counts elapsed hours from the moment the server received the notice or order. Weekends, holidays and
   queues count.
2. Every regime that the operator switched on runs its clock, whatever the person's country, known or unknown: a
   platform serves people of many countries, and its duty under one law does not end because another also
   applies. The nearest clock leads, so the strictest law is the one that is worked to.
3. A notice that lacks an element starts the clocks all the same. Whether it was complete is argued later; the
   hours do not come back. What lacks is asked for.
4. An operator's own promise (`indicative`) never passes for law, and an authority's clock is never the
   platform's: it starts only when the person says they have reported to that authority.
5. A notice about somebody under 18 runs no clock here and is asked for nothing: the person is led to who may
   lawfully act (see `minors`). An order binds the platform whoever is shown, so its clock runs.
6. A regime whose facts were only read second hand, or not confirmed, runs no clock without the operator's yes.
7. An order runs until the nearer of the statute's hours and the order's own time; until the order's own time where
   the statute lets it give more, or gives no number. Without either there is no number, and no clock.

What follows from them is in `duties`, `appeals`, `retention` and `minors`.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from argine.law.errors import RegimeError
from argine.law.facts import NoticeFacts as NoticeFacts
from argine.law.facts import OrderFacts as OrderFacts
from argine.law.regime import ElementRule, Regime
from argine.law.schema import load_all
from argine.law.terms import ClockKind, ClockStart, Element, Issuer, Reporters, Required, Trigger


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
        accept_unverified: those among them that the operator accepts although nobody has read them in the law or
            in a quotation of it (V3, M), or although it was not read that they are in force.
        regimes: all regimes by id; those that Argine ships unless given.

    Raises:
        RegimeError: an unknown id, or a regime that needs the operator's yes and lacks it.
    """
    known = load_all() if regimes is None else regimes
    return tuple(_switch_on(regime_id, accept_unverified, known) for regime_id in dict.fromkeys(ids))


def for_notices(regimes: Iterable[Regime]) -> tuple[Regime, ...]:
    """Return those that concern a person who reports: orders between authorities and the platform left out."""
    return tuple(regime for regime in regimes if regime.trigger is not Trigger.ORDER)


def may_report(facts: NoticeFacts, regime: Regime) -> bool:
    """Tell whether somebody in the reporter's capacity may report under the regime."""
    return Reporters.ANYONE in regime.who_may_report or facts.reporter_capacity.value in regime.who_may_report


def may_order(facts: OrderFacts, regime: Regime) -> bool:
    """Tell whether who gave the order may give one under the regime; any may, where national law names them."""
    issuers = regime.order.issuers if regime.order else ()
    return facts.issuer in issuers or Issuer.COMPETENT_AUTHORITY in issuers


def missing_elements(facts: NoticeFacts, regime: Regime) -> tuple[str, ...]:
    """Return the elements that the regime requires and the notice lacks, in the order of its file.

    About somebody under 18 nothing is asked: the notice goes no further here.
    """
    if facts.depicted_under_18:
        return ()
    return tuple(rule.key for rule in regime.elements if not _is_met(rule, facts))


def missing_of_order(facts: OrderFacts, regime: Regime) -> tuple[str, ...]:
    """Return what the regime requires or nobody can do without, and the order lacks, in the order of its file."""
    rules = regime.order.elements if regime.order else ()
    return tuple(r.key for r in rules if r.required is not Required.OPTIONAL and r.key not in facts.elements)


def clocks(facts: NoticeFacts, regimes: Iterable[Regime]) -> tuple[Due, ...]:
    """Return the clocks that a notice starts, nearest first; at the same instant, statutes before promises.

    A law that is not yet in force when its clock would start runs none.
    """
    if facts.depicted_under_18:
        return ()
    return nearest_first(due for regime in for_notices(regimes) if (due := _clock(facts, regime)) is not None)


def clock_of_order(facts: OrderFacts, regime: Regime) -> Due | None:
    """Return the clock that an order starts; None where neither the statute nor the order gives a time."""
    if not may_order(facts, regime):
        return None
    started_at = facts.received_at
    if regime.clock.start is ClockStart.ORDER_GIVEN and facts.given_at is not None:
        started_at = min(facts.given_at, facts.received_at)
    due_at = _due_of_order(facts, regime, started_at)
    if due_at is None or not regime.in_force_on(started_at.date()):
        return None
    return Due(regime.id, regime.version, regime.clock.kind, started_at, due_at)


def nearest_first(dues: Iterable[Due]) -> tuple[Due, ...]:
    """Sort clocks by due instant; at the same instant what binds the platform most comes first (`ClockKind.rank`)."""
    return tuple(sorted(dues, key=lambda due: (due.due_at, due.kind.rank, due.regime_id)))


def _switch_on(regime_id: str, accept_unverified: AbstractSet[str], known: Mapping[str, Regime]) -> Regime:
    regime = known.get(regime_id)
    if regime is None:
        raise RegimeError(f"{regime_id} is not a regime; known are {', '.join(known)}.")
    if not regime.needs_operators_yes or regime_id in accept_unverified:
        return regime
    fault = (
        f"is marked {regime.verified.mark}: nobody has checked it against the law"
        if regime.verified.mark.needs_operators_yes
        else "is made law, but nobody has read that it is in force"
    )
    raise RegimeError(f"{regime_id} {fault}. Accept it explicitly as unverified, or switch it off.")


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


def _due_of_order(facts: OrderFacts, regime: Regime, started_at: datetime) -> datetime | None:
    if regime.clock.hours is None:
        own = facts.due_at
    else:
        by_statute = started_at + timedelta(hours=regime.clock.hours)
        own = facts.due_at or by_statute
        own = own if regime.clock.longer_if_allowed else min(own, by_statute)
    # An order that names a time before it came is due at once, not before it came.
    return None if own is None else max(own, started_at)

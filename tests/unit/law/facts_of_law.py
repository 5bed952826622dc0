"""Facts for the tests: notices and orders with everything, and less."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from argine.law.facts import NoticeFacts, OrderFacts
from argine.law.regime import Regime
from argine.law.schema import load_all
from argine.law.terms import Capacity, Element, Issuer, OrderElement, Trigger

REGIMES = load_all()
NOTICE_REGIMES = [regime for regime in REGIMES.values() if regime.trigger is Trigger.NOTICE]
ORDER_REGIMES = [regime for regime in REGIMES.values() if regime.trigger is Trigger.ORDER]

FRIDAY_EVENING = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
FULL = NoticeFacts(
    elements=frozenset(Element),
    reporter_capacity=Capacity.DEPICTED_PERSON,
    country=None,
    has_address=True,
    has_signals=False,
    depicted_under_18=False,
    received_at=FRIDAY_EVENING,
)
MINOR = replace(FULL, depicted_under_18=True)
ORDER = OrderFacts(elements=frozenset(OrderElement), issuer=Issuer.COURT, received_at=FRIDAY_EVENING)


def stating(elements: Iterable[Element], capacity: Capacity = Capacity.DEPICTED_PERSON) -> NoticeFacts:
    """A notice that states just these, and gives no address and no signals besides."""
    return replace(FULL, elements=frozenset(elements), reporter_capacity=capacity, has_address=False)


def order_under(regime: Regime) -> OrderFacts:
    """An order with everything, by the first who may give one under the regime."""
    assert regime.order is not None
    return replace(ORDER, issuer=regime.order.issuers[0])

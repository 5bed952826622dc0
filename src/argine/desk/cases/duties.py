"""What the law makes of a notice: the bridge from a draft to `argine.law`."""

from datetime import datetime

from django.conf import settings

from argine.desk.cases.drafts import NoticeDraft
from argine.law import rules
from argine.law.regime import Capacity, Element, Regime
from argine.law.rules import Due, NoticeFacts


def switched_on() -> tuple[Regime, ...]:
    """The regimes that the operator's settings name."""
    return rules.switched_on(settings.CONFIG.regimes, frozenset(settings.CONFIG.accept_unverified))


def switched_on_for_notices() -> tuple[Regime, ...]:
    """Those that concern a person who reports; the others are for orders of authorities."""
    return rules.for_notices(switched_on())


def facts_of(draft: NoticeDraft, received_at: datetime) -> NoticeFacts:
    stated = {
        Element.WHERE: bool(draft.where_hint.strip()),
        Element.CAPACITY: True,
        Element.NO_CONSENT: draft.no_consent,
        Element.NATURE: True,
        # The form prefills why it is unlawful, so that nobody needs to know the law.
        Element.WHY_UNLAWFUL: draft.no_consent,
        Element.GOOD_FAITH: draft.good_faith,
        Element.SIGNATURE: bool(draft.signature.strip()),
        Element.CONTACT: bool(draft.contact.strip()),
        Element.RELEVANT_INFO: bool(draft.statement.strip()),
    }
    return NoticeFacts(
        elements=frozenset(element for element, given in stated.items() if given),
        reporter_capacity=Capacity(draft.capacity.value),
        country=draft.country or None,
        has_address=bool(draft.addresses),
        has_signals=bool(draft.pictures),
        depicted_under_18=draft.depicted_under_18,
        received_at=received_at,
    )


def dues(draft: NoticeDraft, received_at: datetime) -> tuple[Due, ...]:
    return rules.clocks(facts_of(draft, received_at), switched_on())


def missing(draft: NoticeDraft, received_at: datetime) -> dict[str, tuple[str, ...]]:
    """By regime, the elements that it requires and the notice lacks."""
    facts = facts_of(draft, received_at)
    lacking = {regime.id: rules.missing_elements(facts, regime) for regime in switched_on()}
    return {regime: elements for regime, elements in lacking.items() if elements}

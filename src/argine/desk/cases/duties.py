"""What the law makes of a notice: the bridge from a draft to `argine.law`."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings

from argine.desk.cases.drafts import NoticeDraft, OrderDraft
from argine.desk.core import time
from argine.law import duties, rules
from argine.law.duties import DutyList
from argine.law.regime import Capacity, Element, OrderElement, Regime, Trigger
from argine.law.rules import Due, NoticeFacts, OrderFacts
from argine.law.schema import load_all


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


def referrals(draft: NoticeDraft) -> dict[str, Regime]:
    """The laws under which this person may turn to an authority of their own accord, by id."""
    facts = facts_of(draft, time.now())
    return {
        regime.id: regime for regime in switched_on() if regime.referral is not None and rules.may_report(facts, regime)
    }


def due_of_referral(draft: NoticeDraft, received_at: datetime, regime: Regime, reported_at: datetime) -> Due | None:
    """The authority's own clock, from when it received the person's report."""
    facts = replace(facts_of(draft, received_at), reported_to_authority_at={regime.id: reported_at})
    return next(iter(rules.clocks(facts, [regime])), None)


def order_regimes() -> dict[str, Regime]:
    """The laws under which an order may be taken down, by id, whether or not they are switched on.

    An order binds when it comes. One that nobody has checked against the law needs the operator's yes all the same.
    """
    accepted = settings.CONFIG.accept_unverified
    return {
        regime.id: regime
        for regime in load_all().values()
        if regime.trigger is Trigger.ORDER and (not regime.needs_operators_yes or regime.id in accepted)
    }


def order_facts(draft: OrderDraft) -> OrderFacts:
    stated = {
        OrderElement.ISSUER: bool(draft.authority.strip()),
        OrderElement.LEGAL_BASIS: bool(draft.legal_basis.strip()),
        OrderElement.REFERENCE: bool(draft.reference.strip()),
        # About somebody under 18 only the host knows where it is.
        OrderElement.WHERE: bool(draft.addresses or draft.pictures) or draft.under_18,
        OrderElement.MEASURE: draft.measure is not None,
    }
    return OrderFacts(
        elements=frozenset(element for element, given in stated.items() if given),
        issuer=draft.issuer,
        received_at=draft.received_at,
        given_at=draft.given_at,
        due_at=draft.due_at,
        depicted_under_18=draft.under_18,
    )


def of_order(draft: OrderDraft) -> DutyList:
    """What an order asks for, under the law that it names."""
    return duties.of_order(order_facts(draft), load_all()[draft.regime])

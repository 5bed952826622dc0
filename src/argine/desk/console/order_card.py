"""An authority's order, as the page of its case shows it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from argine.desk.cases import duties, queries
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case, Order
from argine.desk.console import wording
from argine.desk.console.order_form import ISSUERS, MEASURES, ExtendForm
from argine.law.duty import Duty, DutyKind
from argine.law.retention import CaseKind, RetentionFacts, retention
from argine.law.schema import load_all
from argine.law.terms import Issuer, Measure, OrderElement, RecordClass

OPEN = frozenset({CaseState.RECEIVED, CaseState.REMOVAL})


@dataclass(frozen=True, slots=True)
class OrderCard:
    """`kept_until` is when the host may let the ordered material go; None where the law says nothing of it."""

    id: UUID
    law: str
    authority: str
    issuer: str
    reference: str
    legal_basis: str
    measure: str
    received_at: datetime
    given_at: datetime | None
    due_at: datetime | None
    extended_to: datetime | None
    under_18: bool
    missing: list[str]
    duties: list[tuple[str, str]]
    kept_until: datetime | None
    is_open: bool
    form: ExtendForm


def of(case: Case, form: ExtendForm | None = None) -> OrderCard | None:
    order = queries.order_of(case)
    return None if order is None else _card(order, form or ExtendForm())


def _card(order: Order, form: ExtendForm) -> OrderCard:
    found = duties.of_order(queries.order_draft(order))
    return OrderCard(
        id=order.id,
        law=wording.regime_title(order.regime),
        authority=order.authority,
        issuer=str(ISSUERS[Issuer(order.issuer)]),
        reference=order.reference,
        legal_basis=order.legal_basis,
        measure=str(MEASURES[Measure(order.measure)]) if order.measure else "",
        received_at=order.received_at,
        given_at=order.given_at,
        due_at=order.due_at,
        extended_to=order.extended_to,
        under_18=order.under_18,
        missing=[element_name(key) for keys in found.missing.values() for key in keys],
        duties=[(duty_name(duty), duty.basis.ref) for duty in found.duties if duty.kind is not DutyKind.ASK],
        kept_until=_kept_until(order),
        is_open=order.case.state in OPEN,
        form=form,
    )


def element_name(key: str) -> str:
    names = {
        OrderElement.ISSUER: _("who gives it"),
        OrderElement.LEGAL_BASIS: _("under which law"),
        OrderElement.REFERENCE: _("its number"),
        OrderElement.WHERE: _("which content"),
        OrderElement.MEASURE: _("what is to be done"),
    }
    return names[OrderElement(key)]


def duty_name(duty: Duty) -> str:
    names = {
        DutyKind.ACT: _("Carry it out"),
        DutyKind.FIND_COPIES: _("Find copies"),
        DutyKind.TELL: _("Tell"),
        DutyKind.SAY_NOTHING: _("Say nothing to the uploader"),
        DutyKind.OPEN_APPEAL: _("A way to appeal"),
        DutyKind.EXPEDITE_APPEAL: _("An appeal that goes first"),
        DutyKind.PRESERVE: _("Keep"),
        DutyKind.OFFER_REFERRAL: _("Name the authority"),
        DutyKind.LEAD_AWAY: _("Lead to those who may act"),
        DutyKind.ASK: _("Ask"),
    }
    return f"{names[duty.kind]}: {duty.note}" if duty.note else names[duty.kind]


def _kept_until(order: Order) -> datetime | None:
    facts = RetentionFacts(CaseKind.ORDER, order_received_at=order.received_at)
    holds = retention(facts, [load_all()[order.regime]])
    return next(
        (hold.until for hold in holds if hold.record is RecordClass.ORDERED_MATERIAL and hold.basis is not None), None
    )

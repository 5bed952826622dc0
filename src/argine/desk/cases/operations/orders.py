"""Orders of authorities: taken down by staff, carried out once a supervisor has confirmed them by a decision."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.banks import operations as banks
from argine.desk.cases import duties, policies, queries
from argine.desk.cases.drafts import OrderDraft
from argine.desk.cases.enums import CaseKind
from argine.desk.cases.models import Case, Order
from argine.desk.cases.operations import relating, steps
from argine.desk.clocks import operations as clocks
from argine.desk.clocks.enums import Duty
from argine.desk.clocks.queries import open_clocks
from argine.desk.core import case_code, time
from argine.desk.core.actor import Actor
from argine.desk.core.crypto import new_salt
from argine.desk.core.errors import InvalidError
from argine.law import rules
from argine.law.schema import load_all


def register_order(draft: OrderDraft, *, by: Actor) -> Order:
    """Take an order down: a case of its own, its clock, its signals in the bank of kind `review` until confirmed.

    Raises:
        InvalidError: something is missing or wrong; `fields` says what. Nothing is kept.
    """
    _check(draft)
    with transaction.atomic():
        moment = time.now()
        case = Case(
            number=queries.next_number(),
            kind=CaseKind.ORDER,
            code_digest=case_code.digest(case_code.new("en")),  # nobody is told the code: an order has no reporter
            opened_at=moment,
            changed_at=moment,
        )
        case.save(force_insert=True)
        order = _save(case, draft, by=by)
        items: Sequence[UUID | None] = [row.id for row in order.addresses.order_by("position")] or [None]
        clocks.start(case.id, items, duties.of_order(draft).clocks, by=by)
    sign_head_now()
    relating.relate_now(case)
    return order


def _check(draft: OrderDraft) -> None:
    draft.check(time.now())
    regime = duties.order_regimes().get(draft.regime)
    if regime is None:
        raise InvalidError(_("Choose a law."), fields={"regime": _("Choose a law.")})
    if not rules.may_order(duties.order_facts(draft), regime):
        problem = _("Under this law such an authority gives no orders.")
        raise InvalidError(problem, fields={"issuer": problem})


def _save(case: Case, draft: OrderDraft, *, by: Actor) -> Order:
    order = Order(
        case=case,
        regime=draft.regime,
        regime_version=load_all()[draft.regime].version,
        issuer=draft.issuer.value,
        measure=draft.measure.value if draft.measure else "",
        received_at=draft.received_at,
        given_at=draft.given_at,
        due_at=draft.due_at,
        under_18=draft.under_18,
        authority=draft.authority.strip(),
        reference=draft.reference.strip(),
        legal_basis=draft.legal_basis.strip(),
        salt=new_salt(),
        entry_index=0,
    )
    order.save(force_insert=True)
    for position, url in enumerate(draft.addresses):
        steps.name_place(case, position, url, order=order)
    for signals in draft.pictures:
        banks.add_entry(banks.REPORTED, signals, origin=queries.order_origin(order), case_id=case.id, by=by)
    committed = queries.commitment(order.salt, queries.order_facts(order))
    entry = append(
        Event.ORDER_RECEIVED,
        f"case:{case.id}",
        by=by,
        data={"order": str(order.id), "regime": order.regime, "commitment": committed},
    )
    order.entry_index = entry.index
    order.save(update_fields=["entry_index"])
    return order


def extend_order(order: Order, until: datetime, *, by: Actor) -> Order:
    """The authority gives more time: new clocks take the place of those that run, where the law lets it.

    Raises:
        RefusedError: the order is not open any more, or its law sets a limit that is reached.
    """
    with transaction.atomic():
        case = order.case
        steps.hold(case)
        order.refresh_from_db(from_queryset=Order.objects.select_for_update())
        waiting = open_clocks(case.id, Duty.ACT)
        order.extended_to = until
        due = duties.of_order(queries.order_draft(order)).clocks
        policies.check_extend(case, max((c.due_at for c in waiting), default=None), due[0].due_at if due else None)
        order.save(update_fields=["extended_to"])
        clocks.supersede(case.id, due, by=by)
        data = {"order": str(order.id), "until": time.iso(until)}
        append(Event.ORDER_EXTENDED, f"case:{case.id}", by=by, data=data)
    sign_head_now()
    return order

"""Reading cases. The faces ask here and hand plain values to their templates."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from argine.desk.audit import queries as log
from argine.desk.banks.queries import entries_of_case, region_at_first, signal_of
from argine.desk.cases import picture_facts, records
from argine.desk.cases.drafts import NoticeDraft, OrderDraft
from argine.desk.cases.enums import OPEN, Capacity, CaseState, Nature
from argine.desk.cases.models import (
    Action,
    Address,
    Appeal,
    Case,
    Claim,
    Decision,
    Notice,
    Order,
    Referral,
    Supplement,
    Vote,
)
from argine.desk.clocks.enums import Duty
from argine.desk.clocks.models import Clock
from argine.desk.core import case_code, time
from argine.desk.core.crypto import salted_digest
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.law.terms import Issuer
from argine.law.terms import Measure as LawMeasure
from argine.merkle.canonical import Json

RECEIPT_FORMAT = "argine-case-receipt/1"


def find_by_code(code: str) -> Case | None:
    return Case.objects.filter(code_digest=case_code.digest(code)).first()


def get_case(case_id: UUID) -> Case:
    """Find a case.

    Raises:
        NotFoundError: there is none.
    """
    found = Case.objects.filter(pk=case_id).first()
    if found is None:
        raise NotFoundError("There is no such case.")
    return found


def get_decision(decision_id: UUID) -> Decision:
    found = Decision.objects.filter(pk=decision_id).select_related("case").first()
    if found is None:
        raise NotFoundError("There is no such decision.")
    return found


def current_decision(case: Case) -> Decision | None:
    return case.decisions.order_by("-seq").first()


def is_current(decision: Decision) -> bool:
    """Whether no later decision has replaced it."""
    return not Decision.objects.filter(case=decision.case_id, seq__gt=decision.seq).exists()


def get_appeal(appeal_id: UUID) -> Appeal:
    found = Appeal.objects.filter(pk=appeal_id).select_related("case", "decision").first()
    if found is None:
        raise NotFoundError("There is no such appeal.")
    return found


def decisions_after(cursor: int, limit: int) -> list[Decision]:
    """Decisions in the order they were made, from a cursor on: what a platform has still to carry out."""
    found = Decision.objects.filter(seq__gt=cursor).select_related("case", "overrides", "overridden_by")
    return list(found.order_by("seq")[:limit])


def _nearest_due() -> Subquery:
    """The nearest instant of a case that still waits for an answer."""
    return Subquery(
        Clock.objects.filter(case_id=OuterRef("pk"), ended_at=None)
        .exclude(duty=Duty.AUTHORITY)
        .order_by("due_at")
        .values("due_at")[:1]
    )


def by_nearest_deadline() -> QuerySet[Case]:
    """Cases with `due`, the nearest instant that still waits for an answer, nearest first; answered cases last."""
    return Case.objects.annotate(due=_nearest_due()).order_by(F("due").asc(nulls_last=True), "opened_at")


def count_open(now: datetime, soon: timedelta, which: Q) -> tuple[int, int, int]:
    """Count the open ones of these cases; of those, where the nearest deadline has passed, and where it comes soon."""
    cases = Case.objects.filter(which, state__in=OPEN)
    waiting = Clock.objects.filter(ended_at=None, case_id__in=cases.values("pk")).exclude(duty=Duty.AUTHORITY)
    # Grouped, not a look-up for each case: the grouping is computed once for both counts.
    counted = (
        waiting.order_by()
        .values("case_id")
        .annotate(due=Min("due_at"))
        .aggregate(late=Count("case_id", filter=Q(due__lt=now)), near=Count("case_id", filter=Q(due__lt=now + soon)))
    )
    return cases.count(), counted["late"], counted["near"] - counted["late"]


def next_number() -> int:
    return (Case.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def next_seq() -> int:
    return (Decision.objects.aggregate(last=Max("seq"))["last"] or 0) + 1


def origin_of(notice: Notice) -> str:
    """How a bank entry names the notice that it came from."""
    return f"notice:{notice.pk}"


def notice_facts(notice: Notice) -> dict[str, Json]:
    """A notice as its receipt tells it: what was stated, when, with the signals as they were received."""
    mine = [entry for entry in entries_of_case(notice.case_id) if entry.origin == origin_of(notice)]
    return {
        "notice": str(notice.id),
        "received_at": time.iso(notice.received_at),
        "capacity": notice.capacity,
        "nature": notice.nature,
        "no_consent": notice.no_consent,
        "good_faith": notice.good_faith,
        "declarations": notice.declarations,
        "statement": notice.statement,
        "where_hint": notice.where_hint,
        "contact": notice.contact,
        "contact_note": notice.contact_note,
        "signature": notice.signature,
        "addresses": [address.url for address in notice.addresses.order_by("position")],
        "pictures": picture_facts.told(mine),
    }


def supplement_facts(supplement: Supplement) -> dict[str, Json]:
    """What was added to a notice, as its receipt tells it, with the instant at which the notice itself was received."""
    return {
        "supplement": str(supplement.id),
        "notice": str(supplement.notice_id),
        "received_at": time.iso(supplement.notice.received_at),
        "added_at": time.iso(supplement.at),
        "statement": supplement.statement,
        "where_hint": supplement.where_hint,
        "contact": supplement.contact,
        "signature": supplement.signature,
        "addresses": [address.url for address in supplement.addresses.order_by("position")],
    }


def notice_draft(notice: Notice) -> NoticeDraft:
    """The notice with all that was added to it, as a draft: for the rules of the law, which ask what was given."""
    added = list(notice.supplements.order_by("at"))
    mine = [entry for entry in entries_of_case(notice.case_id) if entry.origin == origin_of(notice)]
    places = Address.objects.filter(Q(notice=notice) | Q(supplement__notice=notice)).order_by("position")

    def given(name: str) -> str:
        texts: list[str] = [getattr(notice, name), *(getattr(supplement, name) for supplement in added)]
        return next((text for text in texts if text), "")

    return NoticeDraft(
        capacity=Capacity(notice.capacity),
        nature=Nature(notice.nature),
        no_consent=notice.no_consent,
        good_faith=notice.good_faith,
        language=notice.case.language,
        country=notice.case.country,
        pictures=[[signal_of(row) for row in entry.signals.all()] for entry in mine],
        regions={at: region for at, entry in enumerate(mine) if (region := region_at_first(entry)) is not None},
        addresses=[address.url for address in places],
        where_hint=given("where_hint"),
        statement=given("statement"),
        contact=given("contact"),
        contact_note=notice.contact_note,
        signature=given("signature"),
        declarations=notice.declarations,
    )


def first_notice(case: Case) -> Notice | None:
    return case.notices.order_by("received_at").first()


def supplements_of(case: Case) -> list[Supplement]:
    return list(Supplement.objects.filter(notice__case=case).select_related("notice").order_by("at"))


def latest_referral(case: Case, regime_id: str) -> Referral | None:
    return Referral.objects.filter(case=case, regime=regime_id).order_by("told_at").last()


def order_origin(order: Order) -> str:
    """How a bank entry names the order that it came from."""
    return f"order:{order.pk}"


def order_facts(order: Order) -> dict[str, Json]:
    """An order as it was taken down."""
    return {
        "order": str(order.id),
        "case": str(order.case_id),
        "regime": order.regime,
        "version": order.regime_version,
        "issuer": order.issuer,
        "measure": order.measure,
        "received_at": time.iso(order.received_at),
        "given_at": time.iso(order.given_at) if order.given_at else None,
        "due_at": time.iso(order.due_at) if order.due_at else None,
        "under_18": order.under_18,
        "authority": order.authority,
        "reference": order.reference,
        "legal_basis": order.legal_basis,
        "addresses": [address.url for address in order.addresses.order_by("position")],
    }


def order_draft(order: Order) -> OrderDraft:
    """An order as it was drafted, with the time that it has now: for the rules of the law."""
    entries = entries_of_case(order.case_id)
    return OrderDraft(
        regime=order.regime,
        issuer=Issuer(order.issuer),
        authority=order.authority,
        received_at=order.received_at,
        reference=order.reference,
        legal_basis=order.legal_basis,
        measure=LawMeasure(order.measure) if order.measure else None,
        given_at=order.given_at,
        due_at=order.extended_to or order.due_at,
        addresses=[address.url for address in order.addresses.order_by("position")],
        pictures=[[signal_of(row) for row in entry.signals.all()] for entry in entries],
        under_18=order.under_18,
    )


def order_of(case: Case) -> Order | None:
    return Order.objects.filter(case=case).select_related("case").first()


def get_order(case: Case) -> Order:
    found = order_of(case)
    if found is None:
        raise NotFoundError("This case is no order.")
    return found


def commitment(salt: str, facts: dict[str, Json]) -> str:
    """What the log holds of a notice: a salted hash, so it proves the notice and tells nothing of it."""
    return salted_digest(salt, facts)


def receipt(notice: Notice) -> dict[str, Json]:
    """The person's proof: the notice, the salt, and the log entry that commits to both, with its inclusion proof.

    Raises:
        RefusedError: the notice was withdrawn, or its time is over, so what it proves is erased.
    """
    if records.is_purged(notice):
        raise RefusedError(
            _(
                "What you wrote was erased, since the time for keeping it is over. A new receipt would prove nothing. "
                "One that you saved before still does."
            )
        )
    if notice.case.state == CaseState.FROZEN:
        raise RefusedError(
            _(
                "This report was stopped, since it is about somebody under 18, and its fingerprints are erased. A new "
                "receipt would prove nothing. One that you saved before still does."
            )
        )
    if notice.case.state == CaseState.WITHDRAWN:
        raise RefusedError(
            _(
                "You took this report back, so its fingerprints are erased and a new receipt would prove nothing. "
                "One that you saved before still does."
            )
        )
    return _receipt(notice_facts(notice), notice.salt, notice.entry_index)


def supplement_receipt(supplement: Supplement) -> dict[str, Json]:
    """The proof of what was added to a notice: of the same form as that of the notice."""
    return _receipt(supplement_facts(supplement), supplement.salt, supplement.entry_index)


def _receipt(facts: dict[str, Json], salt: str, entry_index: int) -> dict[str, Json]:
    return {
        "format": RECEIPT_FORMAT,
        "notice": facts,
        "salt": salt,
        "log": log.receipt(entry_index),
        "log_key": log.verifier_key().text(),
    }


def is_about_all(action: Action) -> bool:
    """Whether an action is about all that was reported: it names no address or copy, or no address was reported."""
    if action.address_id is not None:
        return False
    names_a_copy = bool(action.content_id or action.content_url)
    return not names_a_copy or not Address.objects.filter(case=action.decision.case_id).exists()


def decision_facts(decision: Decision) -> dict[str, Json]:
    followed: dict[str, Json] = {"follows": str(decision.follows_id)} if decision.follows_id else {}
    return {
        "decision": str(decision.id),
        "case": str(decision.case_id),
        "at": time.iso(decision.at),
        "by": decision.by,
        "outcome": decision.outcome,
        "ground": decision.ground,
        "basis": decision.basis,
        "reasons": decision.reasons,
        "overrides": str(decision.overrides_id) if decision.overrides_id else None,
        **followed,
    }


def decision_digest(decision: Decision) -> bytes:
    """What the log holds of a decision."""
    return bytes.fromhex(salted_digest(decision.salt, decision_facts(decision)))


def appeal_facts(appeal: Appeal) -> dict[str, Json]:
    """An appeal as it was filed."""
    return {
        "appeal": str(appeal.id),
        "case": str(appeal.case_id),
        "decision": str(appeal.decision_id),
        "who": appeal.who,
        "at": time.iso(appeal.at),
        "until": time.iso(appeal.until),
        "expedited": appeal.expedited,
        "text": appeal.text,
        "content": [appeal.content_id, appeal.content_url],
    }


def appeal_outcome_facts(appeal: Appeal) -> dict[str, Json]:
    """What was found on an appeal."""
    return {
        "appeal": str(appeal.id),
        "decided_at": time.iso(appeal.decided_at) if appeal.decided_at else None,
        "decided_by": appeal.decided_by,
        "state": appeal.state,
        "basis": appeal.basis,
        "same_person": appeal.same_person,
        "reasons": appeal.reasons,
        "result": str(appeal.result_id) if appeal.result_id else None,
    }


def vote_digest(vote: Vote) -> str:
    """What the log holds of a vote."""
    facts: dict[str, Json] = {
        "vote": str(vote.id),
        "case": str(vote.case_id),
        "at": time.iso(vote.at),
        "by": vote.by,
        "outcome": vote.outcome,
        "ground": vote.ground,
        "basis": vote.basis,
        "covers": vote.covers,
        "reasons": vote.reasons,
    }
    return salted_digest(vote.salt, facts)


def claims(case_ids: Collection[UUID], now: datetime) -> dict[UUID, str]:
    """By case: who works on it now."""
    return dict(Claim.objects.filter(case_id__in=case_ids, until__gt=now).values_list("case_id", "by"))


def claim_of(case: Case) -> Claim | None:
    return Claim.objects.filter(case=case, until__gt=time.now()).first()

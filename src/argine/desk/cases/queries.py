"""Reading cases. The faces ask here and hand plain values to their templates."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from argine.desk.audit import queries as log
from argine.desk.banks.queries import entries_of_case, signal_of
from argine.desk.cases.enums import OPEN, CaseState
from argine.desk.cases.models import Action, Address, Case, Decision, Notice
from argine.desk.clocks.models import Clock
from argine.desk.core import case_code, time
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.merkle.canonical import Json, canonical_json

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


def decisions_after(cursor: int, limit: int) -> list[Decision]:
    """Decisions in the order they were made, from a cursor on: what a platform has still to carry out."""
    found = Decision.objects.filter(seq__gt=cursor).select_related("case", "overrides", "overridden_by")
    return list(found.order_by("seq")[:limit])


def _nearest_due() -> Subquery:
    """The nearest instant of a case that still waits for an answer."""
    return Subquery(Clock.objects.filter(case_id=OuterRef("pk"), ended_at=None).order_by("due_at").values("due_at")[:1])


def by_nearest_deadline() -> QuerySet[Case]:
    """Cases with `due`, the nearest instant that still waits for an answer, nearest first; answered cases last."""
    return Case.objects.annotate(due=_nearest_due()).order_by(F("due").asc(nulls_last=True), "opened_at")


def count_open_due(start: datetime | None, end: datetime) -> int:
    """Count the open cases whose nearest deadline lies before `end`, and not before `start`."""
    due = Case.objects.filter(state__in=OPEN).annotate(due=_nearest_due()).filter(due__lt=end)
    return (due if start is None else due.filter(due__gte=start)).count()


def next_number() -> int:
    return (Case.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def next_seq() -> int:
    return (Decision.objects.aggregate(last=Max("seq"))["last"] or 0) + 1


def origin_of(notice: Notice) -> str:
    """How a bank entry names the notice that it came from."""
    return f"notice:{notice.pk}"


def notice_facts(notice: Notice) -> dict[str, Json]:
    """A notice as its receipt tells it: what was stated, when, with the signals as they were received."""
    pictures: list[Json] = [
        {signal.type.value: signal.text for signal in sorted(map(signal_of, entry.signals.all()), key=lambda s: s.type)}
        for entry in entries_of_case(notice.case_id)
        if entry.origin == origin_of(notice)
    ]
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
        "pictures": pictures,
    }


def commitment(salt: str, facts: dict[str, Json]) -> str:
    """What the log holds of a notice: a salted hash, so it proves the notice and tells nothing of it."""
    return hashlib.sha256(salt.encode() + b"\n" + canonical_json(facts)).hexdigest()


def receipt(notice: Notice) -> dict[str, Json]:
    """The person's proof: the notice, the salt, and the log entry that commits to both, with its inclusion proof.

    Raises:
        RefusedError: the notice was withdrawn, so its signals are erased.
    """
    if notice.case.state == CaseState.WITHDRAWN:
        raise RefusedError(
            _(
                "You took this report back, so its fingerprints are erased and a new receipt would prove nothing. "
                "One that you saved before still does."
            )
        )
    return {
        "format": RECEIPT_FORMAT,
        "notice": notice_facts(notice),
        "salt": notice.salt,
        "log": log.receipt(notice.entry_index),
        "log_key": log.verifier_key().text(),
    }


def is_about_all(action: Action) -> bool:
    """Whether an action is about all that was reported: it names no address or copy, or no address was reported."""
    if action.address_id is not None:
        return False
    names_a_copy = bool(action.content_id or action.content_url)
    return not names_a_copy or not Address.objects.filter(notice__case=action.decision.case_id).exists()


def decision_facts(decision: Decision) -> dict[str, Json]:
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
    }


def decision_digest(decision: Decision) -> bytes:
    """What the log holds of a decision."""
    return hashlib.sha256(canonical_json(decision_facts(decision))).digest()

"""A dossier as plain values with the field's own codes: what its JSON is, and what its pages are made from."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from argine.desk.audit import queries as log
from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.banks.models import BankEntry
from argine.desk.banks.queries import entries_of_case, signal_of
from argine.desk.cases import queries
from argine.desk.cases.enums import ENDED, Appellant
from argine.desk.cases.models import Action, Address, Appeal, Case, Decision, Notice
from argine.desk.clocks.models import Clock
from argine.desk.clocks.queries import clocks_of_case
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, staff_id
from argine.desk.dossier import sources
from argine.desk.dossier.enums import Extent
from argine.desk.outward import queries as outward
from argine.law.schema import load_all
from argine.merkle.canonical import Json
from argine.merkle.dossier import ACTORS, FORMAT
from argine.signals.types import SignalType

HASHES = (SignalType.PDQ, SignalType.SHA256)
"""What may leave the desk of a picture. Never a patch set: it tells more of the picture than these do."""
Numbers = dict[UUID, int]
"""By address: the number that it has in the dossier."""


def of(case: Case, extent: Extent, language: str) -> dict[str, Json]:
    """Everything that a dossier of this extent tells of a case, as it stands now."""
    items = {row.id: number for number, row in enumerate(_addresses(case), start=1)}
    return {
        "format": FORMAT,
        "extent": extent.value,
        "language": language,
        "made_at": time.iso(time.now()),
        "desk": _desk(),
        "case": _case(case),
        "order": queries.order_facts(order) if (order := queries.order_of(case)) else None,
        "notices": [_notice(row) for row in case.notices.order_by("received_at")],
        "addresses": [{"number": items[row.id], "address": row.url} for row in _addresses(case)],
        "pictures": [_picture(number, row) for number, row in enumerate(entries_of_case(case.id), start=1)],
        "clocks": [_clock(row, items) for row in sorted(clocks_of_case(case.id), key=lambda row: row.started_at)],
        "decisions": [_decision(row, items, extent) for row in case.decisions.order_by("seq")],
        "appeals": [_appeal(row) for row in _appeals(case, extent)],
        "messages": [
            {"at": time.iso(row.at), "author": row.author, "text": row.text} for row in case.messages.order_by("at")
        ],
        "platforms": [
            {
                "platform": row.platform, "addresses": row.addresses.splitlines(), "law": row.law, "way": row.way,
                "sent_at": time.iso(row.sent_at), "due_at": time.iso(row.due_at), "state": row.state,
                "answered_at": _at(row.answered_at), "missed": row.missed, "reminders": row.follow_ups,
            }
            for row in outward.of_case(case)
        ],
        "seen": sources.of_case(case) if extent is Extent.FULL else [],
        **_proved(case, extent),
    }  # fmt: skip


def _number(items: Numbers, item: UUID | None) -> int | None:
    return None if item is None else items.get(item)


def _at(moment: datetime | None) -> str | None:
    return time.iso(moment) if moment else None


def _desk() -> dict[str, Json]:
    config = settings.CONFIG
    return {"name": config.platform_name, "contact": config.platform_contact, "address": config.base_url}


def _case(case: Case) -> dict[str, Json]:
    return {
        "number": case.number, "kind": case.kind, "state": case.state, "country": case.country,
        "opened_at": time.iso(case.opened_at), "changed_at": time.iso(case.changed_at),
    }  # fmt: skip


def _addresses(case: Case) -> list[Address]:
    return list(Address.objects.filter(case=case).order_by("position", "id"))


def _notice(notice: Notice) -> dict[str, Json]:
    return {
        "received_at": time.iso(notice.received_at), "completed_at": _at(notice.completed_at),
        "capacity": notice.capacity, "nature": notice.nature, "no_consent": notice.no_consent,
        "good_faith": notice.good_faith, "declarations": notice.declarations, "statement": notice.statement,
        "where_hint": notice.where_hint, "contact": notice.contact, "signature": notice.signature,
        "added": [
            {
                "at": time.iso(row.at), "statement": row.statement, "where_hint": row.where_hint,
                "contact": row.contact, "signature": row.signature,
            }
            for row in notice.supplements.order_by("at")
        ],
    }  # fmt: skip


def _picture(number: int, entry: BankEntry) -> dict[str, Json]:
    signals = [signal_of(row) for row in entry.signals.all() if row.type in HASHES]
    hashes: list[Json] = [{"type": one.type.value, "value": one.text, "quality": one.quality} for one in signals]
    return {
        "number": number, "received_at": time.iso(entry.created_at), "bank": entry.bank_id,
        "out_at": _at(entry.withdrawn_at), "hashes": hashes,
    }  # fmt: skip


def _clock(clock: Clock, items: Numbers) -> dict[str, Json]:
    law = load_all().get(clock.regime)
    late = (clock.ended_at or time.now()) - clock.due_at
    return {
        "law": clock.regime, "law_version": clock.regime_version, "instrument": law.instrument if law else "",
        "article": law.article if law else "", "duty": clock.duty, "kind": clock.kind,
        "address": _number(items, clock.item_id), "started_at": time.iso(clock.started_at),
        "due_at": time.iso(clock.due_at), "ended_at": _at(clock.ended_at), "state": clock.state,
        "late_by_seconds": max(int(late.total_seconds()), 0) if clock.state == "missed" else 0,
    }  # fmt: skip


def _decision(decision: Decision, items: Numbers, extent: Extent) -> dict[str, Json]:
    """`facts` is the very text that the log committed to, with `salt`.

    It names who decided by a number: not for the person. Nor is the salt, with which that number could be guessed.
    """
    is_full = extent is Extent.FULL
    return {
        "at": time.iso(decision.at), "outcome": decision.outcome, "ground": decision.ground, "basis": decision.basis,
        "reasons": decision.reasons, "stands": queries.is_current(decision),
        "actions": [_action(row, items, extent) for row in decision.actions.order_by("at")],
        "facts": queries.decision_facts(decision) if is_full else None,
        "salt": decision.salt if is_full else None,
    }  # fmt: skip


def _action(action: Action, items: Numbers, extent: Extent) -> dict[str, Json]:
    is_full = extent is Extent.FULL
    return {
        "at": time.iso(action.at), "measure": action.measure, "address": _number(items, action.address_id),
        "content_id": action.content_id if is_full else "", "content_url": action.content_url if is_full else "",
    }  # fmt: skip


def _appeals(case: Case, extent: Extent) -> list[Appeal]:
    """The person gets their own appeals, not those of who uploaded."""
    found = case.appeals.order_by("at")
    return list(found if extent is Extent.FULL else found.filter(who=Appellant.REPORTER))


def _appeal(appeal: Appeal) -> dict[str, Json]:
    return {
        "who": appeal.who, "at": time.iso(appeal.at), "text": appeal.text, "state": appeal.state,
        "decided_at": _at(appeal.decided_at), "reasons": appeal.reasons,
    }  # fmt: skip


def _proved(case: Case, extent: Extent) -> dict[str, Json]:
    """The time line, and what proves it under one signed head."""
    head = log.latest_checkpoint()
    entries = [] if head is None else [row for row in _entries(case, extent) if row.index < head.size]
    return {
        "timeline": [
            {"index": row.index, "at": row.at, "event": row.event, "by": ACTORS[row.by.partition(":")[0]]}
            for row in entries
        ],
        "receipts": _receipts(case),
        "log": {
            "name": log.origin(), "key": log.verifier_key().text(), "checkpoint": head.note if head else "",
            "signed_at": head.at if head else None,
            "entries": log.proofs(entries, head.size) if head else [],
        },
    }  # fmt: skip


def _entries(case: Case, extent: Extent) -> list[Entry]:
    """Every entry about the case, its clocks and its pictures. For the person: those that no member of staff made."""
    subjects = [f"case:{case.id}", *(f"clock:{row.id}" for row in clocks_of_case(case.id))]
    subjects += [f"entry:{row.id}" for row in entries_of_case(case.id)]
    found = _without_most_files(list(Entry.objects.filter(Q(subject__in=subjects)).order_by("index")))
    return [row for row in found if extent is Extent.FULL or staff_id(row.by) is None]


def _without_most_files(entries: list[Entry]) -> list[Entry]:
    """Of the files that the person had made, the first and the last: else each file would make the next one larger."""
    made = [row.index for row in entries if row.event == Event.DOSSIER_MADE and row.by == REPORTER]
    passed_over = set(made[1:-1])
    return [row for row in entries if row.index not in passed_over]


def _receipts(case: Case) -> list[Json]:
    """Of the notice and of what was added: none once the person took it back, since its fingerprints are gone."""
    notice = queries.first_notice(case)
    if notice is None or case.state in ENDED:
        return []
    return [queries.receipt(notice), *map(queries.supplement_receipt, queries.supplements_of(case))]

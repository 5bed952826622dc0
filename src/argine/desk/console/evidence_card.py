"""What was seen at the reported addresses of a case, in the words of the console."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings

from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Address, Case
from argine.desk.console import wording
from argine.desk.console.access import refusal
from argine.desk.evidence import policies, queries
from argine.desk.evidence.enums import Problem, Seen, Stamp, WhyStopped
from argine.desk.evidence.models import Look, PageRecord, Watch

MOST_LOOKS = 20
TONES = {Seen.THERE: "warn", Seen.GONE: "good"}


@dataclass(frozen=True, slots=True)
class RecordLine:
    id: UUID
    at: datetime
    who: str
    said: str
    tone: str
    stamp: str
    is_erased: bool


@dataclass(frozen=True, slots=True)
class LookLine:
    at: datetime
    said: str
    tone: str
    detail: str


@dataclass(frozen=True, slots=True)
class WatchLine:
    """`next_at` is None where it is stopped; then `why` says why. `looks` are the last ones, newest first."""

    id: UUID
    said: str
    tone: str
    since: datetime | None
    next_at: datetime | None
    ends_at: datetime
    why: str
    looks: list[LookLine]


@dataclass(frozen=True, slots=True)
class AddressCard:
    """One address: `cannot` says why it may not be looked at now."""

    id: UUID
    url: str
    records: list[RecordLine]
    watch: WatchLine | None
    cannot: str


@dataclass(frozen=True, slots=True)
class EvidenceCard:
    addresses: list[AddressCard]
    cannot: str
    cannot_watch: str


def of(case: Case) -> EvidenceCard | None:
    """Nothing where the desk looks at no addresses, or there is none; nothing about somebody under 18."""
    rows = queries.of_case(case)
    addresses = queries.addresses(case)
    is_of_use = bool(addresses) and (bool(settings.CONFIG.evidence_hosts) or bool(rows))
    if case.state == CaseState.FROZEN or not is_of_use:
        return None
    names, watches = wording.who(row.by for row in rows), queries.watches(case)
    return EvidenceCard(
        [_address(address, rows, watches, names) for address in _places(addresses)],
        refusal(partial(policies.check_take, case)),
        refusal(partial(policies.check_watch, case)),
    )


def _places(addresses: Sequence[Address]) -> list[Address]:
    """Each place once, however often the case names it."""
    return list({address.digest: address for address in reversed(addresses)}.values())[::-1]


def _address(
    address: Address, rows: Sequence[PageRecord], watches: Sequence[Watch], names: dict[str, str]
) -> AddressCard:
    own = [line(row, names) for row in rows if row.address.digest == address.digest]
    watch = next((one for one in watches if one.address.digest == address.digest), None)
    cannot = refusal(partial(policies.check_address, address.url))
    return AddressCard(address.id, address.url, own, _watch(watch) if watch else None, cannot)


def _watch(watch: Watch) -> WatchLine:
    looks = sorted(watch.looks.all(), key=lambda look: look.at, reverse=True)
    return WatchLine(
        id=watch.id,
        said=str(Seen(watch.seen).label),
        tone=TONES.get(Seen(watch.seen), ""),
        since=watch.since,
        next_at=watch.next_at,
        ends_at=watch.ends_at,
        why=str(WhyStopped(watch.why).label) if watch.why else "",
        looks=[_look(look) for look in looks[:MOST_LOOKS]],
    )


def _look(look: Look) -> LookLine:
    detail = f"HTTP {look.status}" if look.status else ""
    seen = Seen(look.seen)
    return LookLine(look.at, str(seen.label), TONES.get(seen, ""), " ".join(filter(None, [detail, look.moved_to])))


def line(row: PageRecord, names: dict[str, str]) -> RecordLine:
    problem = Problem(row.problem)
    return RecordLine(
        id=row.id,
        at=row.taken_at,
        who=names[row.by],
        said=str(problem.label) if problem else f"HTTP {row.status}",
        tone="warn" if problem else "",
        stamp=str(Stamp(row.stamped).label),
        is_erased=not row.record,
    )


@dataclass(frozen=True, slots=True)
class RecordPage:
    """All that a record says. `facts` is the record as it was kept."""

    line: RecordLine
    commitment: str
    facts: dict[str, Any]


def page(row: PageRecord) -> RecordPage:
    return RecordPage(line(row, wording.who([row.by])), queries.committed(row), dict(queries.facts(row)))

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
from argine.desk.evidence.enums import Problem, Stamp
from argine.desk.evidence.models import PageRecord


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
class AddressCard:
    """One address: `cannot` says why it may not be looked at now."""

    id: UUID
    url: str
    records: list[RecordLine]
    cannot: str


@dataclass(frozen=True, slots=True)
class EvidenceCard:
    addresses: list[AddressCard]
    cannot: str


def of(case: Case) -> EvidenceCard | None:
    """Nothing where the desk looks at no addresses, or there is none; nothing about somebody under 18."""
    rows = queries.of_case(case)
    addresses = queries.addresses(case)
    is_of_use = bool(addresses) and (bool(settings.CONFIG.evidence_hosts) or bool(rows))
    if case.state == CaseState.FROZEN or not is_of_use:
        return None
    names = wording.who(row.by for row in rows)
    return EvidenceCard(
        [_address(address, rows, names) for address in addresses], refusal(partial(policies.check_take, case))
    )


def _address(address: Address, rows: Sequence[PageRecord], names: dict[str, str]) -> AddressCard:
    own = [line(row, names) for row in rows if row.address_id == address.id]
    return AddressCard(address.id, address.url, own, refusal(partial(policies.check_address, address.url)))


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

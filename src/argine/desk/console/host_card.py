"""Whom to write to about a reported host, as the public registries say it."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings

from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case
from argine.desk.console.access import refusal
from argine.desk.evidence import policies, queries
from argine.desk.evidence.domains import Known
from argine.desk.evidence.enums import Change, Seen, WhyStopped
from argine.desk.evidence.models import HostChange, HostWatch

MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of a watched host: each part of it in words, with what was so before and what is so since."""

    id: UUID
    at: datetime
    parts: list[tuple[str, str, str]]
    waits: bool


@dataclass(frozen=True, slots=True)
class HostWatchLine:
    """`next_at` is None where it is stopped; then `why` says why. `changes`: newest first."""

    id: UUID
    asked_at: datetime | None
    next_at: datetime | None
    ends_at: datetime
    why: str
    changes: list[ChangeLine]


@dataclass(frozen=True, slots=True)
class HostLine:
    """A host, and what the registries said last; `facts` is empty where nobody has asked, or it was erased."""

    host: str
    asked_at: datetime | None
    facts: dict[str, Any]
    watch: HostWatchLine | None = None
    cannot_watch: str = ""


@dataclass(frozen=True, slots=True)
class HostCard:
    hosts: list[HostLine]
    cannot: str


def of(case: Case) -> HostCard | None:
    """Nothing where the desk asks no registries and never did, and nothing about somebody under 18."""
    hosts = queries.hosts(case)
    is_of_use = bool(hosts) and (settings.CONFIG.domain_lookups or bool(queries.of_hosts(case)))
    if case.state == CaseState.FROZEN or not is_of_use:
        return None
    watches = {watch.host: _watch(watch) for watch in queries.host_watches(case)}
    lines = [replace(line(case, host), watch=watches.get(host), cannot_watch=_cannot(case, host)) for host in hosts]
    return HostCard(lines, refusal(partial(policies.check_ask, case)))


def line(case: Case, host: str) -> HostLine:
    row = queries.of_host(case, host)
    return HostLine(host, row.asked_at if row else None, queries.host_facts(row) if row else {})


def _cannot(case: Case, host: str) -> str:
    return refusal(partial(policies.check_watch_host, case, host))


def _watch(watch: HostWatch) -> HostWatchLine:
    changes = sorted(watch.changes.all(), key=lambda change: change.at, reverse=True)
    return HostWatchLine(
        id=watch.id,
        asked_at=watch.asked_at,
        next_at=watch.next_at,
        ends_at=watch.ends_at,
        why=str(WhyStopped(watch.why).label) if watch.why else "",
        changes=[_change(change) for change in changes[:MOST_CHANGES]],
    )


def _change(row: HostChange) -> ChangeLine:
    before, after = queries.known_of(row.before), queries.known_of(row.after)
    changes = [Change(code) for code in row.changes.split()]
    parts = [(str(one.label), _said(one, before), _said(one, after)) for one in changes]
    return ChangeLine(row.id, row.at, parts, waits=row.seen_at is None)


def _said(change: Change, known: Known) -> str:
    """What was known of what changed; empty where the change says it all."""
    where = known.leads_to if known.seen == Seen.MOVED else known.title
    said = {
        Change.OWNER: [known.owner],
        Change.REGISTRAR: [known.registrar],
        Change.NAMESERVERS: known.nameservers,
        Change.NETWORK: known.networks,
        Change.ANEW: [known.registered],
        Change.CONTENT: [str(Seen(known.seen).label), where],
    }
    return ", ".join(filter(None, said.get(change, [])))

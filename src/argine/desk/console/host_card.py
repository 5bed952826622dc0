"""Whom to write to about a reported host, as the public registries say it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings

from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case
from argine.desk.console.access import refusal
from argine.desk.evidence import policies, queries


@dataclass(frozen=True, slots=True)
class HostLine:
    """A host, and what the registries said last; `facts` is empty where nobody has asked, or it was erased."""

    host: str
    asked_at: datetime | None
    facts: dict[str, Any]


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
    return HostCard([line(case, host) for host in hosts], refusal(partial(policies.check_ask, case)))


def line(case: Case, host: str) -> HostLine:
    row = queries.of_host(case, host)
    return HostLine(host, row.asked_at if row else None, queries.host_facts(row) if row else {})

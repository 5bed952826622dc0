import json
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from argine.desk.cases.drafts import is_web_address
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Address, Case
from argine.desk.cases.queries import commitment
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.evidence import domains, policies
from argine.desk.evidence.domains import Known
from argine.desk.evidence.enums import Seen
from argine.desk.evidence.models import HostChange, HostRecord, HostWatch, Look, PageRecord, Watch
from argine.merkle.canonical import Json

EXPORT_FORMAT = "argine-page-evidence/1"


def addresses(case: Case) -> list[Address]:
    """The addresses of a case that lead to the web."""
    return [one for one in Address.objects.filter(case=case).order_by("position") if is_web_address(one.url)]


def get_address(case: Case, address_id: UUID) -> Address:
    found = next((one for one in addresses(case) if one.id == address_id), None)
    if found is None:
        raise NotFoundError("There is no such address.")
    return found


def of_case(case: Case) -> list[PageRecord]:
    """Newest first."""
    return list(PageRecord.objects.filter(case=case).select_related("address").order_by("-taken_at"))


def get(record_id: UUID) -> PageRecord:
    found = PageRecord.objects.filter(pk=record_id).select_related("case", "address").first()
    if found is None:
        raise NotFoundError("There is no such record.")
    return found


def facts(row: PageRecord) -> dict[str, Json]:
    """The record as it was kept.

    Raises:
        RefusedError: its time is over and it is erased.
    """
    if not row.record:
        raise RefusedError("This record was erased: its time is over, or the case is about somebody under 18.")
    found: dict[str, Json] = json.loads(row.record)
    return found


def committed(row: PageRecord) -> str:
    """What the log holds of a record."""
    return commitment(row.salt, facts(row))


def export(row: PageRecord) -> dict[str, Json]:
    """A record with all that proves it: the salt of its commitment, which the log holds, and the time stamp.

    Raises:
        RefusedError: it is erased.
    """
    return {
        "format": EXPORT_FORMAT,
        "record": facts(row),
        "salt": row.salt,
        "commitment": committed(row),
        "time_stamp": row.stamp,
    }


def hosts(case: Case) -> list[str]:
    """The hosts of a case's addresses, each once."""
    found = (urlsplit(one.url).hostname for one in addresses(case))
    return list(dict.fromkeys(host for host in found if host))


def of_hosts(case: Case) -> list[HostRecord]:
    """What the registries said, newest first."""
    return list(HostRecord.objects.filter(case=case).order_by("-asked_at"))


def of_host(case: Case, host: str) -> HostRecord | None:
    """What the registries said last of a host."""
    return next((row for row in of_hosts(case) if row.host == host), None)


def host_facts(row: HostRecord) -> dict[str, Json]:
    """What the registries said; nothing once it was erased."""
    return dict(json.loads(row.record)) if row.record else {}


def host_committed(row: HostRecord) -> str:
    """What the log holds of it."""
    return commitment(row.salt, host_facts(row))


def address_on(case: Case, host: str) -> Address | None:
    """The first address of a case that lies on a host."""
    return next((one for one in addresses(case) if urlsplit(one.url).hostname == host), None)


def host_watches(case: Case) -> list[HostWatch]:
    return list(HostWatch.objects.filter(case=case).prefetch_related("changes").order_by("started_at"))


def host_watch_of(case: Case, host: str) -> HostWatch | None:
    """Its host is sealed, so it is looked for among the few of the case."""
    return next((one for one in host_watches(case) if one.host == host), None)


def get_host_watch(watch_id: UUID) -> HostWatch:
    found = HostWatch.objects.filter(pk=watch_id).select_related("case").first()
    if found is None:
        raise NotFoundError("There is no such watch.")
    return found


def get_host_change(change_id: UUID) -> HostChange:
    found = HostChange.objects.filter(pk=change_id).select_related("watch").first()
    if found is None:
        raise NotFoundError("There is no such change.")
    return found


def known_of(text: str) -> Known:
    """What was known of a host, as a watch or a change keeps it; nothing once it was erased."""
    return domains.of_json(json.loads(text)) if text else Known()


def due_host_watches(now: datetime, limit: int) -> Sequence[HostWatch]:
    return list(HostWatch.objects.filter(next_at__lte=now).select_related("case").order_by("next_at")[:limit])


def with_host_changes(case_ids: Collection[UUID]) -> set[UUID]:
    """Which of some cases have a change of a watched host that nobody has looked at."""
    waiting = HostChange.objects.filter(watch__case_id__in=case_ids, seen_at=None)
    return set(waiting.values_list("watch__case_id", flat=True))


def unwatched_hosts(since: datetime, limit: int) -> list[tuple[Case, str]]:
    """Hosts of cases closed as removed since then that nobody watches or has stopped watching."""
    cases = Case.objects.filter(state=CaseState.REMOVED, changed_at__gte=since).order_by("number")
    free = (
        (case, host)
        for case in cases
        for host in hosts(case)
        if not policies.is_number(host) and host_watch_of(case, host) is None
    )
    return list(islice(free, limit))


def watches(case: Case) -> list[Watch]:
    return list(Watch.objects.filter(case=case).select_related("address").prefetch_related("looks"))


def watch_of(address: Address) -> Watch | None:
    """The watch over the same place of the same case, however often the case names it."""
    found = Watch.objects.filter(case=address.case_id, address__digest=address.digest)
    return found.select_related("case", "address").first()


def get_watch(watch_id: UUID) -> Watch:
    found = Watch.objects.filter(pk=watch_id).select_related("case", "address").first()
    if found is None:
        raise NotFoundError("There is no such watch.")
    return found


def due_watches(now: datetime, limit: int) -> Sequence[Watch]:
    due = Watch.objects.filter(next_at__lte=now).select_related("case", "address")
    return list(due.order_by("next_at")[:limit])


def last_seen(watch: Watch) -> Seen:
    """What was found when the address could be seen last."""
    look = Look.objects.filter(watch=watch).exclude(seen=Seen.UNREACHABLE).order_by("-at").first()
    return Seen(look.seen) if look else Seen.NOTHING_YET


def unwatched(since: datetime, limit: int) -> list[Address]:
    """Addresses of cases closed as removed since then that may be looked at, and whose watch nobody has stopped."""
    found = Address.objects.filter(case__state=CaseState.REMOVED, case__changed_at__gte=since, watch=None)
    rules = settings.CONFIG.evidence_hosts
    free = (
        one
        for one in found.select_related("case").order_by("case__number", "position")
        if is_web_address(one.url) and policies.is_allowed(one.url, rules) and watch_of(one) is None
    )
    return list(islice(free, limit))

import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from argine.desk.cases.drafts import is_web_address
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Address, Case
from argine.desk.cases.queries import commitment
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.evidence.enums import Seen
from argine.desk.evidence.models import HostRecord, Look, PageRecord, Watch
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
    """Addresses of cases that were closed as removed since then, whose place nobody has said anything about."""
    found = Address.objects.filter(case__state=CaseState.REMOVED, case__changed_at__gte=since)
    free = found.filter(watch=None).select_related("case").order_by("case__number", "position")
    return [one for one in free[:limit] if is_web_address(one.url) and watch_of(one) is None]

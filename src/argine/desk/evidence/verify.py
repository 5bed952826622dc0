"""Do the records of pages and hosts agree with the log?"""

from collections.abc import Iterator

from argine.desk.audit.events import Event
from argine.desk.audit.queries import Fault, logged
from argine.desk.cases.verify import compared, erased_rows, left
from argine.desk.core import time
from argine.desk.evidence import queries
from argine.desk.evidence.models import HostRecord, PageRecord

ROWS: dict[str, str] = {Event.PAGE_RECORDED: "record", Event.HOST_ASKED: "record"}


def faults() -> Iterator[Fault]:
    erased = erased_rows(ROWS) | _erased_at_once()
    yield from _page_faults(erased)
    yield from _host_faults(erased)


def _told(event: Event) -> dict[str, tuple[str, object]]:
    return {str(data["record"]): (subject, data["commitment"]) for _, subject, data in logged([event])}


def _page_faults(erased: set[str]) -> Iterator[Fault]:
    def differences(row: PageRecord, known: tuple[str, object] | None) -> Iterator[str]:
        if str(row.id) in erased:
            yield from left(row)
        elif not row.record or known != (f"case:{row.case_id}", queries.committed(row)):
            yield "is not what was seen"
        else:
            yield from _beside(row)

    rows = PageRecord.objects.select_related("address").order_by("taken_at")
    return compared("record of a page", rows, _told(Event.PAGE_RECORDED), differences)


def _host_faults(erased: set[str]) -> Iterator[Fault]:
    def differences(row: HostRecord, known: tuple[str, object] | None) -> Iterator[str]:
        facts = queries.host_facts(row)
        if str(row.id) in erased:
            yield from left(row)
        elif known != (f"case:{row.case_id}", queries.host_committed(row)):
            yield "is not what the registries said"
        elif (facts["host"], facts["asked_at"]) != (row.host, time.iso(row.asked_at)):
            yield "is not what its own text says"

    rows = HostRecord.objects.order_by("asked_at")
    return compared("record of a host", rows, _told(Event.HOST_ASKED), differences)


def _beside(row: PageRecord) -> Iterator[str]:
    """Say so where a column is not as the record itself says."""
    facts = queries.facts(row)
    told = (facts["taken_at"], facts["status"], facts["problem"], facts["address"])
    if told != (time.iso(row.taken_at), row.status, row.problem, row.address.url):
        yield "is not what its own text says"


def _erased_at_once() -> set[str]:
    return {str(one) for _, _, data in logged([Event.PAGES_ERASED]) for one in data["records"]}

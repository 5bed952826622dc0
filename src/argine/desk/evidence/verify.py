"""Do the records of pages agree with the log?"""

from collections.abc import Iterator

from argine.desk.audit.events import Event
from argine.desk.audit.queries import Fault, logged
from argine.desk.cases.verify import compared, erased_rows, left
from argine.desk.core import time
from argine.desk.evidence import queries
from argine.desk.evidence.models import PageRecord


def faults() -> Iterator[Fault]:
    erased = erased_rows({Event.PAGE_RECORDED: "record"}) | _erased_at_once()
    told = {str(data["record"]): (subject, data["commitment"]) for _, subject, data in logged([Event.PAGE_RECORDED])}

    def differences(row: PageRecord, known: tuple[str, object] | None) -> Iterator[str]:
        if str(row.id) in erased:
            yield from left(row)
        elif not row.record or known != (f"case:{row.case_id}", queries.committed(row)):
            yield "is not what was seen"
        else:
            yield from _beside(row)

    return compared(
        "record of a page", PageRecord.objects.select_related("address").order_by("taken_at"), told, differences
    )


def _beside(row: PageRecord) -> Iterator[str]:
    """Say so where a column is not as the record itself says."""
    facts = queries.facts(row)
    told = (facts["taken_at"], facts["status"], facts["problem"], facts["address"])
    if told != (time.iso(row.taken_at), row.status, row.problem, row.address.url):
        yield "is not what its own text says"


def _erased_at_once() -> set[str]:
    return {str(one) for _, _, data in logged([Event.PAGES_ERASED]) for one in data["records"]}

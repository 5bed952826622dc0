"""What was met again of content that was removed."""

from collections.abc import Collection
from uuid import UUID

from argine.desk.cases.enums import Reappeared
from argine.desk.cases.models import Case, Reappearance
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.errors import NotFoundError
from argine.merkle.canonical import Json


def get(reappearance_id: UUID) -> Reappearance:
    found = Reappearance.objects.filter(pk=reappearance_id).select_related("case").first()
    if found is None:
        raise NotFoundError("There is no such record.")
    return found


def of_case(case: Case) -> list[Reappearance]:
    """Newest first."""
    return list(Reappearance.objects.filter(case=case).order_by("-at"))


def item_of(row: Reappearance) -> UUID:
    """What its clocks run on: its address, or itself where the platform named no address."""
    address = row.addresses.first()
    return address.id if address else row.id


def open_items(items: Collection[UUID]) -> set[UUID]:
    """Those on which a clock still waits for an answer."""
    rows = Clock.objects.filter(item_id__in=items, ended_at=None).values_list("item_id", flat=True)
    return {item for item in rows if item is not None}


def waiting_copy(case: Case, copy_digest: bytes) -> Reappearance | None:
    """The copy that appeared again, named so, about which something is still to be done."""
    rows = Reappearance.objects.filter(case=case, state=Reappeared.CONFIRMED, copy_digest=copy_digest)
    return next((row for row in rows.order_by("-at") if open_items([item_of(row)])), None)


def waiting(case_ids: Collection[UUID]) -> set[UUID]:
    """The cases of which a copy waits for a reviewer."""
    rows = Reappearance.objects.filter(case_id__in=case_ids, state=Reappeared.WAITING)
    return set(rows.values_list("case_id", flat=True))


def facts(row: Reappearance) -> dict[str, Json]:
    """What was met again, as it was written down."""
    return {
        "reappearance": str(row.id),
        "case": str(row.case_id),
        "at": time.iso(row.at),
        "content": [row.content_id, row.content_url],
    }

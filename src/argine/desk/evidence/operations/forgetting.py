"""Erasing at once what was seen for a case that turns out to be about somebody under 18, and looking no more."""

import logging
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q, QuerySet

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case
from argine.desk.cases.personal import Holder, holder_of
from argine.desk.core.actor import SYSTEM
from argine.desk.core.fields import ERASED
from argine.desk.core.privacy import personal
from argine.desk.evidence.enums import WhyStopped
from argine.desk.evidence.models import HostChange, HostRecord, HostWatch, Look, PageRecord, Watch
from argine.desk.evidence.operations.host_watches import stop_host
from argine.desk.evidence.operations.watches import stop

logger = logging.getLogger(__name__)


def forget_of_minors() -> int:
    """Do it for all cases that were stopped since; tell for how many there was something to do."""
    count = 0
    looked_at = Q(page_records__isnull=False) | Q(watches__isnull=False) | Q(host_records__isnull=False)
    looked_at |= Q(host_watches__isnull=False)
    for case in Case.objects.filter(looked_at, state=CaseState.FROZEN).distinct():
        try:
            count += _forget(case)
        except Exception:
            logger.exception("What was seen for a case about somebody under 18 could not be erased; it is tried again")
    return count


def _forget(case: Case) -> bool:
    watches = Watch.objects.filter(case=case).exclude(next_at=None)
    host_watches = HostWatch.objects.filter(case=case).exclude(next_at=None)
    is_watched = watches.exists() or host_watches.exists()
    if not is_watched and not any(holder.filled([case.id]).exists() for holder in _holders()):
        return False
    with transaction.atomic():
        for watch in watches:
            stop(watch, by=SYSTEM, why=WhyStopped.CASE)
        for host_watch in host_watches:
            stop_host(host_watch, by=SYSTEM, why=WhyStopped.CASE)
        kept: tuple[QuerySet[PageRecord] | QuerySet[HostRecord], ...] = (
            PageRecord.objects.filter(case=case),
            HostRecord.objects.filter(case=case),
        )
        records = [str(row.pk) for rows in kept for row in rows.exclude(record=ERASED)]
        for holder in _holders():
            holder.filled([case.id]).update(**holder.empty)
        append(Event.PAGES_ERASED, f"case:{case.id}", by=SYSTEM, data={"records": list(records)})
    return True


def _holders() -> Iterator[Holder]:
    for model in (PageRecord, Look, HostRecord, HostWatch, HostChange):
        yield holder_of(model, [name for name, said in model.PRIVACY.items() if said == personal()])

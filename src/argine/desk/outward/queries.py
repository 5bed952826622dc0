from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Q

from argine.desk.cases.duties import switched_on_for_notices
from argine.desk.cases.models import Address, Case
from argine.desk.core.errors import NotFoundError
from argine.desk.outward.enums import OutwardState
from argine.desk.outward.models import OutwardNotice
from argine.law.regime import Regime
from argine.law.terms import OnWhom


def laws() -> dict[str, Regime]:
    """The laws under which a platform can be asked: those switched on that give it hours, by law or by promise."""
    found = switched_on_for_notices()
    return {law.id: law for law in found if law.clock.on_whom is OnWhom.PLATFORM and law.hours is not None}


def platforms(case: Case) -> dict[str, list[str]]:
    """The reported addresses of a case, by the host that they are on."""
    found: dict[str, list[str]] = {}
    for address in Address.objects.filter(case=case).order_by("position"):
        host = urlsplit(address.url).hostname if address.url else None
        if host:
            found.setdefault(host, []).append(address.url)
    return found


def of_case(case: Case) -> list[OutwardNotice]:
    return list(OutwardNotice.objects.filter(case=case).order_by("sent_at"))


def get(notice_id: UUID) -> OutwardNotice:
    found = OutwardNotice.objects.filter(pk=notice_id).select_related("case").first()
    if found is None:
        raise NotFoundError("There is no such notice.")
    return found


def overdue(now: datetime) -> Sequence[UUID]:
    """Those whose time ended without an answer, and that were not marked yet."""
    late = OutwardNotice.objects.filter(state=OutwardState.SENT, missed=False, due_at__lt=now)
    return list(late.values_list("pk", flat=True))


def waiting(which: Q) -> list[OutwardNotice]:
    """Notices, of these, without an answer, those to be followed up first at the top."""
    found = OutwardNotice.objects.filter(which, state=OutwardState.SENT).select_related("case")
    return list(found.order_by("next_at")[:200])

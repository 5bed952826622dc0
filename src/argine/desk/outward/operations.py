"""What staff do with notices to other platforms: sent, followed up, answered; and the time that ends."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.errors import InvalidError
from argine.desk.outward import policies, queries
from argine.desk.outward.enums import OutwardState, Way
from argine.desk.outward.models import OutwardNotice
from argine.merkle.canonical import Json

logger = logging.getLogger(__name__)


def record_sent(case: Case, platform: str, law_id: str, way: Way, sent_at: datetime, *, by: Actor) -> OutwardNotice:
    """Write down that a notice about a case's addresses on a host was sent: its clock runs from then.

    Raises:
        RefusedError: the case is an order, or has ended.
        InvalidError: no such host or law, or a time that cannot be; `fields` says which.
    """
    policies.check_send(case)
    addresses, law = queries.platforms(case).get(platform, []), queries.laws().get(law_id)
    fields = {} if addresses else {"platform": _("No address of this case is there.")}
    if law is None:
        fields["law"] = _("Choose a law.")
    # A form tells minutes or seconds: who sends at once is not to be told that the case was not there yet.
    if not case.opened_at.replace(second=0, microsecond=0) <= sent_at <= time.now():
        fields["sent_at"] = _("Write when it was sent: after the case came, and not in the future.")
    if fields or law is None:
        raise InvalidError(" ".join(fields.values()), fields=fields)
    due = sent_at + timedelta(hours=law.hours or 0)
    notice = OutwardNotice(
        case=case, law=law.id, law_version=law.version, way=way, sent_at=sent_at, due_at=due, told_at=time.now(), by=by,
        next_at=due, platform=platform, addresses="\n".join(addresses),
    )  # fmt: skip
    with transaction.atomic():
        notice.save(force_insert=True)
        data: dict[str, Json] = {
            "notice": str(notice.id),
            "law": law.id,
            "way": way.value,
            "sent": time.iso(sent_at),
            "due": time.iso(due),
        }
        append(Event.OUTWARD_SENT, f"case:{case.id}", by=by, data=data)
    return notice


def follow_up(notice: OutwardNotice, *, by: Actor) -> None:
    """Write down that the platform was written to once more.

    Raises:
        RefusedError: it answered, or the case has ended.
    """
    with transaction.atomic():
        _hold(notice)
        policies.check_follow_up(notice)
        notice.follow_ups += 1
        notice.next_at = policies.next_after(notice.follow_ups, time.now())
        notice.save(update_fields=["follow_ups", "next_at"])
        data: dict[str, Json] = {"notice": str(notice.id), "count": notice.follow_ups}
        append(Event.OUTWARD_FOLLOWED_UP, f"case:{notice.case_id}", by=by, data=data)


def answer(notice: OutwardNotice, state: OutwardState, *, by: Actor) -> None:
    """Write down what the platform answered. After its time it is late, whoever noticed first.

    Raises:
        RefusedError: an answer is written down already that ends it.
    """
    with transaction.atomic():
        _hold(notice)
        policies.check_answer(notice, state)
        moment = time.now()
        if notice.state == OutwardState.SENT and moment > notice.due_at:
            _miss(notice)
        notice.state, notice.answered_at, notice.next_at = state, moment, None
        notice.save(update_fields=["state", "answered_at", "next_at"])
        data: dict[str, Json] = {"notice": str(notice.id), "state": state.value}
        append(Event.OUTWARD_ANSWERED, f"case:{notice.case_id}", by=by, data=data)


def tick() -> int:
    """Mark every notice whose time ended without an answer; tell how many. One that fails never stops the others."""
    count = 0
    for notice_id in queries.overdue(time.now()):
        try:
            with transaction.atomic():
                count += _miss(OutwardNotice.objects.get(pk=notice_id))
        except Exception:
            logger.exception("A notice to another platform could not be marked as missed; it is tried again")
    return count


def _hold(notice: OutwardNotice) -> None:
    notice.refresh_from_db(from_queryset=OutwardNotice.objects.select_for_update().select_related("case"))


def _miss(notice: OutwardNotice) -> bool:
    """Mark it, unless somebody else just did; the entry bears the instant at which the time ended."""
    changed = OutwardNotice.objects.filter(pk=notice.pk, missed=False).update(missed=True)
    if changed:
        notice.missed = True
        data: dict[str, Json] = {"notice": str(notice.id), "law": notice.law, "due": time.iso(notice.due_at)}
        append(Event.OUTWARD_MISSED, f"case:{notice.case_id}", by=SYSTEM, data=data)
    return bool(changed)

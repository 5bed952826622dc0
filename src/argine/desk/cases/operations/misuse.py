"""Steps against frequent reports that are manifestly unfounded. Each is taken by a person, with reasons, and logged."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append, sign_head_now
from argine.desk.cases import duties, misuse, policies, queries, records
from argine.desk.cases.enums import OPEN, Author, Misuse
from argine.desk.cases.models import Address, Case, MisuseStep
from argine.desk.cases.operations import steps
from argine.desk.clocks import operations as clocks
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.crypto import new_salt
from argine.law.months import months_after

logger = logging.getLogger(__name__)


def find_unfounded(case: Case, reasons: str, *, by: Actor) -> MisuseStep:
    """Hold that a report that was refused was manifestly unfounded. Nothing follows from one.

    Raises:
        RefusedError: it was not refused, names no contact, or this was held already.
        InvalidError: there are no reasons, or too many.
    """
    return _take(case, Misuse.FINDING, reasons, None, by=by)


def warn_of_misuse(case: Case, reasons: str, *, by: Actor) -> MisuseStep:
    """Warn, on the person's page, that further such reports may have processing suspended.

    Raises:
        RefusedError: there were too few, or the warning was sent already.
        InvalidError: there are no reasons, or too many.
    """
    return _take(case, Misuse.WARNING, reasons, None, by=by)


def suspend(case: Case, days: int, reasons: str, *, by: Actor) -> MisuseStep:
    """Suspend the processing of further reports by this contact for a time, where a law lets it be. It can be appealed.

    Raises:
        RefusedError: no warning was sent, nothing was found since, one runs, or the time is too long.
        InvalidError: there are no reasons, or too many.
    """
    policies.check_suspension_days(days)
    return _take(case, Misuse.SUSPENSION, reasons, time.now() + timedelta(days=days), by=by)


def _take(case: Case, kind: Misuse, reasons: str, until: datetime | None, *, by: Actor) -> MisuseStep:
    with transaction.atomic():
        steps.hold(case)
        policies.check_misuse(case, kind, misuse.record_of(case))
        steps.check_text("reasons", reasons)
        step = MisuseStep(
            case=case,
            kind=kind,
            at=time.now(),
            by=by,
            until=until,
            contact_digest=bytes(case.contact_digest),
            reasons=reasons.strip(),
            salt=new_salt(),
        )
        step.save(force_insert=True)
        data = {"step": str(step.id), "kind": kind.value}
        data["commitment"] = queries.commitment(step.salt, misuse.facts(step))
        append(Event.MISUSE_STEP, f"case:{case.id}", by=by, data=data)
        if kind == Misuse.WARNING:
            steps.say(case, Author.STAFF, reasons, by=by)
    sign_head_now()
    return step


def appeal_suspension(step: MisuseStep, text: str, *, by: Actor) -> None:
    """The person says why processing should go on. Somebody who did not suspend looks at it.

    Raises:
        RefusedError: it was appealed already, or does not run any more.
        InvalidError: there is no text, or too much.
    """
    with transaction.atomic():
        steps.hold(step.case)
        step.refresh_from_db()
        policies.check_appeal_suspension(step, time.now())
        steps.check_text("text", text)
        step.appeal, step.appealed_at = text.strip(), time.now()
        step.save(update_fields=["appeal", "appealed_at"])
        append(Event.SUSPENSION_APPEALED, f"case:{step.case_id}", by=by, data={"step": str(step.id)})
    sign_head_now()


def review_suspension(step: MisuseStep, reasons: str, *, lift: bool, by: Actor) -> None:
    """Look at a suspension again, after an appeal or of one's own accord: it stands, or it is lifted and all goes on.

    Raises:
        RefusedError: it does not run any more, or this person suspended.
        InvalidError: there are no reasons, or too many.
    """
    with transaction.atomic():
        steps.hold(step.case)
        step.refresh_from_db()
        same_person_may = settings.CONFIG.same_person_appeals
        policies.check_review_suspension(step, by, time.now(), same_person_may=same_person_may)
        steps.check_text("reasons", reasons)
        step.review, step.reviewed_at, step.reviewed_by, step.lifted = reasons.strip(), time.now(), by, lift
        step.save(update_fields=["review", "reviewed_at", "reviewed_by", "lifted"])
        data = {"step": str(step.id), "outcome": "lifted" if lift else "stands"}
        data["commitment"] = queries.commitment(step.salt, misuse.review_facts(step))
        append(Event.SUSPENSION_REVIEWED, f"case:{step.case_id}", by=by, data=data)
        if lift:
            for case in Case.objects.filter(contact_digest=step.contact_digest, suspended_until__isnull=False):
                _resume(case, by=by)
    sign_head_now()


def hold_back(case: Case, step: MisuseStep, *, by: Actor) -> None:
    """A new notice falls under a suspension, within the caller's transaction: some clocks do not start yet."""
    case.suspended_until = step.until
    case.save(update_fields=["suspended_until"])
    data = {"step": str(step.id), "until": time.iso(step.until) if step.until else ""}
    append(Event.PROCESSING_SUSPENDED, f"case:{case.id}", by=by, data=data)


def resume_suspended() -> int:
    """Let every case go on whose suspension is over; tell how many. One that fails never stops the others."""
    count = 0
    for case_id in Case.objects.filter(suspended_until__lte=time.now()).values_list("pk", flat=True):
        try:
            with transaction.atomic():
                _resume(Case.objects.select_for_update().get(pk=case_id), by=SYSTEM)
                count += 1
        except Exception:
            logger.exception("A case whose suspension is over could not go on; it is tried again at the next tick")
    return count


def _resume(case: Case, *, by: Actor) -> None:
    """The clocks that were held back start now, on what was reported, if it still waits for a decision."""
    case.suspended_until = None
    case.save(update_fields=["suspended_until"])
    append(Event.PROCESSING_RESUMED, f"case:{case.id}", by=by)
    notice = queries.first_notice(case)
    if case.state not in OPEN or notice is None or records.is_purged(notice):
        return
    dues = [due for due in duties.dues(queries.notice_draft(notice), time.now()) if due.regime_id in misuse.SUSPENDABLE]
    items: Sequence[UUID | None] = list(Address.objects.filter(case=case).values_list("pk", flat=True)) or [None]
    clocks.start(case.id, items, dues, by=SYSTEM)


def forget_misuse() -> int:
    """Untie the steps whose time is over from the contact that they were about; tell how many."""
    now, months = time.now(), settings.CONFIG.misuse_months
    tied = MisuseStep.objects.exclude(contact_digest=b"").exclude(until__gt=now).values_list("pk", "at")
    old = [pk for pk, at in tied if months_after(at, months) <= now]
    return MisuseStep.objects.filter(pk__in=old).update(contact_digest=b"")

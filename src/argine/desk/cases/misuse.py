"""Frequent reports that are manifestly unfounded (DSA Article 23): who did what, and what may follow.

Nothing follows by itself. A reviewer finds a refused report manifestly unfounded; when the same contact has enough of
them, a warning may be sent; after one more, a supervisor may suspend for a time. Suspended is only what a law lets be
suspended (`SUSPENDABLE`): other laws' clocks run on, and so does the case. The first report that somebody makes in a
capacity is never suspended: it may be their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from argine.desk.cases.enums import Misuse
from argine.desk.cases.models import Case, MisuseStep, Notice
from argine.desk.core import time
from argine.desk.core.crypto import keyed_digest
from argine.desk.core.errors import NotFoundError
from argine.law.months import months_after
from argine.law.rules import Due
from argine.merkle.canonical import Json

PURPOSE = "contact"
# DSA Article 23(2): processing of notices may be suspended. No other law that was read knows this.
SUSPENDABLE = frozenset({"eu-dsa-16"})


def contact_digest(contact: str) -> bytes:
    """What finds notices by the same contact: HMAC-SHA-256 under a key; empty where no contact was given."""
    plain = "".join(contact.split()).casefold()
    return keyed_digest(PURPOSE, plain) if plain else b""


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of one contact, within the time in which it counts.

    Attributes:
        notices: by this contact, this one included.
        found: how many were found to be manifestly unfounded.
        warned_at: when the latest warning was sent.
        found_since: how many were found after that warning.
        suspension: the one that runs.
        found_here: whether this very case was found to be.
    """

    notices: int = 0
    found: int = 0
    warned_at: datetime | None = None
    found_since: int = 0
    suspension: MisuseStep | None = None
    found_here: bool = False


def record_of(case: Case) -> Record:
    digest = bytes(case.contact_digest)
    if not digest:
        return Record()
    steps = remembered(digest)
    found = [step for step in steps if step.kind == Misuse.FINDING]
    warned_at = max((step.at for step in steps if step.kind == Misuse.WARNING), default=None)
    return Record(
        notices=Case.objects.filter(contact_digest=digest).count(),
        found=len(found),
        warned_at=warned_at,
        found_since=sum(1 for step in found if warned_at is not None and step.at > warned_at),
        suspension=running(digest),
        found_here=any(step.case_id == case.id for step in found),
    )


def remembered(digest: bytes) -> list[MisuseStep]:
    since = time.now()
    rows = MisuseStep.objects.filter(contact_digest=digest).order_by("at")
    return [row for row in rows if months_after(row.at, settings.CONFIG.misuse_months) > since]


def running(digest: bytes) -> MisuseStep | None:
    rows = MisuseStep.objects.filter(contact_digest=digest, kind=Misuse.SUSPENSION, lifted=False)
    return rows.filter(until__gt=time.now()).order_by("-until").first()


def suspension_for(notice: Notice) -> MisuseStep | None:
    """The suspension that a new notice falls under; none for the first of this contact in its capacity."""
    digest = bytes(notice.case.contact_digest)
    if not digest:
        return None
    before = Notice.objects.filter(case__contact_digest=digest, capacity=notice.capacity).exclude(case=notice.case)
    return running(digest) if before.exists() else None


def without_suspended(dues: Iterable[Due], suspension: MisuseStep | None) -> list[Due]:
    return [due for due in dues if suspension is None or due.regime_id not in SUSPENDABLE]


def get_step(step_id: UUID) -> MisuseStep:
    found = MisuseStep.objects.filter(pk=step_id).select_related("case").first()
    if found is None:
        raise NotFoundError("There is no such step.")
    return found


def steps_of(case: Case) -> list[MisuseStep]:
    """The steps taken on this case's page, and those that run against its contact; newest first."""
    digest = bytes(case.contact_digest)
    mine = Q(case=case) | (Q(contact_digest=digest) if digest else Q(pk=None))
    return list(MisuseStep.objects.filter(mine).select_related("case").order_by("-at"))


def suspension_told(case: Case) -> MisuseStep | None:
    """The suspension that the person reads about on this case's page: one taken here, or that this case falls under."""
    own = MisuseStep.objects.filter(case=case, kind=Misuse.SUSPENSION).order_by("-at").first()
    digest = bytes(case.contact_digest)
    return running(digest) if own is None and case.suspended_until and digest else own


def facts(step: MisuseStep) -> dict[str, Json]:
    """A step as it was taken."""
    return {
        "step": str(step.id),
        "case": str(step.case_id),
        "kind": step.kind,
        "at": time.iso(step.at),
        "by": step.by,
        "until": time.iso(step.until) if step.until else None,
        "reasons": step.reasons,
    }


def review_facts(step: MisuseStep) -> dict[str, Json]:
    """How a suspension was looked at again."""
    return {
        "step": str(step.id),
        "at": time.iso(step.reviewed_at) if step.reviewed_at else None,
        "by": step.reviewed_by,
        "lifted": step.lifted,
        "appeal": step.appeal,
        "review": step.review,
    }

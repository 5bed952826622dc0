"""The records of a case: what was erased of them, and who has to keep what."""

from argine.desk.cases.models import Case, Notice, Preservation, RecordHold
from argine.desk.core import time
from argine.merkle.canonical import Json


def is_purged(notice: Notice) -> bool:
    """Whether the notice's personal fields were erased: what it says cannot be shown or proved here any more."""
    return not notice.salt


def leads_to_somebody(case: Case) -> bool:
    """Whether the record of what was done still has what leads to a person: only a notice ever had."""
    return bool(case.language or case.country)


def record_hold(case: Case) -> RecordHold | None:
    """The hold on the records of a case that has not ended."""
    return RecordHold.objects.filter(case=case, released_at=None).first()


def hold_facts(hold: RecordHold) -> dict[str, Json]:
    """Who holds the records of a case, since when and why."""
    return {
        "hold": str(hold.id),
        "case": str(hold.case_id),
        "at": time.iso(hold.at),
        "by": hold.by,
        "reason": hold.reason,
    }


def preservation_facts(row: Preservation) -> dict[str, Json]:
    """Who keeps what until when, as it was written down."""
    return {
        "preservation": str(row.id),
        "case": str(row.case_id),
        "regime": row.regime,
        "held_by": row.held_by,
        "starts_at": time.iso(row.starts_at),
        "ends_at": time.iso(row.ends_at) if row.ends_at else None,
        "reference": row.reference,
    }

"""Reading banks, entries and sightings."""

import hashlib
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from argine.desk.banks.models import Bank, BankEntry, EntrySignal, Sighting
from argine.desk.core.errors import NotFoundError
from argine.signals.types import Signal, SignalType


def get_bank(bank_id: str) -> Bank:
    """Find a bank.

    Raises:
        NotFoundError: there is none of that name.
    """
    found = Bank.objects.filter(pk=bank_id).first()
    if found is None:
        raise NotFoundError(f"There is no bank {bank_id!r}. `argine bank list` shows those that there are.")
    return found


def banks_with_counts() -> QuerySet[Bank]:
    return Bank.objects.annotate(live=Count("entries", filter=Q(entries__withdrawn_at=None))).order_by("id")


def signal_of(row: EntrySignal) -> Signal:
    return Signal(SignalType(row.type), bytes(row.value), row.quality)


def signals_digest(entry_id: UUID, signals: Iterable[Signal]) -> str:
    """What the log keeps of an entry's signals: enough to find a change, nothing of the picture.

    The quality counts too: a signal of a low one takes no part in matching.
    """
    lines = sorted(f"{signal.type}:{signal.text}:{signal.quality}" for signal in signals)
    return hashlib.sha256("\n".join([str(entry_id), *lines]).encode()).hexdigest()


def entries_of_case(case_id: UUID) -> list[BankEntry]:
    """Every entry that a case's notices made, withdrawn ones too, oldest first, signals loaded."""
    found = BankEntry.objects.filter(case_id=case_id).select_related("bank").prefetch_related("signals")
    return list(found.order_by("created_at", "id"))


def sightings_of_case(case_id: UUID, limit: int = 100) -> list[Sighting]:
    """Copies that the platform has met, newest first."""
    return list(Sighting.objects.filter(case_id=case_id).order_by("-at")[:limit])


def cases_with_copies(case_ids: Collection[UUID]) -> set[UUID]:
    """Those of the cases of which the platform has met a copy."""
    found = Sighting.objects.filter(case_id__in=case_ids).values_list("case_id", flat=True).distinct()
    return {case_id for case_id in found if case_id is not None}


def sighting_counts(entry_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = Sighting.objects.filter(entry_id__in=entry_ids).values_list("entry_id").annotate(count=Count("id"))
    return dict(rows)

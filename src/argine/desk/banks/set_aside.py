"""Pictures that were decided to stay: they left every bank, but their hashes are kept while that can be appealed.

No upload is compared with them. They are looked up when a notice comes, to find that it is about the same picture; so
they are in memory as the banks are, and follow the same change feed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from threading import Lock
from uuid import UUID

from argine.desk.banks import queries
from argine.desk.banks.columns import bound_to, readable
from argine.desk.banks.models import BankEntry, Change, EntrySignal
from argine.matching import Bank, BankKind, Match, Matcher
from argine.matching import BankEntry as MatchedEntry
from argine.signals.types import Signal

AT_ONCE = 500
BANK = "set-aside"


class SetAside:
    """One process's view of them, brought up to date at each use."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Start over at the next use: for a database that was swapped under the process."""
        with self._lock:
            self._seen: int | None = None
            self._matcher = Matcher()

    def match(self, signals: Sequence[Signal]) -> list[Match]:
        """Find those that share a file or a look with a picture."""
        self._follow(queries.newest_change())
        return self._matcher.match(signals)

    def _follow(self, latest: int) -> None:
        with self._lock:
            if self._seen is None:
                self._matcher.put_bank(Bank(BANK, BANK, BankKind.REVIEW))
                self._take_up(_all())
            elif latest > self._seen:
                changes = Change.objects.filter(seq__gt=self._seen, seq__lte=latest, entry_id__isnull=False)
                self._take_up({entry for entry in changes.values_list("entry_id", flat=True) if entry is not None})
            self._seen = latest

    def _take_up(self, entry_ids: "set[UUID]") -> None:
        for some in queries.batched(entry_ids, AT_ONCE):
            found = list(_entries(some))
            self._matcher.put_entries(found)
            for entry_id in {str(entry_id) for entry_id in some} - {entry.id for entry in found}:
                self._matcher.withdraw(entry_id)


def _all() -> "set[UUID]":
    return set(BankEntry.objects.filter(withdrawn_at__isnull=False, case_id__isnull=False).values_list("pk", flat=True))


def _entries(entry_ids: Sequence[UUID]) -> Iterator[MatchedEntry]:
    """Read those of them that left the banks, came with a case, and still have signals that may be compared."""
    rows = BankEntry.objects.filter(pk__in=entry_ids, withdrawn_at__isnull=False, case_id__isnull=False)
    regions = dict(rows.values_list("pk", "region"))
    signals: dict[UUID, list[Signal]] = defaultdict(list)
    for row in EntrySignal.objects.filter(entry_id__in=regions).exclude(type__in=queries.SEALED_TYPES):
        signals[row.entry_id] += readable(row)
    for entry_id, found in signals.items():
        yield MatchedEntry(str(entry_id), BANK, tuple(found), bound_to(entry_id, regions[entry_id]))

"""The banks in memory: what answers checks. Each process has its own copy and follows the change feed.

Before each look-up the process asks the feed for changes it has not seen (one indexed read), so a change committed
anywhere on the machine counts from the very next check on.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from threading import Lock
from uuid import UUID

from django.db.models import Max

from argine.desk.banks import queries
from argine.desk.banks.models import Bank, BankEntry, Change, EntrySignal
from argine.desk.core.crypto import SealError
from argine.matching import Bank as MatchedBank
from argine.matching import BankEntry as MatchedEntry
from argine.matching import BankKind, Matcher
from argine.matching.regions import RegionError
from argine.signals.errors import SignalError
from argine.signals.patch.geometry import Rectangle
from argine.signals.types import Signal

logger = logging.getLogger(__name__)

BATCH = 500  # entries asked of the database at a time
TOGETHER = 100  # such batches handed to the matcher at a time: many at once are taken up much faster
UNREADABLE = Rectangle(-2.0, -2.0, -1.0, -1.0)


class LiveBanks:
    """One process's banks, brought up to date at each use."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._matcher = Matcher()
        self._seen = 0

    def matcher(self) -> Matcher:
        latest = Change.objects.aggregate(latest=Max("seq"))["latest"] or 0
        if latest != self._seen:
            with self._lock:
                self._follow(latest)
        return self._matcher

    def _follow(self, latest: int) -> None:
        if latest <= self._seen:
            return  # another thread was first
        if self._seen == 0:
            self._load(Bank.objects.values_list("pk", flat=True), None)
        else:
            changes = list(
                Change.objects.filter(seq__gt=self._seen, seq__lte=latest).values_list("bank_id", "entry_id")
            )
            self._load({bank for bank, _ in changes}, {entry for _, entry in changes if entry is not None})
        self._seen = latest

    def _load(self, bank_ids: Collection[str], entry_ids: Collection[UUID] | None) -> None:
        for bank in Bank.objects.filter(pk__in=bank_ids):
            self._matcher.put_bank(MatchedBank(bank.id, bank.name, BankKind(bank.kind), bank.pdq_threshold))
        if entry_ids is None:
            entry_ids = list(BankEntry.objects.filter(withdrawn_at=None).values_list("pk", flat=True))
        for ids in _batched(list(entry_ids), BATCH * TOGETHER):
            found = list(chain.from_iterable(self._entries(batch) for batch in _batched(ids, BATCH)))
            self._matcher.put_entries(found)
            for entry_id in {str(entry_id) for entry_id in ids} - {entry.id for entry in found}:
                self._matcher.withdraw(entry_id)

    def _entries(self, entry_ids: Sequence[UUID]) -> Iterator[MatchedEntry]:
        """Read those that are not withdrawn."""
        found = list(
            BankEntry.objects.filter(pk__in=entry_ids, withdrawn_at=None).values_list("pk", "bank_id", "region")
        )
        signals: dict[UUID, list[Signal]] = defaultdict(list)
        for row in EntrySignal.objects.filter(entry_id__in=[entry_id for entry_id, _, _ in found]):
            try:
                signals[row.entry_id].append(queries.signal_of(row))
            except (SealError, SignalError):
                # The entry's other signals count all the same; `argine log verify` names it.
                logger.error("A signal of bank entry %s cannot be read", row.entry_id)  # noqa: TRY400 - no traceback
        for entry_id, bank_id, region in found:
            yield MatchedEntry(str(entry_id), bank_id, tuple(signals[entry_id]), _bound_to(entry_id, region))

    def forget(self) -> None:
        """Start over at the next use: for a database that was swapped under the process."""
        with self._lock:
            self._matcher, self._seen = Matcher(), 0


def _bound_to(entry_id: UUID, region: list[int] | None) -> Rectangle | None:
    try:
        return queries.kept_region(region)
    except RegionError:
        # Nothing agrees in a part without extent: the lawful source stays unblocked, identical files are still found.
        logger.error("The marked part of bank entry %s cannot be read", entry_id)  # noqa: TRY400 - no traceback
        return UNREADABLE


def _batched(ids: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


BANKS = LiveBanks()

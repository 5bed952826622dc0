"""Do the banks agree with the log? A bank or an entry that was changed behind the log's back is found here.

Entries that came one by one are compared with the digest of their signals that was logged with each. Of a batch the
log holds one digest over those of its entries, whose ids follow from the batch's: it is made again from what the
database holds now. An entry that was erased since has its digest from its erasure, which logged what it erased.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from argine.desk.audit.events import Event
from argine.desk.audit.queries import Fault, logged
from argine.desk.banks.models import Bank, BankEntry
from argine.desk.banks.queries import (
    MOST_IN_BATCH,
    batch_digest,
    batch_entry_id,
    region_change_digest,
    region_of,
    signal_of,
    signals_digest,
    thresholds,
)
from argine.desk.core.crypto import SealError
from argine.matching.regions import RegionError
from argine.merkle.canonical import Json
from argine.signals.errors import SignalError

BATCH = 500
BEFORE_FILMS: dict[str, Json] = {"film_frames": 1, "film_query_percent": 0, "film_entry_percent": 0}
WANTED = (
    Event.ENTRY_ADDED,
    Event.ENTRIES_ADDED,
    Event.ENTRY_MOVED,
    Event.ENTRY_REGION_CHANGED,
    Event.ENTRY_WITHDRAWN,
)


@dataclass(slots=True)
class Told:
    """An entry as the log tells it.

    Attributes:
        digest: of its signals and marked part as they should be; not known of one that came in a batch.
        first: the same when it was added, of one of which another part was marked since.
        changes: digests of the changes of its marked part, by their ids.
        live: not withdrawn.
        erased: its signals were erased.
        last: digest of its signals when they were erased.
    """

    bank: str
    digest: str | None
    live: bool = True
    erased: bool = False
    last: str | None = None
    first: str | None = None
    changes: dict[UUID, str] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """What the log tells of all entries, and the digest of each batch by its id."""

    entries: dict[UUID, Told] = field(default_factory=dict)
    batches: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)

    def take(self, event: str, subject: str, data: dict[str, Json]) -> None:
        key = UUID(subject.partition(":")[2])
        if event == Event.ENTRY_ADDED:
            self.entries[key] = Told(str(data["bank"]), str(data["signals"]))
        elif event == Event.ENTRIES_ADDED:
            count = int(str(data["count"]))
            if not 0 < count <= MOST_IN_BATCH:
                raise ValueError("a batch of an impossible size")
            self.batches[key] = (count, str(data["digest"]))
            self.entries |= {batch_entry_id(key, place): Told(str(data["bank"]), None) for place in range(count)}
        elif key not in self.entries:
            self.strays.append(subject)
        elif event == Event.ENTRY_MOVED:
            self.entries[key].bank, self.entries[key].live = str(data["bank"]), True
        elif event == Event.ENTRY_REGION_CHANGED:
            self._mark(self.entries[key], data)
        else:
            self._withdraw(self.entries[key], data)

    @staticmethod
    def _mark(told: Told, data: dict[str, Json]) -> None:
        told.changes[UUID(str(data["change"]))] = str(data["digest"])
        told.first = told.first or str(data["was"])
        told.digest = str(data["signals"])

    @staticmethod
    def _withdraw(told: Told, data: dict[str, Json]) -> None:
        told.live = False
        told.erased = told.erased or data["erased"] is True
        if "signals" in data:
            told.last = str(data["signals"])


def faults() -> Iterator[Fault]:
    yield from _bank_faults()
    yield from _entry_faults()


def _bank_faults() -> Iterator[Fault]:
    told: dict[str, dict[str, Json]] = {}
    for _, subject, data in logged([Event.BANK_CREATED, Event.BANK_CHANGED]):
        # Before there were films the log told of no thresholds for them: they had the ones of the beginning.
        told[subject] = {**BEFORE_FILMS, **told.get(subject, {}), **data}
    for bank in Bank.objects.order_by("id"):
        where = f"bank:{bank.id}"
        if where not in told:
            yield Fault(where, "was never logged")
        elif told.pop(where) != {"kind": bank.kind, **thresholds(bank)}:
            yield Fault(where, "is not of the kind or thresholds that the log says")
    yield from (Fault(where, "was logged but is gone") for where in told)


def _entry_faults() -> Iterator[Fault]:
    record = _record()
    found: dict[UUID, str] = {}
    rows = BankEntry.objects.prefetch_related("signals", "region_changes").order_by("created_at")
    for entry in rows.iterator(chunk_size=BATCH):
        where, told = f"bank entry {entry.id}", record.entries.pop(entry.id, None)
        if told is None:
            yield Fault(where, "was never logged")
            continue
        if told.bank != entry.bank_id or told.live != (entry.withdrawn_at is None):
            yield Fault(where, "is not in the bank or state that the log says")
        if told.erased and (entry.signals.all() or entry.region is not None):
            yield Fault(where, "has signals, but they were erased")
        now = (told.last if told.erased else _digest(entry)) or ""
        found[entry.id] = told.first or now
        if told.digest is not None and now != told.digest:
            yield Fault(where, "has other signals, or another marked part, than it was logged with")
        if _changes(entry) != ({} if told.erased else told.changes):
            yield Fault(where, "has other changes of its marked part than were logged")
    yield from (Fault(f"bank entry {key}", "was logged but is gone") for key in record.entries)
    yield from (Fault(subject, "was moved or withdrawn, but never added") for subject in record.strays)
    yield from _batch_faults(record, found)


def _batch_faults(record: Record, found: dict[UUID, str]) -> Iterator[Fault]:
    for batch, (count, digest) in record.batches.items():
        ids = [batch_entry_id(batch, position) for position in range(count)]
        if all(key in found for key in ids) and batch_digest(found[key] for key in ids) != digest:
            yield Fault(f"batch:{batch}", "has an entry with other signals than it was logged with")


def _digest(entry: BankEntry) -> str | None:
    """The digest of an entry's signals as they are now; None where they are no signals any more."""
    try:
        return signals_digest(entry.id, [signal_of(row) for row in entry.signals.all()], region_of(entry))
    except (SignalError, SealError, RegionError, TypeError, ValueError):
        return None


def _changes(entry: BankEntry) -> dict[UUID, str]:
    """The digests of an entry's changes; empty for one that cannot be opened."""
    found = {}
    for change in entry.region_changes.all():
        try:
            found[change.id] = region_change_digest(change)
        except (SealError, ValueError):
            found[change.id] = ""
    return found


def _record() -> Record:
    record = Record()
    for event, subject, data in logged(WANTED):
        record.take(event, subject, data)
    return record

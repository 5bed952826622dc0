"""Reading banks, entries and sightings."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import groupby, islice
from typing import TypeVar
from uuid import UUID, uuid5

from django.db import connection
from django.db.models import Count, Q, QuerySet

from argine.desk.banks.models import (
    BEGINNING_BYTES,
    Bank,
    BankEntry,
    Beginning,
    Change,
    EntrySignal,
    Flood,
    RegionChange,
    Restoration,
    Sighting,
)
from argine.desk.core import time
from argine.desk.core.crypto import SealError, salted_digest, seal_bytes, unseal_bytes
from argine.desk.core.errors import NotFoundError
from argine.desk.core.remembered import remembered
from argine.matching import BankKind
from argine.matching.regions import from_units, units
from argine.matching.verdict import Verdict
from argine.matching.video import DEFAULT_VIDEO_THRESHOLDS, VideoThresholds
from argine.merkle.canonical import Json
from argine.signals.errors import SignalError
from argine.signals.patch.geometry import Rectangle
from argine.signals.types import Signal, SignalType
from argine.signals.video import VideoSignal

Item = TypeVar("Item")

FINGERPRINT_BYTES = 16
MOST_IN_BATCH = 10_000
READ_AT_ONCE = 500
ALIGNED_BITS = DEFAULT_VIDEO_THRESHOLDS.aligned_bits - DEFAULT_VIDEO_THRESHOLDS.frame_bits

# They tell more of a picture or film than the others do: sealed at rest.
SEALED_TYPES = frozenset({SignalType.PATCH, SignalType.VIDEO})


def was_seen(copy: bytes | None, entries: Collection[str]) -> bool:
    """Say whether a copy is already known to match one of these entries."""
    return Sighting.objects.filter(copy_digest=copy, entry_id__in=[UUID(entry) for entry in entries]).exists()


@remembered
def newest_change() -> int:
    """The newest number of the change feed, 0 before the first.

    Asked at every check: written out, since putting a query together takes longer than running it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(seq) FROM banks_change")
        return cursor.fetchone()[0] or 0


def feed_mark(seq: int) -> str:
    """What the change feed was at a number, in words: another database has another mark there."""
    change = Change.objects.filter(seq__lte=seq, entry_id__isnull=False).order_by("-seq").first()
    return f"{seq}/{change.seq}/{change.entry_id}" if change else f"{seq}"


def withdrawn_since(seq: int) -> bool:
    """Whether an entry was withdrawn after a change of the feed."""
    changed = Change.objects.filter(seq__gt=seq).values("entry_id")
    return BankEntry.objects.filter(pk__in=changed, withdrawn_at__isnull=False).exists()


def get_bank(bank_id: str) -> Bank:
    """Find a bank.

    Raises:
        NotFoundError: there is none of that name.
    """
    found = Bank.objects.filter(pk=bank_id).first()
    if found is None:
        raise NotFoundError(f"There is no bank {bank_id!r}. `argine bank list` shows those that there are.")
    return found


def thresholds(bank: Bank) -> dict[str, int]:
    """A bank's thresholds, as the log tells them."""
    return {
        "pdq_threshold": bank.pdq_threshold,
        "film_frames": bank.film_frames,
        "film_query_percent": bank.film_query_percent,
        "film_entry_percent": bank.film_entry_percent,
    }


def film_thresholds(bank: Bank) -> VideoThresholds:
    """How much of a film must agree in a bank. One frame must be as near as pictures must be."""
    return VideoThresholds(
        bank.pdq_threshold, bank.pdq_threshold + ALIGNED_BITS, max(1, bank.film_frames),
        min(100, bank.film_query_percent) / 100, min(100, bank.film_entry_percent) / 100,
    )  # fmt: skip


def banks_with_counts() -> QuerySet[Bank]:
    return Bank.objects.annotate(live=Count("entries", filter=Q(entries__withdrawn_at=None))).order_by("id")


def banks() -> list[Bank]:
    return list(Bank.objects.order_by("id"))


def live_counts() -> dict[str, int]:
    """By bank: how many of its entries are live. Banks without any are left out."""
    live = BankEntry.objects.filter(withdrawn_at=None).order_by("bank_id")
    return dict(live.values_list("bank_id").annotate(count=Count("id")))


def live_count() -> int:
    return BankEntry.objects.filter(withdrawn_at=None).count()


def signal_of(row: EntrySignal) -> Signal:
    """Read a signal as it was put in.

    Raises:
        SealError: a sealed value was altered, moved from another entry, or sealed with another key.
    """
    kind, value = SignalType(row.type), bytes(row.value)
    value = unseal_bytes(value, place_of_signal(row.entry_id)) if kind in SEALED_TYPES else value
    return Signal(kind, value, row.quality)


def film_of(entry: BankEntry) -> VideoSignal | None:
    """The film of an entry whose signals are loaded; None of a picture, or where it cannot be read."""
    row = next((row for row in entry.signals.all() if row.type == SignalType.VIDEO), None)
    try:
        return None if row is None else VideoSignal.from_bytes(signal_of(row).value)
    except (SealError, SignalError):
        return None


def with_values(values: Collection[bytes]) -> QuerySet[EntrySignal]:
    """The signals that have one of some values, whatever their type; among millions too (`EntrySignal`'s index)."""
    beginnings = [value[:BEGINNING_BYTES] for value in values]
    found = EntrySignal.objects.annotate(beginning=Beginning("value"))
    return found.filter(beginning__in=beginnings, value__in=values)


def row_of(entry_id: UUID, signal: Signal) -> EntrySignal:
    """A signal as it is kept: not yet saved."""
    sealed = signal.type in SEALED_TYPES
    value = seal_bytes(signal.value, place_of_signal(entry_id)) if sealed else signal.value
    return EntrySignal(entry_id=entry_id, type=signal.type, value=value, quality=signal.quality)


def place_of_signal(entry_id: UUID) -> str:
    """What binds a sealed signal to its entry."""
    return f"banks_entrysignal.value.{entry_id}"


def region_of(entry: BankEntry) -> Rectangle | None:
    """The part that a match of the entry must agree in; None if it is bound to none.

    Raises:
        RegionError: what is kept is no part of a picture: it was altered.
    """
    return kept_region(entry.region)


def kept_region(kept: object) -> Rectangle | None:
    """Read a part of a picture as a row keeps it.

    Raises:
        RegionError: it is none.
    """
    return None if kept is None else from_units(kept)


def region_changes(entry_id: UUID) -> list[RegionChange]:
    """How the marked part of an entry was changed, oldest first."""
    return list(RegionChange.objects.filter(entry_id=entry_id).order_by("seq"))


def region_at_first(entry: BankEntry) -> Rectangle | None:
    """What was marked when the entry came."""
    changes = region_changes(entry.id)
    return kept_region(changes[0].was) if changes else region_of(entry)


def region_change_digest(change: RegionChange) -> str:
    """What the log keeps of a change: who marked what in place of what, and why, as a hash."""
    facts: dict[str, Json] = {
        "change": str(change.id), "seq": change.seq, "entry": str(change.entry_id), "at": time.iso(change.at),
        "by": change.by, "was": change.was, "region": change.region, "reason": change.reason,
    }  # fmt: skip
    return salted_digest(change.salt, facts)


def signals_digest(entry_id: UUID, signals: Iterable[Signal], region: Rectangle | None = None) -> str:
    """What the log keeps of an entry's signals and its marked part: enough to find a change, nothing of the picture.

    The quality is part of it: one that is lowered would quietly take a `pdq` out of matching.
    """
    lines = sorted(f"{signal.type}:{signal.text}:{signal.quality}" for signal in signals)
    if region is not None:
        lines.append(f"region:{units(region)}")
    return hashlib.sha256("\n".join([str(entry_id), *lines]).encode()).hexdigest()


def batch_entry_id(batch: UUID, position: int) -> UUID:
    """The id of an entry that came in a batch: who reads the log derives it, so the log need not list them."""
    return uuid5(batch, str(position))


def batch_digest(digests: Iterable[str]) -> str:
    """What the log keeps of a batch: a hash over its entries' `signals_digest`, in the order of their positions."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def listed(signals: Iterable[Signal]) -> list[Signal]:
    """What of an entry's signals a list that leaves the desk carries: no patch sets, nor those of a film's frames.

    Raises:
        SignalError: a film's signal cannot be read.
    """
    kept = (signal for signal in signals if signal.type is not SignalType.PATCH)
    return [_without_patches(signal) if signal.type is SignalType.VIDEO else signal for signal in kept]


def _without_patches(signal: Signal) -> Signal:
    return VideoSignal.from_bytes(signal.value).without_patches().signal()


def fingerprint(signals: Iterable[Signal]) -> bytes:
    """The same for the same set of hashes, in whatever order and of whatever quality: to tell what is there already.

    Patch sets do not count: a list that comes from elsewhere has none.
    """
    lines = sorted({f"{signal.type}:{signal.text}" for signal in listed(signals)})
    return hashlib.sha256("\n".join(lines).encode()).digest()[:FINGERPRINT_BYTES]


def fingerprints(bank_id: str) -> dict[bytes, bool]:
    """By fingerprint of each of a bank's entries: whether one of them is live. Erased entries have none."""
    rows = EntrySignal.objects.filter(entry__bank_id=bank_id).select_related("entry").order_by("entry_id")
    found: dict[bytes, bool] = {}
    for _, group in groupby(rows.iterator(chunk_size=READ_AT_ONCE), key=lambda row: row.entry_id):
        same_entry = list(group)
        print_ = _fingerprint_of(same_entry)
        if print_ is not None:
            found[print_] = found.get(print_, False) or same_entry[0].entry.withdrawn_at is None
    return found


def _fingerprint_of(rows: Iterable[EntrySignal]) -> bytes | None:
    """Of one entry; None where its film cannot be read: `argine log verify` names it."""
    try:
        return fingerprint(signal_of(row) for row in rows if row.type != SignalType.PATCH)
    except (SealError, SignalError):
        return None


def live_entry_ids(bank_id: str) -> list[UUID]:
    live = BankEntry.objects.filter(bank_id=bank_id, withdrawn_at=None)
    return list(live.order_by("created_at", "id").values_list("pk", flat=True))


def read_entries(entry_ids: Iterable[UUID]) -> Iterator[BankEntry]:
    """Entries by their ids, in that order, with their signals loaded; without those that are withdrawn by now."""
    for some in batched(entry_ids, READ_AT_ONCE):
        rows = BankEntry.objects.filter(pk__in=some, withdrawn_at=None).prefetch_related("signals").in_bulk()
        yield from (rows[entry_id] for entry_id in some if entry_id in rows)


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Hand on so many at a time."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def entries_of_bank(bank_id: str, *, limit: int, withdrawn: bool = False) -> list[BankEntry]:
    """A bank's entries, newest first, signals loaded; on demand with those that were withdrawn."""
    found = BankEntry.objects.filter(bank_id=bank_id).prefetch_related("signals").order_by("-created_at", "-id")
    return list((found if withdrawn else found.filter(withdrawn_at=None))[:limit])


def find_entry(entry_id: UUID) -> BankEntry:
    """Find an entry.

    Raises:
        NotFoundError: there is none of that id.
    """
    found = BankEntry.objects.filter(pk=entry_id).first()
    if found is None:
        raise NotFoundError("There is no such entry.")
    return found


def entries_of_case(case_id: UUID) -> list[BankEntry]:
    """Every entry that a case's notices made, withdrawn ones too, oldest first, signals loaded."""
    found = BankEntry.objects.filter(case_id=case_id).select_related("bank").prefetch_related("signals")
    return list(found.order_by("created_at", "id"))


def sightings_of_case(case_id: UUID, limit: int = 100) -> list[Sighting]:
    """Copies that the platform has met, newest first."""
    return list(Sighting.objects.filter(case_id=case_id).order_by("-at")[:limit])


def copies_let_in(case_id: UUID, until: datetime) -> set[bytes]:
    """The platform's copies that a check met by then and stopped none of, by the digests of their names."""
    let_in = Sighting.objects.filter(case_id=case_id, at__lte=until).exclude(verdict=Verdict.BLOCK)
    return {bytes(found) for found in let_in.values_list("copy_digest", flat=True) if found is not None}


def cases_with_copies(case_ids: Collection[UUID]) -> set[UUID]:
    """Those of the cases of which the platform has met a copy."""
    found = Sighting.objects.filter(case_id__in=case_ids).values_list("case_id", flat=True).distinct()
    return {case_id for case_id in found if case_id is not None}


def _uploads(sightings: QuerySet[Sighting]) -> int:
    """How many different uploads: those that the platform named by their names, the others each for itself."""
    named = sightings.exclude(copy_digest=None).values("copy_digest").distinct().count()
    return named + sightings.filter(copy_digest=None).values("check_id").distinct().count()


def flooding(since: datetime, most: int) -> Iterator[tuple[UUID, int]]:
    """The entries that matched more different uploads than `most` since then, and that nobody was asked about since."""
    recent = Sighting.objects.filter(at__gte=since)
    often = recent.values_list("entry_id").annotate(count=Count("id")).filter(count__gt=most)
    asked = set(Flood.objects.filter(at__gte=since).values_list("entry_id", flat=True))
    live = BankEntry.objects.filter(pk__in=[pk for pk, _ in often], withdrawn_at=None).values_list("pk", flat=True)
    for entry_id in set(live) - asked:
        uploads = _uploads(recent.filter(entry_id=entry_id))
        if uploads > most:
            yield entry_id, uploads


def open_floods() -> list[Flood]:
    return list(Flood.objects.filter(decided_at=None).order_by("at"))


def find_flood(flood_id: UUID) -> Flood:
    """Find an alert by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = Flood.objects.filter(pk=flood_id).first()
    if found is None:
        raise NotFoundError("There is no such alert.")
    return found


def stopped_by(entry_id: UUID) -> list[Sighting]:
    """The uploads that an entry stopped and no other entry does, each once, newest first."""
    own = Sighting.objects.filter(entry_id=entry_id, verdict=Verdict.BLOCK, bank_kind=BankKind.BLOCK).order_by("-at")
    blocking = Sighting.objects.filter(check_id__in=own.values("check_id"), bank_kind=BankKind.BLOCK)
    others = list(blocking.exclude(entry_id=entry_id).values_list("check_id", "entry_id"))
    live = set(
        BankEntry.objects.filter(pk__in=[entry for _, entry in others], withdrawn_at=None).values_list("pk", flat=True)
    )
    still = {check for check, entry in others if entry in live}
    found: dict[bytes | UUID, Sighting] = {}
    for sighting in own:
        if sighting.check_id not in still:
            found.setdefault(bytes(sighting.copy_digest) if sighting.copy_digest else sighting.check_id, sighting)
    return list(found.values())


def restorations_after(cursor: int, limit: int) -> list[Restoration]:
    return list(Restoration.objects.filter(seq__gt=cursor).order_by("seq")[:limit])


def sighting_counts(entry_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = Sighting.objects.filter(entry_id__in=entry_ids).values_list("entry_id").annotate(count=Count("id"))
    return dict(rows)

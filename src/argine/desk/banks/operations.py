"""Everything that changes a bank. Each change is a row of the feed, so every process has it at its next check."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.banks import policies, queries
from argine.desk.banks.live import BANKS
from argine.desk.banks.models import Bank, BankEntry, Change, EntrySignal, Flood, RegionChange, Restoration, Sighting
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.crypto import keyed_digest, new_salt
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.core.metrics import CHECKS
from argine.matching import AS_IT_IS, BankKind, Match
from argine.matching.regions import units
from argine.matching.verdict import Verdict, decide
from argine.merkle.canonical import Json
from argine.signals.hasher import HashedFile
from argine.signals.patch.geometry import Rectangle
from argine.signals.types import Signal, SignalType

# The banks of every desk: what strangers reported, what reviewers decided, what must never be blocked.
REPORTED, REMOVED, LAWFUL = "reported", "removed", "lawful"
DEFAULT_BANKS = (
    (REPORTED, "Reported, not yet decided", BankKind.REVIEW),
    (REMOVED, "Decided: keep out", BankKind.BLOCK),
    (LAWFUL, "Known to be lawful", BankKind.NEGATIVE),
)
MOST_RECORDED = 20
FLOOD_TIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Content:
    """The platform's own name and address of the upload that it asks about. Either may be empty."""

    id: str = ""
    url: str = ""

    @property
    def digest(self) -> bytes | None:
        return keyed_digest("content", self.id or self.url) if self.id or self.url else None


@dataclass(frozen=True, slots=True)
class Checked:
    id: UUID
    verdict: Verdict
    matches: tuple[Match, ...]


def create_bank(
    bank_id: str,
    name: str,
    kind: BankKind,
    *,
    pdq_threshold: int = 31,
    film: policies.FilmRule = policies.EVERY_FILM,
    by: Actor,
) -> Bank:
    """Make a bank.

    Raises:
        InvalidError: the name is taken or a threshold out of range.
    """
    policies.check_thresholds(pdq_threshold, film)
    with transaction.atomic():
        if Bank.objects.filter(pk=bank_id).exists():
            raise InvalidError(f"There is a bank {bank_id!r} already.")
        bank = Bank(
            id=bank_id, name=name, kind=kind, pdq_threshold=pdq_threshold, created_at=time.now(), **asdict(film)
        )
        bank.save(force_insert=True)
        append(Event.BANK_CREATED, f"bank:{bank_id}", by=by, data={"kind": kind.value, **queries.thresholds(bank)})
        _tell(bank_id)
    return bank


def change_thresholds(bank_id: str, changes: Mapping[str, int], *, by: Actor) -> Bank:
    """Change how near something must be to match what a bank holds, and how much of a film; from the next check on.

    Args:
        bank_id: of the bank.
        changes: by the names of `queries.thresholds`; the others stay.
        by: who does.

    Raises:
        InvalidError: one is out of range, or nothing would change.
        NotFoundError: there is no such bank.
    """
    with transaction.atomic():
        bank = queries.get_bank(bank_id)
        wanted = {**queries.thresholds(bank), **changes}
        film = {name: value for name, value in wanted.items() if name != "pdq_threshold"}
        policies.check_thresholds(wanted["pdq_threshold"], policies.FilmRule(**film))
        if wanted == queries.thresholds(bank):
            raise InvalidError("The bank has these thresholds already.")
        for name, value in wanted.items():
            setattr(bank, name, value)
        bank.save(update_fields=[*wanted])
        append(Event.BANK_CHANGED, f"bank:{bank_id}", by=by, data={**wanted})
        _tell(bank_id)
    return bank


def create_default_banks() -> None:
    for bank_id, name, kind in DEFAULT_BANKS:
        if not Bank.objects.filter(pk=bank_id).exists():
            create_bank(bank_id, name, kind, by=SYSTEM)


def add_entry(
    bank_id: str,
    signals: Sequence[Signal],
    *,
    origin: str,
    by: Actor,
    case_id: UUID | None = None,
    region: Rectangle | None = None,
) -> BankEntry:
    """Add one picture's or film's signals to a bank.

    With `region`, a match must agree in that part, or be the very same file.

    Raises:
        InvalidError: there are no signals.
        NotFoundError: there is no such bank.
    """
    if not signals:
        raise InvalidError("An entry needs at least one signal.")
    with transaction.atomic():
        entry = BankEntry.objects.create(
            bank=queries.get_bank(bank_id), origin=origin, case_id=case_id, created_at=time.now(), region=_kept(region)
        )
        EntrySignal.objects.bulk_create(queries.row_of(entry.id, signal) for signal in signals)
        digest = queries.signals_digest(entry.id, signals, region)
        append(Event.ENTRY_ADDED, f"entry:{entry.id}", by=by, data={"bank": bank_id, "signals": digest})
        _tell(bank_id, entry.id)
    return entry


def add_entries(
    bank_id: str,
    pictures: Sequence[Sequence[Signal]],
    *,
    origin: str,
    by: Actor,
    regions: Mapping[int, Rectangle] = MappingProxyType({}),
) -> list[UUID]:
    """Add many pictures' signals at once, much faster than one by one, with one log entry for all of them.

    The log entry holds the batch's id and a digest; entry ids follow from the batch's (`queries.batch_entry_id`).
    `regions` are the marked parts of those pictures that have one, by position.

    Raises:
        InvalidError: there are no pictures or too many, or one has no signals. Nothing is added.
        NotFoundError: there is no such bank.
    """
    if not 0 < len(pictures) <= queries.MOST_IN_BATCH:
        raise InvalidError(f"Between 1 and {queries.MOST_IN_BATCH} pictures go into one batch.")
    if not all(pictures):
        raise InvalidError("An entry needs at least one signal.")
    batch, moment = uuid4(), time.now()
    added = [
        (queries.batch_entry_id(batch, position), signals, regions.get(position))
        for position, signals in enumerate(pictures)
    ]
    with transaction.atomic():
        bank = queries.get_bank(bank_id)
        BankEntry.objects.bulk_create(
            BankEntry(id=entry_id, bank=bank, origin=origin, created_at=moment, region=_kept(region))
            for entry_id, _, region in added
        )
        EntrySignal.objects.bulk_create(
            queries.row_of(entry_id, signal) for entry_id, signals, _ in added for signal in signals
        )
        digest = queries.batch_digest(queries.signals_digest(*entry) for entry in added)
        data: dict[str, Json] = {"bank": bank_id, "count": len(added), "digest": digest}
        append(Event.ENTRIES_ADDED, f"batch:{batch}", by=by, data=data)
        Change.objects.bulk_create(Change(bank_id=bank_id, entry_id=entry_id) for entry_id, _, _ in added)
    return [entry_id for entry_id, _, _ in added]


def _kept(region: Rectangle | None) -> list[int] | None:
    return None if region is None else units(region)


def move_entry(entry: BankEntry, bank_id: str, *, by: Actor) -> None:
    """Put an entry into another bank; one that was withdrawn without being erased is live again."""
    with transaction.atomic():
        if not entry.signals.exists():
            raise RefusedError("This entry's signals were erased. It cannot come back.")
        entry.bank, entry.withdrawn_at = queries.get_bank(bank_id), None
        entry.save(update_fields=["bank", "withdrawn_at"])
        append(Event.ENTRY_MOVED, f"entry:{entry.id}", by=by, data={"bank": bank_id})
        _tell(bank_id, entry.id)


def change_region(entry: BankEntry, region: Rectangle | None, reason: str, *, by: Actor) -> RegionChange:
    """Mark the part that a match must agree in, so that a lawful source is not blocked with its forgery; or unmark it.

    Raises:
        RefusedError: the entry's signals were erased, or this is marked already.
        InvalidError: no reason is given, or too long a one.
    """
    policies.check_reason(reason)
    with transaction.atomic():
        entry = BankEntry.objects.select_for_update().get(pk=entry.pk)
        kinds = set(entry.signals.values_list("type", flat=True))
        policies.check_region(entry, _kept(region), erased=not kinds, is_film=SignalType.VIDEO in kinds)
        signals = [queries.signal_of(row) for row in entry.signals.all()]
        before = queries.signals_digest(entry.id, signals, queries.region_of(entry))
        change = RegionChange(
            entry=entry, seq=entry.region_changes.count(), at=time.now(), by=by, was=entry.region,
            region=_kept(region), reason=reason.strip(), salt=new_salt(),
        )  # fmt: skip
        change.save(force_insert=True)
        entry.region = change.region
        entry.save(update_fields=["region"])
        data: dict[str, Json] = {
            "change": str(change.id), "digest": queries.region_change_digest(change), "was": before,
            "signals": queries.signals_digest(entry.id, signals, region),
        }  # fmt: skip
        append(Event.ENTRY_REGION_CHANGED, f"entry:{entry.id}", by=by, data=data)
        _tell(entry.bank_id, entry.id)
    return change


def withdraw_entry(entry: BankEntry, *, erase: bool, by: Actor) -> None:
    """Take an entry out of matching, at once and everywhere. With `erase` its signals are deleted for good.

    The digest of what is erased stays in the log, so that the batch an entry came in can still be verified.
    """
    with transaction.atomic():
        entry.withdrawn_at = entry.withdrawn_at or time.now()
        entry.save(update_fields=["withdrawn_at"])
        data: dict[str, Json] = {"erased": erase}
        if erase and (signals := [queries.signal_of(row) for row in entry.signals.all()]):
            entry.refresh_from_db(fields=["region"])
            data["signals"] = queries.signals_digest(entry.id, signals, queries.region_of(entry))
            entry.signals.all().delete()
            entry.region_changes.all().delete()
            entry.region = None
            entry.save(update_fields=["region"])
        append(Event.ENTRY_WITHDRAWN, f"entry:{entry.id}", by=by, data=data)
        _tell(entry.bank_id, entry.id)


def _tell(bank_id: str, entry_id: UUID | None = None) -> None:
    Change.objects.create(bank_id=bank_id, entry_id=entry_id)


def check_upload(
    hashed: HashedFile, *, by: Actor, content: Content | None = None, banks: frozenset[str] | None = None
) -> Checked:
    """Say whether an upload is a copy of something banked. One that matches nothing leaves no trace.

    Raises:
        SignalError: the patch set or film among the signals has numbers out of range.
    """
    found = BANKS.matcher().match(hashed.signals, banks, hashed.views, hashed.animation, hashed.video)
    checked = Checked(uuid4(), decide(found, hashable=hashed.unhashable is None), tuple(found))
    matches = checked.matches
    if matches:
        _record(checked, content or Content(), by=by)
    CHECKS.labels(checked.verdict.value).inc()
    return checked


def _record(checked: Checked, content: Content, *, by: Actor) -> None:
    kept = checked.matches[:MOST_RECORDED]
    moment, digest = time.now(), content.digest
    cases = dict(BankEntry.objects.filter(pk__in=[UUID(match.entry) for match in kept]).values_list("pk", "case_id"))
    with transaction.atomic():
        for match in kept:
            sighting = Sighting(
                check_id=checked.id, at=moment, by=by, verdict=checked.verdict, bank_id=match.bank,
                bank_kind=match.bank_kind, entry_id=UUID(match.entry), case_id=cases.get(UUID(match.entry)),
                signal_type=match.signal_type, distance=match.distance, threshold=match.threshold,
                strength=match.strength, found={} if match.found == AS_IT_IS else asdict(match.found),
                copy_digest=digest, content_id=content.id, content_url=content.url,
            )  # fmt: skip
            sighting.save(force_insert=True)
        append(
            Event.UPLOAD_MATCHED,
            f"check:{checked.id}",
            by=by,
            data={"verdict": checked.verdict.value, "entries": sorted({match.entry for match in kept})},
        )


def forget_sightings(case_id: UUID) -> int:
    """Delete what is known of the copies of a case, within the caller's transaction, which logs it; tell how many."""
    return Sighting.objects.filter(case_id=case_id).delete()[0]


def purge_sightings(days: int) -> int:
    """Delete sightings older than the operator keeps them; tell how many."""
    old = Sighting.objects.filter(at__lt=time.now() - timedelta(days=days))
    with transaction.atomic():
        count = old.delete()[0]
        if count:
            append(Event.SIGHTINGS_PURGED, "desk", by=SYSTEM, data={"count": count})
    return count


def watch_floods() -> int:
    """Ask staff to look at each entry that matched more different uploads in a day than is set; tell how many.

    A hash that fits much, or that somebody slipped in to have lawful pictures stopped, shows itself so. A copy that
    spreads does too: so a person looks, and nothing is undone by itself.
    """
    moment = time.now()
    found = list(queries.flooding(moment - FLOOD_TIME, settings.CONFIG.flood_uploads))
    for entry_id, uploads in found:
        with transaction.atomic():
            Flood.objects.create(entry_id=entry_id, at=moment, uploads=uploads)
            append(Event.ENTRY_FLOODED, f"entry:{entry_id}", by=SYSTEM, data={"uploads": uploads})
    return len(found)


def accept_flood(flood: Flood, *, by: Actor) -> None:
    """Say that the entry is right: a copy that spreads. Staff are asked again if it goes on for another day.

    Raises:
        RefusedError: somebody has looked at it already.
    """
    with transaction.atomic():
        _decide_flood(flood, undone=False, by=by)


def undo_entry(entry: BankEntry, *, by: Actor) -> int:
    """Take a wrong entry out of matching, and have the platform restore all that it alone had stopped; tell how many.

    Raises:
        RefusedError: it belongs to a case, whose decision is to be replaced; or it is out of matching already.
    """
    policies.check_undo(entry)
    stopped = len(queries.stopped_by(entry.id))
    with transaction.atomic():
        withdraw_entry(entry, erase=False, by=by)
        Restoration.objects.create(entry_id=entry.id, at=time.now(), by=by)
        append(Event.ENTRY_UNDONE, f"entry:{entry.id}", by=by, data={"uploads": stopped})
        for flood in Flood.objects.filter(entry_id=entry.id, decided_at=None):
            _decide_flood(flood, undone=True, by=by)
    return stopped


def _decide_flood(flood: Flood, *, undone: bool, by: Actor) -> None:
    current = Flood.objects.select_for_update().get(pk=flood.pk)
    if current.decided_at is not None:
        raise RefusedError(_("Somebody has looked at this already."))
    current.decided_at, current.decided_by, current.undone = time.now(), by, undone
    current.save(update_fields=["decided_at", "decided_by", "undone"])
    append(Event.ENTRY_FLOOD_DECIDED, f"entry:{flood.entry_id}", by=by, data={"undone": undone})

"""Reading partners, what is offered, and how far it is."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Min, Q

from argine.desk.banks.models import BankEntry, EntrySignal, Sighting
from argine.desk.banks.queries import region_of, signal_of, with_values
from argine.desk.core import keys, time
from argine.desk.core.errors import NotFoundError
from argine.desk.exchange import policies
from argine.desk.exchange.bundle import SHAREABLE, Item, Page
from argine.desk.exchange.enums import Opinion, Progress
from argine.desk.exchange.models import Consent, Feedback, Offer, Partner, Position, Received, SharedBank
from argine.matching import BankKind
from argine.matching.verdict import Verdict
from argine.signals.types import Signal, SignalType

BANKS = "banks"
A_DAY = timedelta(days=1)
MOST_TIME = 32_503_680_000  # the year 3000
LONGEST_HASH, MOST_SAME = 64, 100
BEST = (Progress.BLOCKED, Progress.PENDING, Progress.RECEIVED, Progress.REJECTED, Progress.REFUSED)


@dataclass(frozen=True, slots=True)
class Sharing:
    """How far the fingerprints of a case are with partners.

    Attributes:
        partners: how many have them.
        blocked: how many of these keep the picture out.
        pending: how many met a copy that a reviewer of theirs looks at.
        stopped: how many uploads they kept out, all together.
    """

    agreed: bool
    partners: int = 0
    blocked: int = 0
    pending: int = 0
    stopped: int = 0


def public_key() -> bytes:
    """The key that our bundles are signed with: 32 bytes."""
    return keys.exchange_key(settings.KEYS).public_key().public_bytes_raw()


def partners() -> list[Partner]:
    return list(Partner.objects.order_by("created_at", "id"))


def get_partner(slug: str) -> Partner:
    """Find a partner by its short name.

    Raises:
        NotFoundError: there is none.
    """
    found = Partner.objects.filter(slug=slug).first()
    if found is None:
        raise NotFoundError(f"There is no partner {slug!r}. `argine partner list` shows those that there are.")
    return found


def partner_of_key(key_id: UUID) -> Partner:
    """The partner that a key was made for.

    Raises:
        NotFoundError: it was made for none, or that one was stopped.
    """
    found = Partner.objects.filter(key_id=key_id, is_active=True).first()
    if found is None:
        raise NotFoundError("This key belongs to no partner that is in use.")
    return found


def shared_banks() -> set[str]:
    return set(SharedBank.objects.values_list("bank_id", flat=True))


def recipients() -> list[str]:
    """Who would get the fingerprints of who says yes, by name: nobody agrees to strangers (GDPR 13(1)(e)).

    The person is asked only where there is somebody.
    """
    if not SharedBank.objects.exists():
        return []
    readers = Partner.objects.filter(is_active=True, key_id__isnull=False)
    return list(readers.order_by("name").values_list("name", flat=True))


def agreed(case_id: UUID) -> bool:
    return Consent.objects.filter(case_id=case_id).exists()


def position() -> int:
    return Position.objects.filter(name=BANKS).values_list("seq", flat=True).first() or 0


def newest_offer() -> int:
    return Offer.objects.aggregate(newest=Max("seq"))["newest"] or 0


def last_offers(entry_ids: Collection[UUID]) -> dict[UUID, str]:
    """What the feed says last of each entry: an opinion, or nothing where it was taken back."""
    rows = Offer.objects.filter(entry_id__in=entry_ids).order_by("seq").values_list("entry_id", "opinion")
    return dict(rows)


def offered_now(entries: Iterable[BankEntry]) -> dict[UUID, str]:
    """What the feed is to say of each of these entries, with `bank` and `signals` loaded."""
    found = list(entries)
    shared = shared_banks()
    cases = [entry.case_id for entry in found if entry.case_id is not None]
    consents = set(Consent.objects.filter(case_id__in=cases).values_list("case_id", flat=True))
    return {entry.id: _opinion(entry, shared, consents) for entry in found}


def _opinion(entry: BankEntry, shared: Collection[str], consents: Collection[UUID]) -> str:
    offers = policies.offers(
        live=entry.withdrawn_at is None,
        shared=entry.bank_id in shared,
        of_case=entry.case_id is not None,
        consent=entry.case_id in consents,
        bound=entry.region is not None,
    )
    return policies.opinion_of(BankKind(entry.bank.kind)).value if offers and signals_to_share(entry) else ""


def signals_to_share(entry: BankEntry) -> tuple[Signal, ...]:
    """The signals of an entry that may leave the desk; none of one that is bound to a part of its picture."""
    if region_of(entry) is not None:
        return ()
    rows = [row for row in entry.signals.all() if SignalType(row.type) in SHAREABLE]
    return tuple(signal for signal in map(signal_of, rows) if signal.hashable)


def page(after: int, limit: int) -> Page:
    """The feed behind a cursor: what was offered and still is, and what was taken back."""
    rows = list(Offer.objects.filter(seq__gt=after).order_by("seq")[:limit])
    ids = {row.entry_id for row in rows}
    live = BankEntry.objects.filter(pk__in=ids, withdrawn_at=None).prefetch_related("signals").in_bulk()
    last = last_offers(ids)
    items = [_item(row, live.get(row.entry_id) if last[row.entry_id] else None) for row in rows]
    end = rows[-1].seq if rows else after
    return Page(after, end, max(newest_offer(), end if rows else 0), tuple(items))


def _item(row: Offer, entry: BankEntry | None) -> Item:
    """What is gone by now is told as taken back, also where the row says that it was offered."""
    signals = signals_to_share(entry) if entry is not None and row.opinion else ()
    if not signals:
        return Item(row.seq, str(row.entry_id))
    return Item(row.seq, str(row.entry_id), Opinion(row.opinion), signals)


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as a feed tells it whose cursor is a time. `changed`: Unix time."""

    opinion: Opinion | None
    signals: tuple[Signal, ...]
    changed: int


@dataclass(frozen=True, slots=True)
class Records:
    """Some of such a feed.

    Attributes:
        next: the place to go on from, while there is more.
        until: the time to begin from when it is over.
    """

    records: list[Record]
    next: int
    more: bool
    until: int


def records(since: int, place: int, limit: int) -> Records:
    """The feed since a time, behind a place: what is offered as it is now, and taken back what can still be named."""
    moment = datetime.fromtimestamp(min(since, MOST_TIME), UTC)
    rows = list(Offer.objects.filter(at__gte=moment, seq__gt=place).order_by("seq")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    ids = {row.entry_id for row in rows}
    entries = BankEntry.objects.filter(pk__in=ids).prefetch_related("signals").in_bulk()
    last = last_offers(ids)
    found = [
        Record(Opinion(last[row.entry_id]) if last[row.entry_id] else None, signals, int(row.at.timestamp()))
        for row in rows
        if row.entry_id in entries and (signals := signals_to_share(entries[row.entry_id]))
    ]
    until = int(rows[-1].at.timestamp()) if rows else since
    return Records(
        [one for one in found if one.opinion or not _elsewhere(one)], rows[-1].seq if rows else place, more, until
    )


def _elsewhere(record: Record) -> bool:
    """Whether another entry that is still offered has the same hash: then it is not taken back."""
    values = [signal.value for signal in record.signals]
    live = with_values(values).filter(entry__withdrawn_at=None).values_list("entry_id", flat=True)
    return any(last_offers(set(live)).values())


def offered_with(text: str) -> list[UUID]:
    """Entries that were offered and have a hash, whatever its type: some partners do not say which."""
    try:
        value = bytes.fromhex(text) if text.isascii() and len(text) <= LONGEST_HASH else b""
    except ValueError:
        value = b""
    rows = with_values([value]).filter(type__in=SHAREABLE).values_list("entry_id", flat=True)
    found = set(rows[:MOST_SAME]) if value else set()
    return list(Offer.objects.filter(entry_id__in=found).values_list("entry_id", flat=True).distinct())


def taken_today(partner: Partner) -> int:
    return Received.objects.filter(partner=partner, at__gt=time.now() - A_DAY).exclude(entry_id=None).count()


def sharing_of(case_id: UUID) -> Sharing:
    """How far a case's fingerprints are with partners. Each counts once, by the best that it says of any of them."""
    offered = dict(Offer.objects.filter(case_id=case_id).values_list("entry_id").annotate(first=Min("seq")))
    if not offered:
        return Sharing(agreed(case_id))
    readers = Partner.objects.filter(is_active=True, key_id__isnull=False, given_to__gte=min(offered.values()))
    said: dict[UUID, set[str]] = defaultdict(set)
    stopped = 0
    for row in Feedback.objects.filter(entry_id__in=offered, partner__in=readers):
        said[row.partner_id].add(row.progress)
        stopped += row.stopped
    best = [next((step for step in BEST if step in steps), Progress.RECEIVED) for steps in said.values()]
    return Sharing(
        agreed(case_id), readers.count(), best.count(Progress.BLOCKED), best.count(Progress.PENDING), stopped
    )


def progress_of(received: Collection[Received]) -> dict[UUID, str]:
    """By received entry: what is to be said back of it, as text: how far it is and how many uploads were stopped."""
    ids = [row.entry_id for row in received if row.entry_id is not None]
    met = Sighting.objects.filter(entry_id__in=ids).values_list("entry_id")
    seen = dict(met.annotate(count=Count("check_id", distinct=True)))
    kept_out = dict(met.annotate(count=Count("check_id", distinct=True, filter=Q(verdict=Verdict.BLOCK.value))))
    return {
        row.id: f"{_progress(row, bool(row.entry_id and seen.get(row.entry_id)))}:{kept_out.get(row.entry_id, 0)}"
        for row in received
    }


def _progress(row: Received, met: bool) -> str:  # noqa: FBT001 - one fact
    return Progress.PENDING.value if met and row.progress == Progress.RECEIVED else row.progress


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of a partner that a copy was met of.

    Attributes:
        sightings: with the platform's own names of these copies.
        others: how many other partners offer one of its fingerprints too.
    """

    received: Received
    sightings: list[Sighting]
    others: int = 0


def waiting(limit: int = 50) -> list[Waiting]:
    """What a reviewer is to look at: entries that came from partners and were met, longest waiting first."""
    banks = [f"{policies.PARTNER_BANK}{partner.slug}" for partner in partners()]
    rows: dict[UUID, list[Sighting]] = defaultdict(list)
    for sighting in Sighting.objects.filter(bank_id__in=banks).order_by("at")[: limit * 20]:
        if sighting.check_id not in {other.check_id for other in rows[sighting.entry_id]}:  # one for each signal type
            rows[sighting.entry_id].append(sighting)
    open_ = Received.objects.filter(entry_id__in=rows, progress=Progress.RECEIVED).select_related("partner")
    by_entry = {row.entry_id: row for row in open_}
    shown = [entry for entry in rows if entry in by_entry][:limit]
    offered_by = _offered_by(shown, banks)
    return [Waiting(by_entry[entry], rows[entry], len(offered_by[entry] - {_bank(by_entry[entry])})) for entry in shown]


def _bank(received: Received) -> str:
    return f"{policies.PARTNER_BANK}{received.partner.slug}"


def _offered_by(entry_ids: Collection[UUID], banks: Collection[str]) -> dict[UUID, set[str]]:
    """By entry: the banks of partners that hold one of its values."""
    own: dict[bytes, set[UUID]] = defaultdict(set)
    for entry_id, value in EntrySignal.objects.filter(entry_id__in=entry_ids).values_list("entry_id", "value"):
        own[bytes(value)].add(entry_id)
    found: dict[UUID, set[str]] = defaultdict(set)
    same = with_values(list(own)).filter(entry__bank_id__in=banks, entry__withdrawn_at=None)
    for bank_id, value in same.values_list("entry__bank_id", "value"):
        for entry_id in own[bytes(value)]:
            found[entry_id].add(bank_id)
    return found


def counts(partner: Partner) -> dict[str, int]:
    """By progress: how many entries came from a partner."""
    rows = Received.objects.filter(partner=partner).values_list("progress").annotate(count=Count("id"))
    return dict(rows)

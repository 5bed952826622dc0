"""Reading banks and contents as HMA's API tells them.

HMA's contents have whole numbers, bank entries have UUIDs: an entry's number is that of its first signal, which no
other entry gets, ever. One whose signals were erased has none any more.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Min

from argine.desk.banks.models import Bank, BankEntry, EntrySignal
from argine.desk.banks.queries import signal_of
from argine.desk.core import time
from argine.desk.core.errors import NotFoundError
from argine.desk.hma import kinds, policies
from argine.desk.hma.models import ContentNote, ShownBank
from argine.desk.hma.policies import Shown
from argine.matching import BankKind
from argine.signals.types import SignalType


@dataclass(frozen=True, slots=True)
class Stock:
    """How many signals of a type match, and the Unix time of the newest; -1 where there are none."""

    size: int
    newest: int


def banks() -> list[Shown]:
    """Every bank that is not hidden; where two would have one name, the later one's ends in a number."""
    rows = {row.bank_id: row for row in ShownBank.objects.all()}
    taken = {row.name for row in rows.values()}
    found: list[Shown] = []
    for bank in Bank.objects.order_by("created_at", "id"):
        row, kind = rows.get(bank.id), BankKind(bank.kind)
        if row is None:
            name = _free(policies.shown_name(bank.id), taken)
            taken.add(name)
            found.append(Shown(bank.id, name, kind, policies.default_ratio(kind), chosen=False))
        elif not row.hidden:
            found.append(Shown(bank.id, row.name, kind, row.enabled_ratio, chosen=True))
    return found


def _free(name: str, taken: Collection[str]) -> str:
    number, found = 2, name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def find_bank(name: str) -> Shown | None:
    return next((bank for bank in banks() if bank.name == name), None)


def get_bank(name: str) -> Shown:
    """Find a bank by the name that HMA's API shows.

    Raises:
        NotFoundError: there is none.
    """
    found = find_bank(name)
    if found is None:
        raise NotFoundError(f"bank '{name}' not found" if policies.NAME.fullmatch(name) else "bank not found")
    return found


def named(text: str | None) -> frozenset[str] | None:
    """The banks that a look-up names; None where it names none.

    Raises:
        NotFoundError: one is not there: it would never match and never be missed.
    """
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    return frozenset(get_bank(name).name for name in names) if names else None


def hidden(name: str) -> ShownBank | None:
    return ShownBank.objects.filter(name=name, hidden=True).select_related("bank").first()


def numbers(entry_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = EntrySignal.objects.filter(entry_id__in=entry_ids).values_list("entry_id").annotate(first=Min("id"))
    return dict(rows)


def get_content(bank: Shown, number: int) -> BankEntry:
    """Find an entry of a bank by its number, signals loaded.

    Raises:
        NotFoundError: this bank has none of that number.
    """
    row = EntrySignal.objects.filter(pk=number, entry__bank_id=bank.id).first()
    if row is None or numbers([row.entry_id]) != {row.entry_id: number}:
        raise NotFoundError(f"content {number} not found in this bank")
    entry = BankEntry.objects.prefetch_related("signals").select_related("hma_note").get(pk=row.entry_id)
    if entry.withdrawn_at is not None and not is_disabled(entry):
        raise NotFoundError(f"content {number} was withdrawn")
    return entry


def note_of(entry: BankEntry) -> ContentNote:
    """What a tool said of an entry; one that says nothing where none was said."""
    return ContentNote.objects.filter(entry=entry).first() or ContentNote(entry=entry)


def is_disabled(entry: BankEntry) -> bool:
    """Whether a tool disabled it: then it may also enable it again."""
    return entry.withdrawn_at is not None and note_of(entry).disabled_until != policies.ENABLED


def signals_of(entry: BankEntry) -> dict[str, str]:
    known = [row for row in entry.signals.all() if SignalType(row.type) in kinds.NAMES]
    return kinds.shown(signal_of(row) for row in known)


def metadata_of(note: ContentNote) -> Mapping[str, object]:
    return {
        "content_id": note.content_id or None,
        "content_uri": note.content_uri or None,
        "json": json.loads(note.more) if note.more else None,
    }


def stock(kind: SignalType) -> Stock:
    live = EntrySignal.objects.filter(type=kind, entry__withdrawn_at=None)
    newest = live.aggregate(newest=Max("entry__created_at"))["newest"]
    return Stock(live.count(), -1 if newest is None else int(newest.timestamp()))


def enable_due() -> list[BankEntry]:
    """Entries that a tool disabled until a moment that has passed."""
    due = ContentNote.objects.filter(disabled_until__gt=policies.ENABLED, disabled_until__lte=time.now().timestamp())
    return [note.entry for note in due.select_related("entry")]

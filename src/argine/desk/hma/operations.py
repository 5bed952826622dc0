"""What tools change through HMA's API: banks and contents of their own, never what the desk's decisions filled."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.banks import operations as banks
from argine.desk.banks.models import BankEntry
from argine.desk.banks.policies import check_erase_alone
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.errors import ForbiddenError
from argine.desk.hma import policies, queries
from argine.desk.hma.models import ContentNote, ShownBank
from argine.desk.hma.policies import Shown
from argine.matching import BankKind
from argine.signals.types import Signal

ORIGIN = "hma"


@dataclass(frozen=True, slots=True)
class Said:
    """What a tool says of a content that it adds; `more` is an object of its own."""

    note: str = ""
    content_id: str = ""
    content_uri: str = ""
    more: Mapping[str, object] | None = field(default=None)


def create_bank(name: str, ratio: float, *, by: Actor) -> Shown:
    """Make a bank of the kind review: whoever wants its matches to block chooses that in the desk.

    Raises:
        InvalidError: it is no name that HMA allows.
        ForbiddenError: there is a bank of that name.
    """
    policies.check_name(name)
    with transaction.atomic():
        if queries.find_bank(name) is not None:
            raise ForbiddenError("Bank already exists")
        row = queries.hidden(name)
        if row is None:
            bank = banks.create_bank(name, name, BankKind.REVIEW, by=by)
            row = ShownBank(bank=bank, name=name)
        row.hidden, row.enabled_ratio = False, ratio
        row.save()
        _log(row, by)
    return queries.get_bank(name)


def change_bank(bank: Shown, *, name: str | None, ratio: float | None, by: Actor) -> Shown:
    """Give a bank another name here, or enable it further or less for look-ups through this API.

    Raises:
        InvalidError: it is no name that HMA allows.
        ForbiddenError: the name is taken, or the desk's own bank would be renamed.
    """
    wanted = bank.name if name is None else name
    if wanted != bank.name:
        policies.check_name(wanted)
        policies.check_own(bank.id)
    with transaction.atomic():
        if wanted != bank.name and (queries.find_bank(wanted) or queries.hidden(wanted)):
            raise ForbiddenError("Bank already exists")
        row = ShownBank.objects.filter(bank_id=bank.id).first() or ShownBank(bank_id=bank.id)
        row.name, row.enabled_ratio = wanted, bank.ratio if ratio is None else ratio
        row.save()
        _log(row, by)
    return queries.get_bank(wanted)


def delete_bank(bank: Shown, *, by: Actor) -> None:
    """Erase what a bank holds, and show it no more. It stays in the desk, emptied: the log tells of it.

    Raises:
        ForbiddenError: the desk fills it, a case needs something of it, or it holds very much.
    """
    policies.check_own(bank.id)
    with transaction.atomic():
        live = BankEntry.objects.filter(bank_id=bank.id, signals__isnull=False).distinct()
        if live.filter(case_id__isnull=False).exists():
            raise ForbiddenError("Cases need some of this bank's contents: they go with their cases.")
        if live.count() > policies.MOST_DELETED:
            raise ForbiddenError("This bank holds too much to be deleted in one request: delete its contents first.")
        for entry in live:
            banks.withdraw_entry(entry, erase=True, by=by)
            ContentNote.objects.filter(entry=entry).delete()
        row = ShownBank.objects.filter(bank_id=bank.id).first() or ShownBank(bank_id=bank.id, name=bank.name)
        row.hidden, row.enabled_ratio = True, 0.0
        row.save()
        _log(row, by)


def add_content(bank: Shown, signals: Sequence[Signal], said: Said, *, by: Actor) -> BankEntry:
    """Bank one content.

    Raises:
        InvalidError: there are no signals, or the note is too long.
        ForbiddenError: the desk fills this bank itself.
    """
    policies.check_own(bank.id)
    policies.check_note(said.note)
    with transaction.atomic():
        entry = banks.add_entry(bank.id, signals, origin=ORIGIN, by=by)
        if said != Said():
            more = "" if said.more is None else json.dumps(said.more)
            note = ContentNote(
                entry=entry, note=said.note, content_id=said.content_id, content_uri=said.content_uri, more=more
            )
            note.save(force_insert=True)
    return entry


def change_content(
    bank: Shown, entry: BankEntry, *, until: int | None = None, note: str | None = None, by: Actor
) -> ContentNote:
    """Disable a content for a time, for good or no longer, or give it another note.

    Raises:
        InvalidError: the time is out of range, or the note too long.
        ForbiddenError: the desk fills this bank itself.
        RefusedError: it belongs to a case.
    """
    policies.check_own(bank.id)
    moment = time.now().timestamp()
    with transaction.atomic():
        row = queries.note_of(entry)
        if note is not None:
            policies.check_note(note)
            row.note = note
        if until is not None:
            policies.check_until(until, moment)
            check_erase_alone(entry)
            _set_disabled(entry, disabled=policies.is_disabled(until, moment), by=by)
            row.disabled_until = until if policies.is_disabled(until, moment) else policies.ENABLED
        row.save()
    return row


def delete_content(bank: Shown, entry: BankEntry, *, by: Actor) -> None:
    """Erase a content's signals: it matches nothing from now on.

    Raises:
        ForbiddenError: the desk fills this bank itself.
        RefusedError: it belongs to a case.
    """
    policies.check_own(bank.id)
    check_erase_alone(entry)
    with transaction.atomic():
        banks.withdraw_entry(entry, erase=True, by=by)
        ContentNote.objects.filter(entry=entry).delete()


def enable_what_is_due() -> int:
    """Let contents match again whose time of being disabled is over; tell how many."""
    due = queries.enable_due()
    for entry in due:
        with transaction.atomic():
            _set_disabled(entry, disabled=False, by=SYSTEM)
            ContentNote.objects.filter(entry=entry).update(disabled_until=policies.ENABLED)
    return len(due)


def _set_disabled(entry: BankEntry, *, disabled: bool, by: Actor) -> None:
    if disabled and entry.withdrawn_at is None:
        banks.withdraw_entry(entry, erase=False, by=by)
    elif not disabled and entry.withdrawn_at is not None and entry.signals.exists():
        banks.move_entry(entry, entry.bank_id, by=by)


def _log(row: ShownBank, by: Actor) -> None:
    # JSON of the log has no fractions: the ratio is told in ten-thousandths.
    data = {"ratio": round(row.enabled_ratio * 10_000), "hidden": row.hidden}
    append(Event.BANK_SHOWN, f"bank:{row.bank_id}", by=by, data=data)

"""Do the banks agree with the log? An entry that was put in, moved or changed behind the log's back is found here."""

import json
from collections.abc import Iterator

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.audit.queries import Fault
from argine.desk.banks.models import Bank, BankEntry
from argine.desk.banks.queries import signal_of, signals_digest

BATCH = 500


def faults() -> Iterator[Fault]:
    yield from _bank_faults()
    yield from _entry_faults()


def _bank_faults() -> Iterator[Fault]:
    """A bank's kind and threshold say what a match does: they stay as they were made."""
    made = Entry.objects.filter(event=Event.BANK_CREATED).order_by("index")
    told = {entry.subject: json.loads(entry.data) for entry in made}
    for bank in Bank.objects.order_by("id"):
        where = f"bank:{bank.id}"
        if told.pop(where, None) != {"kind": bank.kind, "pdq_threshold": bank.pdq_threshold}:
            yield Fault(where, "is not as it was made")
    yield from (Fault(where, "was logged but is gone") for where in told)


def _entry_faults() -> Iterator[Fault]:
    told = _told()
    for entry in BankEntry.objects.prefetch_related("signals").order_by("created_at").iterator(chunk_size=BATCH):
        where = f"bank entry {entry.id}"
        if entry.id.hex not in told:
            yield Fault(where, "was never logged")
            continue
        bank, digest, live = told.pop(entry.id.hex)
        if bank != entry.bank_id or live != (entry.withdrawn_at is None):
            yield Fault(where, "is not in the bank or state that the log says")
        signals = [signal_of(row) for row in entry.signals.all()]
        if (signals or live) and signals_digest(entry.id, signals) != digest:
            yield Fault(where, "has other signals than it was logged with")
    yield from (Fault(f"bank entry {key}", "was logged but is gone") for key in told)


def _told() -> dict[str, tuple[str, str, bool]]:
    """By entry: its bank, the digest of its signals, whether it is live; as the log tells it."""
    told: dict[str, tuple[str, str, bool]] = {}
    wanted = (Event.ENTRY_ADDED, Event.ENTRY_MOVED, Event.ENTRY_WITHDRAWN)
    for entry in Entry.objects.filter(event__in=wanted).order_by("index").iterator(chunk_size=BATCH):
        key, data = entry.subject.removeprefix("entry:").replace("-", ""), json.loads(entry.data)
        bank, digest, _live = told.get(key, ("", "", False))
        if entry.event == Event.ENTRY_ADDED:
            told[key] = (data["bank"], data["signals"], True)
        elif entry.event == Event.ENTRY_MOVED:
            told[key] = (data["bank"], digest, True)
        else:
            told[key] = (bank, digest, False)
    return told

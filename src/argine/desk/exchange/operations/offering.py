"""What is offered to partners: the feed follows the banks, the person's word and the operator's choice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.banks.models import BankEntry, Change
from argine.desk.banks.queries import batched, get_bank, newest_change
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.exchange import policies, queries
from argine.desk.exchange.bundle import Page
from argine.desk.exchange.enums import TOLD, Progress
from argine.desk.exchange.models import Consent, Feedback, Offer, Partner, Position, SharedBank
from argine.matching import BankKind

AT_ONCE = 500
MOST_STOPPED = 1_000_000


def share_bank(bank_id: str, *, by: Actor) -> SharedBank:
    """Offer what a bank holds, and will hold, to every partner with a key.

    Raises:
        NotFoundError: there is no such bank.
        RefusedError: it came from partners, or holds what is known to be lawful.
    """
    bank = get_bank(bank_id)
    policies.check_shared_bank(bank.id, BankKind(bank.kind))
    with transaction.atomic():
        row, new = SharedBank.objects.get_or_create(bank=bank, defaults={"since": time.now()})
        if new:
            append(Event.BANK_SHARED, f"bank:{bank_id}", by=by, data={"shared": True})
            _reconsider(BankEntry.objects.filter(bank=bank, withdrawn_at=None).values_list("pk", flat=True))
    return row


def unshare_bank(bank_id: str, *, by: Actor) -> None:
    """Offer a bank no more: what was offered of it is taken back from every partner."""
    with transaction.atomic():
        if SharedBank.objects.filter(bank_id=bank_id).delete()[0]:
            append(Event.BANK_SHARED, f"bank:{bank_id}", by=by, data={"shared": False})
            _reconsider(BankEntry.objects.filter(bank_id=bank_id).values_list("pk", flat=True))


def agree(case_id: UUID, *, by: Actor) -> None:
    """The person says that the fingerprints of their report may go to partners."""
    with transaction.atomic():
        _row, new = Consent.objects.get_or_create(case_id=case_id, defaults={"at": time.now()})
        if new:
            append(Event.SHARING_CHOSEN, f"case:{case_id}", by=by, data={"share": True})
            _reconsider(BankEntry.objects.filter(case_id=case_id).values_list("pk", flat=True))


def disagree(case_id: UUID, *, by: Actor) -> None:
    """The person takes that back: partners are told to erase what they got."""
    with transaction.atomic():
        if Consent.objects.filter(case_id=case_id).delete()[0]:
            append(Event.SHARING_CHOSEN, f"case:{case_id}", by=by, data={"share": False})
            _reconsider(BankEntry.objects.filter(case_id=case_id).values_list("pk", flat=True))


def publish() -> None:
    """Bring the feed up to what the banks hold now. Called before each reading, so nothing offered is out of date."""
    if queries.position() >= newest_change():
        return
    with transaction.atomic():
        place, _new = Position.objects.select_for_update().get_or_create(name=queries.BANKS)
        changed = Change.objects.filter(seq__gt=place.seq, entry_id__isnull=False).order_by("seq")
        latest = newest_change()
        _reconsider(entry_id for entry_id in changed.values_list("entry_id", flat=True) if entry_id is not None)
        place.seq = latest
        place.save(update_fields=["seq"])


def _reconsider(entry_ids: Iterable[UUID]) -> None:
    """Add to the feed what changed of these entries, in the caller's transaction."""
    for ids in batched(dict.fromkeys(entry_ids), AT_ONCE):
        found = BankEntry.objects.filter(pk__in=ids).select_related("bank").prefetch_related("signals").in_bulk()
        entries = [found[entry_id] for entry_id in ids if entry_id in found]
        said, wanted = queries.last_offers(ids), queries.offered_now(entries)
        moment = time.now()
        for entry in entries:
            if wanted[entry.id] != said.get(entry.id, ""):
                row = Offer(entry_id=entry.id, case_id=entry.case_id, opinion=wanted[entry.id], at=moment)
                row.save(force_insert=True)


def read_page(partner: Partner, after: int, limit: int) -> Page:
    """Give a partner the feed behind its cursor, and remember how far it has read: that is what it asks behind."""
    publish()
    if after > partner.given_to:
        Partner.objects.filter(pk=partner.pk).update(given_to=min(after, queries.newest_offer()))
    return queries.page(after, limit)


def read_page_since(partner: Partner, since: int, place: int, limit: int) -> queries.Records:
    """The same for a feed whose cursor is a time; what it was given counts as read."""
    publish()
    found = queries.records(since, place, limit)
    if found.next > partner.given_to:
        Partner.objects.filter(pk=partner.pk).update(given_to=min(found.next, queries.newest_offer()))
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What a partner says of one entry."""

    entry_id: UUID
    progress: Progress
    stopped: int = 0


def take_feedback(partner: Partner, said: Sequence[Said]) -> int:
    """Keep what a partner says of entries that it got from here; tell how many. It speaks for itself alone.

    Of what was never offered nothing is kept: a partner learns nothing of other entries so.
    """
    known = set(Offer.objects.filter(entry_id__in=[one.entry_id for one in said]).values_list("entry_id", flat=True))
    kept = [one for one in said if one.entry_id in known and one.progress in TOLD]
    with transaction.atomic():
        for one in kept:
            values = {
                "progress": one.progress,
                "stopped": min(max(one.stopped, 0), MOST_STOPPED),
                "at": time.now(),
            }
            Feedback.objects.update_or_create(partner=partner, entry_id=one.entry_id, defaults=values)
    return len(kept)

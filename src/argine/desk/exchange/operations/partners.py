"""Who is a partner, and on what terms."""

import base64
import binascii
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from argine.desk.audit.events import Event
from argine.desk.audit.operations import append
from argine.desk.banks import operations as banks
from argine.desk.banks.models import Bank, BankEntry
from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.exchange import policies
from argine.desk.exchange.bundle import key_name
from argine.desk.exchange.enums import Progress, Shape, Trouble
from argine.desk.exchange.models import Feedback, Gap, Partner, Received
from argine.desk.people import operations as people
from argine.desk.people.enums import Scope
from argine.desk.people.models import ApiKey
from argine.desk.people.queries import find_key
from argine.matching import BankKind
from argine.merkle.canonical import Json

PUBLIC_KEY_BYTES = 32
MOST_LIMIT = 10_000_000
LONGEST_SECRET = 500


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed with a partner. Without an address nothing is read from it.

    Attributes:
        slug: its short name, part of the name of the bank that its entries go into.
        public_key: in base64: what its bundles are signed with.
        secret: the key that it gave us; of StopNCII's shape two, with a comma between (function, subscription).
    """

    name: str
    slug: str
    url: str = ""
    public_key: str = ""
    secret: str = ""
    shape: Shape = Shape.ARGINE


def add_partner(agreement: Agreement, *, by: Actor) -> Partner:
    """Begin to exchange with another organisation. What comes from it goes into a bank of its own, of kind review.

    Raises:
        InvalidError: something of the agreement is missing or wrong; `fields` says what.
    """
    policies.check_name(agreement.name, agreement.slug)
    public = _check_source(agreement)
    if Partner.objects.filter(slug=agreement.slug).exists():
        text = _("There is a partner of this short name already.")
        raise InvalidError(text, fields={"slug": text})
    with transaction.atomic():
        partner = Partner(
            name=agreement.name.strip(), slug=agreement.slug, url=agreement.url.rstrip("/"), shape=agreement.shape,
            public_key=public, secret=agreement.secret.strip(), created_at=time.now(),
        )  # fmt: skip
        partner.save(force_insert=True)
        data: dict[str, Json] = {
            "reads": bool(partner.url),
            "shape": partner.shape,
            "key": key_name(public) if public else "",
        }
        append(Event.PARTNER_ADDED, f"partner:{partner.id}", by=by, data=data)
        if partner.url:
            make_bank(partner, by=by)
    return partner


def bank_of(partner: Partner) -> str:
    return f"{policies.PARTNER_BANK}{partner.slug}"


def make_bank(partner: Partner, *, by: Actor) -> None:
    """Make the bank that a partner's entries go into, unless it is there."""
    if not Bank.objects.filter(pk=bank_of(partner)).exists():
        banks.create_bank(bank_of(partner), partner.name, BankKind.REVIEW, by=by)


def _check_source(agreement: Agreement) -> bytes:
    """What is needed to read from a partner; its public key."""
    if not agreement.url:
        return b""
    policies.check_url(agreement.url, private=settings.CONFIG.exchange_private)
    fields = {}
    if not agreement.secret.strip() or len(agreement.secret) > LONGEST_SECRET or not agreement.secret.isprintable():
        fields["secret"] = _("Give the key that the partner made for you.")
    public = b""
    if agreement.shape == Shape.ARGINE:
        try:
            public = base64.b64decode(agreement.public_key.strip(), validate=True)
        except binascii.Error:
            public = b""
        if len(public) != PUBLIC_KEY_BYTES:
            fields["public_key"] = _("Give the partner's public key: 44 letters, as its operator sees them.")
    if fields:
        raise InvalidError(_("Some answers need a change."), fields=fields)
    return public


def issue_key(partner: Partner, *, by: Actor) -> str:
    """Make the key that lets a partner read what is offered, and say back what it did. Told once; an old one ends."""
    with transaction.atomic():
        _revoke_key(partner, by=by)
        secret = people.create_key(f"Partner: {partner.name}"[: policies.LONGEST_NAME], [Scope.EXCHANGE], by=by)
        made = find_key(secret)
        partner.key_id = made.id if made else None
        partner.save(update_fields=["key_id"])
    return secret


def _revoke_key(partner: Partner, *, by: Actor) -> None:
    found = None if partner.key_id is None else ApiKey.objects.filter(pk=partner.key_id, revoked_at=None).first()
    if found is not None:
        people.revoke_key(found, by=by)


def change_limit(partner: Partner, limit: int, *, by: Actor) -> None:
    """Say how many entries may come from a partner in one day."""
    if not 1 <= limit <= MOST_LIMIT:
        text = _("Give a number from 1 to %(most)d.") % {"most": MOST_LIMIT}
        raise InvalidError(text, fields={"limit": text})
    with transaction.atomic():
        partner.daily_limit = limit
        partner.save(update_fields=["daily_limit"])
        append(Event.PARTNER_CHANGED, f"partner:{partner.id}", by=by, data={"limit": limit})


def go_on(partner: Partner, *, by: Actor) -> None:
    """Read on after somebody looked: what waited as a flood is taken, a feed that began anew is read from its start.

    Of one that was not read for too long all that came is erased, and read anew: some of it may have been taken back.

    Raises:
        RefusedError: nothing keeps it from going on.
    """
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=partner.pk)
        if not partner.trouble:
            raise RefusedError(_("Nothing keeps it from going on."))
        data = {"after": partner.trouble}
        if partner.held_from is not None:
            partner.cursor, partner.held_from = partner.held_from, None
            partner.daily_limit = min(MOST_LIMIT, max(partner.daily_limit * 10, 1))
        if partner.trouble in {Trouble.REWOUND, Trouble.STALE}:
            partner.cursor = 0
        if partner.trouble == Trouble.STALE:
            partner.worked_at = None
            _erase(partner, by=by)
        partner.trouble, partner.failures, partner.next_at, partner.page_token = "", 0, None, ""
        partner.save()
        append(Event.PARTNER_CHANGED, f"partner:{partner.id}", by=by, data=data)


def stop_partner(partner: Partner, *, by: Actor) -> int:
    """End the exchange with a partner: its key opens nothing, and what came from it is erased; tell how many entries.

    Also what reviewers here confirmed of it goes: they judged a copy on the word of a partner that is trusted no more.
    """
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=partner.pk)
        _revoke_key(partner, by=by)
        erased = _erase(partner, by=by)
        Feedback.objects.filter(partner=partner).delete()
        Gap.objects.filter(partner=partner).delete()
        partner.is_active, partner.cursor, partner.held_from, partner.trouble = False, 0, None, ""
        partner.save()
        append(Event.PARTNER_STOPPED, f"partner:{partner.id}", by=by, data={"erased": erased})
    return erased


def _erase(partner: Partner, *, by: Actor) -> int:
    """Erase all that came from a partner; tell how many entries."""
    erased = 0
    ids = Received.objects.filter(partner=partner, entry_id__isnull=False).values("entry_id")
    for entry in BankEntry.objects.filter(pk__in=ids, signals__isnull=False).distinct():
        banks.withdraw_entry(entry, erase=True, by=by)
        erased += 1
    Received.objects.filter(partner=partner).update(progress=Progress.WITHDRAWN, entry_id=None, told="")
    return erased


def resume_partner(partner: Partner, *, by: Actor) -> None:
    """Exchange with a stopped partner again: its feed is read from the start. It needs a new key from here."""
    with transaction.atomic():
        if partner.is_active:
            raise RefusedError(_("This partner is not stopped."))
        partner.is_active, partner.failures, partner.next_at = True, 0, None
        partner.save(update_fields=["is_active", "failures", "next_at"])
        append(Event.PARTNER_CHANGED, f"partner:{partner.id}", by=by, data={"resumed": True})

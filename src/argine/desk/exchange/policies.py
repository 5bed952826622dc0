"""What may be offered, what is taken, and what follows from how a partner behaves: pure rules."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.exchange.enums import STOPPING, TRANSITIONS, Opinion, Progress, Trouble
from argine.matching import BankKind

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
PARTNER_BANK = "partner-"
CONFIRMED = "partners-confirmed"
LONGEST_NAME = 80
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


def opinion_of(kind: BankKind) -> Opinion:
    """What an entry of a bank is worth to others: what a reviewer decided on, or what nobody has looked at yet."""
    return Opinion.POSITIVE if kind is BankKind.BLOCK else Opinion.SEED


def offers(*, live: bool, shared: bool, of_case: bool, consent: bool, bound: bool) -> bool:
    """Whether an entry is offered to partners.

    Args:
        live: it is not withdrawn.
        shared: the operator shares its bank.
        of_case: it came with a person's report.
        consent: that person said that it may go to partners.
        bound: only a part of its picture is unlawful: a partner would block the lawful source with it.
    """
    return live and shared and not bound and (consent or not of_case)


def is_of_partners(bank_id: str) -> bool:
    return bank_id.startswith(PARTNER_BANK) or bank_id == CONFIRMED


def check_shared_bank(bank_id: str, kind: BankKind) -> None:
    if is_of_partners(bank_id):
        raise RefusedError(_("What came from partners is theirs to share."))
    if kind is BankKind.NEGATIVE:
        raise RefusedError(_("What is known to be lawful here is not shared: nobody asked for that to travel."))


def check_name(name: str, slug: str) -> None:
    fields = {}
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        fields["name"] = _("Give the partner a name of at most 80 characters.")
    if not SLUG.fullmatch(slug):
        fields["slug"] = _("Give it a short name: 1 to 20 small letters, digits and hyphens.")
    if fields:
        raise InvalidError(_("Some answers need a change."), fields=fields)


def check_url(url: str, *, private: bool) -> None:
    """Refuse an address that leads nowhere, or where secrets would be read on the way."""
    schemes = {"https", "http"} if private else {"https"}
    try:
        parts = urlsplit(url)
        fine = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or "@" in parts.netloc or parts.query or parts.fragment or not url.isascii() or not url.isprintable():
        text = _("Give an address that begins with https:// and has no name, password, question mark or fragment.")
        raise InvalidError(text, fields={"url": text})


def check_progress(now: Progress, to: Progress) -> None:
    if to not in TRANSITIONS[now]:
        raise RefusedError(_("This entry was judged or taken back meanwhile."))


def wait_after(failures: int) -> timedelta:
    """How long a partner that failed so many times in a row is left alone."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - 1, 10)) if failures else FIRST_WAIT


def may_go_on(trouble: str) -> bool:
    """Whether the feed is read on by itself: what cannot come of chance waits for somebody to look."""
    return trouble not in STOPPING


def is_flood(taken_today: int, limit: int) -> bool:
    return taken_today >= limit


def takes(known: Progress | None) -> bool:
    """Whether an offer makes an entry: one that is new, or was taken back before. What was rejected here stays so."""
    return known in {None, Progress.WITHDRAWN}


def worst(troubles: list[Trouble]) -> Trouble | None:
    """The one to show, where several were met."""
    return min(troubles, key=lambda one: one not in STOPPING, default=None)

"""What the faces hand to the operations: plain values, checked here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from argine.desk.banks.operations import Content
from argine.desk.cases.enums import GROUNDS, Appellant, Basis, Capacity, Ground, Mail, Measure, Nature, Outcome
from argine.desk.core.errors import InvalidError
from argine.law.terms import Issuer
from argine.law.terms import Measure as Measures
from argine.signals.patch.geometry import Rectangle
from argine.signals.types import Signal

MOST_PICTURES = 50
MOST_ADDRESSES = 50
LONGEST_TEXT = 5000
LONGEST_LINE = 500
LONGEST_ADDRESS = 2000
LONGEST_REASONS = 2000

# Signs that are not seen and turn the direction of what follows (Unicode Bidirectional Algorithm, UAX 9).
TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# What no address and no line holds: those, since it would read otherwise than it is; signs of control; line ends.
UNSEEN = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029{TURNS}]")
LINES = ("contact", "contact_note", "signature")

# What no host name holds (WHATWG URL, forbidden domain code points): a sentence with https:// before it is no address.
HOST = re.compile(r"[^\s\x00-\x1f\x7f#%/<>?@\[\\\]^|]+")


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice as a person states it. `pictures` holds, for each picture, the signals made on the person's device.

    `regions` holds the altered part of those pictures of which the person marked one, by position.
    """

    capacity: Capacity
    nature: Nature
    no_consent: bool
    good_faith: bool
    language: str
    country: str = ""
    pictures: Sequence[Sequence[Signal]] = ()
    regions: Mapping[int, Rectangle] = field(default_factory=dict)
    addresses: Sequence[str] = ()
    where_hint: str = ""
    statement: str = ""
    contact: str = ""
    contact_note: str = ""
    signature: str = ""
    declarations: str = ""
    depicted_under_18: bool = False
    mail: Mail = Mail.NONE

    def check(self) -> None:
        """Raise unless the draft can be received.

        Raises:
            InvalidError: `fields` says what to change.
        """
        fields = {**self._missing(), **self._too_long(), **_unseen(self, LINES), **self._bad_addresses()}
        if fields:
            raise InvalidError(_("Some answers need a change."), fields=fields)

    def _missing(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        if self.depicted_under_18:
            fields["under_18"] = _("This desk cannot help with pictures of somebody under 18. Others can, right now.")
        if not self.pictures and not self.addresses and not self.where_hint.strip():
            fields["pictures"] = _("Choose a picture, or say where it is.")
        if not self.no_consent:
            fields["no_consent"] = _("Say that it was shared, or is threatened to be shared, without consent.")
        if not self.good_faith:
            fields["good_faith"] = _("Say that what you state is true to the best of your knowledge.")
        return fields

    def _too_long(self) -> dict[str, str]:
        limits = {"statement": LONGEST_TEXT, "where_hint": LONGEST_TEXT, "declarations": LONGEST_TEXT,
                  "contact": LONGEST_LINE, "contact_note": LONGEST_LINE, "signature": LONGEST_LINE}  # fmt: skip
        fields = {
            name: _("This is too long: at most %(count)d characters.") % {"count": limit}
            for name, limit in limits.items()
            if len(getattr(self, name)) > limit
        }
        if len(self.pictures) > MOST_PICTURES:
            fields["pictures"] = _("At most %(count)d pictures in one report.") % {"count": MOST_PICTURES}
        if len(self.addresses) > MOST_ADDRESSES:
            fields["addresses"] = _("At most %(count)d addresses in one report.") % {"count": MOST_ADDRESSES}
        return fields

    def _bad_addresses(self) -> dict[str, str]:
        otherwise = _(
            "Each line must be a web address that begins with https:// or http://. "
            "If there is no address, describe the place in the next field."
        )
        return _bad_addresses(self.addresses, otherwise)


@dataclass(frozen=True, slots=True)
class SupplementDraft:
    """What a reporter adds to a notice that lacked it. What is empty was not added."""

    addresses: Sequence[str] = ()
    where_hint: str = ""
    statement: str = ""
    contact: str = ""
    signature: str = ""

    def check(self, notice: NoticeDraft) -> None:
        """Raise unless this adds something to a notice, as it stands with what was added before.

        Raises:
            InvalidError: `fields` says what to change.
        """
        fields = _unseen(self, ("contact", "signature"))
        for name in ("where_hint", "statement", "contact", "signature"):
            limit = LONGEST_LINE if name in {"contact", "signature"} else LONGEST_TEXT
            if len(getattr(self, name)) > limit:
                fields[name] = _("This is too long: at most %(count)d characters.") % {"count": limit}
            elif getattr(self, name).strip() and getattr(notice, name).strip():
                fields[name] = _("You gave this already. To change it, write a message.")
        if len(notice.addresses) + len(self.addresses) > MOST_ADDRESSES:
            fields["addresses"] = _("At most %(count)d addresses in one report.") % {"count": MOST_ADDRESSES}
        fields |= _bad_addresses(self.addresses)
        texts = (self.where_hint, self.statement, self.contact, self.signature)
        if not self.addresses and not any(text.strip() for text in texts):
            fields["contact"] = _("Fill in what you want to add.")
        if fields:
            raise InvalidError(_("Some answers need a change."), fields=fields)


def is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    is_one = parts.scheme in {"http", "https"} and bool(HOST.fullmatch(host)) and len(text) <= LONGEST_ADDRESS
    return is_one and not UNSEEN.search(text)


def _bad_addresses(addresses: Sequence[str], otherwise: str = "") -> dict[str, str]:
    if any(UNSEEN.search(address) for address in addresses):
        return {"addresses": _("An address has signs in it that cannot be seen. Type it by hand, or copy it again.")}
    if all(map(is_web_address, addresses)):
        return {}
    return {"addresses": otherwise or _("Each line must be a web address that begins with https:// or http://.")}


def _unseen(draft: object, lines: Iterable[str]) -> dict[str, str]:
    told = _("This has signs in it that cannot be seen. Type it by hand.")
    return {name: told for name in lines if UNSEEN.search(getattr(draft, name))}


def _faults_of_reasons(reasons: str) -> dict[str, str]:
    if not reasons.strip():
        return {"reasons": _("Give your reasons: the person who reported reads them.")}
    if len(reasons) > LONGEST_REASONS:
        return {"reasons": _("This is too long: at most %(count)d characters.") % {"count": LONGEST_REASONS}}
    return {}


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """A reviewer's decision. `covers` names the bank entries that it is about; None stands for all of the case."""

    outcome: Outcome
    ground: Ground
    basis: Basis
    reasons: str
    covers: frozenset[UUID] | None = None

    def check(self) -> None:
        fields: dict[str, str] = {}
        if self.ground not in GROUNDS[self.outcome]:
            fields["ground"] = _("This ground does not go with this decision.")
        fields |= _faults_of_reasons(self.reasons)
        if fields:
            raise InvalidError(_("Some answers need a change."), fields=fields)


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """A measure that the platform reports, on one address of the notice, on one copy, or, with neither, on all."""

    measure: Measure
    content: Content = field(default_factory=Content)
    address_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AppealDraft:
    """An appeal. An uploader's may name the copy that it is about."""

    who: Appellant
    text: str
    content: Content = field(default_factory=Content)

    def check(self) -> None:
        problem = ""
        if not self.text.strip():
            problem = _("Write something first.")
        elif len(self.text) > LONGEST_TEXT:
            problem = _("This is too long: at most %(count)d characters.") % {"count": LONGEST_TEXT}
        if problem:
            raise InvalidError(problem, fields={"text": problem})


@dataclass(frozen=True, slots=True)
class VerdictDraft:
    """What a reviewer finds on an appeal: with `ground` the opposite is decided on it, without, the decision stands."""

    basis: Basis
    reasons: str
    ground: Ground | None = None
    covers: frozenset[UUID] | None = None

    def check(self, decided: Outcome) -> None:
        if self.ground is not None:
            self.instead(decided).check()
        elif fields := _faults_of_reasons(self.reasons):
            raise InvalidError(_("Some answers need a change."), fields=fields)

    def instead(self, decided: Outcome) -> DecisionDraft:
        """The decision that replaces one of this outcome."""
        if self.ground is None:
            raise ValueError("The decision stands: there is none to replace it.")
        opposite = Outcome.KEEP if decided == Outcome.REMOVE else Outcome.REMOVE
        return DecisionDraft(opposite, self.ground, self.basis, self.reasons, self.covers)


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An authority's order, as staff write it down. Times are in UTC; `due_at` is what the order itself says."""

    regime: str
    issuer: Issuer
    authority: str
    received_at: datetime
    reference: str = ""
    legal_basis: str = ""
    measure: Measures | None = None
    given_at: datetime | None = None
    due_at: datetime | None = None
    addresses: Sequence[str] = ()
    pictures: Sequence[Sequence[Signal]] = ()
    under_18: bool = False

    def check(self, now: datetime) -> None:
        """Raise unless the order can be taken down.

        Raises:
            InvalidError: `fields` says what to change.
        """
        fields = {**self._faults(), **self._faults_of_times(now)}
        if fields:
            raise InvalidError(_("Some answers need a change."), fields=fields)

    def _faults(self) -> dict[str, str]:
        fields = {**_unseen(self, ("authority", "reference", "legal_basis")), **_bad_addresses(self.addresses)}
        if not self.authority.strip():
            fields["authority"] = _("Write who gives the order.")
        if self.under_18 and (self.addresses or self.pictures):
            fields["under_18"] = _(
                "About somebody under 18 no address and no hash is kept here. The service that stores it carries the "
                "order out in its own store."
            )
        for name in ("authority", "reference", "legal_basis"):
            if len(getattr(self, name)) > LONGEST_LINE:
                fields[name] = _("This is too long: at most %(count)d characters.") % {"count": LONGEST_LINE}
        if len(self.addresses) > MOST_ADDRESSES or len(self.pictures) > MOST_PICTURES:
            fields["addresses"] = _("At most %(count)d addresses and as many hashes in one order.") % {
                "count": MOST_ADDRESSES
            }
        return fields

    def _faults_of_times(self, now: datetime) -> dict[str, str]:
        fields: dict[str, str] = {}
        if self.received_at > now:
            fields["received_at"] = _("This lies in the future.")
        if self.given_at is not None and self.given_at > self.received_at:
            fields["given_at"] = _("An order is given before it is received.")
        return fields

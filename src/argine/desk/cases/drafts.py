"""What the faces hand to the operations: plain values, checked here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from argine.desk.banks.operations import Content
from argine.desk.cases.enums import GROUNDS, Basis, Capacity, Ground, Measure, Nature, Outcome
from argine.desk.core.errors import InvalidError
from argine.signals.types import Signal

MOST_PICTURES = 50
MOST_ADDRESSES = 50
LONGEST_TEXT = 5000
LONGEST_LINE = 500
LONGEST_ADDRESS = 2000
LONGEST_REASONS = 2000

# What no host name holds (WHATWG URL, forbidden domain code points): a sentence with https:// before it is no address.
HOST = re.compile(r"[^\s\x00-\x1f\x7f#%/<>?@\[\\\]^|]+")


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice as a person states it. `pictures` holds, for each picture, the signals made on the person's device."""

    capacity: Capacity
    nature: Nature
    no_consent: bool
    good_faith: bool
    language: str
    country: str = ""
    pictures: Sequence[Sequence[Signal]] = ()
    addresses: Sequence[str] = ()
    where_hint: str = ""
    statement: str = ""
    contact: str = ""
    contact_note: str = ""
    signature: str = ""
    declarations: str = ""
    depicted_under_18: bool = False

    def check(self) -> None:
        """Raise unless the draft can be received.

        Raises:
            InvalidError: `fields` says what to change.
        """
        fields = {**self._missing(), **self._too_long(), **self._bad_addresses()}
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
        if all(is_web_address(address) for address in self.addresses):
            return {}
        return {
            "addresses": _(
                "Each line must be a web address that begins with https:// or http://. "
                "If there is no address, describe the place in the next field."
            )
        }


def is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and bool(HOST.fullmatch(host)) and len(text) <= LONGEST_ADDRESS


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
        if not self.reasons.strip():
            fields["reasons"] = _("Give your reasons: the person who reported reads them.")
        if len(self.reasons) > LONGEST_REASONS:
            fields["reasons"] = _("This is too long: at most %(count)d characters.") % {"count": LONGEST_REASONS}
        if fields:
            raise InvalidError(_("Some answers need a change."), fields=fields)


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """A measure that the platform reports, on one address of the notice, on one copy, or, with neither, on all."""

    measure: Measure
    content: Content = field(default_factory=Content)
    address_id: UUID | None = None

"""What each stored field says of a person, and how long it may stay. A test refuses a field that has no such line."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    TECHNICAL = "technical"  # says nothing of a person
    STAFF = "staff"  # of the people who work at the desk
    SIGNAL = "signal"  # a hash of a picture: sensitive, since hashes can be partly inverted
    PERSONAL = "personal"  # of the person shown or the reporter: sealed at rest
    SECRET = "secret"  # noqa: S105  # lets somebody in: kept only as a hash


class Keep(StrEnum):
    LOG = "log"  # for as long as the log stands
    CASE = "case"  # until the case's retention ends
    MISUSE = "misuse"  # the operator's `misuse_months`
    OBLIGATION = "obligation"  # until a duty to keep it ends
    ENTRY = "entry"  # until the entry is withdrawn
    ACCOUNT = "account"  # while the account or key is in use
    SIGHTING = "sighting"  # the operator's `sighting_days`
    SHORT = "short"  # hours
    DESK = "desk"  # while the desk runs


@dataclass(frozen=True, slots=True)
class FieldPrivacy:
    kind: Kind
    keep: Keep


def technical(keep: Keep) -> FieldPrivacy:
    return FieldPrivacy(Kind.TECHNICAL, keep)


def personal(keep: Keep = Keep.CASE) -> FieldPrivacy:
    return FieldPrivacy(Kind.PERSONAL, keep)


def classify(keep: Keep, names: str, **others: FieldPrivacy) -> dict[str, FieldPrivacy]:
    """Class the named fields as technical, the others as given."""
    return {**{name: technical(keep) for name in names.split()}, **others}

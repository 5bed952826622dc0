"""What the rules need to know of a notice or of an order: no name, no address, no picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argine.law.terms import Capacity, Element, Issuer, OrderElement


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What the rules need to know of a notice.

    Attributes:
        elements: what the form states.
        reporter_capacity: the person shown, or somebody who acts for them.
        country: where the person is, as ISO 3166 alpha-2; None if they did not say.
        has_address: at least one address of the picture is given.
        has_signals: signals of the picture are given.
        depicted_under_18: the person shown was under 18 in the picture.
        received_at: when the server received the notice, in UTC.
        reported_to_authority_at: by regime id, when the person says they reported to that authority, in UTC.
        uploader_contact: the service can reach whoever uploaded it.
        service_is_small: the service is a micro or small enterprise.
        danger_to_life: somebody's life or safety seems to be threatened.

    Raises:
        ValueError: a time is not in UTC.
    """

    elements: frozenset[Element]
    reporter_capacity: Capacity
    country: str | None
    has_address: bool
    has_signals: bool
    depicted_under_18: bool
    received_at: datetime
    reported_to_authority_at: Mapping[str, datetime] = field(default_factory=dict)
    uploader_contact: bool = True
    service_is_small: bool = False
    danger_to_life: bool = False

    def __post_init__(self) -> None:
        in_utc(self.received_at, *self.reported_to_authority_at.values())


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the rules need to know of an authority's order, which is given under one regime.

    Attributes:
        elements: what the order states.
        issuer: who gives it.
        received_at: when the server received it, in UTC.
        given_at: when the authority gave it, in UTC; None if nobody knows.
        due_at: until when it gives time itself, in UTC; None if it names no time.
        depicted_under_18: the person shown was under 18 in the picture.
        uploader_contact: the service can reach whoever uploaded it.
        service_is_small: the service is a micro or small enterprise.
        danger_to_life: somebody's life or safety seems to be threatened.

    Raises:
        ValueError: a time is not in UTC.
    """

    elements: frozenset[OrderElement]
    issuer: Issuer
    received_at: datetime
    given_at: datetime | None = None
    due_at: datetime | None = None
    depicted_under_18: bool = False
    uploader_contact: bool = True
    service_is_small: bool = False
    danger_to_life: bool = False

    def __post_init__(self) -> None:
        in_utc(self.received_at, self.given_at, self.due_at)


def in_utc(*moments: datetime | None) -> None:
    """Refuse a time that has another zone, or none.

    Raises:
        ValueError: one is not in UTC.
    """
    for moment in moments:
        if moment is not None and moment.utcoffset() != timedelta(0):
            raise ValueError("A clock starts at a time in UTC; this one has another zone or none.")

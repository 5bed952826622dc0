"""What a regime is: one duty of one law on one kind of service, as frozen data."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from argine.law.strict import Words


class Mark(StrEnum):
    """How well a fact is known."""

    OFFICIAL = "V1"
    """Read in an official text."""
    QUOTED = "V2"
    """Read where the official text is quoted or cited by section."""
    REPORTED = "V3"
    """Read only in secondary reports."""
    MEMORY = "M"
    """Not confirmed."""

    @property
    def needs_operators_yes(self) -> bool:
        """Whether the regime runs no clock unless the operator says so explicitly."""
        return self in {Mark.REPORTED, Mark.MEMORY}


class Element(StrEnum):
    """What the one intake form can state; each regime asks for some of it."""

    WHERE = "where"
    CAPACITY = "capacity"
    NO_CONSENT = "no_consent"
    NATURE = "nature"
    WHY_UNLAWFUL = "why_unlawful"
    GOOD_FAITH = "good_faith"
    SIGNATURE = "signature"
    CONTACT = "contact"
    RELEVANT_INFO = "relevant_info"


class Required(StrEnum):
    REQUIRED = "required"
    """The law counts the notice as complete only with it."""
    ASKED = "asked"
    """The law has the form ask for it, but a notice without it still counts."""
    OPTIONAL = "optional"
    """It helps, no more."""


class Status(StrEnum):
    IN_FORCE = "in_force"
    ENACTED = "enacted"


class Capacity(StrEnum):
    """In which capacity a reporter reports."""

    DEPICTED_PERSON = "depicted_person"
    REPRESENTATIVE = "representative"


class Reporters(StrEnum):
    """Who may report under a regime."""

    DEPICTED_PERSON = "depicted_person"
    REPRESENTATIVE = "representative"
    ANYONE = "anyone"


class ClockKind(StrEnum):
    STATUTORY = "statutory"
    """Hours that a statute sets for the platform."""
    INDICATIVE = "indicative"
    """Hours that the operator promises, where the law gives no number."""
    AUTHORITY = "authority"
    """Hours that a statute sets for a public authority."""


class ClockStart(StrEnum):
    RECEIPT = "receipt"
    """The server receives the notice."""
    AUTHORITY_RECEIPT = "authority_receipt"
    """The authority receives the person's own report."""


class OnWhom(StrEnum):
    PLATFORM = "platform"
    AUTHORITY = "authority"


class Measure(StrEnum):
    REMOVE = "remove"
    DISABLE_ACCESS = "disable_access"


class CopiesRule(StrEnum):
    IDENTICAL = "identical"
    SUBSTANTIALLY_SAME = "substantially_same"
    NONE = "none"


class Message(StrEnum):
    """What somebody has to be told."""

    RECEIPT = "receipt"
    DECISION = "decision"
    REDRESS = "redress"
    AUTOMATION = "automation"
    STATEMENT_OF_REASONS = "statement_of_reasons"


class Appellant(StrEnum):
    REPORTER = "reporter"
    UPLOADER = "uploader"


@dataclass(frozen=True, slots=True)
class ElementRule:
    """One thing of the form that the regime asks for; `ref` is the place in the law."""

    key: Element
    required: Required
    or_signals: bool
    """Whether signals of the picture, sent instead, satisfy it."""
    ref: str
    note: str


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long the regime gives, in elapsed hours; `hours` is None where the law gives no number."""

    start: ClockStart
    hours: int | None
    kind: ClockKind
    on_whom: OnWhom
    note: str


@dataclass(frozen=True, slots=True)
class Copies:
    rule: CopiesRule
    text: str


@dataclass(frozen=True, slots=True)
class Telling:
    what: Message
    ref: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """How a decision may be challenged; `months` is None where the law gives no period."""

    months: int | None
    who: tuple[Appellant, ...]
    expedited: bool
    """Whether the reporter's appeal goes first."""
    note: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is to be kept, and at least how long; `months` is None where the law gives no period."""

    what: str
    months: int | None


@dataclass(frozen=True, slots=True)
class Referral:
    """An authority that the person may turn to, outside this desk."""

    name: str
    text: Words


@dataclass(frozen=True, slots=True)
class Source:
    key: str
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    mark: Mark
    on: date


@dataclass(frozen=True, slots=True)
class Regime:
    """One duty of one law. Times in elapsed hours, periods in months, countries as ISO 3166 alpha-2."""

    id: str
    version: int
    digest: str
    """SHA-256 of the file's bytes, in hex."""
    jurisdiction: tuple[str, ...]
    instrument: str
    article: str
    title: Words
    plain: Words
    """What the platform (or the authority) must do, in one or two sentences for the person."""
    in_force_from: str
    """ISO day; or ISO month, where only that is known."""
    status: Status
    service_scope: str
    who_may_report: tuple[Reporters, ...]
    elements: tuple[ElementRule, ...]
    clock: ClockRule
    indicative_hours: int | None
    """The operator's own promise, where the law gives no number; `dataclasses.replace` sets another one."""
    actions: tuple[Measure, ...]
    copies: Copies
    tell_reporter: tuple[Telling, ...]
    tell_uploader: tuple[Telling, ...]
    appeal: Appeal | None
    records: tuple[Record, ...]
    minors_rule: str
    referral: Referral | None
    sources: tuple[Source, ...]
    verified: Verified

    @property
    def hours(self) -> int | None:
        """The hours of its clock: the law's or, where it gives no number, the operator's promise."""
        return self.indicative_hours if self.clock.hours is None else self.clock.hours

    def in_force_on(self, day: date) -> bool:
        """Tell whether the duty is in force on that day."""
        # ISO text compares as time does, and a month stands before each of its days.
        return self.status is Status.IN_FORCE and self.in_force_from <= day.isoformat()

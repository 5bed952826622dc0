"""What a regime is: one duty of one law on one kind of service, as frozen data."""

from dataclasses import dataclass
from datetime import date

from argine.law.strict import Words
from argine.law.terms import Appellant as Appellant
from argine.law.terms import Capacity as Capacity
from argine.law.terms import ClockKind as ClockKind
from argine.law.terms import ClockStart as ClockStart
from argine.law.terms import CopiesRule as CopiesRule
from argine.law.terms import CountedFrom as CountedFrom
from argine.law.terms import Element as Element
from argine.law.terms import Force as Force
from argine.law.terms import Issuer as Issuer
from argine.law.terms import Mark as Mark
from argine.law.terms import Measure as Measure
from argine.law.terms import Message as Message
from argine.law.terms import Moment as Moment
from argine.law.terms import OnlyIf as OnlyIf
from argine.law.terms import OnWhom as OnWhom
from argine.law.terms import OrderElement as OrderElement
from argine.law.terms import RecordClass as RecordClass
from argine.law.terms import Reporters as Reporters
from argine.law.terms import Required as Required
from argine.law.terms import Status as Status
from argine.law.terms import Trigger as Trigger


@dataclass(frozen=True, slots=True)
class ElementRule:
    """One thing of the form that the regime asks for; `ref` is the place in the law."""

    key: Element
    required: Required
    or_signals: bool
    """Whether signals of the picture, sent instead, satisfy it."""
    ref: str
    note: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class OrderElementRule:
    """One thing that an order under the regime states; `ref` is the place in the law."""

    key: OrderElement
    required: Required
    ref: str
    note: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class OrderRule:
    """Who may order under the regime, and what an order states."""

    issuers: tuple[Issuer, ...]
    elements: tuple[OrderElementRule, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long the regime gives, in elapsed hours; `hours` is None where the law gives no number."""

    start: ClockStart
    hours: int | None
    kind: ClockKind
    on_whom: OnWhom
    longer_if_allowed: bool
    """Whether an order may give more than these hours."""
    note: str


@dataclass(frozen=True, slots=True)
class Copies:
    rule: CopiesRule
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Telling:
    """One message that is owed. `hours` count from receipt; None where the law gives no number."""

    what: Message
    when: tuple[Moment, ...]
    ref: str
    force: Force
    only_if: OnlyIf | None
    hours: int | None
    note: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Appeal:
    """How a decision may be challenged; `months` is None where the law gives no period."""

    months: int | None
    who: tuple[Appellant, ...]
    expedited: bool
    """Whether the reporter's appeal goes first."""
    another_reviewer: bool
    """Whether somebody decides it who did not take the decision; the note says whether the law or the desk says so."""
    only_if: OnlyIf | None
    ref: str
    note: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Record:
    """What is to be kept, and at least how long; `months` is None where the law gives no period."""

    kind: RecordClass
    what: str
    months: int | None
    counted_from: CountedFrom
    force: Force
    ref: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Clause:
    """One more sentence of the law, for people to read: an exception, a sanction, a note."""

    text: str
    ref: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Referral:
    """An authority that the person may turn to, outside this desk, and what the desk says about it."""

    name: str
    text: Words
    """Offers it."""
    who: Words
    """Who may."""
    question: Words
    """Asks whether and when they did: the answer starts the authority's clock."""
    running: Words
    """While the authority's hours run."""
    passed: Words
    """When they have passed."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where it was read; `key` stands in sources.toml."""

    key: str
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How well the regime's duty and clock are known, and when they were last read."""

    mark: Mark
    on: date


@dataclass(frozen=True, slots=True)
class Regime:
    """One duty of one law. Times in elapsed hours, periods in months, countries as ISO 3166 alpha-2."""

    id: str
    version: int
    digest: str
    """SHA-256 of the file's bytes, in hex."""
    trigger: Trigger
    jurisdiction: tuple[str, ...]
    instrument: str
    article: str
    title: Words
    plain: Words
    """What the platform (or the authority) must do, in one or two sentences for the person."""
    in_force_from: str | None
    """ISO day; or ISO month, where only that is known; None where no date was read."""
    status: Status
    service_scope: str
    content_scope: str
    who_may_report: tuple[Reporters, ...]
    elements: tuple[ElementRule, ...]
    order: OrderRule | None
    clock: ClockRule
    indicative_hours: int | None
    """The operator's own promise, where the law gives no number; `dataclasses.replace` sets another one."""
    actions: tuple[Measure, ...]
    copies: Copies
    tell_reporter: tuple[Telling, ...]
    tell_uploader: tuple[Telling, ...]
    tell_authority: tuple[Telling, ...]
    tell_database: tuple[Telling, ...]
    appeal: Appeal | None
    records: tuple[Record, ...]
    minors_rule: str
    sanctions: tuple[Clause, ...]
    exceptions: tuple[Clause, ...]
    notes: tuple[Clause, ...]
    referral: Referral | None
    sources: tuple[Source, ...]
    verified: Verified

    @property
    def hours(self) -> int | None:
        """The hours of its clock: the law's or, where it gives no number, the operator's promise."""
        return self.indicative_hours if self.clock.hours is None else self.clock.hours

    @property
    def needs_operators_yes(self) -> bool:
        """Whether it runs nothing until the operator accepts it as unverified, by name."""
        return self.verified.mark.needs_operators_yes or self.status is Status.UNCONFIRMED

    def in_force_on(self, day: date) -> bool:
        """Tell whether the duty is in force on that day; where no date was read, its status alone tells."""
        # ISO text compares as time does, and a month stands before each of its days.
        return self.status is not Status.ENACTED and (self.in_force_from or "") <= day.isoformat()

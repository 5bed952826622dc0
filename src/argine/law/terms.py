"""The words of a regime file: each closed set of values that a key may have."""

from enum import StrEnum


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


class Trigger(StrEnum):
    """What sets a regime going."""

    NOTICE = "notice"
    """A person tells the platform."""
    ORDER = "order"
    """An authority orders the platform."""
    REFERRAL = "referral"
    """A person tells an authority; the desk only says so, and counts if they did."""


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


class OrderElement(StrEnum):
    """What an order can state."""

    ISSUER = "issuer"
    """Who orders."""
    LEGAL_BASIS = "legal_basis"
    """Under which law."""
    REFERENCE = "reference"
    """Its number or name there."""
    WHERE = "where"
    """Which content: addresses, hashes, or the material itself."""
    MEASURE = "measure"
    """What is to be done."""


class Required(StrEnum):
    REQUIRED = "required"
    """The law counts the notice or order as complete only with it."""
    ASKED = "asked"
    """The law has the form ask for it, or nobody can act well without it; without it, it still counts."""
    OPTIONAL = "optional"
    """It helps, no more."""


class Status(StrEnum):
    IN_FORCE = "in_force"
    ENACTED = "enacted"
    """Made, and not yet in force: it runs no clock."""
    UNCONFIRMED = "unconfirmed"
    """Made; whether it is in force was not read. It needs the operator's yes."""


class Capacity(StrEnum):
    """In which capacity a reporter reports."""

    DEPICTED_PERSON = "depicted_person"
    REPRESENTATIVE = "representative"


class Reporters(StrEnum):
    """Who may report under a regime; under an order, to the authority."""

    DEPICTED_PERSON = "depicted_person"
    REPRESENTATIVE = "representative"
    GUARDIAN = "guardian"
    """A parent or guardian, for somebody under 18 only."""
    DESIGNATED_BODY = "designated_body"
    """A body that the law or the state names."""
    ANYONE = "anyone"


class Issuer(StrEnum):
    """Who gives an order."""

    COURT = "court"
    TRIBUNAL = "tribunal"
    PROSECUTOR = "prosecutor"
    REGULATOR = "regulator"
    GOVERNMENT = "government"
    COMPETENT_AUTHORITY = "competent_authority"
    """Whichever authority the national law names."""


class ClockKind(StrEnum):
    STATUTORY = "statutory"
    """Hours that a statute sets for the platform."""
    ORDERED = "ordered"
    """Until when an order itself says, where the statute gives no number."""
    INDICATIVE = "indicative"
    """Hours that the operator promises, where the law gives no number."""
    AUTHORITY = "authority"
    """Hours that a statute sets for a public authority."""

    @property
    def rank(self) -> int:
        """Which comes first of two clocks that are due at the same instant: what binds the platform most."""
        return tuple(ClockKind).index(self)


class ClockStart(StrEnum):
    RECEIPT = "receipt"
    """The server receives the notice."""
    AUTHORITY_RECEIPT = "authority_receipt"
    """The authority receives the person's own report."""
    ORDER_RECEIPT = "order_receipt"
    """The platform receives the order."""
    ORDER_GIVEN = "order_given"
    """The authority gives the order, which may be before the desk has it."""


class OnWhom(StrEnum):
    PLATFORM = "platform"
    AUTHORITY = "authority"


class Measure(StrEnum):
    REMOVE = "remove"
    DISABLE_ACCESS = "disable_access"
    DELETE = "delete"
    DEINDEX = "deindex"
    """No longer to be found by search."""


class CopiesRule(StrEnum):
    IDENTICAL = "identical"
    SUBSTANTIALLY_SAME = "substantially_same"
    BY_HASH = "by_hash"
    """What fits the hash, or the material, that comes with an order."""
    NOT_STATED = "not_stated"
    """Nothing about copies was found in what was read."""
    NONE = "none"
    """The law has no such duty."""


class Message(StrEnum):
    """What somebody has to be told."""

    RECEIPT = "receipt"
    DECISION = "decision"
    REFUSAL_REASONS = "refusal_reasons"
    REDRESS = "redress"
    AUTOMATION = "automation"
    APPEAL_DECISION = "appeal_decision"
    STATEMENT_OF_REASONS = "statement_of_reasons"
    ORDER_NOTICE = "order_notice"
    """That an authority ordered it."""
    MINOR_REPORT = "minor_report"
    """A provider's own report of what shows the sexual abuse of a child, from its own store."""
    DANGER_TO_LIFE = "danger_to_life"
    """A suspicion of a crime that threatens somebody's life or safety."""
    PERIODIC_REPORT = "periodic_report"


class Moment(StrEnum):
    """What has happened to a case."""

    RECEIVED = "received"
    REMOVED = "removed"
    REFUSED = "refused"
    APPEALED = "appealed"
    """An appeal was decided."""
    UNDER_18 = "under_18"
    """The person shown was under 18: the flow stopped."""
    PERIODICALLY = "periodically"
    """Not about one case: for all of a period."""


class Recipient(StrEnum):
    REPORTER = "reporter"
    UPLOADER = "uploader"
    AUTHORITY = "authority"
    DATABASE = "database"
    DESK = "desk"
    """Nobody is told: the desk itself does or keeps something."""
    HOST = "host"
    """The service that stores the bytes, in its own store, which the desk does not read."""


class OnlyIf(StrEnum):
    """A condition that the law sets for a duty."""

    REPORTER_CONTACT = "reporter_contact"
    UPLOADER_CONTACT = "uploader_contact"
    NOT_SMALL = "not_small"
    """The service is no micro or small enterprise."""
    LARGE = "large"
    """The service is above the size that the text names."""
    LIFE_OR_SAFETY = "life_or_safety"


class Force(StrEnum):
    LAW = "law"
    GUIDANCE = "guidance"
    """A regulator or practitioners ask for it, or it is our own reading; the statute does not say it."""


class Appellant(StrEnum):
    REPORTER = "reporter"
    UPLOADER = "uploader"


class RecordClass(StrEnum):
    """What is kept."""

    CASE_FILE = "case_file"
    """Notice, decision, statement of reasons, appeal."""
    ACTION_LOG = "action_log"
    """When it came, what was decided and done, and when."""
    ORDERED_MATERIAL = "ordered_material"
    """What an order concerns, in the host's own store."""
    COMPLIANCE = "compliance"
    """Assessments and measures of the service as a whole."""
    TRANSPARENCY_REPORT = "transparency_report"
    SIGNALS = "signals"
    """Hashes of a picture."""
    MINOR_CONTENT = "minor_content"
    """What a provider reported to a hotline, in its own store."""
    MINOR_REFERENCE = "minor_reference"
    """The number of such a report."""


class CountedFrom(StrEnum):
    """From when a period of keeping runs."""

    DECISION = "decision"
    YEAR_END = "year_end"
    """The end of the calendar year of the decision."""
    ORDER_RECEIPT = "order_receipt"
    MINOR_REPORT = "minor_report"
    """A provider's report to the hotline or police."""
    PUBLICATION = "publication"

"""What follows for an upload from what the desk said, or from its silence: pure rules."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What is known of an upload after the desk was asked."""

    BLOCK = "block"  # a copy of something that was decided to be kept out
    REVIEW = "review"  # a copy of something reported and not yet decided
    ALLOW = "allow"  # nothing matched, or it is known to be lawful
    UNHASHABLE = "unhashable"  # too flat or too small to be compared by look; no identical file is known
    UNREADABLE = "unreadable"  # no picture or film that can be read; no identical file is known
    AWAY = "away"  # the desk was not asked, or gave no answer


class Reason(StrEnum):
    """Why there was no answer."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    LIMIT = "limit"  # too many questions at once: this one was not sent
    KEY = "key"  # the desk does not know the key, or does not let it check
    RATE = "rate"  # the desk says that this key asks too often
    FAULT = "fault"  # the desk has a fault or is too busy
    STRANGE = "strange"  # what answered is no Argine, or understands our question differently


class Fail(StrEnum):
    """What happens to an upload when the desk cannot be asked. There is no default: the operator says it.

    `OPEN`: it is let in, unchecked. `CLOSED`: it is refused. `ERROR`: where the protocol knows a third answer (clamd,
    ICAP), an error is told, and the program that asks decides by its own settings.
    """

    OPEN = "open"
    CLOSED = "closed"
    ERROR = "error"


class Do(StrEnum):
    """What to do with an upload that is neither to be kept out nor known to be fine."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class Judgement(StrEnum):
    ACCEPT = "accept"
    REFUSE = "refuse"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's choices.

    Attributes:
        fail: what happens to an upload when the desk cannot be asked.
        review: ... when it is a copy of something that is not yet decided.
        not_compared: ... when it cannot be compared by look: flat, damaged, or no picture or film at all.
    """

    fail: Fail
    review: Do = Do.ACCEPT
    not_compared: Do = Do.ACCEPT


def judge(outcome: Outcome, rules: Rules) -> Judgement:
    """Say what happens to an upload."""
    match outcome:
        case Outcome.BLOCK:
            return Judgement.REFUSE
        case Outcome.ALLOW:
            return Judgement.ACCEPT
        case Outcome.REVIEW:
            return Judgement(rules.review)
        case Outcome.UNHASHABLE | Outcome.UNREADABLE:
            return Judgement(rules.not_compared)
        case Outcome.AWAY:
            return AWAY[rules.fail]


AWAY = {Fail.OPEN: Judgement.ACCEPT, Fail.CLOSED: Judgement.REFUSE, Fail.ERROR: Judgement.ERROR}

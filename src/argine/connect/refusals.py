"""What an uploader reads, and the statuses that go with it."""

from dataclasses import dataclass

from argine.connect.policy import Outcome
from argine.connect.settings import MIB

TEXT = "text/plain; charset=utf-8"
RETRY_S = 30

# Calm, without a judgement of the person: a match is a fact, and it may be wrong.
KNOWN = (
    "This file was not taken: it matches a picture or film that may not be shared here. If you think that this is a "
    "mistake, write to those who run this site."
)
NOT_COMPARED = "This file was not taken: it cannot be checked. Try another file, such as a JPEG or PNG."
AWAY = "This file was not taken, because it cannot be checked just now. Please try again in a minute."
MALFORMED = "This upload cannot be read. Please try again."


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of HTTP in place of the application's."""

    status: int
    text: str
    retry: bool = False

    @property
    def headers(self) -> list[tuple[str, str]]:
        length = str(len(self.text.encode()))
        wait = [("Retry-After", str(RETRY_S))] if self.retry else []
        return [("Content-Type", TEXT), ("Content-Length", length), ("Cache-Control", "no-store"), *wait]


def refusal_of(outcome: Outcome) -> Refusal:
    """Find the words for an upload that is not let in."""
    match outcome:
        case Outcome.AWAY:
            return Refusal(503, AWAY, retry=True)
        case Outcome.UNHASHABLE | Outcome.UNREADABLE:
            return Refusal(422, NOT_COMPARED)
        case _:
            return Refusal(403, KNOWN)


def too_large(most_bytes: int) -> Refusal:
    return Refusal(413, f"This upload is larger than {most_bytes // MIB} MiB, the most that is taken here.")


MALFORMED_FORM = Refusal(400, MALFORMED)

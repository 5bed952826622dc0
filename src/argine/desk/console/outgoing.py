"""What goes out, in the words of the console: whether it can, what did not, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from argine.desk.cases import mail
from argine.desk.cases.enums import Mail
from argine.desk.cases.models import Case
from argine.desk.cases.permissions import seen_by
from argine.desk.notify import queries
from argine.desk.notify.enums import Kind, MessageState, Problem
from argine.desk.notify.models import Outgoing
from argine.desk.notify.ways import what_to_do
from argine.desk.people.models import Staff

TONES = {
    MessageState.SENT: "good",
    MessageState.DEAD: "bad",
    MessageState.UNSURE: "warn",
}


@dataclass(frozen=True, slots=True)
class Stuck:
    """A message that somebody has to see to. Its text and address are not shown."""

    id: UUID
    kind: str
    case: Case | None
    created_at: datetime
    state: str
    tone: str
    what_to_do: str
    can_retry: bool


@dataclass(frozen=True, slots=True)
class LetterLine:
    at: datetime
    kind: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class LettersCard:
    """What the reporter gets and got; `why_none` says why nothing is sent."""

    lines: list[LetterLine]
    choice: str
    why_none: str


def stuck(person: Staff) -> list[Stuck]:
    return [_stuck(message) for message in queries.need_somebody(seen_by(person, "case"))]


def _stuck(message: Outgoing) -> Stuck:
    state = MessageState(message.state)
    return Stuck(
        id=message.id,
        kind=str(Kind(message.kind).label),
        case=message.case,
        created_at=message.created_at,
        state=str(state.label),
        tone=TONES.get(state, ""),
        what_to_do=what_to_do(message.channel, Problem(message.problem)),
        can_retry=bool(message.body),
    )


def letters_card(case: Case) -> LettersCard:
    lines = [_line(message) for message in queries.letters_of(case)]
    choice = mail.choice_of(case)
    return LettersCard(lines, str(choice.label), _why_none(case, choice))


def _line(message: Outgoing) -> LetterLine:
    state = MessageState(message.state)
    return LetterLine(
        message.ended_at or message.created_at, str(Kind(message.kind).label), str(state.label), TONES.get(state, "")
    )


def _why_none(case: Case, choice: Mail) -> str:
    if not settings.CONFIG.sends_mail:
        return _("This desk sends no e-mail: the reporter sees news only on their page.")
    if not mail.address_of(case):
        return _("The reporter left no e-mail address: they see news only on their page.")
    return _("The reporter wants no e-mail: they see news only on their page.") if choice == Mail.NONE else ""

"""What goes out, in the words of the console: whether it can, what did not, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from argine.desk.cases import mail
from argine.desk.cases.enums import Mail
from argine.desk.cases.models import Case
from argine.desk.core import time
from argine.desk.core.queries import late_processes
from argine.desk.notify import queries
from argine.desk.notify.enums import Channel, Kind, MessageState, Problem
from argine.desk.notify.models import Outgoing
from argine.desk.notify.webhooks import PublicKey, public_key

WHAT_TO_DO = {
    Problem.UNREACHABLE: gettext_lazy(
        "The mail server does not answer. Check ARGINE_SMTP_HOST and ARGINE_SMTP_PORT, and that it runs."
    ),
    Problem.INSECURE: gettext_lazy(
        "The way to the mail server cannot be protected: it offers no encryption, or its certificate is not trusted. "
        "Check ARGINE_SMTP_SECURITY and ARGINE_SMTP_CA_FILE."
    ),
    Problem.LOGIN: gettext_lazy(
        "The mail server refuses the log-in. Check ARGINE_SMTP_USER and the file in ARGINE_SMTP_PASSWORD_FILE."
    ),
    Problem.SENDER: gettext_lazy("The mail server does not let this desk send from ARGINE_MAIL_FROM."),
    Problem.RECIPIENT: gettext_lazy(
        "The mail server refuses the address. It may be mistyped: ask on the page of the case, then give this up."
    ),
    Problem.CONTENT: gettext_lazy("The mail server refuses the message itself. Ask who runs it why, then send again."),
    Problem.LATER: gettext_lazy("The mail server said “not now” for five days. Send again, or ask who runs it."),
    Problem.LOST: gettext_lazy(
        "The line broke before the mail server's answer: it may have arrived. Send again only if twice does no harm."
    ),
    Problem.COMPOSING: gettext_lazy(
        "The message could not be written: this is a fault in Argine. Tell the person on the page of the case, and "
        "report the fault."
    ),
}
WHAT_TO_DO_OF_WEBHOOKS = {
    Problem.UNREACHABLE: gettext_lazy(
        "It does not answer within ten seconds. Check ARGINE_WEBHOOKS, and that it runs."
    ),
    Problem.INSECURE: gettext_lazy("Its certificate is not trusted, or not for this name."),
    Problem.PRIVATE: gettext_lazy(
        "It is an address of a private network. If that is meant, set ARGINE_WEBHOOK_PRIVATE=yes."
    ),
    Problem.REDIRECTED: gettext_lazy("It leads elsewhere, and is not followed. Set the final address."),
    Problem.NO: gettext_lazy("It says no. Ask who runs it: does it check the signature with the key below?"),
    Problem.LATER: gettext_lazy("It says “not now”, or has a fault. Ask who runs it."),
}
TONES = {
    MessageState.SENT: "good",
    MessageState.DEAD: "bad",
    MessageState.UNSURE: "warn",
}


@dataclass(frozen=True, slots=True)
class Way:
    """How one way out is doing. `problem` is empty while it works."""

    name: str
    is_on: bool
    problem: str
    failed_at: datetime | None
    again_at: datetime | None
    worked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Where events go, by host alone, and the key that their signatures are checked with."""

    ways: list[Way]
    key: PublicKey | None


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


def what_to_do(channel: str, problem: Problem) -> str:
    of_webhooks = WHAT_TO_DO_OF_WEBHOOKS.get(problem) if channel == Channel.WEBHOOK else None
    return str(of_webhooks or WHAT_TO_DO[problem])


def mail_way() -> Way:
    return _way(str(Channel.MAIL.label), Channel.MAIL, queries.MAIL_ROUTE, is_on=settings.CONFIG.sends_mail)


def webhook_ways() -> Webhooks:
    urls = settings.CONFIG.webhooks
    ways = [_way(urlsplit(url).hostname or "", Channel.WEBHOOK, queries.webhook_route(url), is_on=True) for url in urls]
    return Webhooks(ways, public_key() if urls else None)


def _way(name: str, channel: Channel, route: str, *, is_on: bool) -> Way:
    found = queries.route(route)
    problem = what_to_do(channel, Problem(found.problem)) if found and found.problem else ""
    return Way(
        name=name,
        is_on=is_on,
        problem=problem,
        failed_at=found.failed_at if found else None,
        again_at=found.paused_until if found and problem else None,
        worked_at=found.worked_at if found else None,
    )


def courier_stands() -> bool:
    """Whether something is to go out, and nobody carries it."""
    return queries.is_on() and bool(late_processes(time.now(), ("courier",)))


def stuck() -> list[Stuck]:
    return [_stuck(message) for message in queries.need_somebody()]


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

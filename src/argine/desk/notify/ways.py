"""How each way out is doing, and what to do about one that does not work."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy

from argine.desk.core import time
from argine.desk.core.queries import late_processes
from argine.desk.notify import queries
from argine.desk.notify.enums import Channel, Problem
from argine.desk.notify.webhooks import PublicKey, public_key

WHAT_TO_DO = {
    Problem.UNREACHABLE: gettext_lazy(
        "The mail server does not answer. Check its name and port (Settings, E-mail), and that it runs."
    ),
    Problem.INSECURE: gettext_lazy(
        "The way to the mail server cannot be protected: it offers no encryption, or its certificate is not trusted. "
        "Check how the way is protected (Settings, E-mail), and ARGINE_SMTP_CA_FILE."
    ),
    Problem.LOGIN: gettext_lazy("The mail server refuses the log-in. Check name and password (Settings, E-mail)."),
    Problem.SENDER: gettext_lazy("The mail server does not let this desk send from its address (Settings, E-mail)."),
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
        "It does not answer within ten seconds. Check the address (Settings, Webhooks), and that it runs."
    ),
    Problem.INSECURE: gettext_lazy("Its certificate is not trusted, or not for this name."),
    Problem.PRIVATE: gettext_lazy(
        "It is an address of a private network. If that is meant, set ARGINE_WEBHOOK_PRIVATE=yes."
    ),
    Problem.REDIRECTED: gettext_lazy("It leads elsewhere, and is not followed. Set the final address."),
    Problem.NO: gettext_lazy("It says no. Ask who runs it: does it check the signature with the key below?"),
    Problem.LATER: gettext_lazy("It says “not now”, or has a fault. Ask who runs it."),
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

"""The rules of looking at reported addresses, as pure functions. Each `check_` raises what its button says."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from argine.desk.cases.enums import ENDED, CaseKind, CaseState
from argine.desk.cases.models import Case
from argine.desk.core.errors import RefusedError
from argine.desk.core.outside import PORTS
from argine.desk.core.web_address import canonical
from argine.desk.evidence.enums import Problem, Seen

ANY = "*"
# While a removal is to be carried out, and after it was.
WATCHED = frozenset({CaseState.REMOVAL, CaseState.REMOVED})
FIRST_WAIT, LONGEST_WAIT = timedelta(hours=6), timedelta(days=14)
MOST_DOUBLINGS = 6
# Registries change by the day, and answer only so many questions.
FIRST_ASK = timedelta(days=1)
GONE = frozenset({404, 410, 451})
ANSWERED = range(200, 300)
LED_ON = frozenset({Problem.NOT_ALLOWED, Problem.PRIVATE, Problem.REDIRECTS})


def is_allowed(url: str, rules: Sequence[str]) -> bool:
    """Whether an address may be looked at by the operator's rules (`evidence_hosts`).

    Only http and https, no name or password in it, a usual port unless the rule names another.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if parts.scheme not in PORTS or not host or "@" in parts.netloc:
        return False
    port = port or PORTS[parts.scheme]
    return any(_fits(host, port, rule) for rule in rules)


def _fits(host: str, port: int, rule: str) -> bool:
    name, _colon, number = rule.partition(":")
    if port not in ({int(number)} if number else set(PORTS.values())):
        return False
    if name in {ANY, host}:
        return True
    return name.startswith("*.") and host.endswith(name[1:]) and not is_number(host)


def is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def check_on() -> None:
    if not settings.CONFIG.evidence_hosts:
        raise RefusedError(_("This desk looks at no addresses. The operator can allow hosts: ARGINE_EVIDENCE_HOSTS."))


def check_take(case: Case) -> None:
    """Judge whether a page may be looked at for a case: of one about somebody under 18 nothing is, ever."""
    check_on()
    check_case(case)


def check_ask(case: Case) -> None:
    """Judge whether the registries may be asked about a host of a case."""
    if not settings.CONFIG.domain_lookups:
        raise RefusedError(_("This desk asks no registries. The operator can allow it: ARGINE_DOMAIN_LOOKUPS."))
    check_case(case)


def check_case(case: Case) -> None:
    if case.state == CaseState.FROZEN or (case.kind == CaseKind.ORDER and case.order.under_18):
        raise RefusedError(_("This case is about somebody under 18: nothing is looked at or kept."))
    if case.state in ENDED:
        raise RefusedError(_("This case has ended: nothing is looked at any more."))


def check_address(url: str) -> None:
    if not is_allowed(url, settings.CONFIG.evidence_hosts):
        raise RefusedError(_("The operator has not allowed this desk to look at this host (ARGINE_EVIDENCE_HOSTS)."))


def check_watch(case: Case) -> None:
    """Judge whether the addresses of a case may be looked at again and again."""
    check_take(case)
    if case.state not in WATCHED:
        raise RefusedError(_("Only the addresses of a case with a removal are looked at again."))


def check_watch_host(case: Case, host: str) -> None:
    """Judge whether the registries may be asked about a host of a case again and again."""
    check_ask(case)
    if case.state not in WATCHED:
        raise RefusedError(_("Only the hosts of a case with a removal are watched."))
    if is_number(host):
        raise RefusedError(_("This host is a number: it has no name that others could pick up."))


def seen(url: str, end: str, status: int, problem: Problem) -> Seen:
    """What a look found. `end` is the last address that answered, empty if none did."""
    if not end:
        return Seen.UNREACHABLE
    if problem in LED_ON:
        return Seen.MOVED
    if problem != Problem.NONE:
        return Seen.UNREACHABLE
    if status in GONE:
        return Seen.GONE
    if status not in ANSWERED:
        return Seen.UNREACHABLE
    return Seen.THERE if canonical(end) == canonical(url) else Seen.MOVED


def is_there_again(known: Seen, now: Seen) -> bool:
    """Whether an address that was gone answers again. `known` is the last that was seen at all."""
    return now == Seen.THERE and known in {Seen.GONE, Seen.MOVED}


def next_look(same: int, now: datetime) -> datetime:
    """When to look again after so many looks in a row that found the same: later and later."""
    doublings: int = min(max(same - 1, 0), MOST_DOUBLINGS)
    return now + min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def next_ask(same: int, now: datetime, *, is_free: bool) -> datetime:
    """When to ask the registries again after so many answers in a row without news: later and later.

    `is_free`: the name is about to be anybody's, or is: then it may be picked up on any day.
    """
    doublings: int = 0 if is_free else min(max(same - 1, 0), MOST_DOUBLINGS)
    return now + min(LONGEST_WAIT, FIRST_ASK * (1 << doublings))

"""The rules of looking at reported addresses, as pure functions. Each `check_` raises what its button says."""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from argine.desk.cases.enums import ENDED, CaseKind, CaseState
from argine.desk.cases.models import Case
from argine.desk.core.errors import RefusedError
from argine.desk.core.outside import PORTS

ANY = "*"


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
    return name.startswith("*.") and host.endswith(name[1:]) and not _is_number(host)


def _is_number(host: str) -> bool:
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
    if case.state == CaseState.FROZEN or (case.kind == CaseKind.ORDER and case.order.under_18):
        raise RefusedError(_("This case is about somebody under 18: nothing is looked at or kept."))
    if case.state in ENDED:
        raise RefusedError(_("This case has ended: nothing is looked at any more."))


def check_address(url: str) -> None:
    if not is_allowed(url, settings.CONFIG.evidence_hosts):
        raise RefusedError(_("The operator has not allowed this desk to look at this host (ARGINE_EVIDENCE_HOSTS)."))

"""What is known of a watched host, and what has changed: pure rules over what registries and the address answered.

Whatever did not answer, or keeps something to itself, changes nothing: what was known before stays known.
"""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from argine.desk.evidence.enums import Change, Seen, Standing
from argine.merkle.canonical import Json

# The registration has run out, and the name is on its way back to everybody (RFC 8056).
RUN_OUT = frozenset({"redemption period", "pending delete"})
# What stands in an answer instead of an organisation.
HIDDEN = re.compile(r"redact|privacy|private|not disclosed|withheld|data protected|statutory mask", re.IGNORECASE)
# Counters and dates in a page's title are no other content.
NUMBERS = re.compile(r"[\d\W_]+")
DAY = 10
NOT_SEEN = frozenset({Seen.NOTHING_YET, Seen.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a host. An empty field is one of which nothing is known.

    Attributes:
        registered: the day of the registration, as YYYY-MM-DD.
        owner: the organisation that holds the name; never a person.
        registrar_id: the registrar's number at IANA.
        networks: ranges of addresses that the name leads into.
        seen: what the reported address answered; `leads_to` is the host that it led to, if elsewhere.
        title: of the page at the reported address, in small letters without numbers and marks.
    """

    standing: Standing = Standing.UNKNOWN
    registered: str = ""
    owner: str = ""
    registrar: str = ""
    registrar_id: str = ""
    nameservers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    expired: bool = False
    seen: Seen = Seen.NOTHING_YET
    leads_to: str = ""
    title: str = ""

    def told(self) -> dict[str, Json]:
        """As JSON, for `of_json` to read."""
        return {name: list(said) if isinstance(said, tuple) else said for name, said in asdict(self).items()}


def of_json(told: dict[str, Any]) -> Known:
    said = {one.name: told[one.name] for one in fields(Known) if one.name in told}
    lists = {name: tuple(said.get(name, ())) for name in ("nameservers", "networks")}
    standing, seen = Standing(said.get("standing", Standing.UNKNOWN)), Seen(said.get("seen", Seen.NOTHING_YET))
    return Known(**{**said, **lists, "standing": standing, "seen": seen})


def of_registries(told: dict[str, Any], now: datetime) -> Known:
    """What `rdap.facts` says."""
    domain = told["domain"] or {}
    owner = domain.get("owner", "")
    return Known(
        standing=Standing(told["standing"]),
        registered=domain.get("registered", "")[:DAY],
        owner="" if HIDDEN.search(owner) else owner,
        registrar=domain.get("registrar", ""),
        registrar_id=domain.get("registrar_id", ""),
        nameservers=tuple(sorted(filter(None, domain.get("nameservers", ())))),
        networks=tuple(sorted(one["range"] for one in told["networks"])),
        expired=_has_run_out(domain, now),
    )


def words(title: str) -> str:
    """A page's title, as titles are compared."""
    return NUMBERS.sub(" ", title).strip().casefold()


def changes(before: Known, after: Known) -> tuple[Change, ...]:
    """What has changed between what was known and what was answered now. Of what was unknown before nothing has."""
    return tuple(change for change, is_so in RULES.items() if is_so(before, after))


def merged(before: Known, after: Known) -> Known:
    """What is known now: what was answered, and of the rest what was known before."""
    answered = after if after.standing != Standing.UNKNOWN else before
    looked = before if after.seen in NOT_SEEN else after
    return Known(
        standing=answered.standing,
        registered=after.registered or before.registered,
        owner=after.owner or before.owner,
        registrar=after.registrar or before.registrar,
        registrar_id=after.registrar_id or before.registrar_id,
        nameservers=after.nameservers or before.nameservers,
        networks=after.networks or before.networks,
        expired=answered.expired,
        seen=looked.seen,
        leads_to=looked.leads_to,
        title=after.title or before.title,
    )


def _has_run_out(domain: dict[str, Any], now: datetime) -> bool:
    if RUN_OUT & {str(one).lower() for one in domain.get("status", ())}:
        return True
    try:
        expires = datetime.fromisoformat(domain.get("expires", ""))
    except ValueError:
        return False
    return (expires if expires.tzinfo else expires.replace(tzinfo=UTC)) < now


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _differ(name: str) -> Callable[[Known, Known], bool]:
    def is_so(before: Known, after: Known) -> bool:
        was, now = _plain(getattr(before, name)), _plain(getattr(after, name))
        return bool(was and now and was != now)

    return is_so


def _registrar(before: Known, after: Known) -> bool:
    """By its number, which stays when it takes another name."""
    numbered = bool(before.registrar_id and after.registrar_id)
    return _differ("registrar_id" if numbered else "registrar")(before, after)


def _nameservers(before: Known, after: Known) -> bool:
    return bool(before.nameservers and after.nameservers) and before.nameservers != after.nameservers


def _released(before: Known, after: Known) -> bool:
    return (before.standing, after.standing) == (Standing.REGISTERED, Standing.RELEASED)


def _anew(before: Known, after: Known) -> bool:
    if after.standing != Standing.REGISTERED:
        return False
    later = bool(before.registered) and after.registered > before.registered
    return before.standing == Standing.RELEASED or later


def _expired(before: Known, after: Known) -> bool:
    both = (before.standing, after.standing) == (Standing.REGISTERED, Standing.REGISTERED)
    return both and after.expired and not before.expired


def _network(before: Known, after: Known) -> bool:
    """A name may lead into several networks, now these and now those: one in common, and nothing is said."""
    return bool(before.networks and after.networks) and not set(before.networks) & set(after.networks)


def _content(before: Known, after: Known) -> bool:
    """That a page has gone is what was asked for; that another stands there is told."""
    if before.seen in NOT_SEEN or after.seen not in {Seen.THERE, Seen.MOVED}:
        return False
    if before.seen != after.seen:
        return True
    return _differ("leads_to" if after.seen == Seen.MOVED else "title")(before, after)


RULES: dict[Change, Callable[[Known, Known], bool]] = {
    Change.RELEASED: _released,
    Change.ANEW: _anew,
    Change.EXPIRED: _expired,
    Change.OWNER: _differ("owner"),
    Change.REGISTRAR: _registrar,
    Change.NAMESERVERS: _nameservers,
    Change.NETWORK: _network,
    Change.CONTENT: _content,
}

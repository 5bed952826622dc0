"""Who runs a host, asked of the public registries by RDAP (RFC 9082, 9083; where to ask: RFC 9224).

Of a name: its registrar and where that takes complaints, and which organisation holds it. Of the network that the name
leads to: who runs it, and where that takes complaints. What a registry says is shown as it says it; of people nothing
is kept.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urljoin, urlsplit

from argine.desk.core.outside import Limits, OutsideError, Request, exchange, public_addresses
from argine.desk.evidence import policies
from argine.desk.evidence.enums import Standing
from argine.errors import ArgineError
from argine.merkle.canonical import Json

REGISTRIES = "https://data.iana.org/rdap"
LIMITS = Limits(seconds=10, most_bytes=2 * 1024 * 1024)
HEADERS = {"Accept": "application/rdap+json, application/json", "Accept-Encoding": "identity"}
OK, NOT_FOUND = 200, 404
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 3
MOST_LABELS = 4
MOST_NETWORKS = 2
DEEPEST = 4
MOST_LISTED = 20
LONGEST_TEXT = 300
KINDS = ("dns", "ipv4", "ipv6")


class RegistryError(ArgineError):
    """A registry did not answer, or not so that it can be read."""

    code = "registry"


@dataclass(frozen=True, slots=True)
class Contact:
    """Where to write or call. Each may be empty."""

    name: str
    mail: str
    phone: str


@dataclass(frozen=True, slots=True)
class Domain:
    """What the registry says of a name. `registrar_id` is the registrar's number at IANA; times as they are written.

    `owner` is the organisation that holds it, where the registry names one: never a person. `status`: RFC 8056.
    """

    name: str
    registrar: str
    registrar_id: str
    abuse: tuple[Contact, ...]
    registered: str
    changed: str
    expires: str
    nameservers: tuple[str, ...]
    owner: str = ""
    status: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """What the registry says of the network around an address."""

    address: str
    name: str
    range: str
    country: str
    holder: str
    abuse: tuple[Contact, ...]


def facts(host: str, day: str) -> dict[str, Json]:
    """All that the registries say of a host; what could not be had is null. `day` lets the list of registries age."""
    numbered = policies.is_number(host)
    networks = [_network_or_none(one, day) for one in ([host] if numbered else public_addresses(host))[:MOST_NETWORKS]]
    standing, domain = (Standing.NUMBER, None) if numbered else _standing(host, day)
    return {
        "host": host,
        "standing": standing.value,
        "domain": asdict(domain) if domain else None,
        "networks": [asdict(one) for one in networks if one],
    }


def says_anything(told: dict[str, Json]) -> bool:
    """Whether `facts` holds an answer of any registry; that it knows no such name is one."""
    return told["standing"] in {Standing.REGISTERED, Standing.RELEASED} or bool(told["networks"])


def _standing(host: str, day: str) -> tuple[Standing, Domain | None]:
    try:
        found = domain(host, day)
    except RegistryError:
        return Standing.UNKNOWN, None
    return (Standing.REGISTERED if found else Standing.RELEASED), found


def _network_or_none(address: str, day: str) -> Network | None:
    try:
        return network(address, day)
    except RegistryError:
        return None


def domain(host: str, day: str) -> Domain | None:
    """Ask for the registered name that a host is of: the shortest that the registry knows.

    Raises:
        RegistryError: there is no registry to ask, or it did not answer.
    """
    labels = host.lower().strip(".").split(".")
    server = _server_of(labels[-1], day)
    for count in range(2, min(len(labels), MOST_LABELS) + 1):
        told = _ask(f"{server}domain/{'.'.join(labels[-count:])}")
        if told is not None:
            return parse_domain(told)
    return None


def network(address: str, day: str) -> Network | None:
    """Ask for the network around an address.

    Raises:
        RegistryError: there is no registry to ask, or it did not answer.
    """
    told = _ask(f"{_server_around(address, day)}ip/{address}")
    return parse_network(address, told) if told is not None else None


def parse_domain(told: dict[str, Any]) -> Domain:
    registrar = next(_with_role(told, "registrar"), {})
    ids = [str(one.get("identifier", "")) for one in _listed(registrar, "publicIds")]
    return Domain(
        name=_text(told.get("ldhName")).lower(),
        registrar=_contact(registrar).name,
        registrar_id=_text(ids[0] if ids else ""),
        # A registrar's own contact, where it names one within itself.
        abuse=_contacts(registrar) or _contacts(told),
        registered=_event(told, "registration"),
        changed=_event(told, "last changed"),
        expires=_event(told, "expiration"),
        nameservers=tuple(_text(one.get("ldhName")).lower().rstrip(".") for one in _listed(told, "nameservers")),
        owner=_organisation(next(_with_role(told, "registrant"), {})),
        status=_texts(told.get("status")),
    )


def parse_network(address: str, told: dict[str, Any]) -> Network:
    holder = next(_with_role(told, "registrant"), {})
    return Network(
        address=address,
        name=_text(told.get("name")),
        range=f"{_text(told.get('startAddress'))} - {_text(told.get('endAddress'))}",
        country=_text(told.get("country")),
        holder=_contact(holder).name,
        abuse=_contacts(told),
    )


def _contacts(told: dict[str, Any]) -> tuple[Contact, ...]:
    found = (_contact(one) for one in _with_role(told, "abuse"))
    return tuple(dict.fromkeys(one for one in found if one.mail or one.phone))[:MOST_LISTED]


def _with_role(told: dict[str, Any], role: str, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The entities of an answer with a role, those nearest to its top first."""
    entities = _listed(told, "entities") if depth < DEEPEST else []
    yield from (one for one in entities if _has_role(one, role))
    for one in entities:
        yield from _with_role(one, role, depth + 1)


def _has_role(entity: dict[str, Any], role: str) -> bool:
    roles = entity.get("roles")
    return role in roles if isinstance(roles, list) else False


def _contact(entity: dict[str, Any]) -> Contact:
    said = _card(entity)
    phone = said.get("tel", "").removeprefix("tel:")
    return Contact(said.get("fn") or said.get("org", ""), said.get("email", ""), phone)


def _organisation(entity: dict[str, Any]) -> str:
    """The organisation that an entity is or is of; of a person the name is not read."""
    said = _card(entity)
    return said.get("org") or (said.get("fn", "") if said.get("kind") == "org" else "")


def _card(entity: dict[str, Any]) -> dict[str, str]:
    """Read a jCard (RFC 7095): the first value of each name."""
    card = entity.get("vcardArray")
    lines = card[1] if isinstance(card, list) and len(card) > 1 and isinstance(card[1], list) else []
    said: dict[str, str] = {}
    for line in lines:
        if isinstance(line, list) and len(line) > 3:  # noqa: PLR2004  # name, parameters, type, value
            # An organisation may come with its units after it.
            value = line[3][0] if isinstance(line[3], list) and line[3] else line[3]
            said.setdefault(str(line[0]).lower(), _text(value))
    return said


def _event(told: dict[str, Any], action: str) -> str:
    events = _listed(told, "events")
    return next((_text(one.get("eventDate")) for one in events if one.get("eventAction") == action), "")


def _listed(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = told.get(name)
    return [one for one in found if isinstance(one, dict)][:MOST_LISTED] if isinstance(found, list) else []


def _texts(said: object) -> tuple[str, ...]:
    found = said if isinstance(said, list) else []
    return tuple(text for text in map(_text, found[:MOST_LISTED]) if text)


def _text(said: object) -> str:
    text = said if isinstance(said, str) else ""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST_TEXT]


def _server_of(label: str, day: str) -> str:
    for names, servers in _services("dns", day):
        if label in names:
            return _secure(servers)
    raise RegistryError("No registry of this ending answers by RDAP.")


def _server_around(address: str, day: str) -> str:
    number, best, found = ip_address(address), -1, []
    for networks, servers in _services(f"ipv{number.version}", day):
        for text in networks:
            net = ip_network(text)
            if number in net and net.prefixlen > best:
                best, found = net.prefixlen, servers
    return _secure(found)


def _secure(servers: list[str]) -> str:
    server = next((one for one in servers if urlsplit(one).scheme == "https"), None)
    if server is None:
        raise RegistryError("No registry of this network or ending answers by RDAP over https.")
    return server if server.endswith("/") else f"{server}/"


@lru_cache(maxsize=4)
def _services(kind: str, day: str) -> list[tuple[list[str], list[str]]]:  # noqa: ARG001  # a new day asks anew
    """Which server answers for what, as IANA lists them."""
    told = _ask(f"{REGISTRIES}/{kind}.json") or {}
    try:
        return [(list(map(str, names)), list(map(str, servers))) for names, servers in told["services"]]
    except (KeyError, TypeError, ValueError) as error:
        raise RegistryError("The list of registries could not be read.") from error


def _ask(url: str) -> dict[str, Any] | None:
    """The object that a registry answers; None if it knows of none. Led on, it goes there over https only."""
    for _ in range(MOST_REDIRECTS + 1):
        if urlsplit(url).scheme != "https":
            break
        try:
            answer = exchange(Request(url, headers=HEADERS), LIMITS)
        except OutsideError as error:
            raise RegistryError("A registry did not answer.") from error
        if answer.status in REDIRECTS:
            url = urljoin(url, answer.header("Location"))
            continue
        return _read(answer.status, answer.body)
    raise RegistryError("A registry led on and on, or to an address without https.")


def _read(status: int, body: bytes) -> dict[str, Any] | None:
    if status == NOT_FOUND:
        return None
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RegistryError("A registry's answer could not be read.") from error
    if status != OK or not isinstance(told, dict):
        raise RegistryError("A registry did not answer.")
    return told

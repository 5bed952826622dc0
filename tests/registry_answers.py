"""What registries answer by RDAP, in the shapes of the large ones, with names and numbers made up."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from argine.desk.core.outside import Answer, OutsideError, Request, Trouble
from argine.desk.evidence import rdap

IANA = "https://data.iana.org/rdap"
LISTS: dict[str, Any] = {
    "dns": {
        "services": [
            [["example", "net"], ["https://rdap.registry.example/v1/"]],
            [["uz"], ["http://insecure.example/"]],
        ]
    },
    "ipv4": {
        "services": [
            [["93.0.0.0/8"], ["https://rdap.wide.example/"]],
            [["93.184.0.0/16"], ["http://rdap.net.example", "https://rdap.net.example"]],
        ]
    },
    "ipv6": {"services": [[["2600::/12"], ["https://rdap.wide.example/"]]]},
}


def card(*lines: tuple[str, str]) -> list[Any]:
    return ["vcard", [["version", {}, "text", "4.0"], *([name, {}, "text", value] for name, value in lines)]]


# The shape of a registry that leaves people to the registrar (".com", ".net").
DOMAIN: dict[str, Any] = {
    "objectClassName": "domain",
    "handle": "1234567_DOMAIN_EXAMPLE",
    "ldhName": "SITE.EXAMPLE",
    "links": [{"rel": "related", "href": "https://rdap.registrar.example/domain/SITE.EXAMPLE"}],
    "status": ["client transfer prohibited"],
    "entities": [
        {
            "objectClassName": "entity",
            "handle": "9999",
            "roles": ["registrar"],
            "publicIds": [{"type": "IANA Registrar ID", "identifier": "9999"}],
            "vcardArray": card(("fn", "Example Registrar, Inc.")),
            "entities": [
                {
                    "objectClassName": "entity",
                    "roles": ["abuse"],
                    "vcardArray": card(("fn", ""), ("tel", "tel:+1.5555550100"), ("email", "abuse@registrar.example")),
                }
            ],
        }
    ],
    "events": [
        {"eventAction": "registration", "eventDate": "2025-02-03T04:05:06Z"},
        {"eventAction": "expiration", "eventDate": "2027-02-03T04:05:06Z"},
        {"eventAction": "last changed", "eventDate": "2026-10-01T00:00:00Z"},
        {"eventAction": "last update of RDAP database", "eventDate": "2026-11-26T00:00:00Z"},
    ],
    "secureDNS": {"delegationSigned": False},
    "nameservers": [
        {"objectClassName": "nameserver", "ldhName": "NS1.DNS.EXAMPLE."},
        {"objectClassName": "nameserver", "ldhName": "NS2.DNS.EXAMPLE."},
    ],
    "rdapConformance": ["rdap_level_0", "icann_rdap_response_profile_0"],
}
# The shape of a registry of numbers: the holder, and within it who takes complaints.
NETWORK: dict[str, Any] = {
    "objectClassName": "ip network",
    "handle": "NET-93-184-0-0-1",
    "startAddress": "93.184.0.0",
    "endAddress": "93.184.255.255",
    "ipVersion": "v4",
    "name": "EXAMPLEHOST",
    "type": "DIRECT ALLOCATION",
    "country": "NL",
    "entities": [
        {
            "objectClassName": "entity",
            "handle": "EH-1",
            "roles": ["registrant"],
            "vcardArray": card(("fn", "Example Hosting B.V."), ("kind", "org")),
            "entities": [
                {
                    "objectClassName": "entity",
                    "handle": "ABUSE-1",
                    "roles": ["abuse"],
                    "vcardArray": card(("fn", "Abuse desk"), ("email", "abuse@hosting.example")),
                },
                {
                    "objectClassName": "entity",
                    "handle": "TECH-1",
                    "roles": ["technical"],
                    "vcardArray": card(("fn", "A Person"), ("email", "person@hosting.example")),
                },
            ],
        }
    ],
    "port43": "whois.example",
}


@dataclass
class Registries:
    """What each address answers: a status and an object, or where it leads."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def exchange(self, request: Request, _limits: object) -> Answer:
        self.asked.append(request.url)
        if request.url not in self.answers:
            return Answer(404, (), b"{}", is_whole=True, address="", certificate="")
        status, said = self.answers[request.url]
        if isinstance(said, Trouble):
            raise OutsideError(said)
        if isinstance(said, str):
            return Answer(status, (("Location", said),), b"", is_whole=True, address="", certificate="")
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return Answer(status, (), body, is_whole=True, address="", certificate="")


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registries]:
    """Registries that know one name and its network, in place of those outside."""
    rdap._services.cache_clear()
    found = Registries({f"{IANA}/{kind}.json": (200, said) for kind, said in LISTS.items()})
    found.answers["https://rdap.registry.example/v1/domain/site.example"] = (200, DOMAIN)
    found.answers["https://rdap.net.example/ip/93.184.215.14"] = (200, NETWORK)
    monkeypatch.setattr(rdap, "exchange", found.exchange)
    monkeypatch.setattr(rdap, "public_addresses", lambda _host: ["93.184.215.14"])
    yield found
    rdap._services.cache_clear()

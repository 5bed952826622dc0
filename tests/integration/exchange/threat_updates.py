"""A stand-in for ThreatExchange: `GET /GROUP/threat_updates/`, as the stock client `threatexchange` 1.2.17 asks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.integration.exchange.conftest import Answering, listening

TOKEN = "1234567890|a_token-of_an-application"
OWN, MEMBER, OTHER_MEMBER = "1234567890", "700", "800"


def descriptor(owner: str = MEMBER, status: str = "MALICIOUS", **more: object) -> dict[str, Any]:
    return {"id": "1", "owner": {"id": owner}, "status": status, **more}


def update(indicator: str, at: int, *descriptors: dict[str, Any], kind: str = "HASH_PDQ") -> dict[str, Any]:
    return {
        "id": str(at), "indicator": indicator, "type": kind, "last_updated": at, "should_delete": False,
        "descriptors": {"data": list(descriptors) or [descriptor()]},
    }  # fmt: skip


def deleted(indicator: str, at: int, kind: str = "HASH_PDQ") -> dict[str, Any]:
    return {"id": str(at), "indicator": indicator, "type": kind, "last_updated": at, "should_delete": True}


@dataclass
class Group:
    """A privacy group. `cut_at`: pages with a record of this time are cut off; `asked` are the requests that came."""

    records: list[Any] = field(default_factory=list)
    cut_at: int = 0
    own_next: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def page(self, query: dict[str, str]) -> tuple[int, bytes]:
        if query.get("access_token") != TOKEN:
            error = {"message": "Invalid OAuth access token.", "type": "OAuthException", "code": 190}
            return 400, json.dumps({"error": error}).encode()
        since, size = int(query.get("start_time") or 0), int(query.get("limit") or 25)
        place = int(query.get("after", "0"))
        kinds = query["types"].split(",") if "types" in query else None
        behind = [
            one for one in self.records
            if isinstance(one, dict) and int(one["last_updated"]) >= since and (kinds is None or one["type"] in kinds)
        ]  # fmt: skip
        some, more = behind[place : place + size], len(behind) > place + size
        facts: dict[str, Any] = {"data": some}
        if more:
            query = {**query, "after": str(place + size)}
            there = self.own_next or f"{self.url}/threat_updates/?{urlencode(query)}"
            facts["paging"] = {"cursors": {"before": str(place), "after": query["after"]}, "next": there}
        body = json.dumps(facts).encode()
        return 200, body[:25] if any(one["last_updated"] == self.cut_at for one in some) else body


@contextmanager
def serving(group: Group) -> Iterator[Group]:
    class Handler(Answering, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            group.asked.append(query)
            known = parts.path == "/v26.0/42/threat_updates/"
            status, body = group.page(query) if known else (404, b"{}")
            self.answer(body, status)

    with listening(Handler) as address:
        group.url = f"{address}/v26.0/42"
        yield group

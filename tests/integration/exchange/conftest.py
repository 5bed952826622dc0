"""A partner as a real server on this machine, which signs what the test tells it to; and readers of this desk."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import LazySettings
from django.test import Client

from argine.desk.core.actor import SYSTEM
from argine.desk.exchange import bundle
from argine.desk.exchange.bundle import Item, Page
from argine.desk.exchange.models import Partner, Received
from argine.desk.exchange.operations import Agreement, add_partner, issue_key, sync_partner

SECRET = "the key that it gave us"
Answer = Callable[[dict[str, str], bytes], bytes]


@dataclass
class Remote:
    """The other side. `items` is its feed; `spoil` is done to each page before it goes, `answers` hold the raw ones."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    items: list[Item] = field(default_factory=list)
    spoil: Answer | None = None
    status: int = 200
    said: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    @property
    def public(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def page(self, query: dict[str, str]) -> bytes:
        after, limit = int(query["after"]), int(query["limit"])
        behind = [item for item in self.items if item.seq > after]
        some = behind[:limit]
        newest = max([item.seq for item in self.items], default=0)
        page = Page(after, some[-1].seq if some else after, max(newest, after if not behind else newest), tuple(some))
        body = bundle.write(page, query["nonce"], self.key)
        return self.spoil(query, body) if self.spoil else body

    def progress(self) -> dict[str, str]:
        """What was said back last, by entry."""
        return {one["id"]: f"{one['progress']}:{one['stopped']}" for one in self.said}


class Answering(BaseHTTPRequestHandler):
    """Answers with bytes, and says nothing of it."""

    def answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def listening(handler: type[Answering]) -> Iterator[str]:
    """Run a server on this machine; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def _handler(remote: Remote) -> type[BaseHTTPRequestHandler]:
    class Handler(Answering):
        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            remote.asked.append(query)
            remote.headers.append(dict(self.headers))
            self.answer(remote.page(query), remote.status)

        def do_POST(self) -> None:
            remote.said += json.loads(self.rfile.read(int(self.headers["Content-Length"])))["items"]
            self.answer(b"{}", remote.status)

    return Handler


@pytest.fixture
def remote(settings: LazySettings) -> Iterator[Remote]:
    settings.CONFIG = replace(settings.CONFIG, exchange_private=True)
    there = Remote()
    with listening(_handler(there)) as there.url:
        yield there


@pytest.fixture
def source(remote: Remote, default_banks: None) -> Partner:
    """The partner as this desk knows it."""
    return add_partner(Agreement("A helpline", "helpline", remote.url, remote.public, SECRET), by=SYSTEM)


@dataclass(frozen=True)
class Reader:
    """A partner that reads from this desk."""

    partner: Partner
    client: Client

    def feed(self, after: int = 0, limit: int = 200, nonce: str = "n") -> Page:
        answer = self.client.get("/exchange/v1/feed", {"after": after, "limit": limit, "nonce": nonce})
        assert answer.status_code == 200, answer.content
        key = base64.b64decode(self.client.get("/exchange/v1/key").json()["public_key"])
        return bundle.read(answer.content, key, nonce, after)

    def say(self, *items: dict[str, object]) -> Any:
        return self.client.post(
            "/exchange/v1/feedback", json.dumps({"items": list(items)}), content_type="application/json"
        ).json()


@pytest.fixture
def readers(default_banks: None) -> Callable[[int], list[Reader]]:
    def make(count: int) -> list[Reader]:
        found = []
        for number in range(count):
            partner = add_partner(Agreement(f"Platform {number}", f"platform-{number}"), by=SYSTEM)
            headers = {"Authorization": f"Bearer {issue_key(partner, by=SYSTEM)}"}
            found.append(Reader(partner, Client(headers=headers, raise_request_exception=False)))
        return found

    return make


def sync(partner: Partner) -> Partner:
    sync_partner(partner)
    partner.refresh_from_db()
    return partner


def progress(partner: Partner) -> dict[str, str]:
    return dict(Received.objects.filter(partner=partner).values_list("remote_id", "progress"))

"""A desk with an https address: programs that come to it over plain http are refused with a sentence, not answered."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as desk
from django.test import Client
from tests.factories import make_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_banks")]

BASE, OURS, NODE = "https://desk.example", "desk.example", "127.0.0.1:8000"
PROGRAMS = ["/api/v1/decisions", "/hma/c/banks", "/exchange/v1/key", "/metrics"]
PEOPLE = ["/safety/", "/health"]

# The desk's address, trust_proxy, the host that is asked, what the proxy says of the way: whether programs are refused.
TABLE = [
    (BASE, True, OURS, "http", True),
    (BASE, True, OURS, None, True),
    (BASE, True, "DESK.example:80", "http", True),
    (BASE, True, OURS, "https", False),
    (BASE, True, NODE, None, False),
    (BASE, True, "one", "http", False),
    (BASE, False, OURS, "http", False),
    ("http://desk.example", True, OURS, "http", False),
]


@pytest.mark.parametrize(("base", "trust", "host", "way", "refused"), TABLE)
def test_who_is_refused(settings: Any, base: str, trust: bool, host: str, way: str | None, refused: bool) -> None:
    settings.CONFIG = replace(desk.CONFIG, base_url=base, trust_proxy=trust)
    settings.ALLOWED_HOSTS = ["desk.example", "127.0.0.1", "one"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if trust else None
    headers = {"Host": host, "Authorization": f"Bearer {make_key()}"} | ({"X-Forwarded-Proto": way} if way else {})
    client = Client(headers=headers, raise_request_exception=False)
    assert [client.get(path).status_code == 403 for path in PEOPLE] == [False, False]
    for path in PROGRAMS:
        answer = client.get(path)
        told = answer.headers["Content-Type"] == "application/json" and answer.json()
        assert (isinstance(told, dict) and told.get("error") == "https_only") == refused, path
        if refused:
            assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (403, "nosniff")
            assert "make a new key" in answer.json()["message"]


def test_nothing_is_read_of_what_a_refused_program_sends_and_a_wrong_host_is_a_bad_request(settings: Any) -> None:
    settings.CONFIG = replace(desk.CONFIG, base_url=BASE, trust_proxy=True)
    settings.ALLOWED_HOSTS = ["desk.example"]
    client = Client(headers={"Host": OURS}, raise_request_exception=False)
    answer = client.post("/api/v1/check", b"x" * 200_000, content_type="image/jpeg")
    assert (answer.status_code, len(answer.wsgi_request.read())) == (403, 200_000)
    assert client.get("/api/v1/decisions", headers={"Host": "evil.example"}).status_code == 400

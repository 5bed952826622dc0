"""What another site could have a browser ask in somebody's name, at all three faces for programs."""

import base64

import pytest
from django.test import Client
from tests.factories import make_key
from tests.integration.hma.conftest import Tool

from argine.desk.people.enums import Scope

pytestmark = pytest.mark.django_db

# What Chromium and Firefox say of a request with a password that they keep: whether the desk answers.
BROWSERS = [
    ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site", "Origin": "https://blog.testserver"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "https://testserver.evil.example"}, False),
    ({"Origin": "https://["}, False),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, True),
    ({}, True),
]


@pytest.mark.parametrize(("said", "answered"), BROWSERS)
def test_a_page_of_another_site_cannot_use_the_key_that_a_browser_keeps(
    stranger: Client, said: dict[str, str], answered: bool
) -> None:
    every = make_key([Scope.CHECK, Scope.METRICS, Scope.EXCHANGE])
    headers = {**said, "Authorization": "Basic " + base64.b64encode(f"any:{every}".encode()).decode()}
    assert stranger.get("/hma/c/banks", headers=headers).status_code == (200 if answered else 403)
    assert stranger.get("/metrics", headers=headers).status_code == (200 if answered else 403)
    # The key belongs to no partner: it gets as far as the feed, and no further.
    assert stranger.get("/exchange/v1/feed?nonce=n", headers=headers).status_code == (404 if answered else 403)
    assert stranger.get("/hma/c/banks", headers={**said, "Authorization": f"Bearer {every}"}).status_code == 200


@pytest.mark.parametrize(
    ("announced", "status"),
    [
        ("application/json", 201), ("application/json; charset=utf-8", 201), ("application/vnd.api+json", 201),
        ("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("application/jsonp", 415), ("", 415),
    ],
)  # fmt: skip
def test_json_is_read_only_where_it_is_announced_as_in_hma(tool: Tool, announced: str, status: int) -> None:
    answer = tool.client.generic("POST", "/hma/c/banks", b'{"name": "SOME"}', content_type=announced)
    assert answer.status_code == status

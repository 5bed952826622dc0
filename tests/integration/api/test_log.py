import pytest
from django.test import Client
from tests.factories import make_case

from argine.desk.audit import queries
from argine.desk.audit.operations import sign_head
from argine.merkle.checkpoint import open_signed
from argine.merkle.growth import check_agreement, parse_growth
from argine.merkle.note import VerifierKey
from argine.merkle.receipt import verify_receipt

BASE = "/api/v1/log"


def test_anybody_may_check_a_receipt_with_what_the_desk_publishes(stranger: Client) -> None:
    sign_head()
    key = stranger.get(f"{BASE}/key")
    checkpoint = stranger.get(f"{BASE}/checkpoint")
    assert key.headers["Content-Type"] == checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"
    published = VerifierKey.parse(key.content.decode().strip())
    assert open_signed(checkpoint.content.decode(), [published]).size == queries.size()
    assert verify_receipt(queries.receipt(0), [published]).index == 0


def test_anybody_may_check_that_the_log_only_grew(stranger: Client) -> None:
    published = [VerifierKey.parse(stranger.get(f"{BASE}/key").content.decode().strip())]
    heads = []
    for _ in range(3):
        make_case()
        sign_head()
        heads.append(open_signed(stranger.get(f"{BASE}/checkpoint").content.decode(), published))
    first, second, third = heads
    for old, new, query in ((first, third, {}), (second, third, {}), (first, second, {"new": second.size})):
        answer = stranger.get(f"{BASE}/consistency", {"old": old.size, **query})
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        growth = parse_growth(answer.content.decode())
        assert (growth.old, open_signed(growth.checkpoint, published)) == (old.size, new)
        check_agreement(old, new, [growth], published)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"old": 1, "new": 10**6}, 404),
        ({"old": 10**6}, 409),
        ({}, 422),
        ({"old": -1}, 422),
        ({"old": "x"}, 422),
        ({"old": 2**63}, 422),
        ({"old": 0, "new": 0}, 422),
    ],
)
def test_what_cannot_be_proved_is_refused(stranger: Client, query: dict[str, object], status: int) -> None:
    sign_head()
    assert stranger.get(f"{BASE}/consistency", query).status_code == status


def test_a_log_that_was_never_signed_has_no_checkpoint(stranger: Client) -> None:
    answer = stranger.get(f"{BASE}/checkpoint")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert stranger.get(f"{BASE}/consistency", {"old": 0}).status_code == 404

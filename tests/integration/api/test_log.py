from django.test import Client

from argine.desk.audit import queries
from argine.desk.audit.operations import sign_head
from argine.merkle.checkpoint import open_signed
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


def test_a_log_that_was_never_signed_has_no_checkpoint(stranger: Client) -> None:
    answer = stranger.get(f"{BASE}/checkpoint")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")

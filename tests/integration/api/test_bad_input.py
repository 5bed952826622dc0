"""Bad requests of many kinds: each is told in JSON what is wrong, none fails, nothing is stored, the desk goes on."""

import io
import json
from typing import Any

import pytest
from django.test import Client
from tests.bad_requests import ALL, KEY, REVOKED, Bad
from tests.factories import make_case, make_key, random_signals, row_counts

from argine.desk.core.actor import SYSTEM
from argine.desk.people.operations import revoke_key
from argine.desk.people.queries import find_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(default_banks: None) -> dict[str, str]:
    good, revoked = make_key(), make_key()
    found = find_key(revoked)
    assert found is not None
    revoke_key(found, by=SYSTEM)
    return {KEY: good, REVOKED: revoked}


def send(bad: Bad, keys: dict[str, str]) -> Any:
    environ: dict[str, Any] = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in bad.headers.items()}
    if bad.key:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {keys.get(bad.key, bad.key)}"
    environ["wsgi.input"] = io.BytesIO(bad.body)  # the test client's own stream does not bear a wrong length
    if bad.length is not None:
        environ["CONTENT_LENGTH"] = bad.length
    client = Client(raise_request_exception=False)
    return client.generic(bad.method, bad.path, bad.body, content_type=bad.type, **environ)


def test_there_are_at_least_thirty_kinds_and_no_two_of_one_name() -> None:
    assert len({bad.name for bad in ALL}) == len(ALL) >= 30


@pytest.mark.parametrize("bad", ALL, ids=[bad.name for bad in ALL])
def test_a_bad_request_is_told_what_is_wrong_and_leaves_nothing(bad: Bad, keys: dict[str, str]) -> None:
    signals = random_signals()
    make_case(pictures=[signals])
    before = row_counts()
    answer = send(bad, keys)
    assert answer.status_code in bad.statuses, answer.content
    assert answer.headers["Content-Type"] == "application/json"
    if bad.method != "HEAD":
        told = json.loads(answer.content)
        assert set(told) - {"fields"} == {"error", "message"}
        assert told["message"].endswith(".")
        assert all(told.get("fields", {"a": "b"}).values())
    assert row_counts() == before
    asked = {"signals": [{"type": signal.type, "value": signal.text} for signal in signals]}
    good = Bad("good", frozenset(), json.dumps(asked).encode())
    assert send(good, keys).json()["verdict"] == "review"


MARK = "z9-mark-of-somebody"
ECHOES = [
    {"signals": [{"type": MARK, "value": MARK}]},
    {"signals": [{"type": "pdq", "value": MARK}], "banks": [MARK]},
    {"signals": [], "content": {"id": f"{MARK}\n", "url": MARK}},
    {MARK: MARK},
    MARK,
]


@pytest.mark.parametrize("body", ECHOES, ids=range(len(ECHOES)))
def test_a_refusal_never_repeats_what_was_sent_as_a_value(body: object, keys: dict[str, str]) -> None:
    answer = send(Bad("echo", frozenset(), json.dumps(body).encode()), keys)
    assert answer.status_code == 422
    told = answer.json()
    assert MARK not in told["message"]
    assert not any(MARK in text for text in told["fields"].values())

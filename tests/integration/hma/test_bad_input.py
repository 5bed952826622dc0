"""Whatever is asked of HMA's addresses and of the feeds is answered in JSON that says what is wrong; nothing fails."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import make_key

from argine.desk.banks.operations import create_default_banks
from argine.desk.core.actor import SYSTEM
from argine.desk.exchange.operations import Agreement, add_partner, issue_key

pytestmark = pytest.mark.django_db

GETS = (
    "/hma/h/hash",
    "/hma/m/lookup",
    "/hma/m/raw_lookup",
    "/hma/m/index/status",
    "/hma/c/banks",
    "/hma/c/signal_type/index",
    "/hma/c/bank/REMOVED",
    "/hma/c/bank/REMOVED/content/1",
    "/hma/c/exchange/A/status",
)
SENDS = (
    ("POST", "/hma/m/compare"),
    ("POST", "/hma/c/banks"),
    ("PUT", "/hma/c/bank/REMOVED"),
    ("POST", "/hma/c/bank/REMOVED/signal"),
    ("POST", "/hma/c/bank/REMOVED/content"),
    ("DELETE", "/hma/c/bank/LAWFUL"),
    ("PUT", "/hma/c/bank/REMOVED/content/1"),
    ("POST", "/hma/h/hash"),
    ("POST", "/hma/m/lookup"),
)
FEEDS = ("/exchange/v1/feed", "/exchange/stopncii/FetchHashes")
FEED_SENDS = ("/exchange/v1/feedback", "/exchange/stopncii/SubmitHashes", "/exchange/stopncii/SubmitFeedback")
NAMES = st.sampled_from(
    ["signal", "signal_type", "url", "content_type", "types", "banks", "seed", "after", "limit", "nonce", "pageSize",
     "startTimestamp", "nextPageToken", "include_signals", "bypass_coinflip"]
)  # fmt: skip
WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["pdq", "video_md5", "photo", "edited", "A" * 64, "a" * 64, "-1", "9" * 40, "REMOVED"]),
)
QUERIES = st.dictionaries(NAMES, WORDS, max_size=5)
KEYS = st.one_of(
    st.sampled_from(["name", "pdq", "note", "items", "hashRecords", "hashFeedbacks", "metadata", "disable_until_ts",
                     "enabled_ratio", "id", "progress", "signalType", "hashValue"]),
    st.text(max_size=8),
)  # fmt: skip
BODIES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
FUZZ = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def tool(db: None) -> Client:
    create_default_banks()
    return Client(headers={"Authorization": f"Bearer {make_key()}"}, raise_request_exception=False)


@pytest.fixture
def reader(db: None) -> Client:
    create_default_banks()
    secret = issue_key(add_partner(Agreement("A reader", "reader"), by=SYSTEM), by=SYSTEM)
    return Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)


def check(answer: Any) -> None:
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        json.loads(answer.content)


@pytest.mark.slow
@FUZZ
@given(path=st.sampled_from(GETS), query=QUERIES)
def test_no_question_fails(tool: Client, path: str, query: dict[str, str]) -> None:
    check(tool.get(path, query))


@pytest.mark.slow
@FUZZ
@given(where=st.sampled_from(SENDS), body=BODIES, query=QUERIES)
def test_no_body_fails(tool: Client, where: tuple[str, str], body: object, query: dict[str, str]) -> None:
    method, path = where
    check(tool.generic(method, path, json.dumps(body), content_type="application/json", query_params=query))


@pytest.mark.slow
@FUZZ
@given(path=st.sampled_from(FEEDS), query=QUERIES)
def test_no_question_of_a_partner_fails(reader: Client, path: str, query: dict[str, str]) -> None:
    check(reader.get(path, query))


@pytest.mark.slow
@FUZZ
@given(path=st.sampled_from(FEED_SENDS), body=BODIES)
def test_no_body_of_a_partner_fails(reader: Client, path: str, body: object) -> None:
    check(reader.post(path, json.dumps(body), content_type="application/json"))
    wrapped = {"items": [body], "hashRecords": [body], "hashFeedbacks": [body]}
    check(reader.post(path, json.dumps(wrapped), content_type="application/json"))


@pytest.mark.parametrize("field", ["photo", "video", "file", "\u00e9", "a" * 500])
@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", b"\x00" * 1000])
def test_no_file_fails(tool: Client, field: str, data: bytes) -> None:
    for path in ("/hma/h/hash", "/hma/m/lookup", "/hma/c/bank/REMOVED/content"):
        check(tool.post(path, {field: SimpleUploadedFile("x", data)}))

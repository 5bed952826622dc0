"""A platform's key may ask so often and no oftener; other keys are not slowed by it, and nothing grows without end."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as desk
from django.test import Client
from tests.factories import make_key

from argine.desk.api import limits
from argine.desk.core.errors import TooManyError

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_minute(settings: Any, default_banks: None) -> None:
    settings.CONFIG = replace(desk.CONFIG, key_per_minute=3)


def asking() -> Client:
    return Client(headers={"Authorization": f"Bearer {make_key()}"}, raise_request_exception=False)


def test_more_than_the_limit_are_told_to_wait_and_how_long(three_a_minute: None) -> None:
    platform = asking()
    answers = [platform.get("/api/v1/decisions") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["error"] == "too_many"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 20


def test_one_key_does_not_slow_another(three_a_minute: None) -> None:
    one, other = asking(), asking()
    for _ in range(5):
        one.get("/api/v1/decisions")
    assert other.get("/api/v1/decisions").status_code == 200


def test_a_key_without_the_scope_is_counted_too(three_a_minute: None, platform: Client) -> None:
    answers = [platform.get("/api/v1/decisions").status_code for _ in range(4)]
    assert answers[-1] == 429


def test_unknown_keys_are_not_remembered(three_a_minute: None) -> None:
    stranger = Client(headers={"Authorization": "Bearer nonsense"})
    assert [stranger.get("/api/v1/decisions").status_code for _ in range(10)] == [401] * 10
    assert not limits._buckets


def test_it_fills_again_with_time(three_a_minute: None, monkeypatch: pytest.MonkeyPatch) -> None:
    key, clock = uuid4(), [1000.0]
    monkeypatch.setattr(limits, "monotonic", lambda: clock[0])
    for _ in range(3):
        limits.count(key)
    with pytest.raises(TooManyError) as refused:
        limits.count(key)
    clock[0] += refused.value.wait_s
    limits.count(key)
    clock[0] += 3600
    for _ in range(3):
        limits.count(key)
    with pytest.raises(TooManyError):
        limits.count(key)


def test_what_is_remembered_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BUCKETS", 5)
    for _ in range(50):
        limits.count(uuid4())
    assert len(limits._buckets) == 5

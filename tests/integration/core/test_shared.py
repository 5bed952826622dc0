"""Django's cache as all processes share it: what was set is found, ends in time, and names nobody."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from argine.desk.core import time
from argine.desk.core.models import SharedValue
from argine.desk.core.shared import SharedCache, forget_old_values

pytestmark = pytest.mark.django_db


def another_process() -> SharedCache:
    return SharedCache("", {})


def test_what_one_process_sets_another_finds() -> None:
    cache.set("tries", [1.5, 2], 60)
    assert another_process().get("tries") == [1.5, 2]
    assert another_process().get("others", "none") == "none"
    assert another_process().delete("tries")
    assert cache.get("tries") is None
    assert not cache.delete("tries")


def test_only_the_first_of_two_adds_and_again_once_it_has_ended() -> None:
    assert cache.add("code", "y", 30)
    assert not another_process().add("code", "y", 30)
    with time.shifted(timedelta(seconds=31)):
        assert another_process().add("code", "y", 30)


@pytest.mark.parametrize(("timeout", "lives_s"), [(30, 30), (0.5, 0.5), (None, 86_400), (10**9, 86_400)])
def test_a_value_ends_when_it_should_and_after_a_day_at_the_latest(timeout: float | None, lives_s: float) -> None:
    cache.set("short", 1, timeout)
    with time.shifted(timedelta(seconds=lives_s - 0.2)):
        assert cache.get("short") == 1
    with time.shifted(timedelta(seconds=lives_s + 0.2)):
        assert cache.get("short") is None
        assert not cache.touch("short")


def test_touching_it_lets_it_live_longer() -> None:
    cache.set("short", 1, 10)
    assert cache.touch("short", 100)
    with time.shifted(timedelta(seconds=50)):
        assert cache.get("short") == 1


def test_no_address_that_a_key_names_is_kept() -> None:
    cache.set("allauth:rl:login:ip:192.0.2.77", [1.0], 60)
    (row,) = SharedValue.objects.all()
    assert len(row.digest) == 32
    assert "192.0.2.77" not in repr([bytes(row.digest), row.value])


def test_what_has_ended_is_dropped_and_all_of_it_when_it_is_cleared() -> None:
    for number, seconds in enumerate([5, 50, 500]):
        cache.set(f"key-{number}", number, seconds)
    with time.shifted(timedelta(seconds=60)):
        assert forget_old_values() == 2
    cache.clear()
    assert not SharedValue.objects.exists()

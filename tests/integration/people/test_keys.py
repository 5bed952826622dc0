"""Platform keys: told once, kept as a digest, limited to their scopes, revoked at once."""

import json
from datetime import date, timedelta
from itertools import chain, combinations

import pytest
from django.test import Client
from tests.factories import make_key

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import InvalidError
from argine.desk.people.enums import Scope
from argine.desk.people.key_use import KeyUse
from argine.desk.people.models import ApiKey
from argine.desk.people.operations import create_key, note_used_keys, revoke_key
from argine.desk.people.queries import ending_keys, find_key, known_key

pytestmark = pytest.mark.django_db

SETS = list(chain.from_iterable(combinations(Scope, size) for size in range(1, len(Scope) + 1)))


@pytest.mark.parametrize("scopes", SETS)
def test_a_key_has_the_scopes_that_it_was_given(scopes: tuple[Scope, ...]) -> None:
    key = find_key(make_key(scopes))
    assert key is not None
    assert set(key.scopes) == {scope.value for scope in scopes}


def test_a_key_is_long_random_and_not_kept() -> None:
    secret, other = make_key(), make_key()
    kept = ApiKey.objects.get(prefix=secret[:12])
    assert secret != other
    assert len(secret) >= 43 + len("argine_")
    assert secret.startswith("argine_")
    assert secret.encode() not in bytes(kept.digest)
    assert all(secret not in entry.data for entry in Entry.objects.all())


def test_a_revoked_key_is_found_no_more_and_the_others_are() -> None:
    gone, stays = make_key(), make_key()
    key = find_key(gone)
    assert key is not None
    revoke_key(key, by=SYSTEM)
    assert find_key(gone) is None
    assert find_key(stays) is not None
    assert Entry.objects.filter(event=Event.KEY_REVOKED, subject=f"key:{key.pk}").count() == 1


@pytest.mark.parametrize("secret", ["", "argine_", "\x00", "argine_" + "x" * 43])
def test_what_is_no_key_finds_none(secret: str) -> None:
    make_key()
    assert find_key(secret) is None


def test_a_prefix_or_another_case_does_not_open() -> None:
    secret = create_key("A", [Scope.CHECK], by=SYSTEM)
    assert find_key(secret[:-1]) is None
    assert find_key(secret.swapcase()) is None


def key_until(days: int) -> str:
    """A key whose last day is so many days from today; one that is over was made while it was not."""
    last = time.now().date() + timedelta(days=days)
    with time.shifted(timedelta(days=min(days, 0))):
        return create_key("A", [Scope.CHECK], by=SYSTEM, ends_on=last)


@pytest.mark.parametrize(("days", "opens"), [(-1, False), (0, True), (1, True)])
def test_a_key_opens_until_the_end_of_its_last_day(days: int, opens: bool) -> None:
    assert (known_key(key_until(days)) is not None) == opens


def test_a_key_that_is_over_already_is_not_made() -> None:
    with pytest.raises(InvalidError, match="over"):
        create_key("A", [Scope.CHECK], by=SYSTEM, ends_on=time.now().date() - timedelta(days=1))
    assert not ApiKey.objects.exists()


def test_a_key_that_opened_today_opens_nothing_the_day_after_its_last() -> None:
    secret = key_until(0)
    assert known_key(secret) is not None
    with time.shifted(timedelta(days=1)):
        assert known_key(secret) is None


def test_a_program_with_a_key_that_is_over_is_told_to_come_with_another(default_banks: None) -> None:
    headers = {"Authorization": f"Bearer {key_until(-1)}"}
    assert Client(headers=headers).post("/api/v1/check", {}).status_code == 401


def test_the_log_tells_the_last_day() -> None:
    key = find_key(key_until(5))
    assert key is not None
    told = Entry.objects.get(event=Event.KEY_CREATED, subject=f"key:{key.pk}")
    assert json.loads(told.data)["ends_on"] == str(key.ends_on)


def test_keys_that_end_soon_or_have_ended_are_found_and_revoked_ones_are_not() -> None:
    for days in (30, 3, -3):
        key_until(days)
    gone = find_key(key_until(1))
    assert gone is not None
    revoke_key(gone, by=SYSTEM)
    make_key()
    today = time.now().date()
    assert [(key.ends_on or today) - today for key in ending_keys(today + timedelta(days=14))] == [
        timedelta(days=-3),
        timedelta(days=3),
    ]


def test_the_day_on_which_a_key_was_last_used_is_written_down_and_never_goes_back() -> None:
    used, unused = make_key(), make_key()
    today = time.now().date()

    def last_day(secret: str) -> date | None:
        return ApiKey.objects.get(prefix=secret[:12]).used_on

    known_key(used)
    assert last_day(used) is None
    note_used_keys()
    assert (last_day(used), last_day(unused)) == (today, None)
    with time.shifted(timedelta(days=2)):
        known_key(used)
        note_used_keys()
    known_key(used)
    note_used_keys()
    assert last_day(used) == today + timedelta(days=2)


def test_what_could_not_be_written_down_is_tried_again_and_what_was_is_not() -> None:
    use, first, second = KeyUse(), *(ApiKey(name=name).id for name in "ab")
    today = date(2026, 11, 27)
    use.note(first, today)
    assert use.unwritten() == use.unwritten() == {first: today}
    done = use.unwritten()
    use.note(second, today)
    use.note(first, today + timedelta(days=1))
    use.written(done)
    assert use.unwritten() == {second: today, first: today + timedelta(days=1)}
    use.written(use.unwritten())
    use.note(second, today)
    assert use.unwritten() == {}

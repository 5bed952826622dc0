"""Platform keys: told once, kept as a digest, limited to their scopes, revoked at once."""

from itertools import chain, combinations

import pytest
from tests.factories import make_key

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.core.actor import SYSTEM
from argine.desk.people.enums import Scope
from argine.desk.people.models import ApiKey
from argine.desk.people.operations import create_key, revoke_key
from argine.desk.people.queries import find_key

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

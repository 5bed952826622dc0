"""One-time links: good once, for two days, for one role."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import identify_hasher
from tests.factories import PASSWORD, make_staff

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import InvalidError, NotFoundError
from argine.desk.people.enums import Role
from argine.desk.people.models import Invitation, Staff
from argine.desk.people.operations import NewStaff, forget_old_invitations, invite, join, open_invitation

pytestmark = pytest.mark.django_db

ADA = NewStaff("ada@desk.example", "Ada", PASSWORD)
BEN = NewStaff("ben@desk.example", "Ben", PASSWORD)


@pytest.mark.parametrize("role", Role)
def test_a_link_makes_one_account_of_its_role(role: Role) -> None:
    token = invite(role, by=SYSTEM)
    person = join(token, ADA)
    assert (person.role, person.is_active, person.check_password(PASSWORD)) == (role, True, True)
    with pytest.raises(NotFoundError):
        join(token, BEN)
    assert Staff.objects.count() == 1


@pytest.mark.parametrize(("hours", "good"), [(0, True), (47.9, True), (48.1, False)])
def test_a_link_is_good_for_two_days(hours: float, good: bool) -> None:
    token = invite(Role.REVIEWER, by=SYSTEM)
    with time.shifted(timedelta(hours=hours)):
        if good:
            assert open_invitation(token).role == Role.REVIEWER
        else:
            with pytest.raises(NotFoundError, match="too old"):
                join(token, ADA)


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 50])
def test_a_link_that_was_never_made_opens_nothing(token: str) -> None:
    with pytest.raises(NotFoundError):
        open_invitation(token)


def test_the_token_is_not_kept_and_not_logged() -> None:
    token = invite(Role.REVIEWER, by=SYSTEM)
    assert token.encode() not in bytes(Invitation.objects.get().token_digest)
    assert all(token not in entry.data + entry.subject for entry in Entry.objects.all())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b\nBcc: c@d"}, "email"),
        ({"email": "ADA@desk.example"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "1q2w3e4r5t6y7u"}, "password"),
        ({"password": "ben@desk.example"}, "password"),
    ],
)
def test_what_will_not_do_is_told_where_and_the_link_stays_good(changes: dict[str, str], field: str) -> None:
    join(invite(Role.REVIEWER, by=SYSTEM), ADA)
    token = invite(Role.REVIEWER, by=SYSTEM)
    with pytest.raises(InvalidError) as refusal:
        join(token, NewStaff(**{"email": BEN.email, "name": BEN.name, "password": PASSWORD, **changes}))
    assert set(refusal.value.fields) == {field}
    assert join(token, BEN).email == BEN.email


def test_joining_is_logged_by_the_account_without_name_or_address() -> None:
    person = join(invite(Role.REVIEWER, by=SYSTEM), ADA)
    entry = Entry.objects.get(event=Event.STAFF_JOINED)
    assert (entry.subject, entry.by) == (f"staff:{person.pk}", f"staff:{person.pk}")
    assert not re.search(r"\bada\b|example", (entry.data + entry.subject).lower())


def test_old_and_used_links_are_forgotten_and_good_ones_kept() -> None:
    make_staff()
    with time.shifted(-timedelta(days=3)):
        invite(Role.REVIEWER, by=SYSTEM)
    good = invite(Role.REVIEWER, by=SYSTEM)
    assert forget_old_invitations() == 2
    assert open_invitation(good)


def test_passwords_are_hashed_slowly_outside_of_these_tests(settings: Any) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    hashed = make_staff().password
    assert identify_hasher(hashed).algorithm == "pbkdf2_sha256"
    assert int(hashed.split("$")[1]) >= 600_000

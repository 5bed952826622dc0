import hashlib
import json
from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connection

from argine.desk.core import time
from argine.desk.core.actor import Actor
from argine.desk.core.errors import NotFoundError
from argine.desk.core.remembered import remembered
from argine.desk.people.digests import digest
from argine.desk.people.enums import Role
from argine.desk.people.key_use import USED
from argine.desk.people.models import ApiKey, Exposure, Invitation, Staff
from argine.desk.people.policies import is_over


def has_staff() -> bool:
    return Staff.objects.exists()


class KnownKey(NamedTuple):
    """What a request's key is good for."""

    id: UUID
    scopes: frozenset[str]
    ends_on: date | None


def known_key(secret: str) -> KnownKey | None:
    """The key that a request shows, unless it is unknown, revoked or over. That it was used is noted."""
    key, today = _key_of(digest(secret)), time.now().date()
    if key is None or is_over(key.ends_on, today):
        return None
    USED.note(key.id, today)
    return key


@remembered
def _key_of(its_digest: bytes) -> KnownKey | None:
    """Asked at every request of a platform: written out, as putting a query together takes longer than running it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, scopes, ends_on FROM people_apikey WHERE digest = %s AND revoked_at IS NULL", [its_digest]
        )
        row = cursor.fetchone()
    if row is None:
        return None
    ends_on = date.fromisoformat(str(row[2])) if row[2] else None
    return KnownKey(UUID(str(row[0])), frozenset(json.loads(row[1])), ends_on)


def find_key(secret: str) -> ApiKey | None:
    """The row of a key, unless it is unknown or revoked."""
    return ApiKey.objects.filter(digest=digest(secret), revoked_at=None).first()


def key_commitment(key: ApiKey) -> str:
    """What the log keeps of a key: it shows that the key was not exchanged, and lets nobody in."""
    return hashlib.sha256(bytes(key.digest)).hexdigest()


def api_keys() -> list[ApiKey]:
    return list(ApiKey.objects.order_by("created_at", "id"))


def ending_keys(until: date) -> list[ApiKey]:
    """Keys in use whose last day has come or comes until then, first the one that ends first."""
    return list(ApiKey.objects.filter(revoked_at=None, ends_on__lte=until).order_by("ends_on", "created_at"))


def find_keys(start: str) -> list[ApiKey]:
    """The keys whose id begins so, or whose prefix it is."""
    return [key for key in api_keys() if str(key.id).startswith(start.lower()) or key.prefix == start]


def staff() -> list[Staff]:
    return list(Staff.objects.order_by("joined_at", "id"))


def find_staff(email: str) -> Staff:
    """Find a member of staff.

    Raises:
        NotFoundError: there is none with that address. The address is not repeated.
    """
    found = Staff.objects.filter(email__iexact=email.strip()).first()
    if found is None:
        raise NotFoundError("There is no member of staff with this e-mail address. `argine staff list` shows them.")
    return found


def second_factors() -> dict[int, list[str]]:
    """By member of staff: the kinds of second factor that they have."""
    found: dict[int, list[str]] = {}
    for person, kind in Authenticator.objects.order_by("id").values_list("user_id", "type"):
        found.setdefault(person, []).append(kind)
    return found


def names(ids: Collection[int]) -> dict[int, str]:
    return dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name"))


def to_be_warned() -> list[Staff]:
    """Who gets e-mails that warn of clocks."""
    return list(Staff.objects.filter(is_active=True).exclude(warning_mails="").order_by("id"))


def operators() -> int:
    return Staff.objects.filter(role=Role.OPERATOR, is_active=True).count()


def see_sensitive() -> int:
    return Staff.objects.filter(sees_sensitive=True, is_active=True).count()


def looks_today(person: Staff) -> int:
    """How often somebody has looked at a copy today (UTC)."""
    found = Exposure.objects.filter(staff=person, day=time.now().date()).first()
    return found.count if found else 0


def open_invitations(by: Actor | None = None) -> list[Invitation]:
    """Links that may be used now; those that somebody made, where one is named."""
    links = Invitation.objects.filter(used_at=None, expires_at__gt=time.now()).order_by("-created_at")
    return list(links if by is None else links.filter(by=by))

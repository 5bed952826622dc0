from collections.abc import Collection

from argine.desk.people.digests import digest
from argine.desk.people.enums import Role
from argine.desk.people.models import ApiKey, Invitation, Staff


def has_staff() -> bool:
    return Staff.objects.exists()


def find_key(secret: str) -> ApiKey | None:
    """The key that a request shows, unless it is unknown or revoked."""
    return ApiKey.objects.filter(digest=digest(secret), revoked_at=None).first()


def names(ids: Collection[int]) -> dict[int, str]:
    return dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name"))


def operators() -> int:
    return Staff.objects.filter(role=Role.OPERATOR, is_active=True).count()


def open_invitations() -> list[Invitation]:
    return list(Invitation.objects.filter(used_at=None).order_by("-created_at"))

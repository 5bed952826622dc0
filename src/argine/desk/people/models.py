from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from argine.desk.core.privacy import FieldPrivacy, Keep, Kind, classify
from argine.desk.people.enums import Role

STAFF = FieldPrivacy(Kind.STAFF, Keep.ACCOUNT)
SECRET = FieldPrivacy(Kind.SECRET, Keep.ACCOUNT)


class Staff(AbstractBaseUser):
    """Somebody who works at the desk."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.ACCOUNT,
        "id role is_active warning_mails sees_sensitive must_change_password",
        email=STAFF,
        name=STAFF,
        last_login=STAFF,
        joined_at=STAFF,
        password=SECRET,
    )

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.REVIEWER)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    # Whether this person sees the cases that are marked as sensitive.
    sees_sensitive = models.BooleanField(default=False)
    # The language of the e-mails that warn of clocks; empty: this person gets none.
    warning_mails = models.CharField(max_length=8, blank=True)
    # Somebody else made or saw the password: until its owner has chosen another, nothing else opens.
    must_change_password = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = BaseUserManager()


class StaffSession(AbstractBaseSession):
    """Where a member of staff is logged in, or somebody is about to log in. Only the digest of its key is kept."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.SHORT,
        "id expire_date began_at",
        session_key=SECRET,
        session_data=STAFF,
        staff=STAFF,
        seen_at=STAFF,
        device=STAFF,
    )

    # What a page names it by, once somebody is logged in: the key's digest is told to nobody.
    id = models.UUIDField(null=True, editable=False, unique=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # Browser and system, as a person tells their devices apart; no version and no address.
    device = models.CharField(max_length=40, blank=True)


class Exposure(models.Model):
    """How often somebody looked at a copy on one day: for the limit that protects them. Gone after the day."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.SHORT, "id day count", staff=STAFF)

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="exposures")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["staff", "day"], name="exposure_once")]


class Invitation(models.Model):
    """A one-time link that makes a staff account. Only the digest of its token is kept."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.SHORT,
        "id role created_at expires_at used_at",
        token_digest=SECRET,
        by=FieldPrivacy(Kind.STAFF, Keep.SHORT),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    token_digest = models.BinaryField(max_length=32, unique=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    # Who made it, as the log writes it; empty in rows of before it was kept.
    by = models.CharField(max_length=60, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiKey(models.Model):
    """A platform's key. Only the digest of it is kept; `prefix` lets people tell keys apart.

    Attributes:
        ends_on: the last day, in UTC, on which it opens anything; None if it has no end.
        used_on: the last day on which it was shown.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.ACCOUNT, "id name prefix scopes created_at revoked_at ends_on used_on", digest=SECRET
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)
    used_on = models.DateField(null=True)

from typing import ClassVar

from django.db import models

from argine.desk.core.privacy import FieldPrivacy, Keep, classify


class Bucket(models.Model):
    """How often something was tried: a token bucket under a keyed digest, so no address of anybody is kept."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.SHORT, "digest tokens updated_at")

    digest = models.BinaryField(primary_key=True, max_length=32)
    tokens = models.FloatField()
    updated_at = models.DateTimeField(db_index=True)


class Heartbeat(models.Model):
    """When a background process last said that it works: what the health page looks at."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.DESK, "name at")

    name = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField()


class SharedValue(models.Model):
    """What all processes of a desk must know of each other for minutes: a used code, how often a log-in was tried."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.SHORT, "digest value ends_at")

    digest = models.BinaryField(primary_key=True, max_length=32)
    value = models.JSONField()
    ends_at = models.DateTimeField(db_index=True)

from typing import ClassVar

from django.db import models

from argine.desk.core.privacy import FieldPrivacy, Keep, classify


class Job(models.Model):
    """Work for later, at least once: a worker leases it, and a lease that runs out gives it to another."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.SHORT, "id kind payload dedupe_key run_after lease_until attempts last_error"
    )

    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=80, unique=True)
    run_after = models.DateTimeField(db_index=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=80, blank=True)

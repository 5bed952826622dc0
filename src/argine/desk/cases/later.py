"""Models of what comes after a case was opened and decided; `models` hands them on with the others."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.cases.enums import Shared
from argine.desk.core.privacy import FieldPrivacy, Keep, classify


class Relation(models.Model):
    """Two cases share something: found when the later one came. Shown to reviewers only.

    `entry` and `other_entry` are the bank entries that agree; of a shared address there are none. `is_sure`: near
    enough to block an upload.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE, "id case other shared entry_id other_entry_id distance threshold is_sure found_at"
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="related_by")
    shared = models.CharField(max_length=8, choices=Shared.choices)
    entry_id = models.UUIDField(null=True)
    other_entry_id = models.UUIDField(null=True)
    distance = models.PositiveSmallIntegerField(default=0)
    threshold = models.PositiveSmallIntegerField(default=0)
    is_sure = models.BooleanField(default=True)
    found_at = models.DateTimeField()

"""Models of what comes after a case was opened and decided; `models` hands them on with the others."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.cases.enums import Misuse, Reappeared, ReplyUse, Shared
from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, classify, personal


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


class Reappearance(models.Model):
    """Content of a case that was closed as removed was met again.

    Uploads that were stopped are counted, a row for each day. A copy that came to review waits for a reviewer; one that
    is confirmed, or that the platform tells of, reopens the case. `copy_digest` finds the same copy again.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case at by state count copy_digest decided_at decided_by",
        content_id=personal(),
        content_url=personal(),
        salt=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="reappearances")
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=Reappeared.choices, db_index=True)
    count = models.PositiveIntegerField(default=1)
    copy_digest = models.BinaryField(max_length=32, null=True)
    content_id = SealedTextField()
    content_url = SealedTextField()
    salt = SealedTextField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)


class MisuseStep(models.Model):
    """A step against frequent reports that are manifestly unfounded (DSA Article 23): finding, warning, suspension.

    Taken by a person, on the page of the case that it is about. `contact_digest` ties the steps of one contact together
    and goes after the time in which they are counted. A suspension can be appealed, and lifted.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case kind at by until appealed_at reviewed_at reviewed_by lifted",
        contact_digest=personal(Keep.MISUSE),
        reasons=personal(),
        appeal=personal(),
        review=personal(),
        salt=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="misuse_steps")
    kind = models.CharField(max_length=10, choices=Misuse.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    until = models.DateTimeField(null=True)
    contact_digest = models.BinaryField(max_length=32, default=b"", db_index=True)
    reasons = SealedTextField()
    salt = SealedTextField()
    appeal = SealedTextField()
    appealed_at = models.DateTimeField(null=True)
    review = SealedTextField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=60, blank=True)
    lifted = models.BooleanField(default=False)


class SavedReply(models.Model):
    """A text that reviewers start from, by language; it says nothing of anybody. Withdrawn ones are offered no more."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.DESK, "id use title texts position changed_at withdrawn_at"
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    use = models.CharField(max_length=10, choices=ReplyUse.choices)
    title = models.CharField(max_length=80)
    texts = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

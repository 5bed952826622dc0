from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.cases.models import Case
from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, classify, personal
from argine.desk.outward.enums import OutwardState, Way


class OutwardNotice(models.Model):
    """A notice that staff sent to another platform. `due_at`: until when its law has the platform act.

    `next_at`: when to write again, as long as there is no answer. `missed`: the time ended without one.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case law law_version way sent_at due_at told_at by state answered_at missed follow_ups next_at",
        platform=personal(),
        addresses=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="outward")
    law = models.CharField(max_length=40)
    law_version = models.PositiveIntegerField()
    way = models.CharField(max_length=8, choices=Way.choices)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    told_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=OutwardState.choices, default=OutwardState.SENT)
    answered_at = models.DateTimeField(null=True)
    missed = models.BooleanField(default=False)
    follow_ups = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    platform = SealedTextField()
    addresses = SealedTextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["next_at"], name="outward_next", condition=models.Q(state="sent"))]

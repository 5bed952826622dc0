from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.cases.models import Case
from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, classify, personal
from argine.desk.notify.enums import Channel, Kind, MessageState


class Outgoing(models.Model):
    """One message on its way out. Address and text are erased as soon as it is sent, or nobody wants it any more.

    `id` makes the message's own id, the same at each try. `expires_at`: when trying ends. `route`: the way it takes.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id dedupe_key channel kind route case language created_at run_after expires_at lease_until state attempts "
        "problem ended_at",
        address=personal(),
        subject=personal(),
        body=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    dedupe_key = models.CharField(max_length=160, unique=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    route = models.CharField(max_length=40)
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="outgoing")
    language = models.CharField(max_length=8)
    created_at = models.DateTimeField()
    run_after = models.DateTimeField()
    expires_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=MessageState.choices, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=16, blank=True)
    ended_at = models.DateTimeField(null=True)
    address = SealedTextField()
    subject = SealedTextField()
    body = SealedTextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["run_after"], name="outgoing_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["state"], name="outgoing_state"),
        ]


class Route(models.Model):
    """A way out, such as the mail server: while it fails, all that takes it waits, longer each time."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.DESK, "name failures paused_until problem failed_at worked_at"
    )

    name = models.CharField(primary_key=True, max_length=40)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=16, blank=True)
    failed_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)


class Follower(models.Model):
    """How far the log was read for what is to go out: the number of the entry to read next."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.DESK, "name position")

    name = models.CharField(primary_key=True, max_length=20)
    position = models.PositiveBigIntegerField()

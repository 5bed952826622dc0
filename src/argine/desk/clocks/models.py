from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.clocks.enums import ClockState, Duty
from argine.desk.core.privacy import FieldPrivacy, Keep, classify


class Clock(models.Model):
    """One duty of one regime on one item of a case: what `item_id` names depends on the duty.

    ACT: an address of the notice, or None for its pictures. APPEAL: the appeal. AUTHORITY: nothing.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE, "id case_id item_id duty regime regime_version kind started_at due_at state ended_at warn_at warned"
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case_id = models.UUIDField(db_index=True)
    item_id = models.UUIDField(null=True)
    duty = models.CharField(max_length=10, choices=Duty.choices, default=Duty.ACT)
    regime = models.CharField(max_length=40)
    regime_version = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    ended_at = models.DateTimeField(null=True)
    # When it warns next, and the percent of its time at which it warned last; 0 before the first.
    warn_at = models.DateTimeField(null=True)
    warned = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["warn_at"], name="clock_running_warn", condition=models.Q(state="running")),
            models.Index(fields=["due_at"], name="clock_running_due", condition=models.Q(state="running")),
            # These hold all that the queue asks for, so that it reads no row of the table: case by case what is due
            # next, which clocks have warned, which cases run under a law.
            models.Index(
                fields=["case_id", "due_at", "duty", "ended_at"],
                name="clock_open_due",
                condition=models.Q(ended_at=None),
            ),
            models.Index(
                fields=["case_id", "warned", "state"],
                name="clock_running_warned",
                condition=models.Q(state="running", warned__gt=0),
            ),
            models.Index(fields=["regime", "case_id"], name="clock_regime_case"),
        ]

from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.cases.models import Address, Case
from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, classify, personal
from argine.desk.evidence.enums import Problem, Stamp


class PageRecord(models.Model):
    """What stood at a reported address at an instant, without any of its media. Never changed.

    `record` is canonical JSON (`record.facts`); with `salt` it gives the commitment in the log. `stamp` is the answer
    of the time-stamping authority over that commitment (RFC 3161, DER in base64).
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case address taken_at by status problem stamped",
        record=personal(),
        salt=personal(),
        stamp=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="page_records")
    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="page_records")
    taken_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    status = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=12, choices=Problem.choices, blank=True)
    stamped = models.CharField(max_length=8, choices=Stamp.choices, blank=True)
    record = SealedTextField()
    salt = SealedTextField()
    stamp = SealedTextField()

"""What HMA's API tells of banks and contents beyond what the desk itself knows of them."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.banks.models import Bank, BankEntry
from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, classify, personal


class ShownBank(models.Model):
    """A bank that a tool made or changed. `hidden`: a tool deleted it; the desk keeps it, emptied, for its log."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.DESK, "bank name enabled_ratio hidden")

    bank = models.OneToOneField(Bank, on_delete=models.CASCADE, primary_key=True, related_name="shown")
    name = models.CharField(max_length=40, unique=True)
    enabled_ratio = models.FloatField(default=1.0)
    hidden = models.BooleanField(default=False)


class ContentNote(models.Model):
    """What a tool said of a content. `disabled_until`: Unix time; 0 for good, 1 while it is not disabled."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.ENTRY,
        "id entry disabled_until",
        note=personal(Keep.ENTRY),
        content_id=personal(Keep.ENTRY),
        content_uri=personal(Keep.ENTRY),
        more=personal(Keep.ENTRY),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    entry = models.OneToOneField(BankEntry, on_delete=models.CASCADE, related_name="hma_note")
    disabled_until = models.BigIntegerField(default=1)
    note = SealedTextField()
    content_id = SealedTextField()
    content_uri = SealedTextField()
    more = SealedTextField()

"""What an operator has set in the console. The environment of the process is asked first and is not kept here."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, Kind, classify


class StoredSetting(models.Model):
    """The value of one setting, in the form that its environment variable would have.

    `version` grows by one with every change of any setting, so that processes see at a look whether theirs are stale.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.DESK, "id name salt version at", value=FieldPrivacy(Kind.SECRET, Keep.DESK)
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=40, unique=True)
    value = SealedTextField()
    salt = models.CharField(max_length=64)
    version = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()

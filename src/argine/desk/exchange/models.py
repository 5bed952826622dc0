"""Partners, what is offered to them, what came from them, and how far each entry is."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.banks.models import Bank
from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, Kind, classify
from argine.desk.exchange.enums import Opinion, Progress, Shape, Trouble

SECRET = FieldPrivacy(Kind.SECRET, Keep.ACCOUNT)


class Partner(models.Model):
    """Another organisation. It may read what we offer (`key_id`), or we read what it offers (`url`), or both.

    `cursor`: how far its feed was read. `held_from`: from where on what it offers waits, since too much came at once;
    what it takes back counts all the same. `given_to`: how far it has read ours.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.ACCOUNT,
        "id name slug url shape public_key key_id is_active cursor page_token held_from daily_limit given_to page_size "
        "trouble failures asked_at worked_at next_at created_at",
        secret=SECRET,
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=20, unique=True)
    url = models.CharField(max_length=500, blank=True)
    shape = models.CharField(max_length=16, choices=Shape.choices, default=Shape.ARGINE)
    public_key = models.BinaryField(max_length=32, default=b"")
    key_id = models.UUIDField(null=True, unique=True)
    is_active = models.BooleanField(default=True)
    cursor = models.BigIntegerField(default=0)
    page_token = models.CharField(max_length=300, blank=True)
    held_from = models.BigIntegerField(null=True)
    daily_limit = models.PositiveIntegerField(default=1000)
    given_to = models.BigIntegerField(default=0)
    page_size = models.PositiveIntegerField(default=200)
    trouble = models.CharField(max_length=12, choices=Trouble.choices, blank=True)
    failures = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    secret = SealedTextField()


class SharedBank(models.Model):
    """A bank whose entries are offered to partners."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.DESK, "bank since")

    bank = models.OneToOneField(Bank, on_delete=models.CASCADE, primary_key=True, related_name="sharing")
    since = models.DateTimeField()


class Consent(models.Model):
    """The person said that the fingerprints of this case may go to partners. No row: they may not."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.CASE, "case_id at")

    case_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()


class Offer(models.Model):
    """The feed: an entry was offered, or (without an opinion) taken back. Rows are only added."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.DESK, "seq entry_id case_id opinion at")

    seq = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField(db_index=True)
    case_id = models.UUIDField(null=True, db_index=True)
    opinion = models.CharField(max_length=8, choices=Opinion.choices, blank=True)
    at = models.DateTimeField()


class Position(models.Model):
    """How far the change feed of the banks was read for what is to be offered."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.DESK, "name seq")

    name = models.CharField(max_length=20, primary_key=True)
    seq = models.BigIntegerField(default=0)


class Feedback(models.Model):
    """What a partner says of an entry that it got from here. `stopped`: uploads of it that it kept out."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.ENTRY, "id partner entry_id progress stopped at")

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="feedback")
    entry_id = models.UUIDField(db_index=True)
    progress = models.CharField(max_length=10, choices=Progress.choices)
    stopped = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "entry_id"], name="one_feedback")]


class Received(models.Model):
    """An entry that a partner offers, by the partner's own name of it. `told`: what was last said back of it."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.ENTRY, "id partner remote_id entry_id opinion progress told at"
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="received")
    remote_id = models.CharField(max_length=80)
    entry_id = models.UUIDField(null=True, db_index=True)
    opinion = models.CharField(max_length=8, choices=Opinion.choices)
    progress = models.CharField(max_length=10, choices=Progress.choices, default=Progress.RECEIVED)
    told = models.CharField(max_length=24, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "remote_id"], name="one_of_each")]


class Gap(models.Model):
    """A place of a partner's feed that could not be read, between two that could. It is asked for again."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.DESK, "id partner after until at")

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="gaps")
    after = models.BigIntegerField()
    until = models.BigIntegerField()
    at = models.DateTimeField()

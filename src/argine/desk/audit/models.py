"""The log. No foreign keys: an entry outlives what it describes.

Rows are only ever inserted, save what is remembered of witnesses and of the logs of others.
"""

from typing import ClassVar

from django.db import models

from argine.desk.audit.enums import WitnessProblem
from argine.desk.core.privacy import FieldPrivacy, Keep, classify


class Entry(models.Model):
    """One record. Its leaf in the tree is the hash of its canonical text (see `queries.text_of`)."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.LOG, "index at event subject by data leaf_hash")

    index = models.PositiveBigIntegerField(primary_key=True)
    at = models.CharField(max_length=27)
    event = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, db_index=True)
    by = models.CharField(max_length=60)
    data = models.TextField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        # What happened of one kind since a moment: for who follows the log, and for counting.
        indexes: ClassVar = [models.Index(fields=["event", "at"], name="entry_event_at")]


class Node(models.Model):
    """The hash of a complete subtree of 2**level leaves (RFC 6962), so that proofs take few look-ups."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.LOG, "id level position hash")

    level = models.PositiveSmallIntegerField()
    position = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "position"], name="node_once")]


class SignedCheckpoint(models.Model):
    """A signed head of the log (C2SP tlog-checkpoint in a signed note)."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.LOG, "size note at")

    size = models.PositiveBigIntegerField(primary_key=True)
    note = models.TextField()
    at = models.CharField(max_length=27)


class Cosignature(models.Model):
    """A witness's line under a signed head of this log (C2SP tlog-cosignature); `seconds` since 1970, as it says."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.LOG, "id size witness line seconds")

    size = models.PositiveBigIntegerField(db_index=True)
    witness = models.CharField(max_length=200)
    line = models.CharField(max_length=400)
    seconds = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["size", "witness"], name="cosigned_once")]


class Witness(models.Model):
    """How a witness of this log was asked last: up to what size it has cosigned, and what went wrong, if it did."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.DESK, "name size asked_at problem")

    name = models.CharField(primary_key=True, max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    problem = models.CharField(max_length=12, choices=WitnessProblem.choices, blank=True)


class WitnessedLog(models.Model):
    """The log of another desk: the newest head of it that was cosigned here, and one that contradicted it, if any."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.LOG, "origin size note at contradiction")

    origin = models.CharField(primary_key=True, max_length=200)
    size = models.PositiveBigIntegerField()
    note = models.TextField()
    at = models.DateTimeField()
    contradiction = models.TextField(blank=True)

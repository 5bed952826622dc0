from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.cases.models import Address, Case
from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, classify, personal
from argine.desk.evidence.enums import Problem, Seen, Stamp, WhyStopped


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


class Watching(models.Model):
    """What is asked again and again for a case until `ends_at`. Started again, it is the same.

    `same` counts the answers in a row that said nothing new. `next_at` is None while it is stopped.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    started_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    ends_at = models.DateTimeField()
    same = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=60, blank=True)
    why = models.CharField(max_length=8, choices=WhyStopped.choices, blank=True)

    class Meta:
        abstract = True


class Watch(Watching):
    """A reported address is looked at again and again. One for each place of a case.

    `seen` is what the last look found, since `since`; `same` counts the looks in a row that found it.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case address started_at by ends_at seen looked_at since same next_at stopped_at stopped_by why",
    )

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="watches")
    address = models.OneToOneField(Address, on_delete=models.CASCADE, related_name="watch")
    seen = models.CharField(max_length=12, choices=Seen.choices, blank=True)
    looked_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="watch_next", condition=models.Q(next_at__isnull=False))
        ]


class Look(models.Model):
    """One look at a watched address. `moved_to`: where it led, if elsewhere."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.CASE, "id watch at seen status", moved_to=personal())

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="looks")
    at = models.DateTimeField()
    seen = models.CharField(max_length=12, choices=Seen.choices)
    status = models.PositiveSmallIntegerField(default=0)
    moved_to = SealedTextField()


class HostRecord(models.Model):
    """What the public registries said of a reported host, and when. Never changed.

    `record` is canonical JSON (`rdap.facts`); with `salt` it gives the commitment in the log.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE, "id case asked_at by", host=personal(), record=personal(), salt=personal()
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="host_records")
    asked_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    host = SealedTextField()
    record = SealedTextField()
    salt = SealedTextField()


class HostWatch(Watching):
    """The registries are asked again and again about a host of a case. One for each.

    `known` is canonical JSON: what was known last of the host (`domains.Known`).
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case started_at by ends_at asked_at same next_at stopped_at stopped_by why",
        host=personal(),
        known=personal(),
    )

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="host_watches")
    host = SealedTextField()
    known = SealedTextField()
    asked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="host_watch_next", condition=models.Q(next_at__isnull=False))
        ]


class HostChange(models.Model):
    """A watched host is not as it was. `changes` are values of `Change`, a space between two.

    `before` and `after` are what was known (`domains.Known`, canonical JSON). `seen_at`: when somebody looked at it.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE, "id watch at changes seen_at seen_by", before=personal(), after=personal()
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    watch = models.ForeignKey(HostWatch, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    changes = models.CharField(max_length=120)
    before = SealedTextField()
    after = SealedTextField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["watch"], name="host_change_unseen", condition=models.Q(seen_at__isnull=True))
        ]

"""Banks in the database. The in-memory form that answers checks is `live`."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, Kind, classify, personal
from argine.matching import BankKind
from argine.signals.patch.strength import Strength
from argine.signals.types import SignalType

# As long as the values that anybody asks for: sha256 and pdq.
BEGINNING_BYTES = 32
SIGNAL = FieldPrivacy(Kind.SIGNAL, Keep.ENTRY)


class Bank(models.Model):
    """A named set of known content.

    `film_frames`, `film_query_percent` and `film_entry_percent` are how many moments of a film must agree, what part
    of it, and what part of the bank entry (`matching.video.VideoThresholds`).
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.DESK, "id name kind pdq_threshold film_frames film_query_percent film_entry_percent created_at"
    )

    id = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in BankKind])
    pdq_threshold = models.PositiveSmallIntegerField(default=31)
    film_frames = models.PositiveSmallIntegerField(default=1)
    film_query_percent = models.PositiveSmallIntegerField(default=0)
    film_entry_percent = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()


class BankEntry(models.Model):
    """One known picture or film: its signals are rows of `EntrySignal`. `case_id` names the case it came from, if any.

    `region` is the part that a match must agree in, where only that part is unlawful: left, top, right and bottom in
    ten-thousandths of width and height; `queries.region_of` reads it. It says where something lies in a picture that
    nobody here has: it is kept as the signals are, and gone with them.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.ENTRY, "id bank origin case_id created_at withdrawn_at", region=SIGNAL
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="entries")
    origin = models.CharField(max_length=60)
    case_id = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    region = models.JSONField(null=True)


class Beginning(models.Func):
    """How a signal's value begins. The value of a film may be long; this much of it fits an index.

    The numbers are written out: SQLite takes an index over an expression only for the same words.
    """

    template = f"SUBSTR(%(expressions)s, 1, {BEGINNING_BYTES})"
    output_field = models.BinaryField()


class EntrySignal(models.Model):
    """One signal of an entry; `queries.signal_of` reads it. Gone when the entry is withdrawn.

    A patch set, or the frames of a film, tell more than the other signals do: the value is sealed, bound to its entry.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.ENTRY, "id entry type quality", value=SIGNAL)

    entry = models.ForeignKey(BankEntry, on_delete=models.CASCADE, related_name="signals")
    type = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in SignalType])
    value = models.BinaryField()
    quality = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(Beginning("value"), name="signal_value")]


class RegionChange(models.Model):
    """Somebody marked another part of an entry's picture, or took the mark away, and says why.

    Never changed; gone when the entry is erased. What was marked when the entry came is `was` of its first change.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.ENTRY,
        "id seq entry at by",
        was=SIGNAL,
        region=SIGNAL,
        reason=personal(Keep.ENTRY),
        salt=personal(Keep.ENTRY),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    seq = models.PositiveIntegerField()
    entry = models.ForeignKey(BankEntry, on_delete=models.CASCADE, related_name="region_changes")
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    was = models.JSONField(null=True)
    region = models.JSONField(null=True)
    reason = SealedTextField()
    salt = SealedTextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "seq"], name="region_change_order")]


class Change(models.Model):
    """The change feed: every process follows it, so a change is live without a restart."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.ENTRY, "seq bank_id entry_id")

    seq = models.BigAutoField(primary_key=True)
    bank_id = models.CharField(max_length=40)
    entry_id = models.UUIDField(null=True)


class Sighting(models.Model):
    """A match of an upload, with the platform's own name and address of its copy. Other uploads leave no row.

    `found` tells how the entry's picture lies in the upload (`matching.Found`): numbers, nothing of either picture.
    `copy_digest` finds the same copy again without storing its name in clear.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.SIGHTING,
        "id check_id at by verdict bank_id bank_kind entry_id case_id signal_type distance threshold strength found "
        "copy_digest",
        content_id=personal(Keep.SIGHTING),
        content_url=personal(Keep.SIGHTING),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    check_id = models.UUIDField(db_index=True)
    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=60)
    verdict = models.CharField(max_length=12)
    bank_id = models.CharField(max_length=40)
    bank_kind = models.CharField(max_length=8)
    entry_id = models.UUIDField(db_index=True)
    case_id = models.UUIDField(null=True, db_index=True)
    signal_type = models.CharField(max_length=10)
    distance = models.PositiveSmallIntegerField()
    threshold = models.PositiveSmallIntegerField()
    strength = models.CharField(max_length=6, default=Strength.BLOCK.value)
    found = models.JSONField(default=dict)
    copy_digest = models.BinaryField(max_length=32, null=True, db_index=True)
    content_id = SealedTextField()
    content_url = SealedTextField()


class Flood(models.Model):
    """An entry that matched more different uploads in a day than one picture is put up: somebody looks at it."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.SIGHTING, "id entry_id at uploads decided_at decided_by undone"
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    entry_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    uploads = models.PositiveIntegerField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    undone = models.BooleanField(default=False)


class Restoration(models.Model):
    """An entry that was undone: the platform is told to put back what it alone had stopped, in this order."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.ENTRY, "seq id entry_id at by")

    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid4, unique=True, editable=False)
    entry_id = models.UUIDField(unique=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)

from typing import ClassVar
from uuid import uuid4

from django.db import models

from argine.desk.cases.enums import (
    AppealState,
    Appellant,
    Author,
    Basis,
    Capacity,
    CaseKind,
    CaseState,
    Ground,
    Mail,
    Measure,
    Nature,
    Outcome,
)
from argine.desk.cases.later import MisuseStep as MisuseStep
from argine.desk.cases.later import Reappearance as Reappearance
from argine.desk.cases.later import Relation as Relation
from argine.desk.cases.later import SavedReply as SavedReply
from argine.desk.core.fields import SealedTextField
from argine.desk.core.privacy import FieldPrivacy, Keep, Kind, classify, personal


class Case(models.Model):
    """The unit of work: all notices on one matter. `number` is for talking about it; the case code is never stored.

    `leading`: the case whose decisions apply to this one too, since it is about the same content.
    `contact_digest` finds other notices by the same contact, under a key (`cases.misuse`).
    `suspended_until`: until when processing is suspended, where a law lets it be.
    `sensitive`: shown to those alone whom an operator lets see such cases (`cases.permissions`).
    `purged_at`: when its personal fields were last erased, once the law's periods were over.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id number kind state leading language country opened_at changed_at purged_at suspended_until sensitive",
        contact_digest=personal(),
        code_digest=FieldPrivacy(Kind.SECRET, Keep.CASE),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    code_digest = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=6, choices=CaseKind.choices, default=CaseKind.NOTICE)
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.RECEIVED, db_index=True)
    leading = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followers")
    language = models.CharField(max_length=8)
    country = models.CharField(max_length=2, blank=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    purged_at = models.DateTimeField(null=True)
    contact_digest = models.BinaryField(max_length=32, default=b"", db_index=True)
    suspended_until = models.DateTimeField(null=True, db_index=True)
    sensitive = models.BooleanField(default=False, db_index=True)


class Notice(models.Model):
    """One statement that content is an intimate picture shared without consent.

    Never changed after receipt, save for `completed_at`: when nothing lacked any more under the laws switched on. What
    is added later stands in a `Supplement`.

    `salt` and the canonical text of the notice give the commitment that stands in the log (queries.commitment).
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case received_at completed_at capacity nature no_consent good_faith entry_index",
        statement=personal(),
        where_hint=personal(),
        contact=personal(),
        contact_note=personal(),
        signature=personal(),
        declarations=personal(),
        salt=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    received_at = models.DateTimeField()
    capacity = models.CharField(max_length=16, choices=Capacity.choices)
    nature = models.CharField(max_length=10, choices=Nature.choices)
    no_consent = models.BooleanField()
    good_faith = models.BooleanField()
    completed_at = models.DateTimeField(null=True)
    entry_index = models.PositiveBigIntegerField()
    statement = SealedTextField()
    where_hint = SealedTextField()
    contact = SealedTextField()
    contact_note = SealedTextField()
    signature = SealedTextField()
    declarations = SealedTextField()
    salt = SealedTextField()


class Supplement(models.Model):
    """What the reporter adds to a notice that lacked something. Never changed; the log holds a commitment to it."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id notice at by entry_index",
        statement=personal(),
        where_hint=personal(),
        contact=personal(),
        signature=personal(),
        salt=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="supplements")
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    entry_index = models.PositiveBigIntegerField()
    statement = SealedTextField()
    where_hint = SealedTextField()
    contact = SealedTextField()
    signature = SealedTextField()
    salt = SealedTextField()


class Referral(models.Model):
    """The reporter says when an authority received their own report. A later answer takes the place of an earlier."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.CASE, "id case regime reported_at told_at by")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    regime = models.CharField(max_length=40)
    reported_at = models.DateTimeField()
    told_at = models.DateTimeField()
    by = models.CharField(max_length=60)


class Order(models.Model):
    """What an authority orders. Never changed after it came, save for `extended_to`: time that the authority added.

    About somebody under 18 the desk keeps no address and no signal: the host carries it out in its own store.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case regime regime_version issuer measure received_at given_at due_at extended_to under_18 entry_index",
        authority=personal(),
        reference=personal(),
        legal_basis=personal(),
        salt=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="order")
    regime = models.CharField(max_length=40)
    regime_version = models.PositiveIntegerField()
    issuer = models.CharField(max_length=20)
    measure = models.CharField(max_length=16, blank=True)
    received_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    extended_to = models.DateTimeField(null=True)
    under_18 = models.BooleanField()
    entry_index = models.PositiveBigIntegerField()
    authority = SealedTextField()
    reference = SealedTextField()
    legal_basis = SealedTextField()
    salt = SealedTextField()


class Address(models.Model):
    """One place that a notice, what was added to it, an order, or a reappearance names: one of the four.

    `digest` finds other cases that name it, `host_digest` those of the same host (`core.web_address`): keyed, so they
    tell nothing without the key.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE, "id case notice supplement order reappearance position", url=personal(), digest=personal(),
        host_digest=personal(),
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="addresses")
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="addresses")
    supplement = models.ForeignKey(Supplement, null=True, on_delete=models.CASCADE, related_name="addresses")
    order = models.ForeignKey(Order, null=True, on_delete=models.CASCADE, related_name="addresses")
    reappearance = models.ForeignKey(Reappearance, null=True, on_delete=models.CASCADE, related_name="addresses")
    position = models.PositiveSmallIntegerField()
    url = SealedTextField()
    digest = models.BinaryField(max_length=32, default=b"", db_index=True)
    host_digest = models.BinaryField(max_length=32, default=b"", db_index=True)


class Message(models.Model):
    """What the reporter and the desk say to each other."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.CASE, "id case at author by", text=personal())

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField()
    author = models.CharField(max_length=8, choices=Author.choices)
    by = models.CharField(max_length=60)
    text = SealedTextField()


class Mailing(models.Model):
    """What the reporter wants to get by e-mail. No row: nothing."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.CASE, "case choice at by")

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="mailing")
    choice = models.CharField(max_length=8, choices=Mail.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)


class Decision(models.Model):
    """What was decided, by whom, on what ground. Never changed; a later one that overrides it names it.

    `follows`: the decision on another case, about the same content, that this one carries over.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id seq case at by outcome ground basis overrides follows digest",
        reasons=personal(),
        salt=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    seq = models.PositiveBigIntegerField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    ground = models.CharField(max_length=30, choices=Ground.choices)
    basis = models.CharField(max_length=12, choices=Basis.choices)
    reasons = SealedTextField()
    salt = SealedTextField()
    overrides = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="overridden_by")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="carried_over")
    digest = models.BinaryField(max_length=32)


class Vote(models.Model):
    """What one reviewer would decide, where two have to. Never changed; hidden from the second until they have voted.

    `covers` lists the bank entries that it is about; None stands for all of the case.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE, "id case at by outcome ground basis covers", reasons=personal(), salt=personal()
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="votes")
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    ground = models.CharField(max_length=30, choices=Ground.choices)
    basis = models.CharField(max_length=12, choices=Basis.choices)
    covers = models.JSONField(null=True)
    reasons = SealedTextField()
    salt = SealedTextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "by"], name="vote_once")]


class Claim(models.Model):
    """A member of staff works on a case for a while. It keeps nobody out: colleagues see it and take another."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(Keep.SHORT, "case by at until")

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="claim")
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    until = models.DateTimeField()


class Action(models.Model):
    """A measure that the platform says it has carried out."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id decision address at by measure copy_digest",
        content_id=personal(),
        content_url=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="actions")
    address = models.ForeignKey(Address, null=True, on_delete=models.PROTECT, related_name="actions")
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    measure = models.CharField(max_length=16, choices=Measure.choices)
    copy_digest = models.BinaryField(max_length=32)
    content_id = SealedTextField()
    content_url = SealedTextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "copy_digest", "measure"], name="action_once")
        ]


class Appeal(models.Model):
    """Somebody disagrees with a decision: its reporter with a refusal, an uploader with a removal.

    `until` is the last instant at which it could be filed. `copy_digest` finds the copy that an uploader's appeal is
    about, so that saying it twice is harmless. `result` is the decision that replaced the one appealed.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case decision who at by until expedited state copy_digest decided_at decided_by basis same_person result",
        text=personal(),
        content_id=personal(),
        content_url=personal(),
        reasons=personal(),
        salt=personal(),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="appeals")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="appeals")
    who = models.CharField(max_length=8, choices=Appellant.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    until = models.DateTimeField()
    expedited = models.BooleanField()
    state = models.CharField(max_length=10, choices=AppealState.choices, default=AppealState.OPEN, db_index=True)
    copy_digest = models.BinaryField(max_length=32)
    text = SealedTextField()
    content_id = SealedTextField()
    content_url = SealedTextField()
    salt = SealedTextField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    basis = models.CharField(max_length=12, choices=Basis.choices, blank=True)
    same_person = models.BooleanField(default=False)
    reasons = SealedTextField()
    result = models.OneToOneField(Decision, null=True, on_delete=models.PROTECT, related_name="made_on_appeal")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["decision", "who", "copy_digest"], name="appeal_once")]


class Preservation(models.Model):
    """Who keeps what of a picture of somebody under 18, until when, under which number. Never more than this.

    The bytes are in the host's own store, which this software does not read.
    """

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE,
        "id case regime held_by starts_at ends_at told_at by",
        reference=personal(Keep.OBLIGATION),
        salt=personal(Keep.OBLIGATION),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="preservations")
    regime = models.CharField(max_length=40, blank=True)
    held_by = models.CharField(max_length=12)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    reference = SealedTextField()
    salt = SealedTextField()


class RecordHold(models.Model):
    """Somebody has to keep the records of a case beyond their period: a lawsuit, a police request. With a reason."""

    PRIVACY: ClassVar[dict[str, FieldPrivacy]] = classify(
        Keep.CASE, "id case at by released_at released_by", reason=personal(), salt=personal()
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=60, blank=True)
    reason = SealedTextField()
    salt = SealedTextField()

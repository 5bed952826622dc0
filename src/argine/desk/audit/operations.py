"""Writing the log: entries and signed heads."""

import hashlib
import logging
from collections.abc import Mapping

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from argine.desk.audit import queries
from argine.desk.audit.enums import WitnessProblem
from argine.desk.audit.events import Event
from argine.desk.audit.models import Cosignature, Entry, Node, SignedCheckpoint, Witness, WitnessedLog
from argine.desk.core import keys, time
from argine.desk.core.actor import SYSTEM, Actor
from argine.desk.core.errors import ForbiddenError, InvalidError, NotFoundError, OtherSizeError, RefusedError
from argine.errors import ArgineError
from argine.merkle import canonical, cosignature, note, tree
from argine.merkle.checkpoint import Checkpoint, open_signed
from argine.merkle.errors import MerkleError
from argine.merkle.growth import Growth

logger = logging.getLogger(__name__)


def append(event: Event, subject: str, *, by: Actor, data: Mapping[str, canonical.Json] | None = None) -> Entry:
    """Add one entry, in the caller's transaction: it stands if and only if what it tells of does.

    `data` holds ids, enumerations and digests, never personal data.

    Raises:
        RuntimeError: there is no transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A log entry belongs to the transaction of what it records")
    entry = Entry(
        index=queries.size(),
        at=time.iso(time.now()),
        event=event,
        subject=subject,
        by=by,
        data=canonical.canonical_json(dict(data or {})).decode(),
    )
    entry.leaf_hash = tree.leaf_hash(queries.text_of(entry))
    entry.save(force_insert=True)
    completed = tree.nodes_completed_by(entry.index, entry.leaf_hash, queries.get_node)
    Node.objects.bulk_create(Node(level=level, position=position, hash=digest) for level, position, digest in completed)
    return entry


def sign_head() -> SignedCheckpoint | None:
    """Sign the log's present head, unless that is done; None while the log is empty."""
    with transaction.atomic():
        head = queries.head()
        if head.size == 0:
            return None
        signed = SignedCheckpoint.objects.filter(size=head.size).first()
        if signed is None:
            key = keys.log_key(settings.KEYS)
            text = note.sign(head.text(), head.origin, key.public_key().public_bytes_raw(), key.sign)
            signed = SignedCheckpoint(size=head.size, note=text, at=time.iso(time.now()))
            signed.save(force_insert=True)
    return signed


def sign_head_now() -> None:
    """Sign the head after what was just done. If that fails, what was done stands all the same: the worker signs later.

    A person who has reported must see the case code, whatever ails the log's key.
    """
    try:
        sign_head()
    except (ArgineError, DatabaseError):
        logger.exception("The log's head could not be signed; the job worker tries again")


def publish_head() -> None:
    """Sign the head and put it beside the database too: a database rolled back to an older copy is then found.

    Raises:
        RefusedError: the head that lies there is of a longer log, or of another. It is kept: it is the proof.
    """
    signed = sign_head()
    published = queries.published_head()
    if signed is None or published == signed.note:
        return
    if published is not None and not queries.continues(published):
        raise RefusedError(
            "The log does not go on from the head that lies beside the database: was an older copy put back? "
            "`argine log verify` says more."
        )
    target = settings.CONFIG.data / queries.HEAD_FILE
    draft = target.with_suffix(".new")
    draft.write_text(signed.note)
    draft.replace(target)


def record_cosignature(size: int, found: cosignature.Cosignature) -> None:
    """Keep what a witness put under a signed head; again does no harm. It was verified."""
    with transaction.atomic():
        Cosignature.objects.get_or_create(
            size=size, witness=found.name, defaults={"line": found.signature.line(), "seconds": found.at}
        )


def note_witness(name: str, size: int, problem: WitnessProblem | None) -> None:
    """Remember how asking a witness ended, and up to what size it is known to have cosigned."""
    state = {"size": size, "problem": problem or "", "asked_at": time.now()}
    Witness.objects.update_or_create(name=name, defaults=state)


def cosign(growth: Growth) -> str:
    """Cosign the checkpoint of another desk's log, if it goes on from the one that was cosigned last; give the line.

    What was seen is kept in the same transaction as the signature is made (C2SP tlog-witness).

    Raises:
        NotFoundError: this desk does not cosign that log.
        ForbiddenError: the log's key has not signed it.
        InvalidError: the proof does not hold.
        OtherSizeError: the older size is not that of the checkpoint that was cosigned last.
        RefusedError: the log has signed another head of the same size: it shows two faces.
    """
    head = _head_of_known_log(growth)
    with transaction.atomic():
        known = WitnessedLog.objects.select_for_update().filter(origin=head.origin).first()
        size = known.size if known else 0
        if growth.old != size:
            raise OtherSizeError("That is not the size of the checkpoint that was cosigned last.", size=size)
        two_faces = known is not None and _contradicts(known, head, growth.checkpoint)
        if not two_faces:
            _check_growth(growth, known, head)
            WitnessedLog.objects.update_or_create(
                origin=head.origin, defaults={"size": head.size, "note": growth.checkpoint, "at": time.now()}
            )
    if two_faces:
        raise RefusedError("This log has signed another head of the same size: it shows two faces. Both are kept.")
    key, moment = queries.witness_key(), int(time.now().timestamp())
    signing = keys.witness_key(settings.KEYS)
    return cosignature.cosign(head.text(), key, moment, signing.sign).line()


def _head_of_known_log(growth: Growth) -> Checkpoint:
    try:
        origin = note.parse(growth.checkpoint).text.partition("\n")[0]
    except MerkleError as error:
        raise InvalidError(str(error)) from None
    key = queries.witnessed_keys().get(origin)
    if key is None:
        raise NotFoundError("This desk does not cosign that log.")
    try:
        return open_signed(growth.checkpoint, [key])
    except MerkleError as error:
        raise ForbiddenError(str(error)) from None


def _contradicts(known: WitnessedLog, head: Checkpoint, signed: str) -> bool:
    """Whether a head of the size that is known has another root; then it is kept as the proof, once."""
    if head.size != known.size or queries.root_in(known.note) == head.root:
        return False
    if not known.contradiction:
        known.contradiction = signed
        known.save(update_fields=["contradiction"])
        digests = {"one": _digest(known.note), "other": _digest(signed)}
        append(Event.WITNESSED_TWO_FACES, f"log:{head.origin}"[:80], by=SYSTEM, data={"size": head.size, **digests})
    return True


def _digest(signed: str) -> str:
    return hashlib.sha256(signed.encode()).hexdigest()


def _check_growth(growth: Growth, known: WitnessedLog | None, head: Checkpoint) -> None:
    root = queries.root_in(known.note) if known else tree.EMPTY_ROOT
    try:
        tree.verify_consistency(growth.old, root, head.size, head.root, growth.proof)
    except MerkleError as error:
        raise InvalidError(f"The proof does not hold. {error}") from None

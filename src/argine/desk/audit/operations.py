"""Writing the log: entries and signed heads."""

import logging
from collections.abc import Mapping

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from argine.desk.audit import queries
from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry, Node, SignedCheckpoint
from argine.desk.core import keys, time
from argine.desk.core.actor import Actor
from argine.desk.core.errors import RefusedError
from argine.errors import ArgineError
from argine.merkle import canonical, note, tree

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

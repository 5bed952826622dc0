"""Reading the log: its text, its proofs, its signed heads."""

import base64
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from argine.desk.audit.events import Event
from argine.desk.audit.models import Cosignature, Entry, Node, SignedCheckpoint
from argine.desk.core import keys, time
from argine.desk.core.actor import Actor
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.merkle import canonical, note, tree
from argine.merkle.checkpoint import Checkpoint, open_signed
from argine.merkle.checkpoint import parse as parse_checkpoint
from argine.merkle.cosignature import WitnessKey, verify_cosignatures
from argine.merkle.errors import MerkleError
from argine.merkle.growth import Growth
from argine.merkle.note import VerifierKey
from argine.merkle.offline import utc
from argine.merkle.receipt import make_receipt
from argine.merkle.text_forms import to_base64

BATCH = 2000
HEAD_FILE = "checkpoint.txt"


def origin() -> str:
    """The log's name: of its key, so that it stays the same when the desk moves to another address."""
    public = keys.log_key(settings.KEYS).public_key().public_bytes_raw()
    return f"argine-log/{base64.b32encode(public[:10]).decode().lower()}"


def verifier_key() -> VerifierKey:
    """The key that everybody may have, to check checkpoints and receipts."""
    return VerifierKey(origin(), keys.log_key(settings.KEYS).public_key().public_bytes_raw())


def witness_key() -> WitnessKey:
    """The key by which others know this desk's cosignatures."""
    public = keys.witness_key(settings.KEYS).public_key().public_bytes_raw()
    return WitnessKey(f"argine-witness/{base64.b32encode(public[:10]).decode().lower()}", public)


def witness_addresses() -> dict[str, tuple[WitnessKey, str]]:
    """By name, the witnesses that the operator set for this log: their key and address."""
    parts = [text.partition(" ") for text in settings.CONFIG.witnesses]
    found = [(WitnessKey.parse(key), url.strip()) for key, _space, url in parts]
    return {key.name: (key, url) for key, url in found}


def witnessed_keys() -> dict[str, VerifierKey]:
    """By origin, the keys of the logs that this desk cosigns."""
    return {key.name: key for key in map(VerifierKey.parse, settings.CONFIG.witnessed_logs)}


def root_in(signed: str) -> bytes:
    """The root in a signed head that was verified when it was kept."""
    return parse_checkpoint(note.parse(signed).text).root


def text_of(entry: Entry) -> bytes:
    """The canonical text of an entry: what its leaf is the hash of."""
    return canonical.canonical_json(
        {
            "index": entry.index,
            "at": entry.at,
            "event": entry.event,
            "subject": entry.subject,
            "by": entry.by,
            "data": canonical.parse_canonical_json(entry.data.encode()),
        }
    )


def size() -> int:
    last = Entry.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def has(
    event: Event, subject: str, by: Actor, since: datetime, data: Mapping[str, canonical.Json] | None = None
) -> bool:
    """Whether somebody did something to something, since a moment; with these data, where some are given."""
    found = Entry.objects.filter(subject=subject, event=event, by=by, at__gte=time.iso(since))
    return (found if data is None else found.filter(data=canonical.canonical_json(dict(data)).decode())).exists()


def get_node(level: int, position: int) -> bytes:
    return bytes(Node.objects.values_list("hash", flat=True).get(level=level, position=position))


def latest_checkpoint() -> SignedCheckpoint | None:
    return SignedCheckpoint.objects.order_by("-size").first()


def with_cosignatures(signed: SignedCheckpoint) -> str:
    """A signed head with the lines of all witnesses that have cosigned it."""
    lines = Cosignature.objects.filter(size=signed.size).order_by("witness").values_list("line", flat=True)
    return signed.note + "".join(lines)


def checkpoint_over(index: int) -> SignedCheckpoint:
    """The first signed head that covers an entry and that a witness cosigned; until there is one, the first signed.

    Raises:
        NotFoundError: there is none yet.
    """
    covering = SignedCheckpoint.objects.filter(size__gt=index).order_by("size")
    cosigned = Cosignature.objects.filter(size__gt=index).order_by("size").values_list("size", flat=True).first()
    found = covering.filter(size=cosigned).first() if cosigned else covering.first()
    if found is None:
        raise NotFoundError(f"No checkpoint covers entry {index} yet.")
    return found


def witnesses_of(index: int) -> list[tuple[str, str]]:
    """Which witnesses, of those that the operator set, have cosigned the head in an entry's receipt, and when."""
    known = [key for key, _url in witness_addresses().values()]
    text = with_cosignatures(checkpoint_over(index))
    return [(found.name, utc(found.at)) for found in verify_cosignatures(text, known)]


def receipt(index: int) -> dict[str, canonical.Json]:
    """An entry with the proof that it stands in the log, for anybody to keep and check (merkle.receipt)."""
    entry = Entry.objects.filter(index=index).first()
    if entry is None:
        raise NotFoundError(f"The log has no entry {index}.")
    checkpoint = checkpoint_over(index)
    proof = tree.inclusion_proof(index, checkpoint.size, get_node)
    return make_receipt(text_of(entry), index, with_cosignatures(checkpoint), proof)


def growth(old: int, new: int | None = None) -> Growth:
    """The proof that the log only grew from its first `old` entries to a signed head: of `new` entries, or the newest.

    Raises:
        NotFoundError: no such head was signed.
        RefusedError: the old size is above the new one.
    """
    signed = latest_checkpoint() if new is None else SignedCheckpoint.objects.filter(size=new).first()
    if signed is None:
        raise NotFoundError("No checkpoint of that size was signed." if new else "The log was not signed yet.")
    if old > signed.size:
        raise RefusedError(f"The old size must be at most {signed.size}, that of the checkpoint it is compared with.")
    return Growth(old, tuple(tree.consistency_proof(old, signed.size, get_node)), with_cosignatures(signed))


def proofs(entries: Iterable[Entry], size: int) -> list[canonical.Json]:
    """Of each entry: its text, and the proof that it stands in the tree of a size."""
    return [
        {
            "index": entry.index,
            "entry": text_of(entry).decode(),
            "inclusion": [to_base64(sibling) for sibling in tree.inclusion_proof(entry.index, size, get_node)],
        }
        for entry in entries
    ]


def logged(events: Collection[Event]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Event, subject and data of every entry of some events, in order."""
    rows = Entry.objects.filter(event__in=events).order_by("index").values_list("event", "subject", "data")
    for event, subject, data in rows.iterator(chunk_size=BATCH):
        yield event, subject, json.loads(data)


def entries() -> Iterator[Entry]:
    return Entry.objects.order_by("index").iterator(chunk_size=BATCH)


def entries_from(index: int, limit: int) -> list[Entry]:
    return list(Entry.objects.filter(index__gte=index).order_by("index")[:limit])


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the log that is not as it was written."""

    where: str
    what: str


def head() -> Checkpoint:
    count = size()
    return Checkpoint(origin(), count, tree.root(count, get_node))


def published_head() -> str | None:
    """The signed head that lies beside the database, if there is one."""
    try:
        return (settings.CONFIG.data / HEAD_FILE).read_text()
    except OSError:
        return None


def continues(signed: str) -> bool:
    """Say whether the log holds, and perhaps goes on from, what a signed head was signed over."""
    try:
        checkpoint = open_signed(signed, [verifier_key()])
    except MerkleError:
        return False
    return checkpoint.size <= size() and tree.root(checkpoint.size, get_node) == checkpoint.root

"""Checks the whole log against itself and against every head that was ever signed.

1. Entries are numbered without a gap; the text of each has the hash that is stored as its leaf.
2. Every stored node is the hash of its two children; every leaf node is the hash of its entry.
3. The root over the entries, at the size of every signed checkpoint, is the root that was signed.
4. Every checkpoint's signature is good, and none covers more entries than there are.
5. The head that lies beside the database is one of them: the database was not rolled back.

So a changed, removed, inserted or reordered entry is found, also by who rewrites the nodes but lacks the log's key.
"""

from collections.abc import Callable, Iterator

from argine.desk.audit import queries
from argine.desk.audit.models import Cosignature, Node, SignedCheckpoint, WitnessedLog
from argine.desk.audit.queries import Fault
from argine.errors import ArgineError
from argine.merkle import tree
from argine.merkle.checkpoint import open_signed
from argine.merkle.cosignature import verify_cosignatures
from argine.merkle.errors import MerkleError


def to_the_end(where: str, find: Callable[[], Iterator[Fault]]) -> Iterator[Fault]:
    """What a check finds. A row that was made unreadable ends that check alone, and is a fault like others."""
    try:
        yield from find()
    except (ArgineError, ValueError, LookupError, TypeError, AttributeError) as error:
        yield Fault(where, f"cannot be checked to the end: a row is not of its form ({type(error).__name__})")


def faults() -> Iterator[Fault]:
    # First of all: while the desk runs, a head may be put beside the database that covers more than what is read below.
    published = queries.published_head()
    computed: dict[tuple[int, int], bytes] = {}
    count = 0
    for entry in queries.entries():
        if entry.index != count:
            yield Fault(f"entry {count}", "is missing")
            return
        try:
            leaf = tree.leaf_hash(queries.text_of(entry))
        except MerkleError:
            leaf = b""
        if leaf != bytes(entry.leaf_hash):
            yield Fault(f"entry {entry.index}", "was altered: its text has another hash")
        completed = tree.nodes_completed_by(count, leaf or bytes(entry.leaf_hash), lambda *place: computed[place])
        computed.update({(level, position): digest for level, position, digest in completed})
        count += 1
    yield from _node_faults(computed)
    yield from _checkpoint_faults(computed, count, published)


def _node_faults(computed: dict[tuple[int, int], bytes]) -> Iterator[Fault]:
    unseen = dict(computed)
    for level, position, stored in Node.objects.values_list("level", "position", "hash").iterator():
        if unseen.pop((level, position), None) != bytes(stored):
            yield Fault(f"node {level}/{position}", "is not the hash of what it stands for")
    for level, position in unseen:
        yield Fault(f"node {level}/{position}", "is missing")


def _checkpoint_faults(computed: dict[tuple[int, int], bytes], count: int, published: str | None) -> Iterator[Fault]:
    notes = [(f"checkpoint {signed.size}", signed.note) for signed in SignedCheckpoint.objects.order_by("size")]
    if published:
        notes.append((queries.HEAD_FILE, published))
    yield from _cosignature_faults()
    key = queries.verifier_key()
    for where, note in notes:
        try:
            checkpoint = open_signed(note, [key])
        except MerkleError:
            yield Fault(where, "is not signed by this log's key")
            continue
        if checkpoint.size > count:
            yield Fault(where, f"covers {checkpoint.size} entries, but the log has {count}: entries were removed")
        elif tree.root(checkpoint.size, lambda *place: computed[place]) != checkpoint.root:
            yield Fault(where, "was signed over other entries than the log holds now")


def _cosignature_faults() -> Iterator[Fault]:
    """What witnesses put under the heads, as far as their keys are still set, and the heads that were cosigned here."""
    witnesses = [key for key, _url in queries.witness_addresses().values()]
    notes = {signed.size: signed.note for signed in SignedCheckpoint.objects.all()}
    for row in Cosignature.objects.order_by("size", "witness"):
        where = f"cosignature of {row.size} entries by {row.witness}"
        try:
            found = verify_cosignatures(notes[row.size] + row.line, witnesses)
        except (MerkleError, KeyError):
            yield Fault(where, "is not of that head")
            continue
        if any(key.name == row.witness for key in witnesses) and not found:
            yield Fault(where, "is not by that witness")
    known = queries.witnessed_keys()
    for log in WitnessedLog.objects.filter(origin__in=known):
        try:
            size = open_signed(log.note, [known[log.origin]]).size
        except MerkleError:
            size = -1
        if size != log.size:
            yield Fault(f"the head of {log.origin}", "that was cosigned here was altered")

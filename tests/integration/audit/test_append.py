"""Writing the log: only in a transaction, one leaf after the other, heads signed once."""

import json

import pytest
from django.conf import settings
from django.db import transaction
from tests.factories import make_case, make_decision

from argine.desk.audit import queries
from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry, Node, SignedCheckpoint
from argine.desk.audit.operations import append, publish_head, sign_head
from argine.desk.audit.verify import faults
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import NotFoundError
from argine.merkle import tree
from argine.merkle.checkpoint import open_signed
from argine.merkle.errors import MerkleError
from argine.merkle.receipt import verify_receipt

pytestmark = pytest.mark.django_db

MANY = 21


def write(count: int = 1, **data: object) -> None:
    with transaction.atomic():
        for number in range(count):
            append(Event.DESK_STARTED, "desk", by=SYSTEM, data={"number": number, **data})  # type: ignore[dict-item]


@pytest.mark.django_db(transaction=True)
def test_an_entry_without_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        append(Event.DESK_STARTED, "desk", by=SYSTEM)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_the_transaction_that_failed_and_the_next_takes_its_place() -> None:
    write()
    with transaction.atomic():
        append(Event.DESK_STARTED, "desk", by=SYSTEM)
        transaction.set_rollback(True)
    write()
    assert list(Entry.objects.order_by("index").values_list("index", flat=True)) == [0, 1]
    assert list(faults()) == []


def test_the_stored_nodes_are_the_tree_of_the_entries_at_every_size() -> None:
    leaves: list[bytes] = []
    for _ in range(MANY):
        write()
        leaves.append(tree.leaf_hash(queries.text_of(Entry.objects.get(index=len(leaves)))))
        assert tree.root(len(leaves), queries.get_node) == reference_root(leaves)
    assert Node.objects.count() == sum(MANY >> level for level in range(MANY.bit_length()))


def reference_root(leaves: list[bytes]) -> bytes:
    """RFC 6962's own recursion, written apart from the code under test."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return tree.node_hash(reference_root(leaves[:split]), reference_root(leaves[split:]))


def test_an_entry_says_what_when_who_and_to_what_in_one_canonical_text() -> None:
    write(detail="ä")
    entry = Entry.objects.get()
    text = queries.text_of(entry)
    assert set(json.loads(text)) == {"index", "at", "event", "subject", "by", "data"}
    assert bytes(entry.leaf_hash) == tree.leaf_hash(text)


@pytest.mark.parametrize("value", [1.5, object(), b"bytes"])
def test_what_has_no_canonical_text_is_refused(value: object) -> None:
    with pytest.raises(MerkleError):
        write(value=value)
    assert not Entry.objects.exists()


def test_a_head_is_signed_once_for_each_size_by_the_logs_own_key() -> None:
    assert sign_head() is None
    write(3)
    first, again = sign_head(), sign_head()
    assert first is not None
    assert again is not None
    assert (first.note, first.size, SignedCheckpoint.objects.count()) == (again.note, 3, 1)
    head = open_signed(first.note, [queries.verifier_key()])
    assert (head.size, head.root) == (3, tree.root(3, queries.get_node))


def test_a_head_is_published_beside_the_database_and_written_anew_when_there_is_more() -> None:
    file = settings.CONFIG.data / queries.HEAD_FILE
    file.unlink(missing_ok=True)
    publish_head()
    assert not file.exists()
    for size in (2, 4):
        write(2)
        publish_head()
        assert open_signed(file.read_text(), [queries.verifier_key()]).size == size
    file.unlink()


def test_a_receipt_of_every_entry_verifies_with_the_public_key_alone() -> None:
    make_decision(make_case().case)
    write(2)
    sign_head()
    key = queries.verifier_key()
    for index in range(queries.size()):
        proved = verify_receipt(queries.receipt(index), [key])
        assert (proved.index, proved.entry["index"]) == (index, index)  # type: ignore[index,call-overload]


def test_an_entry_that_no_head_covers_yet_has_no_receipt() -> None:
    write()
    with pytest.raises(NotFoundError, match="No checkpoint"):
        queries.receipt(0)
    with pytest.raises(NotFoundError, match="no entry"):
        queries.receipt(1)


def test_a_receipt_stays_good_when_the_log_has_grown() -> None:
    write(2)
    sign_head()
    early = queries.receipt(1)
    write(30)
    sign_head()
    assert queries.receipt(1) == early
    assert verify_receipt(early, [queries.verifier_key()]).checkpoint.size == 2

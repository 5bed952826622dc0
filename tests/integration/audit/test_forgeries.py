"""Whoever alters the log behind the desk's back is found, whatever they alter."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import F
from tests.factories import every_fault, make_case, make_decision, staff_client
from tests.raw_sql import raw

from argine.desk.audit import queries
from argine.desk.audit.models import Entry, Node, SignedCheckpoint
from argine.desk.audit.operations import publish_head, sign_head
from argine.desk.audit.verify import faults
from argine.desk.people.enums import Role
from argine.merkle import tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> int:
    """A log with entries after and before signed heads; tells its size."""
    make_decision(make_case().case)
    make_case()
    assert list(faults()) == []
    return queries.size()


def sql(text: str, *values: object) -> None:
    raw(text, *values)


def rewrite_leaves_and_nodes() -> None:
    """What a clever forger does: bring leaves and nodes into line with the entries. The signing key is not theirs."""
    Node.objects.all().delete()
    for entry in Entry.objects.order_by("index"):
        entry.leaf_hash = tree.leaf_hash(queries.text_of(entry))
        entry.save()
        completed = tree.nodes_completed_by(entry.index, entry.leaf_hash, queries.get_node)
        Node.objects.bulk_create(Node(level=level, position=place, hash=digest) for level, place, digest in completed)


def close_the_gap(index: int) -> None:
    Entry.objects.filter(index=index).delete()
    for later in Entry.objects.filter(index__gt=index).order_by("index").values_list("index", flat=True):
        Entry.objects.filter(index=later).update(index=F("index") - 1)


def insert_at(index: int) -> None:
    for later in Entry.objects.filter(index__gte=index).order_by("-index").values_list("index", flat=True):
        Entry.objects.filter(index=later).update(index=F("index") + 1)
    copy = Entry.objects.get(index=index + 1)
    copy.index = index
    copy.save(force_insert=True)


def swap(one: int, two: int) -> None:
    for was, becomes in ((one, 10**6), (two, one), (10**6, two)):
        Entry.objects.filter(index=was).update(index=becomes)


def with_another_root(note: str) -> str:
    lines = note.split("\n")
    lines[2] = lines[2].swapcase()
    return "\n".join(lines)


def alter_a_head() -> None:
    head = SignedCheckpoint.objects.earliest("size")
    head.note = with_another_root(head.note)
    head.save()


FORGERIES: dict[str, Callable[[int], object]] = {
    "the time of an entry": lambda _: sql(
        "UPDATE audit_entry SET at = '2020-01-01T00:00:00.000000Z' WHERE \"index\" = 4"
    ),
    "who an entry names": lambda _: sql("UPDATE audit_entry SET by = 'staff:99' WHERE \"index\" = 4"),
    "what an entry tells": lambda _: sql("UPDATE audit_entry SET event = 'desk.started' WHERE \"index\" = 4"),
    "what an entry is about": lambda _: sql("UPDATE audit_entry SET subject = 'desk' WHERE \"index\" = 4"),
    "the data of an entry": lambda _: sql('UPDATE audit_entry SET data = \'{"bank":"x"}\' WHERE "index" = 4'),
    "the data, no longer JSON": lambda _: sql("UPDATE audit_entry SET data = 'nothing' WHERE \"index\" = 4"),
    "the data, spelt otherwise": lambda _: sql("UPDATE audit_entry SET data = replace(data, ':', ': ')"),
    "a leaf": lambda _: sql('UPDATE audit_entry SET leaf_hash = zeroblob(32) WHERE "index" = 4'),
    "an inner node": lambda _: sql("UPDATE audit_node SET hash = zeroblob(32) WHERE level = 1 AND position = 1"),
    "a node that is gone": lambda _: sql("DELETE FROM audit_node WHERE level = 2 AND position = 0"),
    "a node too many": lambda _: Node.objects.create(level=9, position=0, hash=bytes(32)),
    "the last entry, gone": lambda size: Entry.objects.filter(index=size - 1).delete(),
    "an entry in the middle, gone": lambda _: Entry.objects.filter(index=4).delete(),
    "the first entry, gone": lambda _: Entry.objects.filter(index=0).delete(),
    "an entry gone and the gap closed": lambda _: close_the_gap(4),
    "an entry inserted": lambda _: insert_at(4),
    "two entries swapped": lambda _: swap(4, 5),
    "a head over other entries": lambda _: alter_a_head(),
    "all entries": lambda _: Entry.objects.all().delete(),
}
CLEVER = [
    "the time of an entry",
    "who an entry names",
    "the data of an entry",
    "the last entry, gone",
    "an entry gone and the gap closed",
    "an entry inserted",
    "two entries swapped",
    "all entries",
]
UNREADABLE = ["the data of an entry", "the data, no longer JSON", "an inner node", "an entry inserted", "all entries"]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_found(log: int, forgery: str) -> None:
    FORGERIES[forgery](log)
    assert list(faults())


@pytest.mark.parametrize("forgery", CLEVER)
def test_a_forgery_is_found_by_the_signed_heads_even_if_every_hash_was_brought_into_line(
    log: int, forgery: str
) -> None:
    FORGERIES[forgery](log)
    rewrite_leaves_and_nodes()
    found = list(faults())
    assert found
    assert all(fault.where.startswith(("checkpoint", "entry")) for fault in found)


@pytest.mark.parametrize("forgery", UNREADABLE)
def test_the_console_says_so_and_does_not_break(log: int, forgery: str) -> None:
    supervisor = staff_client(Role.SUPERVISOR)
    FORGERIES[forgery](log)
    answer = supervisor.post("/console/log/verify")
    assert answer.status_code == 200
    assert answer.context["faults"]


@pytest.fixture
def published() -> Iterator[Path]:
    file = settings.CONFIG.data / queries.HEAD_FILE
    file.unlink(missing_ok=True)
    yield file
    file.unlink(missing_ok=True)


def test_a_database_that_was_rolled_back_is_found_by_the_head_beside_it(log: int, published: Path) -> None:
    make_case()
    publish_head()
    assert list(faults()) == []
    for model in (Entry, Node, SignedCheckpoint):
        model.objects.all().delete()
    assert [fault.where for fault in faults()] == [queries.HEAD_FILE]


def test_a_database_with_another_past_is_found_by_the_head_beside_it(log: int, published: Path) -> None:
    publish_head()
    SignedCheckpoint.objects.all().delete()
    sql("UPDATE audit_entry SET by = 'staff:99' WHERE \"index\" = 4")
    rewrite_leaves_and_nodes()
    sign_head()
    assert [fault.where for fault in faults()] == [queries.HEAD_FILE]


def test_a_published_head_that_was_tampered_with_is_found(log: int, published: Path) -> None:
    publish_head()
    published.write_text(with_another_root(published.read_text()))
    assert [fault.where for fault in faults()] == [queries.HEAD_FILE]


def test_nothing_is_found_in_a_log_that_nobody_touched(log: int) -> None:
    assert every_fault() == []

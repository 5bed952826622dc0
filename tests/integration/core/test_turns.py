"""Writers take turns, in SQLite and over all nodes of a PostgreSQL: who follows a feed by its numbers misses none."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from time import sleep
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from tests.factories import random_signals

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.audit.operations import append
from argine.desk.audit.verify import faults
from argine.desk.banks import queries
from argine.desk.banks.live import LiveBanks
from argine.desk.banks.models import BankEntry, Change
from argine.desk.banks.operations import add_entry, create_default_banks
from argine.desk.core import nodes
from argine.desk.core.actor import SYSTEM
from argine.desk.core.snapshot import one_moment
from argine.desk.exchange.models import Offer

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(connection.vendor != nodes.SHARED, reason="about PostgreSQL")


def beside(do: Callable[[], object]) -> threading.Thread:
    """Do something in a thread with a connection of its own."""

    def run() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@contextmanager
def held(do: Callable[[], object]) -> Iterator[None]:
    """Have somebody else do something in a transaction that stays open until the end of the block."""
    done, go = threading.Event(), threading.Event()

    def run() -> None:
        with transaction.atomic():
            do()
            done.set()
            go.wait(20)

    thread = beside(run)
    assert done.wait(20)
    try:
        yield
    finally:
        go.set()
        thread.join()


def draw() -> int:
    return Change.objects.create(bank_id="removed", entry_id=uuid4()).seq


def offer() -> None:
    Offer.objects.create(entry_id=uuid4(), opinion="", at="2026-01-01T00:00:00Z")


def log_something() -> None:
    append(Event.DESK_STARTED, "desk", by=SYSTEM, data={})


@pytest.mark.parametrize(
    ("write", "count"),
    [(draw, Change.objects.count), (offer, Offer.objects.count), (log_something, Entry.objects.count)],
    ids=["banks", "exchange", "log"],
)
def test_no_number_is_seen_while_a_lower_one_may_still_come(
    write: Callable[[], object], count: Callable[[], int]
) -> None:
    seen: list[int] = []

    def second() -> None:
        with transaction.atomic():
            write()
        seen.append(count())

    with held(write):
        thread = beside(second)
        sleep(0.3)
        # The second has not drawn its number: a reader that looks now sees neither of the two, and waits for nobody.
        assert (count(), seen) == (0, [])
    thread.join()
    assert seen == [2]


def test_a_reader_that_follows_while_many_write_ends_with_all_that_was_written() -> None:
    create_default_banks()
    reader, random, end = LiveBanks(), Random(5), threading.Event()
    rests = [random.uniform(0, 0.02) for _ in range(24)]

    def write(some: list[float]) -> None:
        for rest in some:
            with transaction.atomic():
                add_entry("removed", random_signals(), origin="test", by=SYSTEM)
                sleep(rest)

    def follow() -> None:
        while not end.is_set():
            reader.matcher()

    follower = beside(follow)
    writers = [beside(lambda some=rests[start::3]: write(some)) for start in range(3)]  # type: ignore[misc]
    for thread in writers:
        thread.join()
    end.set()
    follower.join()
    assert len(reader.matcher()) == BankEntry.objects.count() == len(rests)
    assert list(faults()) == []
    assert queries.newest_change() > 0


def test_what_is_compared_at_one_moment_does_not_change_meanwhile() -> None:
    with one_moment():
        before = Change.objects.count()
        beside(draw).join()
        assert Change.objects.count() == before
    assert Change.objects.count() == before + 1


@on_postgresql
def test_who_waits_too_long_for_a_turn_is_refused_and_can_try_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    with held(draw), pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
        draw()
    with transaction.atomic():
        draw()
    assert Change.objects.count() == 2


@on_postgresql
def test_a_pass_is_for_one_node_at_a_time_and_free_again_when_that_node_dies() -> None:
    taken, die, found = threading.Event(), threading.Event(), list[bool]()

    def other_node() -> None:
        with nodes.alone("ticker") as mine:
            found.append(mine)
            taken.set()
            die.wait(20)
            connection.close()  # as kill -9 does: nothing is given back in words

    thread = beside(other_node)
    assert taken.wait(20)
    with nodes.alone("ticker") as mine, nodes.alone("courier") as other:
        found += [mine, other]
    die.set()
    thread.join()
    assert found == [True, False, True]
    # The server gives it back once it has noticed that who held it is gone.
    assert any(_is_free() or sleep(0.05) for _ in range(400))


def _is_free() -> bool:
    with nodes.alone("ticker") as mine:
        return mine


@on_postgresql
def test_nodes_that_start_together_prepare_one_after_the_other() -> None:
    order: list[str] = []

    def start() -> None:
        with nodes.in_turn("prepare"):
            order.append("begin")
            sleep(0.05)
            order.append("end")

    for thread in [beside(start) for _ in range(3)]:
        thread.join()
    assert order == ["begin", "end"] * 3

"""The signed head beside the database: it outlives a database that is rolled back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from argine.desk.audit import queries
from argine.desk.audit import verify as audit
from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry, Node, SignedCheckpoint
from argine.desk.audit.operations import append, publish_head
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import RefusedError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def head() -> Iterator[Path]:
    path = settings.CONFIG.data / queries.HEAD_FILE
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def write(count: int) -> None:
    with transaction.atomic():
        for _ in range(count):
            append(Event.DESK_STARTED, "desk", by=SYSTEM)


def roll_back() -> None:
    """An older copy of the database is put in place."""
    for model in (Entry, Node, SignedCheckpoint):
        model.objects.all().delete()


def test_a_longer_log_is_published(head: Path) -> None:
    write(2)
    publish_head()
    write(1)
    publish_head()
    assert "\n3\n" in head.read_text()


def test_the_head_of_a_longer_log_is_kept_and_verification_finds_the_roll_back(head: Path) -> None:
    write(3)
    publish_head()
    kept = head.read_text()
    roll_back()
    write(2)
    with pytest.raises(RefusedError, match="older copy"):
        publish_head()
    assert head.read_text() == kept
    assert any("entries were removed" in fault.what for fault in audit.faults())


def test_the_head_of_another_log_is_kept_even_when_this_one_is_longer(head: Path) -> None:
    write(2)
    publish_head()
    kept = head.read_text()
    roll_back()
    with transaction.atomic():
        for number in range(5):
            append(Event.DESK_STARTED, f"desk:{number}", by=SYSTEM)
    with pytest.raises(RefusedError):
        publish_head()
    assert head.read_text() == kept


def test_a_head_that_nobody_signed_is_not_overwritten(head: Path) -> None:
    head.write_text("not a head")
    write(1)
    with pytest.raises(RefusedError):
        publish_head()
    assert head.read_text() == "not a head"

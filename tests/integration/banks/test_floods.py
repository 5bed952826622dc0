"""An entry that stops many different uploads is shown to people; one that is wrong is undone with all it did."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as desk
from django.test import Client
from tests.factories import (
    every_fault,
    log_events,
    make_case,
    make_decision,
    make_sighting,
    random_signals,
    staff_client,
)

from argine.desk.banks.models import BankEntry, Flood
from argine.desk.banks.operations import REMOVED, accept_flood, add_entry, undo_entry, watch_floods, withdraw_entry
from argine.desk.banks.queries import open_floods, stopped_by
from argine.desk.cases.enums import Outcome
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import RefusedError
from argine.desk.people.enums import Role
from argine.signals.types import Signal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_are_many(settings: Any, default_banks: None) -> None:
    settings.CONFIG = replace(desk.CONFIG, flood_uploads=3)


@pytest.fixture
def signals() -> list[Signal]:
    return random_signals()


@pytest.fixture
def entry(signals: list[Signal]) -> BankEntry:
    return add_entry(REMOVED, signals, origin="test", by=SYSTEM)


def upload(signals: list[Signal], *names: str) -> None:
    for name in names:
        make_sighting(signals, content_id=name)


def test_more_different_uploads_than_the_operator_set_ask_somebody_to_look(
    entry: BankEntry, signals: list[Signal]
) -> None:
    upload(signals, "a", "b", "c")
    assert watch_floods() == 0
    upload(signals, "d")
    assert watch_floods() == 1
    assert [(flood.entry_id, flood.uploads) for flood in open_floods()] == [(entry.id, 4)]
    assert log_events(f"entry:{entry.id}")[-1] == "bank.entry.flooded"


def test_the_same_upload_again_and_again_is_one(entry: BankEntry, signals: list[Signal]) -> None:
    upload(signals, *["a"] * 20)
    assert watch_floods() == 0


def test_uploads_without_a_name_count_each(entry: BankEntry, signals: list[Signal]) -> None:
    upload(signals, *[""] * 4)
    assert watch_floods() == 1


def test_what_is_older_than_a_day_does_not_count(entry: BankEntry, signals: list[Signal]) -> None:
    with time.shifted(-timedelta(hours=25)):
        upload(signals, "a", "b", "c")
    upload(signals, "d")
    assert watch_floods() == 0


def test_nobody_is_asked_twice_in_a_day_and_again_if_it_goes_on(entry: BankEntry, signals: list[Signal]) -> None:
    upload(signals, "a", "b", "c", "d")
    assert [watch_floods(), watch_floods()] == [1, 0]
    accept_flood(open_floods()[0], by=SYSTEM)
    assert watch_floods() == 0
    with time.shifted(timedelta(hours=25)):
        upload(signals, "e", "f", "g", "h")
        assert watch_floods() == 1


def test_an_entry_that_is_out_of_matching_asks_nobody(entry: BankEntry, signals: list[Signal]) -> None:
    upload(signals, "a", "b", "c", "d")
    withdraw_entry(entry, erase=False, by=SYSTEM)
    assert watch_floods() == 0


def test_undoing_lists_and_has_restored_all_that_it_alone_stopped(
    entry: BankEntry, signals: list[Signal], platform: Client
) -> None:
    upload(signals, "a", "b", "a")
    other = random_signals()
    add_entry(REMOVED, other, origin="test", by=SYSTEM)
    make_sighting([*signals, *other][:1] + other[:0], content_id="c")
    assert platform.get("/api/v1/restorations").json() == {"restorations": [], "next": 0}
    assert undo_entry(entry, by=SYSTEM) == 3
    answer = platform.get("/api/v1/restorations").json()
    (told,) = answer["restorations"]
    assert told["entry"] == str(entry.id)
    assert {copy["content_id"] for copy in told["copies"]} == {"a", "b", "c"}
    assert platform.get("/api/v1/restorations", {"after": answer["next"]}).json()["restorations"] == []
    asked = {"signals": [{"type": s.type.value, "value": s.text, "quality": s.quality} for s in signals]}
    verdict = platform.post("/api/v1/check", json.dumps(asked), content_type="application/json").json()["verdict"]
    assert verdict == "allow"
    assert every_fault() == []
    assert log_events(f"entry:{entry.id}")[-2:] == ["bank.entry.withdrawn", "bank.entry.undone"]


def test_what_another_entry_stops_too_is_not_restored_until_that_is_undone(
    entry: BankEntry, signals: list[Signal]
) -> None:
    twin = add_entry(REMOVED, signals, origin="test", by=SYSTEM)
    upload(signals, "a")
    assert undo_entry(entry, by=SYSTEM) == 0
    assert undo_entry(twin, by=SYSTEM) == 1
    assert [sighting.content_id for sighting in stopped_by(entry.id)] == ["a"]


def test_an_entry_of_a_case_is_undone_by_its_decision(signals: list[Signal], platform: Client) -> None:
    case = make_case(pictures=[signals]).case
    make_decision(case)
    upload(signals, "a")
    entry = BankEntry.objects.get(case_id=case.pk)
    with pytest.raises(RefusedError, match="replace that case's decision"):
        undo_entry(entry, by=SYSTEM)
    make_decision(case, Outcome.KEEP, override=True)
    told = platform.get("/api/v1/decisions").json()["decisions"][-1]
    assert (told["outcome"], [copy["content_id"] for copy in told["copies"]]) == ("keep", ["a"])


def test_nothing_is_undone_or_looked_at_twice(entry: BankEntry, signals: list[Signal]) -> None:
    upload(signals, "a", "b", "c", "d")
    watch_floods()
    flood = open_floods()[0]
    undo_entry(entry, by=SYSTEM)
    assert (open_floods(), Flood.objects.get().undone) == ([], True)
    entry.refresh_from_db()
    for again in (lambda: undo_entry(entry, by=SYSTEM), lambda: accept_flood(flood, by=SYSTEM)):
        with pytest.raises(RefusedError):
            again()


# In the console


@pytest.fixture
def flood(entry: BankEntry, signals: list[Signal]) -> Flood:
    upload(signals, "post-a", "post-b", "post-c", "post-d")
    watch_floods()
    return open_floods()[0]


def test_the_page_of_banks_shows_it_with_what_was_stopped(flood: Flood) -> None:
    page = staff_client(Role.SUPERVISOR).get("/console/banks").content.decode()
    assert "matched 4 different uploads" in page
    assert all(name in page for name in ("post-a", "post-d"))
    assert "undo it" in page
    assert "undo it" not in staff_client(Role.REVIEWER).get("/console/banks").content.decode()


@pytest.mark.parametrize(("answer", "undone"), [("keep", False), ("undo", True), ("", False)])
def test_a_supervisor_decides(flood: Flood, answer: str, undone: bool) -> None:
    client = staff_client(Role.SUPERVISOR)
    done = client.post(f"/console/banks/floods/{flood.pk}", {"answer": answer}, follow=True)
    assert ("put 4 uploads back" in done.content.decode()) == undone
    flood.refresh_from_db()
    assert (flood.undone, flood.decided_at is not None) == (undone, True)
    assert "matched 4" not in done.content.decode()
    assert client.post(f"/console/banks/floods/{flood.pk}", {"answer": "keep"}).status_code == 409


def test_an_alert_that_is_not_there_is_not_found() -> None:
    assert staff_client(Role.SUPERVISOR).post(f"/console/banks/floods/{uuid4()}").status_code == 404

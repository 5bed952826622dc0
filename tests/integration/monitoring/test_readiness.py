"""A process that lives says so whatever else fails; one that cannot serve says what is missing."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import OperationalError
from django.test import Client

from argine.desk.banks.live import BANKS
from argine.desk.banks.operations import create_default_banks
from argine.desk.monitoring import readiness


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def raises(*_args: object) -> None:
    raise OperationalError("unable to open database file")


def full(_place: object) -> Usage:
    return Usage(1 << 30, 1 << 30, 100)


@pytest.mark.django_db
def test_a_process_is_ready_once_it_holds_the_banks(default_banks: None) -> None:
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "not_ready", "missing": ["banks"]})
    BANKS.matcher()
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "missing": []})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("place", "broken", "missing"),
    [
        ("argine.desk.monitoring.readiness._is_migrated", raises, ["database"]),
        ("argine.desk.monitoring.readiness._is_migrated", lambda: False, ["tables"]),
        ("argine.desk.monitoring.readiness.shutil.disk_usage", full, ["disk"]),
        ("argine.desk.monitoring.readiness.os.access", lambda *_args: False, ["disk"]),
    ],
)
def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, place: str, broken: Callable[..., Any], missing: list[str]
) -> None:
    create_default_banks()
    BANKS.matcher()
    monkeypatch.setattr(place, broken)
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["missing"]) == (503, missing)


@pytest.mark.django_db
def test_tables_of_an_older_version_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_migrated", set())
    assert list(readiness.missing()) == []
    monkeypatch.setattr(readiness, "_migrated", set())
    monkeypatch.setattr(readiness.MigrationExecutor, "migration_plan", lambda *_args: ["one more"])
    assert list(readiness.missing()) == ["tables"]


@pytest.mark.django_db
def test_liveness_asks_nothing_of_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/health/live").json() == {"status": "live"}

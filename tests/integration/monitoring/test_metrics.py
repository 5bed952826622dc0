"""What Prometheus reads: counts of what was asked, the state of the desk, and nothing of anybody."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from tests.factories import make_case, make_decision, make_key, staff_client

from argine.desk.clocks.operations import tick
from argine.desk.core import hashing, metrics, time
from argine.desk.core.operations import beat
from argine.desk.jobs import operations as jobs
from argine.desk.monitoring import gauges, queries
from argine.desk.people.enums import OF_PLATFORM, Role, Scope
from argine.media.errors import MediaError
from argine.signals.pool import UnsafeError

pytestmark = pytest.mark.django_db
Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def watcher(default_banks: None) -> Client:
    return Client(headers={"Authorization": f"Bearer {make_key([Scope.METRICS])}"})


def read(watcher: Client) -> Values:
    answer = watcher.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def of(values: Values, name: str, **labels: str) -> float:
    return values.get((name, tuple(sorted(labels.items()))), 0.0)


def grown(watcher: Client, do: Callable[[], object], name: str, **labels: str) -> float:
    before = read(watcher)
    do()
    return of(read(watcher), name, **labels) - of(before, name, **labels)


def test_only_a_key_of_its_own_scope_reads_the_metrics(default_banks: None) -> None:
    assert Client().get("/metrics").status_code == 401
    platform = Client(headers={"Authorization": f"Bearer {make_key(list(OF_PLATFORM))}"})
    assert platform.get("/metrics").status_code == 403
    assert platform.post("/metrics").status_code == 405
    assert staff_client(Role.OPERATOR).get("/metrics").status_code == 401


def test_requests_are_counted_by_the_name_of_their_route(watcher: Client) -> None:
    status = {"route": "intake:status", "method": "GET", "status": "200"}
    assert grown(watcher, lambda: Client().get("/status/?q=zqmark"), "argine_requests_total", **status) == 1
    unknown = {"route": "none", "method": "GET", "status": "404"}
    assert grown(watcher, lambda: Client().get("/zqmark"), "argine_requests_total", **unknown) == 1
    odd = {"route": "intake:status", "method": "other", "status": "405"}
    assert grown(watcher, lambda: Client().generic("ZQMARK", "/status/"), "argine_requests_total", **odd) == 1
    assert grown(watcher, lambda: Client().get("/status/"), "argine_request_seconds_count", route="intake:status") == 1
    assert "zqmark" not in watcher.get("/metrics").content.decode().lower()


def test_checks_are_counted_by_verdict_and_hashing_is_timed(watcher: Client, platform: Client, cat: bytes) -> None:
    def check() -> None:
        assert platform.post("/api/v1/check", {"file": SimpleUploadedFile("a.jpg", cat)}).status_code == 200

    assert grown(watcher, check, "argine_checks_total", verdict="allow") == 1
    assert grown(watcher, check, "argine_hash_seconds_count", result="hashed") == 1

    def fail() -> None:
        with pytest.raises(MediaError):
            hashing.hash_upload(b"no picture")

    assert grown(watcher, fail, "argine_hash_seconds_count", result="failed") == 1


def test_clocks_cases_jobs_and_signs_of_life_are_told(watcher: Client) -> None:
    made = make_case()
    beat("ticker")
    jobs.enqueue("log.publish", "x", run_after=time.now() - timedelta(minutes=3))
    values = read(watcher)
    assert of(values, "argine_cases", state="received") == 1
    assert of(values, "argine_clocks_open", state="running", kind="statutory") == 2
    due = of(values, "argine_clock_next_due_seconds", kind="statutory")
    assert 47 * 3600 < due <= 48 * 3600
    assert of(values, "argine_jobs", state="due") == 1
    assert 175 < of(values, "argine_job_age_seconds") < 200
    assert 0 <= of(values, "argine_sign_of_life_age_seconds", process="ticker") < 20
    assert of(values, "argine_log_entries") > 0
    with time.shifted(timedelta(hours=49)):
        tick()
    values = read(watcher)
    assert of(values, "argine_clocks_open", state="missed", kind="statutory") == 2
    make_decision(made.case)


def test_the_health_that_doctor_finds_and_the_sandbox_are_told(watcher: Client) -> None:
    values = read(watcher)
    assert of(values, "argine_health", level="bad") >= 1  # neither ticker nor worker runs under this test
    assert sum(of(values, "argine_sandbox", level=level) for level in gauges.LEVELS) == 1
    assert of(values, "argine_disk_free_bytes") > 0
    assert of(values, "argine_unreadable") == 0


def test_a_decoder_that_may_not_run_is_told(watcher: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise UnsafeError("no")

    monkeypatch.setattr(hashing, "level", refuse)
    assert of(read(watcher), "argine_sandbox", level="refused") == 1


def test_what_the_database_cannot_tell_leaves_the_rest(watcher: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_now: object) -> queries.Values:
        raise DatabaseError("zqmark")

    rows = [replace(gauge, read=broken) if gauge.name == "argine_cases" else gauge for gauge in gauges.GAUGES]
    monkeypatch.setattr(gauges, "GAUGES", rows)
    values = read(watcher)
    assert of(values, "argine_unreadable") == 1
    assert ("argine_disk_free_bytes", ()) in values


def test_every_metric_has_a_name_of_ours_with_its_unit_and_labels_that_are_words() -> None:
    told = [(one.name, one.help, tuple(one.labels)) for one in gauges.GAUGES]
    told += [(one._name, one._documentation, one._labelnames) for one in metrics.COUNTED]
    assert len({name for name, _, _ in told}) == len(told)
    for name, text, labels in told:
        assert re.fullmatch(r"argine_[a-z_]+", name)
        assert text.endswith(".")
        assert all(re.fullmatch(r"[a-z]+", label) for label in labels)


def test_the_rules_to_begin_with_name_metrics_and_labels_that_there_are() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "monitoring.md").read_text("utf-8")
    known: dict[str, set[str]] = {one.name: set(one.labels) for one in gauges.GAUGES}
    known |= {f"{one._name}{end}": {*one._labelnames, "le"} for one in metrics.COUNTED for end in ("_total", "_bucket")}
    used = re.findall(r"\b(argine_[a-z_]+)(?:\{([^}]*)\})?", page)
    assert {name for name, _ in used} <= set(known)
    wrong = [(name, words) for name, words in used if set(re.findall(r"(\w+)=", words)) - known[name]]
    assert wrong == []

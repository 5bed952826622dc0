"""`argine evidence`: thin words over the records of pages."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from django.conf import LazySettings
from tests.factories import REVIEWER, fresh, make_case
from tests.integration.evidence.pages import page_of
from tests.web_server import Site

from argine.cli.exits import Exit
from argine.desk.cases.operations import freeze
from argine.desk.evidence.operations import forget_of_minors

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("desk")


def test_a_record_is_taken_listed_shown_and_handed_on(run: Run, told: Told, site: Site, tmp_path: Path) -> None:
    site.says("/1", page_of())
    make_case(addresses=[site.url("/1"), site.url("/2")])
    taken = told(run("evidence", "take", 1))
    assert [row["status"] for row in taken] == [200, 404]
    assert {row["record"] for row in told(run("evidence", "list", 1))} == {row["record"] for row in taken}
    shown = run("evidence", "show", taken[0]["record"]).stdout
    for word in ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "t.me/leaker", "pay.me@evil.example", "Leaked by"):
        assert word in shown
    file = tmp_path / "page.json"
    assert run("evidence", "export", taken[0]["record"], "-o", file).exit_code == Exit.OK
    written = json.loads(file.read_text())
    assert written["record"]["address"] == site.url("/1")
    assert told(run("log", "verify"))[0]["ok"] is True


def test_one_address_can_be_named(run: Run, told: Told, site: Site) -> None:
    make_case(addresses=[site.url("/1"), site.url("/2")])
    assert len(told(run("evidence", "take", 1, "--address", site.url("/2")))) == 1
    assert [path for path, _ in site.asked] == ["/2"]
    assert run("evidence", "take", 1, "--address", "https://other.example/").exit_code == Exit.BAD_INPUT


@pytest.mark.usefixtures("terminal")
def test_a_person_reads_rows(run: Run, site: Site) -> None:
    make_case(addresses=[site.url("/1")])
    assert "There is none." in run("evidence", "list", 1).stdout
    assert "404" in run("evidence", "take", 1).stdout
    assert "RECORD" in run("evidence", "list", 1).stdout


def test_what_cannot_be_is_said_in_a_line(run: Run, told: Told, site: Site, settings: LazySettings) -> None:
    assert run("evidence", "take", 9).exit_code == Exit.BAD_INPUT
    assert run("evidence", "show", uuid4()).exit_code == Exit.BAD_INPUT
    case = make_case(addresses=[site.url("/1")]).case
    (taken,) = told(run("evidence", "take", 1))
    freeze(fresh(case), by=REVIEWER)
    refused = run("evidence", "take", 1)
    assert refused.exit_code == Exit.REFUSED
    assert "under 18" in refused.stderr
    forget_of_minors()
    for word in ("show", "export"):
        assert run("evidence", word, taken["record"]).exit_code == Exit.REFUSED
    settings.CONFIG = replace(settings.CONFIG, evidence_hosts=())
    assert "ARGINE_EVIDENCE_HOSTS" in run("evidence", "take", 1).stderr

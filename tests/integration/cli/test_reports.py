"""`argine export` and `argine report` write what the console offers."""

import csv
import json
from pathlib import Path

import pytest
from tests.factories import PLATFORM, make_case, make_decision
from tests.integration.cli.conftest import Run

from argine.cli.exits import Exit
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import Measure
from argine.desk.cases.operations import report_action
from argine.desk.core import time

pytestmark = pytest.mark.usefixtures("desk")


def days() -> list[str]:
    today = f"{time.now():%Y-%m-%d}"
    return ["--from", today, "--to", today]


@pytest.fixture
def removal() -> None:
    report_action(make_decision(make_case().case), ActionDraft(Measure.REMOVED), by=PLATFORM)


def test_statements_are_bodies_of_requests(run: Run, removal: None, tmp_path: Path) -> None:
    shown = run("export", "statements", *days())
    (line,) = shown.stdout.splitlines()
    assert len(json.loads(line)["statements"]) == 1
    file = tmp_path / "statements.jsonl"
    assert run("export", "statements", *days(), "-o", file).exit_code == Exit.OK
    assert file.read_text() == shown.stdout


def test_no_removal_is_no_line(run: Run) -> None:
    result = run("export", "statements", *days())
    assert (result.exit_code, result.stdout) == (Exit.OK, "")


def test_the_transparency_report_is_eleven_files(run: Run, removal: None, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    assert run("report", "transparency", *days(), "-o", folder).exit_code == Exit.OK
    assert len(list(folder.iterdir())) == 11
    (total, *_) = csv.DictReader((folder / "04_notices.csv").read_text("utf-8").splitlines())
    assert total["Number of notices received"] == "1"


def test_the_record_of_requests_is_one_file(run: Run, removal: None, tmp_path: Path) -> None:
    assert run("report", "requests", *days(), "-o", tmp_path).exit_code == Exit.OK
    (row,) = csv.DictReader((tmp_path / "requests_us-tida-s3.csv").read_text("utf-8").splitlines())
    assert (row["outcome"], row["clocks_met"], row["clocks_missed"]) == ("remove", "1", "0")
    assert run("report", "requests", *days(), "--law", "xx-none", "-o", tmp_path).exit_code == Exit.USAGE


@pytest.mark.parametrize(
    "words", [["--from", "2026-02-30", "--to", "2026-03-01"], ["--from", "2026-02-02", "--to", "2026-02-01"]]
)
def test_a_period_that_makes_no_sense_is_one_line(run: Run, words: list[str], tmp_path: Path) -> None:
    for command in (["export", "statements"], ["report", "transparency", "-o", str(tmp_path)]):
        result = run(*command, *words)
        assert result.exit_code == Exit.USAGE
        assert "Traceback" not in result.output

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from tests.factories import fresh, make_case_in

from argine.cli.exits import Exit
from argine.desk.cases.enums import CaseState
from argine.desk.core import time

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("desk")

LATER = timedelta(days=3660)


def test_the_list_says_of_each_record_when_it_goes_or_why_it_stays(run: Run, told: Told) -> None:
    make_case_in(CaseState.RECEIVED)
    make_case_in(CaseState.KEPT)
    rows = told(run("retention", "list"))
    assert [(row["case"], row["record"], row["stays"]) for row in rows] == [
        (1, "case_file", "open"),
        (1, "action_log", "open"),
        (2, "case_file", None),
        (2, "action_log", None),
    ]
    assert rows[2]["at"] > time.iso(time.now())
    assert rows[3]["rule"] == "us-tida-s3 28 U.S.C. 2462"


def test_a_dry_run_says_which_cases_and_changes_nothing_then_the_run_does_it_once(run: Run, told: Told) -> None:
    case = make_case_in(CaseState.KEPT)
    assert told(run("retention", "run", "--dry-run")) == [{"cases": []}]
    with time.shifted(LATER):
        assert told(run("retention", "run", "--dry-run")) == [{"cases": [1]}]
        assert fresh(case).purged_at is None
        assert told(run("retention", "run")) == [{"cases": 1}]
        assert told(run("retention", "run")) == [{"cases": 0}]
    assert fresh(case).purged_at is not None
    assert told(run("log", "verify"))[0]["ok"] is True


@pytest.mark.usefixtures("terminal")
def test_a_person_reads_sentences(run: Run) -> None:
    assert "Nothing is due." in run("retention", "run", "--dry-run").stdout
    make_case_in(CaseState.KEPT)
    assert "ERASED AT" in run("retention", "list").stdout
    with time.shifted(LATER):
        assert "of 1 cases: 1." in run("retention", "run", "--dry-run").stdout
        assert "Erased what was due of 1 case." in run("retention", "run").stdout


def test_a_case_that_fails_is_told_and_the_exit_code_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    make_case_in(CaseState.KEPT)
    monkeypatch.setattr("argine.desk.cases.operations.records.entries_of_case", lambda case_id: 1 / 0)
    with time.shifted(LATER):
        failed = run("retention", "run")
    assert failed.exit_code == Exit.REFUSED
    assert "1 failed and stay" in failed.output


def test_without_a_desk_nothing_is_run(run: Run, settings: Any) -> None:
    settings.CONFIG.database.unlink()
    try:
        assert run("retention", "run").exit_code == Exit.REFUSED
    finally:
        settings.CONFIG.database.touch()

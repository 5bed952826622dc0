"""`argine doctor`: the checks of the console's page, for the shell and for a watching program."""

from tests.integration.cli.conftest import Run, records

from argine.desk.doctor.checks import all_checks
from argine.desk.doctor.facts import gather


def test_it_says_what_the_page_says_and_its_exit_code_says_whether_something_is_wrong(desk: None, run: Run) -> None:
    answer = run("doctor")
    lines = records(answer)
    assert [line["check"] for line in lines] == [check.name for check in all_checks(gather())]
    assert answer.exit_code == 1, "no process of a desk runs here"
    assert {line["level"] for line in lines} <= {"good", "note", "warn", "bad"}


def test_people_read_it_in_columns(desk: None, run: Run, terminal: None) -> None:
    answer = run("doctor")
    first = answer.output.splitlines()[0]
    assert first.startswith("BAD")
    assert "argine up" in answer.output

"""The console's page of reports, its files, and periods that make no sense."""

import io
import json
import zipfile

import pytest
from tests.factories import PLATFORM, log_in, make_case, make_decision, make_staff, staff_client

from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import Measure
from argine.desk.cases.models import Case
from argine.desk.cases.operations import report_action
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import InvalidError
from argine.desk.people.enums import Role
from argine.desk.people.operations import let_see_sensitive
from argine.desk.reports.period import last_year, parse

pytestmark = pytest.mark.django_db


def query() -> str:
    day = time.now().date()
    return f"?from={day.replace(month=1, day=1)}&to={day}"


def test_the_page_counts_and_offers_files() -> None:
    report_action(make_decision(make_case().case), ActionDraft(Measure.REMOVED), by=PLATFORM)
    desk = staff_client(Role.SUPERVISOR)
    page = desk.get(f"/console/reports{query()}").content.decode()
    assert "STATEMENT_CATEGORY_CYBER_VIOLENCE" in page
    archive = zipfile.ZipFile(io.BytesIO(desk.get(f"/console/reports/transparency{query()}").content))
    assert len(archive.namelist()) == 11
    assert b"TOTAL" in archive.read("04_notices.csv")
    (line,) = desk.get(f"/console/reports/statements{query()}").content.splitlines()
    assert len(json.loads(line)["statements"]) == 1
    answer = desk.get(f"/console/reports/requests{query()}")
    assert answer.content.startswith(b"case,received_at")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_statements_are_given_whole_or_not_at_all() -> None:
    """The public database refuses what is sent twice: a file with some left out could not be made good later."""
    person = make_staff(Role.SUPERVISOR)
    desk = log_in(person)
    for _ in range(2):
        report_action(make_decision(make_case().case), ActionDraft(Measure.REMOVED), by=PLATFORM)
    Case.objects.filter(pk=Case.objects.earliest("opened_at").pk).update(sensitive=True)
    page = desk.get(f"/console/reports{query()}").content.decode()
    assert "1 statement is about a sensitive case" in page
    assert "/console/reports/statements" not in page
    refused = desk.get(f"/console/reports/statements{query()}")
    assert (refused.status_code, b"ask somebody who sees such" in refused.content) == (403, True)
    let_see_sensitive(person, sees=True, by=SYSTEM)
    (line,) = desk.get(f"/console/reports/statements{query()}").content.splitlines()
    assert len(json.loads(line)["statements"]) == 2
    assert "/console/reports/statements" in desk.get(f"/console/reports{query()}").content.decode()


def test_without_a_period_it_is_about_last_year() -> None:
    page = staff_client(Role.SUPERVISOR).get("/console/reports")
    assert page.context["first"] == f"{time.now().year - 1}-01-01"
    assert last_year(time.now().date()).last.month == 12


@pytest.mark.parametrize("text", ["?from=&to=", "?from=2026-02-30&to=2026-03-01", "?from=2026-02-01&to=2026-01-01",
                                  "?from=0001-01-01&to=9999-12-31", "?from=x&to=y", "?to=2026-01-01"])  # fmt: skip
def test_a_period_that_makes_no_sense_is_said(text: str) -> None:
    desk = staff_client(Role.OPERATOR)
    page = desk.get(f"/console/reports{text}")
    assert page.status_code == 422
    assert "Something needs a change" in page.content.decode()
    assert desk.get(f"/console/reports/transparency{text}").status_code == 400
    assert desk.get("/console/reports/other").status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "field"), [("2026-13-01", "2026-01-01", "from"), ("2026-01-02", "2026-01-01", "to")]
)
def test_what_is_wrong_with_a_period_is_named(first: str, last: str, field: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        parse(first, last)
    assert set(refusal.value.fields) == {field}

"""The transparency report counts what is there: every total is counted again here, in another way."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from django.db import connection
from tests.integration.reports.many import many_cases

from argine.desk.cases.enums import Nature
from argine.desk.core import time
from argine.desk.reports import categories, requests
from argine.desk.reports.period import Period
from argine.desk.reports.sheets import Sheet
from argine.desk.reports.transparency import report

pytestmark = pytest.mark.django_db


def period(first: int = 80, last: int = 5) -> Period:
    """From so many days ago to so many days ago: not all cases lie within."""
    today = time.now().date()
    return Period(today - timedelta(days=first), today - timedelta(days=last))


def read(sheet: Sheet) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet.csv())))


def named(sheets: list[Sheet], start: str) -> list[dict[str, str]]:
    return read(next(sheet for sheet in sheets if sheet.name.startswith(start)))


def ask(sql: str, days: Period | None = None) -> list[tuple[Any, ...]]:
    bounds = [f"{days.first} 00:00:00", f"{days.last + timedelta(days=1)} 00:00:00"] if days else []
    with connection.cursor() as cursor:
        cursor.execute(sql, bounds)
        return cursor.fetchall()


def number(rows: list[dict[str, str]], category: str, column: str) -> int:
    (row,) = [row for row in rows if row["Category of illegal content"] == category]
    return int(row[column])


@pytest.fixture(scope="module")
def filled(once: Callable[[Callable[[], list[Sheet]]], list[Sheet]]) -> list[Sheet]:
    return once(made)


def made() -> list[Sheet]:
    many_cases(40)
    return report(period())


def test_it_has_the_eleven_parts_of_the_template(filled: list[Sheet]) -> None:
    names = ["report_identification", "categories_names", "member_states_orders", "notices", "own_initiative_illegal",
             "own_initiative_TC", "appeals_and_recidivism", "automated_means", "human_resources", "AMAR",
             "qualitative"]  # fmt: skip
    assert [sheet.name for sheet in filled] == [f"{at:02}_{name}" for at, name in enumerate(names, start=1)]
    assert all(len(row) == len(sheet.header) for sheet in filled for row in sheet.rows)


def test_the_notices_are_those_that_came_in_the_period(filled: list[Sheet]) -> None:
    rows, days = named(filled, "04"), period()
    column = "Number of notices received"
    sql = """SELECT nature, state FROM cases_notice JOIN cases_case ON case_id = cases_case.id
             WHERE received_at >= %s AND received_at < %s"""
    found = ask(sql, days)
    assert 0 < len(found) < 40
    frozen = [nature for nature, state in found if state == "frozen"]
    natures = Counter(nature for nature, state in found if state != "frozen")
    assert number(rows, "TOTAL", column) == len(found)
    assert number(rows, categories.MINORS, column) == len(frozen) > 0
    assert number(rows, categories.CYBER_VIOLENCE, column) == natures.total()
    keywords = [categories.SHARED, categories.DEEPFAKE, categories.THREAT, categories.OTHER]
    for nature, keyword in zip(Nature, keywords, strict=True):
        assert number(rows, keyword, column) == natures[nature]


def test_the_rows_of_the_categories_add_up_to_the_total(filled: list[Sheet]) -> None:
    for start in ("04", "05", "06"):
        rows = named(filled, start)
        for column in [name for name in rows[0] if name.startswith("Number of")]:
            parts = [number(rows, name, column) for name in categories.CATEGORIES]
            assert sum(parts) == number(rows, "TOTAL", column), (start, column)
            for name, keywords in categories.KEYWORDS.items():
                assert sum(number(rows, keyword, column) for keyword in keywords) == number(rows, name, column)


def test_the_items_are_addresses_or_else_pictures(filled: list[Sheet]) -> None:
    sql = """SELECT (SELECT count(*) FROM cases_address a WHERE a.case_id = n.case_id),
                    (SELECT count(*) FROM banks_bankentry e WHERE e.case_id = n.case_id)
             FROM cases_notice n WHERE received_at >= %s AND received_at < %s"""
    expected = sum(addresses or pictures or 1 for addresses, pictures in ask(sql, period()))
    found = number(named(filled, "04"), "TOTAL", "Number of specific items of information in notices")
    assert found == expected


def test_the_actions_are_counted_by_ground_and_timed_from_the_notice(filled: list[Sheet]) -> None:
    sql = """SELECT a.at, d.ground, d.case_id FROM cases_action a JOIN cases_decision d ON d.id = a.decision_id
             WHERE a.measure IN ('removed', 'disabled', 'upload_blocked') AND a.at >= %s AND a.at < %s ORDER BY a.at"""
    done = ask(sql, period())
    rows = named(filled, "04")
    terms = [row for row in done if row[1] == "terms"]
    assert number(rows, "TOTAL", "Number of actions taken on the basis of the law") == len(done) - len(terms)
    assert number(rows, "TOTAL", "Number of actions taken on the basis of the terms and conditions") == len(terms) > 0
    received = dict(ask("SELECT case_id, min(received_at) FROM cases_notice GROUP BY case_id"))
    firsts = dict(
        ask("""SELECT d.case_id, min(a.at) FROM cases_action a JOIN cases_decision d ON d.id = a.decision_id
                         WHERE a.measure IN ('removed', 'disabled', 'upload_blocked') GROUP BY d.case_id""")
    )
    inside = {case for _, _, case in done}
    spans = [
        moment(firsts[case]) - moment(received[case])
        for case in inside
        if moment(firsts[case]).date() >= period().first
    ]
    (total,) = [row for row in rows if row["Category of illegal content"] == "TOTAL"]
    expected = median(span.total_seconds() for span in spans) / 3600
    assert float(total["Median time to take action"]) == pytest.approx(expected, abs=0.06)


def moment(value: Any) -> Any:
    return value if not isinstance(value, str) else time.parse_iso(value.replace(" ", "T") + "Z")


def test_stopped_uploads_are_those_of_the_log_once_each(filled: list[Sheet]) -> None:
    days = period()
    found = [
        json.loads(data)
        for at, data in ask("SELECT at, data FROM audit_entry WHERE event = 'upload.matched'")
        if f"{days.first}" <= at[:10] <= f"{days.last}"
    ]
    blocked = [row for row in found if row["verdict"] == "block"]
    column = "Number of measures taken at own initiative"
    counts = [number(named(filled, start), "TOTAL", column) for start in ("05", "06")]
    assert sum(counts) == len(blocked) > 0
    assert all(counts)


def test_the_appeals_are_counted_by_side_and_outcome(filled: list[Sheet]) -> None:
    rows = named(filled, "07")
    found = Counter(ask("SELECT who, state FROM cases_appeal WHERE at >= %s AND at < %s", period()))
    names = {"uploader": "Complaints on restrictions of visibility, including removal",
             "reporter": "Complaints on a decision not to act on a notice (Article 16)"}  # fmt: skip
    scopes = {"Decisions upheld": "upheld", "Decisions reversed": "overturned", "Decision omitted": "closed"}
    for who, name in names.items():
        told = {row["Scope"]: row["Value"] for row in rows if row["Indicator"] == name}
        assert int(told["Total number"]) == sum(count for (side, _), count in found.items() if side == who) > 0
        for scope, state in scopes.items():
            assert int(told[scope]) == found[who, state]
    every = {row["Scope"]: row["Value"] for row in rows if row["Indicator"] == "All complaints"}
    assert int(every["Total number"]) == found.total()


def test_each_request_has_its_record(filled: list[Sheet]) -> None:
    days = period()
    rows = read(requests.sheet(days))
    sql = """SELECT DISTINCT c.number, c.state FROM cases_notice n JOIN cases_case c ON c.id = n.case_id
             JOIN clocks_clock k ON k.case_id = c.id AND k.regime = 'us-tida-s3'
             WHERE n.received_at >= %s AND n.received_at < %s"""
    assert {(int(row["case"]), row["state"]) for row in rows} == set(ask(sql, days))
    done = [row for row in rows if row["first_action_at"]]
    assert done
    for row in done:
        span = time.parse_iso(row["last_action_at"]) - time.parse_iso(row["received_at"])
        assert float(row["hours_to_last_action"]) == pytest.approx(span.total_seconds() / 3600, abs=0.06)
    assert {row["outcome"] for row in rows} == {"", "remove", "keep"}
    assert any(int(row["copies_stopped"]) for row in rows)


def test_a_page_shows_what_counts_and_leaves_out_what_is_empty(filled: list[Sheet]) -> None:
    notices = next(sheet for sheet in filled if sheet.name == "04_notices").shown()
    assert "Service" not in notices.header
    assert [row[0] for row in notices.rows][:2] == ["TOTAL", categories.CYBER_VIOLENCE]
    assert len(notices.rows) < 10

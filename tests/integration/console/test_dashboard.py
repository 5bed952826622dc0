"""The dashboard's page: for whom, for which time, and what it shows when there is nothing."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import make_case, make_case_in, staff_client

from argine.desk.cases.enums import CaseState
from argine.desk.core import time
from argine.desk.people.enums import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_banks")]

URL = "/console/dashboard"


def page(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"{URL}{query}")
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize(("role", "may"), [(Role.REVIEWER, False), (Role.SUPERVISOR, True), (Role.OPERATOR, True)])
def test_those_who_may_see_reports_see_it_and_find_it_in_the_menu(role: Role, may: bool) -> None:
    client = staff_client(role)
    assert client.get(URL).status_code == (200 if may else 403)
    assert (f'href="{URL}"' in client.get("/console/").content.decode()) == may
    assert Client().get(URL).status_code == 302


def test_an_empty_desk_says_so_in_each_panel() -> None:
    text = page(staff_client(Role.SUPERVISOR))
    for said in ("No case is open.", "No clock was due", "Nothing was removed", "No appeal was decided"):
        assert said in text
    assert text.count('<svg class="chart"') == 1  # zero open cases are a line too


def test_each_chart_has_a_title_a_sentence_and_a_table_with_the_same_numbers() -> None:
    for state in (CaseState.RECEIVED, CaseState.REMOVED, CaseState.APPEALED, CaseState.KEPT):
        make_case_in(state)
    today = time.now().date()
    text = page(staff_client(Role.SUPERVISOR), f"?from={today}&to={today + timedelta(days=5)}")
    charts = re.findall(r'<svg class="chart".*?</details>', text, re.DOTALL)
    assert len(charts) == 5
    for chart in charts:
        assert re.search(r"<title id=.*?>\S.*?</title>\s*<desc id=.*?>\S.*?</desc>", chart, re.DOTALL)
        assert 'role="img"' in chart
        assert "style=" not in chart
        cells = re.findall(r"<td>(\d+)</td>", chart)
        drawn = {
            number
            for said in re.findall(r'<text class="chart__text".*?>(.*?)</text>', chart)
            for number in said.split(" · ")
        }
        if "chart__line" not in chart:
            assert set(cells) <= drawn


def test_the_time_is_chosen_in_the_form_and_what_is_no_day_is_said() -> None:
    with time.shifted(timedelta(days=-100)):
        make_case()
    client, today = staff_client(Role.SUPERVISOR), time.now().date()
    recent = page(client)
    assert f'value="{today - timedelta(days=29)}"' in recent
    assert "No clock was due" in recent
    long = page(client, f"?from={today - timedelta(days=110)}&to={today}&law=us-tida-s3")
    assert "No clock was due" not in long
    assert '<option value="us-tida-s3" selected>' in long
    wrong = page(client, "?from=yesterday&to=2026-01-01", status=422)
    assert 'href="#from"' in wrong
    assert '<svg class="chart"' not in wrong


@pytest.mark.parametrize("law", ["no-such-law", "' OR 1=1", "\x00"])
def test_a_law_that_nobody_knows_has_no_cases(law: str) -> None:
    make_case()
    answer = staff_client(Role.SUPERVISOR).get(URL, {"law": law})
    assert answer.status_code == 200
    assert "No case is open." in answer.content.decode()


def test_numbers_in_the_drawing_are_written_as_svg_reads_them_in_italian_too() -> None:
    for _ in range(3):
        make_case()
    client = staff_client(Role.SUPERVISOR)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "it"
    text = page(client)
    assert "Quadro generale" in text
    assert not re.search(r'(x|y|width|height|viewBox)="[^"]*\d,\d[^"]*"', "".join(re.findall(r"<rect[^>]*>", text)))

"""What goes when, in the console: for who manages records, with holds, and what remains to be seen after a purge."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import LazySettings
from tests.factories import fresh, make_case_in, make_order, staff_client
from tests.pages import with_case

from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import RecordHold
from argine.desk.cases.operations import purge
from argine.desk.core import time
from argine.desk.people.enums import Role

pytestmark = pytest.mark.django_db

LATER = timedelta(days=3660)


def test_the_page_lists_closed_cases_with_instants_and_rules_and_is_not_for_reviewers() -> None:
    for state in CaseState:
        make_case_in(state)
    make_order()
    shown = staff_client(Role.SUPERVISOR).get("/console/records").content.decode()
    closed = [CaseState.REMOVED, CaseState.KEPT, CaseState.WITHDRAWN, CaseState.FROZEN]
    assert shown.count('class="queue__main"') == len(closed)
    for words in ("Article 20(1)", "advice, no statute", "while copies are kept out", "somebody under 18 is kept"):
        assert words in shown, words
    assert staff_client(Role.REVIEWER).get("/console/records").status_code == 403


def test_a_hold_needs_a_reason_and_a_right_and_is_shown_until_it_ends() -> None:
    case, client = make_case_in(CaseState.KEPT), staff_client(Role.SUPERVISOR)
    url = f"/console/cases/{case.pk}"
    assert client.post(f"{url}/hold-records", {"reason": ""}).status_code == 422
    assert staff_client().post(f"{url}/hold-records", {"reason": "Police"}).status_code == 403
    assert client.post(f"{url}/hold-records", {"reason": "Police of Milan"}).status_code == 302
    assert client.post(f"{url}/hold-records", {"reason": "Twice"}).status_code == 409
    assert "Police of Milan" in client.get(url).content.decode()
    assert "Hold the records" not in staff_client().get(url).content.decode()
    assert client.post(f"{url}/release-records").status_code == 302
    assert client.post(f"{url}/release-records").status_code == 409
    assert RecordHold.objects.get().released_at is not None


def test_after_the_purge_pages_say_so_and_ask_for_nothing_that_is_gone() -> None:
    case = make_case_in(
        CaseState.REMOVED, addresses=["https://site.example/zqmark"], statement="zqmark", contact="zqmark@x.example"
    )
    client = staff_client(Role.OPERATOR)
    assert "zqmark" in client.get(f"/console/cases/{case.pk}").content.decode()
    with time.shifted(LATER):
        purge()
    shown = client.get(f"/console/cases/{case.pk}").content.decode()
    assert "zqmark" not in shown
    assert "they were erased" in shown
    assert "Not complete under every law" not in shown
    person = with_case(fresh(case), "en")
    told = person.get("/status/").content.decode()
    assert "so it was erased" in told
    assert "still keep copies out" in told
    assert "something the law asks for is missing" not in told
    assert "Your receipt" not in told
    assert person.get("/receipt/").status_code == 409
    assert "Nothing is left to erase" in client.get("/console/records").content.decode()


def test_where_the_daily_run_is_off_the_page_says_how_to_do_it(settings: LazySettings) -> None:
    settings.CONFIG = replace(settings.CONFIG, purge=False)
    assert "argine retention run" in staff_client(Role.OPERATOR).get("/console/records").content.decode()

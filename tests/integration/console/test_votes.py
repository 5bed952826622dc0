"""Voting in the console: nobody sees the other's vote before their own; a supervisor settles."""

from dataclasses import replace

import pytest
from django.conf import LazySettings
from tests.factories import fresh, log_in, make_case, make_staff, staff_client

from argine.desk.banks.models import BankEntry
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case
from argine.desk.people.enums import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _four_eyes(settings: LazySettings) -> None:
    settings.CONFIG = replace(settings.CONFIG, four_eyes="all")


def form(case: Case, ground: str, reasons: str) -> dict[str, object]:
    covers = [str(pk) for pk in BankEntry.objects.filter(case_id=case.pk).values_list("pk", flat=True)]
    return {"ground": ground, "basis": "statement", "reasons": reasons, "covers": covers, "confirmed": "yes"}


def test_each_votes_without_seeing_the_other_and_a_supervisor_settles() -> None:
    case, one, two = make_case().case, staff_client(), staff_client()
    url = f"/console/cases/{case.pk}"
    assert one.post(f"{url}/decide", form(case, "not_intimate", "Reasons of the first.")).status_code == 302
    mine = one.get(url).content.decode()
    assert "You have voted." in mine
    theirs = two.get(url).content.decode()
    assert "Reasons of the first." not in theirs
    assert "Two people decide." in theirs
    assert two.post(f"{url}/decide", form(case, "intimate_without_consent", "Of the second.")).status_code == 302
    assert fresh(case).state == CaseState.DISPUTED
    supervisor = staff_client(Role.SUPERVISOR)
    shown = supervisor.get(url).content.decode()
    assert "Reasons of the first." in shown
    assert "Of the second." in shown
    assert two.post(f"{url}/decide", form(case, "not_intimate", "Again.")).status_code == 403
    assert supervisor.post(f"{url}/decide", form(case, "not_intimate", "Settled.")).status_code == 302
    assert fresh(case).state == CaseState.KEPT


def test_a_taken_case_shows_by_whom_in_the_queue_and_on_its_page() -> None:
    case, person = make_case().case, make_staff()
    client, colleague = log_in(person), staff_client()
    assert client.post(f"/console/cases/{case.pk}/claim").status_code == 302
    assert f"Taken by {person.name}" in colleague.get("/console/").content.decode()
    assert f"{person.name} works on this case" in colleague.get(f"/console/cases/{case.pk}").content.decode()
    assert colleague.post(f"/console/cases/{case.pk}/claim").status_code == 409
    assert colleague.post(f"/console/cases/{case.pk}/release").status_code == 409
    assert client.post(f"/console/cases/{case.pk}/release").status_code == 302
    assert "Taken by" not in colleague.get("/console/").content.decode()

"""An appeal on the page of its case: who may decide it, what they send, where it stands in the queue."""

from dataclasses import replace

import pytest
from django.conf import LazySettings
from tests.factories import decision_draft, log_in, make_appeal, make_case, make_decision, make_staff, staff_client

from argine.desk.cases.enums import AppealState, CaseState, Outcome
from argine.desk.cases.models import Appeal, Decision
from argine.desk.cases.operations import decide
from argine.desk.core.actor import staff
from argine.desk.people.models import Staff

pytestmark = pytest.mark.django_db


def decided_by(person: Staff, outcome: Outcome) -> Decision:
    return decide(make_case().case, decision_draft(outcome), by=staff(person.pk))


def form(appeal: Appeal, finding: str, **changes: str) -> dict[str, str]:
    sent = {"finding": finding, "basis": "statement", "reasons": "Looked once more.", **changes}
    return {f"appeal-{appeal.pk}-{name}": value for name, value in sent.items()}


@pytest.mark.parametrize(
    ("outcome", "finding", "state", "case"),
    [
        (Outcome.KEEP, "stands", AppealState.UPHELD, CaseState.KEPT),
        (Outcome.KEEP, "terms", AppealState.OVERTURNED, CaseState.REMOVAL),
        (Outcome.REMOVE, "stands", AppealState.UPHELD, CaseState.REMOVAL),
        (Outcome.REMOVE, "consent_shown", AppealState.OVERTURNED, CaseState.KEPT),
    ],
)
def test_a_colleague_decides_it(outcome: Outcome, finding: str, state: AppealState, case: CaseState) -> None:
    appeal = make_appeal(decided_by(make_staff(), outcome))
    client = staff_client()
    assert client.post(f"/console/appeals/{appeal.pk}/decide", form(appeal, finding)).status_code == 302
    appeal.refresh_from_db()
    assert (appeal.state, appeal.case.state) == (state, case)
    assert "Looked once more." in client.get(f"/console/cases/{appeal.case_id}").content.decode()


def test_who_decided_sees_why_the_button_is_closed_and_is_refused() -> None:
    person = make_staff()
    appeal, client = make_appeal(decided_by(person, Outcome.KEEP)), log_in(person)
    shown = client.get(f"/console/cases/{appeal.case_id}").content.decode()
    assert "Somebody else decides the appeal." in shown
    answer = client.post(f"/console/appeals/{appeal.pk}/decide", form(appeal, "stands"))
    assert (answer.status_code, Appeal.objects.get().state) == (409, AppealState.OPEN)
    assert "Looked once more." in answer.content.decode(), "what was written is not lost"


@pytest.mark.parametrize("wrong", [{"finding": "consent_shown"}, {"reasons": ""}, {"basis": ""}, {"finding": ""}])
def test_what_is_wrong_comes_back_with_a_sentence(wrong: dict[str, str]) -> None:
    appeal = make_appeal(decided_by(make_staff(), Outcome.KEEP))
    sent = {**form(appeal, "stands"), **{f"appeal-{appeal.pk}-{name}": value for name, value in wrong.items()}}
    assert staff_client().post(f"/console/appeals/{appeal.pk}/decide", sent).status_code == 422
    assert Appeal.objects.get().state == AppealState.OPEN


def test_the_queue_has_a_tab_of_appeals_where_those_that_a_law_wants_first_stand_first(settings: LazySettings) -> None:
    settings.CONFIG = replace(settings.CONFIG, appeal_hours=1)
    uploaders = make_appeal(make_decision(make_case().case))
    reporters = make_appeal(make_decision(make_case().case, Outcome.KEEP))
    make_case()
    context = staff_client().get("/console/", {"state": "appeals"}).context
    assert [row.number for row in context["rows"]] == [reporters.case.number, uploaders.case.number]
    assert [tab.count for tab in context["tabs"] if tab.name == "appeals"] == [2]

"""Through the API, the console and the person's page: content that was removed is there again."""

import pytest
from django.test import Client
from tests.factories import (
    PLATFORM,
    REVIEWER,
    fresh,
    make_case,
    make_case_in,
    make_key,
    random_signals,
    staff_client,
)
from tests.pages import with_case

from argine.desk.banks.queries import entries_of_case
from argine.desk.cases.drafts import ActionDraft, DecisionDraft
from argine.desk.cases.enums import Basis, CaseState, Ground, Measure, Outcome
from argine.desk.cases.models import Case, Reappearance
from argine.desk.cases.operations import decide, report_action
from argine.desk.people.enums import Scope
from argine.signals.types import Signal

pytestmark = pytest.mark.django_db

NEW = "https://site.example/again/8"


def tell(platform: Client, decision: object, **content: str) -> tuple[int, dict[str, object]]:
    body = {"decision": str(decision), "content": content}
    answer = platform.post("/api/v1/reappearances", body, content_type="application/json")
    return answer.status_code, answer.json()


def test_a_platform_tells_of_an_address_deals_with_it_and_the_person_reads_both(platform: Client) -> None:
    case = make_case_in(CaseState.REMOVED)
    decision = case.decisions.get()
    status, told = tell(platform, decision.pk, url=NEW)
    assert (status, told["case_state"], told["decision"]) == (201, "removal", str(decision.pk))
    assert told["clocks"]
    assert tell(platform, decision.pk, url=NEW)[0] == 200
    person = with_case(case, "en")
    shown = person.get("/status/").content.decode()
    assert "It appeared again, so your case is open again" in shown
    feed = platform.get(f"/api/v1/decisions/{decision.pk}").json()
    assert [(row["url"], row["acted"]) for row in feed["addresses"]] == [(NEW, False)]
    body = {"decision": str(decision.pk), "measure": "removed", "address": told["address"]}
    assert platform.post("/api/v1/actions", body, content_type="application/json").json()["case_state"] == "removed"
    assert platform.get(f"/api/v1/decisions/{decision.pk}").json()["addresses"][0]["acted"] is True
    assert "It appeared again and was dealt with" in person.get("/status/").content.decode()


@pytest.mark.parametrize(
    ("content", "status"), [({}, 409), ({"url": "nonsense"}, 422), ({"id": "x" * 301}, 422), ({"name": "x"}, 422)]
)
def test_what_is_not_named_well_is_refused(platform: Client, content: dict[str, str], status: int) -> None:
    case = make_case_in(CaseState.REMOVED)
    assert tell(platform, case.decisions.get().pk, **content)[0] == status
    assert not Reappearance.objects.exists()


def test_it_takes_the_right_to_report_actions(platform: Client) -> None:
    case = make_case_in(CaseState.REMOVED)
    other = Client(headers={"Authorization": f"Bearer {make_key([Scope.CHECK])}"})
    assert tell(other, case.decisions.get().pk, id="post-9")[0] == 403


def waiting(platform: Client) -> Case:
    """A removed case of which an upload came to review."""
    covered, other = random_signals(), random_signals()
    case = make_case(pictures=[covered, other]).case
    first = entries_of_case(case.id)[0].id
    draft = DecisionDraft(
        Outcome.REMOVE, Ground.INTIMATE_WITHOUT_CONSENT, Basis.STATEMENT, "Looked at.", frozenset({first})
    )
    report_action(decide(case, draft, by=REVIEWER), ActionDraft(Measure.REMOVED), by=PLATFORM)
    body = {"signals": list(map(wire, other)), "content": {"id": "post-9", "url": NEW}}
    assert platform.post("/api/v1/check", body, content_type="application/json").json()["verdict"] == "review"
    return fresh(case)


def wire(signal: Signal) -> dict[str, object]:
    told: dict[str, object] = {"type": signal.type.value, "value": signal.text}
    return told if signal.quality is None else {**told, "quality": signal.quality}


def test_a_reviewer_finds_the_waiting_copy_in_the_queue_and_reopens_the_case(platform: Client) -> None:
    case, client = waiting(platform), staff_client()
    queue = client.get("/console/?state=again").content.decode()
    assert f"/console/cases/{case.pk}" in queue
    url, row = f"/console/cases/{case.pk}", Reappearance.objects.get()
    shown = client.get(url).content.decode()
    assert "It is the same content" in shown
    assert NEW in shown
    assert client.post(f"/console/seen-again/{row.pk}/decide", {"is_copy": "yes"}).status_code == 302
    assert fresh(case).state == CaseState.REMOVAL
    assert client.post(f"/console/seen-again/{row.pk}/decide", {"is_copy": "yes"}).status_code == 409
    assert "It is the same content" not in client.get(url).content.decode()


def test_a_copy_that_is_something_else_leaves_the_case_closed(platform: Client) -> None:
    case, client = waiting(platform), staff_client()
    row = Reappearance.objects.get()
    assert client.post(f"/console/seen-again/{row.pk}/decide", {"is_copy": "no"}).status_code == 302
    assert fresh(case).state == CaseState.REMOVED
    assert "It was something else" in client.get(f"/console/cases/{case.pk}").content.decode()
    assert client.post("/console/seen-again/00000000-0000-4000-8000-000000000009/decide").status_code == 404

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.factories import make_case, make_decision, random_signals

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.cases.enums import CaseState, Measure, Outcome
from argine.desk.cases.models import Address, Case
from argine.desk.cases.operations import withdraw
from argine.desk.clocks.enums import ClockState
from argine.desk.core.actor import REPORTER

BASE = "/api/v1"
PLACES = ["https://site.example/p/1", "https://site.example/p/2"]


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"{BASE}{path}", json.dumps(body, default=str), content_type="application/json")


def act(client: Client, decision: object, measure: str = "removed", **more: Any) -> Any:
    return post(client, "/actions", {"decision": decision, "measure": measure, **more})


def test_decisions_come_oldest_first_and_a_cursor_goes_on_where_it_stopped(platform: Client) -> None:
    made = [str(make_decision(make_case().case).id) for _ in range(3)]
    first = platform.get(f"{BASE}/decisions", {"limit": 2}).json()
    assert [item["id"] for item in first["decisions"]] == made[:2]
    rest = platform.get(f"{BASE}/decisions", {"after": first["next"]}).json()
    assert [item["id"] for item in rest["decisions"]] == made[2:]
    assert platform.get(f"{BASE}/decisions", {"after": rest["next"]}).json() == {"decisions": [], "next": rest["next"]}


def test_a_decision_tells_what_to_act_on_and_by_when(platform: Client) -> None:
    signals = random_signals()
    case = make_case(addresses=PLACES, pictures=[signals]).case
    asked = {"signals": [{"type": s.type, "value": s.text} for s in signals], "content": {"id": "post-7"}}
    assert [post(platform, "/check", asked).json()["verdict"] for _ in range(2)] == ["review", "review"]
    decision = make_decision(case)

    body = platform.get(f"{BASE}/decisions/{decision.id}").json()

    assert (body["id"], body["case"], body["case_number"]) == (str(decision.id), str(case.id), case.number)
    assert (body["outcome"], body["ground"]) == ("remove", "intimate_without_consent")
    assert (body["overrides"], body["superseded"], body["withdrawn"]) == (None, False, False)
    assert [(place["url"], place["acted"]) for place in body["addresses"]] == [(url, False) for url in PLACES]
    assert [(copy["content_id"], copy["acted"]) for copy in body["copies"]] == [("post-7", False)]
    assert {clock["state"] for clock in body["clocks"]} == {"running"}
    assert body["clocks"] == sorted(body["clocks"], key=lambda clock: clock["due_at"])


def test_a_decision_that_was_replaced_says_so(platform: Client) -> None:
    case = make_case().case
    first = make_decision(case)
    second = make_decision(case, Outcome.KEEP, override=True)
    replaced, standing = platform.get(f"{BASE}/decisions").json()["decisions"]
    assert (replaced["id"], replaced["superseded"]) == (str(first.id), True)
    assert (standing["id"], standing["superseded"], standing["overrides"]) == (str(second.id), False, str(first.id))


def test_a_decision_on_a_notice_that_was_withdrawn_says_so(platform: Client) -> None:
    case = make_case().case
    decision = make_decision(case)
    withdraw(Case.objects.get(pk=case.pk), by=REPORTER)
    assert platform.get(f"{BASE}/decisions/{decision.id}").json()["withdrawn"] is True


def test_an_action_on_each_address_meets_its_clocks_and_closes_the_case(platform: Client) -> None:
    case = make_case(addresses=PLACES).case
    decision = make_decision(case)
    one, two = Address.objects.order_by("position")

    answer = act(platform, decision.id, address=one.id)
    assert answer.status_code == 201
    assert answer.json()["case_state"] == CaseState.REMOVAL
    assert {clock["state"] for clock in answer.json()["clocks"]} == {ClockState.MET, ClockState.RUNNING}

    answer = act(platform, decision.id, address=two.id)
    assert answer.json()["case_state"] == CaseState.REMOVED
    assert {clock["state"] for clock in answer.json()["clocks"]} == {ClockState.MET}
    places = platform.get(f"{BASE}/decisions/{decision.id}").json()["addresses"]
    assert [place["acted"] for place in places] == [True, True]


def test_an_action_said_twice_is_taken_down_once(platform: Client) -> None:
    decision = make_decision(make_case().case)
    first, second = (act(platform, decision.id, content={"id": "post-7"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert Entry.objects.filter(event=Event.ACTION_REPORTED).count() == 1


def test_a_copy_that_was_acted_on_is_marked(platform: Client) -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    asked = {"signals": [{"type": s.type, "value": s.text} for s in signals], "content": {"id": "post-7"}}
    post(platform, "/check", asked)
    decision = make_decision(case)
    act(platform, decision.id, content={"id": "post-7"})
    (copy,) = platform.get(f"{BASE}/decisions/{decision.id}").json()["copies"]
    assert copy["acted"] is True


@pytest.mark.parametrize(
    ("outcome", "measure", "status"),
    [
        *((Outcome.REMOVE, measure, 201) for measure in (Measure.REMOVED, Measure.DISABLED, Measure.UPLOAD_BLOCKED)),
        *((Outcome.REMOVE, measure, 409) for measure in (Measure.KEPT, Measure.RESTORED)),
        *((Outcome.KEEP, measure, 201) for measure in (Measure.KEPT, Measure.RESTORED)),
        *((Outcome.KEEP, measure, 409) for measure in (Measure.REMOVED, Measure.DISABLED, Measure.UPLOAD_BLOCKED)),
    ],
)
def test_a_measure_must_carry_the_decision_out(
    platform: Client, outcome: Outcome, measure: Measure, status: int
) -> None:
    decision = make_decision(make_case().case, outcome)
    assert act(platform, decision.id, measure).status_code == status


def test_an_action_on_a_decision_that_was_replaced_is_refused(platform: Client) -> None:
    case = make_case().case
    first = make_decision(case)
    make_decision(case, Outcome.KEEP, override=True)
    answer = act(platform, first.id)
    assert (answer.status_code, answer.json()["error"]) == (409, "refused")


def test_an_action_on_a_decision_that_is_not_there_is_told(platform: Client) -> None:
    answer = act(platform, uuid4())
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_an_action_on_an_address_of_another_case_is_refused(platform: Client) -> None:
    decision = make_decision(make_case().case)
    other = make_case(addresses=PLACES)
    answer = act(platform, decision.id, address=Address.objects.filter(notice=other.notice)[0].id)
    assert answer.status_code == 422
    assert "address" in answer.json()["fields"]


def test_the_statement_of_reasons_names_the_ground_and_never_the_reporter(platform: Client) -> None:
    case = make_case(statement="it was my former friend", contact="person@example.org").case
    decision = make_decision(case)
    body = platform.get(f"{BASE}/decisions/{decision.id}/statement")
    assert body.json()["decision"] == str(decision.id)
    assert body.json()["keyword"] == "KEYWORD_NON_CONSENSUAL_IMAGE_SHARING"
    assert "former friend" not in body.content.decode()
    assert "person@" not in body.content.decode()


def test_each_fetch_of_a_statement_is_one_entry_of_the_log(platform: Client) -> None:
    decision = make_decision(make_case().case)
    for count in (1, 2):
        platform.get(f"{BASE}/decisions/{decision.id}/statement")
        assert Entry.objects.filter(event=Event.STATEMENT_FETCHED).count() == count


def test_a_decision_to_keep_has_no_statement(platform: Client) -> None:
    decision = make_decision(make_case().case, Outcome.KEEP)
    answer = platform.get(f"{BASE}/decisions/{decision.id}/statement")
    assert answer.status_code == 404
    assert "restricts nothing" in answer.json()["message"]
    assert not Entry.objects.filter(event=Event.STATEMENT_FETCHED).exists()


def test_a_removed_copy_at_another_address_leaves_the_reported_ones_to_do(platform: Client) -> None:
    decision = make_decision(make_case(addresses=PLACES).case)
    answer = act(platform, decision.id, content={"id": "post-9", "url": "https://site.example/p/9"}).json()
    assert (answer["case_state"], {clock["state"] for clock in answer["clocks"]}) == ("removal", {"running"})
    places = platform.get(f"{BASE}/decisions/{decision.id}").json()["addresses"]
    assert [place["acted"] for place in places] == [False, False]
    act(platform, decision.id)
    places = platform.get(f"{BASE}/decisions/{decision.id}").json()["addresses"]
    assert [place["acted"] for place in places] == [True, True]

"""The platform passes on an uploader's appeal and reads what became of it."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from tests.factories import COLLEAGUE, make_appeal, make_case, make_decision, make_key

from argine.desk.cases.drafts import VerdictDraft
from argine.desk.cases.enums import Basis, Ground, Outcome
from argine.desk.cases.models import Appeal, Decision
from argine.desk.cases.operations import decide_appeal
from argine.desk.people.enums import Scope

pytestmark = pytest.mark.django_db
URL = "/api/v1/appeals"


def client(*scopes: Scope) -> Client:
    return Client(headers={"Authorization": f"Bearer {make_key(scopes or tuple(Scope))}"})


def body(decision: Decision, /, **changes: object) -> str:
    return json.dumps({"decision": str(decision.pk), "text": "I am in it myself.\nAnd I agreed."} | changes)


def test_an_appeal_is_passed_on_once_however_often_it_is_said() -> None:
    decision, platform = make_decision(make_case().case), client()
    sent = body(decision, content={"id": "post-7"})
    answers = [platform.post(URL, sent, content_type="application/json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    (said,) = {answer.json()["id"] for answer in answers}
    appeal = Appeal.objects.get()
    assert (str(appeal.pk), appeal.content_id, appeal.text) == (said, "post-7", "I am in it myself.\nAnd I agreed.")
    assert (answers[0].json()["state"], answers[0].json()["reasons"]) == ("open", "")


def test_its_outcome_is_read_with_the_reasons_and_the_decision_that_replaces_the_old_one() -> None:
    decision, platform = make_decision(make_case().case), client()
    appeal = make_appeal(decision)
    draft = VerdictDraft(Basis.STATEMENT, "You agreed to it.", Ground.CONSENT_SHOWN)
    decide_appeal(appeal, draft, by=COLLEAGUE)
    told = platform.get(f"{URL}/{appeal.pk}").json()
    feed = platform.get("/api/v1/decisions", {"after": decision.seq}).json()["decisions"]
    assert (told["state"], told["reasons"]) == ("overturned", "You agreed to it.")
    assert [(new["id"], new["overrides"], new["outcome"]) for new in feed] == [
        (told["result"], str(decision.pk), "keep")
    ]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"text": ""}, 422),
        ({"text": "x" * 5001}, 422),
        ({"text": "a\x00b"}, 422),
        ({"more": 1}, 422),
        ({"decision": str(uuid4())}, 404),
        ({"decision": "x"}, 422),
        ({"content": {"url": "no address"}}, 422),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_kept(changes: dict[str, object], status: int) -> None:
    sent = body(make_decision(make_case().case), **changes)
    assert client().post(URL, sent, content_type="application/json").status_code == status
    assert not Appeal.objects.exists()


def test_what_restricts_nothing_cannot_be_appealed_by_an_uploader() -> None:
    sent = body(make_decision(make_case().case, Outcome.KEEP))
    assert client().post(URL, sent, content_type="application/json").status_code == 409


def test_a_reporters_appeal_is_not_the_platforms_to_read() -> None:
    appeal = make_appeal(make_decision(make_case().case, Outcome.KEEP))
    assert client().get(f"{URL}/{appeal.pk}").status_code == 404


@pytest.mark.parametrize("scope", Scope)
def test_a_key_needs_the_scope(scope: Scope) -> None:
    decision, platform = make_decision(make_case().case), client(scope)
    may = scope == Scope.APPEALS
    assert platform.post(URL, body(decision), content_type="application/json").status_code == (201 if may else 403)
    assert platform.get(f"{URL}/{uuid4()}").status_code == (404 if may else 403)

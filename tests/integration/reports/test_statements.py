"""The export for the DSA Transparency Database: valid by its schema, complete, and without a word of anybody's."""

import json
from datetime import timedelta
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from tests.factories import COLLEAGUE, PLATFORM, cat_signals, make_appeal, make_case, make_case_in, make_decision
from tests.integration.reports.many import many_cases

from argine.desk.cases.drafts import ActionDraft, VerdictDraft
from argine.desk.cases.enums import REMOVING, Basis, CaseState, Ground, Measure, Nature
from argine.desk.cases.models import Action, Decision
from argine.desk.cases.operations import decide_appeal, report_action
from argine.desk.core import time
from argine.desk.reports import database
from argine.desk.reports.period import Period

pytestmark = pytest.mark.django_db

SCHEMA = json.loads(files("argine.desk.reports").joinpath("dsa-statement.schema.json").read_text("utf-8"))
VALID = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)


def period(days: int = 120) -> Period:
    today = time.now().date()
    return Period(today - timedelta(days=days), today + timedelta(days=2))


def faults(record: object) -> list[str]:
    return [error.message for error in VALID.iter_errors(record)]


def carried_out(measure: Measure = Measure.REMOVED, **changes: Any) -> Decision:
    ground = changes.pop("ground", Ground.INTIMATE_WITHOUT_CONSENT)
    decision = make_decision(make_case(**changes).case, ground=ground)
    report_action(decision, ActionDraft(measure), by=PLATFORM)
    return decision


def test_twenty_and_more_varied_decisions_are_valid_and_none_is_missing() -> None:
    many_cases(56)
    found = list(database.records(period()))
    assert [fault for record in found for fault in faults(record)] == []
    done = set(Action.objects.filter(measure__in=REMOVING).values_list("decision_id", flat=True))
    assert {record["puid"] for record in found} == {str(pk) for pk in done}
    assert len(found) >= 20
    assert len({json.dumps({**record, "puid": "", "content_date": "", "application_date": ""}) for record in found}) > 6


@pytest.mark.parametrize("ground", [Ground.INTIMATE_WITHOUT_CONSENT, Ground.DEEPFAKE_WITHOUT_CONSENT, Ground.TERMS])
@pytest.mark.parametrize("measure", sorted(REMOVING))
@pytest.mark.parametrize(
    "where", [{}, {"pictures": [], "addresses": ["https://a.example/1"]}, {"pictures": [cat_signals()]}]
)
def test_each_kind_of_removal_is_valid(ground: Ground, measure: Measure, where: dict[str, Any]) -> None:
    record = database.record_of(carried_out(measure, ground=ground, **where))
    assert record is not None
    assert faults(record) == []
    assert ("incompatible_content_ground" in record) == (ground == Ground.TERMS)
    assert record["decision_visibility"] == [
        f"DECISION_VISIBILITY_CONTENT_{'DISABLED' if measure == Measure.DISABLED else 'REMOVED'}"
    ]


def test_nothing_that_a_person_wrote_is_in_it() -> None:
    words = dict.fromkeys(("statement", "where_hint", "contact", "contact_note", "signature"), "zqmark")
    decision = carried_out(**words, addresses=["https://a.example/zqmark"], nature=Nature.ALTERED)
    assert "zqmark" not in json.dumps(database.record_of(decision)).lower()


@pytest.mark.parametrize("state", [CaseState.FROZEN, CaseState.REMOVAL, CaseState.KEPT, CaseState.RECEIVED])
def test_what_was_not_carried_out_or_may_not_be_told_is_not_in_it(state: CaseState) -> None:
    make_case_in(state)
    assert list(database.records(period())) == []


def test_a_restriction_that_an_appeal_ended_says_when() -> None:
    decision = carried_out()
    verdict = VerdictDraft(Basis.STATEMENT, "Looked at again.", Ground.CONSENT_SHOWN)
    decide_appeal(make_appeal(decision), verdict, by=COLLEAGUE)
    (record,) = database.records(period())
    assert record["end_date_visibility_restriction"] == time.now().date().isoformat()
    assert faults(record) == []


def test_a_period_takes_what_was_carried_out_in_it_first() -> None:
    with time.shifted(-timedelta(days=10)):
        decision = carried_out(addresses=["https://a.example/1", "https://a.example/2"])
    ten = (time.now() - timedelta(days=10)).date()
    report_action(decision, ActionDraft(Measure.DISABLED), by=PLATFORM)
    assert len(list(database.records(Period(ten, ten)))) == 1
    assert list(database.records(Period(ten + timedelta(days=1), time.now().date()))) == []


def test_one_request_carries_a_hundred_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MOST_IN_REQUEST", 2)
    for _ in range(5):
        carried_out()
    assert [len(lot) for lot in database.requests(period())] == [2, 2, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"puid": "with space"},
        {"category": "STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER"},
        {"decision_facts": "x" * 5001},
        {"content_type": ["CONTENT_TYPE_OTHER"]},
        {"content_date": "26.11.2026"},
        {"automated_detection": True},
        {"decision_visibility": []},
        {"unknown": "x"},
        {"decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT"},
    ],
)
def test_the_schema_finds_a_planted_fault(change: dict[str, object]) -> None:
    record = database.record_of(carried_out())
    assert record is not None
    assert faults({**record, **change}) != []
    for field in SCHEMA["required"]:
        assert faults({name: value for name, value in record.items() if name != field}) != []

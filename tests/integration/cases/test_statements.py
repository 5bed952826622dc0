"""The statement of reasons for the uploader: complete, and without a word of the reporter."""

import json
from dataclasses import fields

import pytest
from tests.factories import REVIEWER, make_case, make_decision, make_sighting, random_signals

from argine.desk.cases.drafts import NoticeDraft
from argine.desk.cases.enums import GROUNDS, ORDER_GROUNDS, Ground, Outcome
from argine.desk.cases.operations import add_information, ask_reporter
from argine.desk.cases.statements import statement_of
from argine.desk.core.actor import REPORTER

pytestmark = pytest.mark.django_db

TEXTS = ("statement", "where_hint", "contact", "contact_note", "signature", "declarations")
REMOVALS = sorted(GROUNDS[Outcome.REMOVE] - ORDER_GROUNDS)


@pytest.mark.parametrize("ground", REMOVALS)
def test_a_statement_never_holds_what_the_reporter_wrote(ground: Ground) -> None:
    marked = {name: f"MARK-{name}-7" for name in TEXTS}
    case = make_case(**marked, addresses=["https://site.example/MARK-address"], country="IT").case
    add_information(case, "MARK-added", by=REPORTER)
    ask_reporter(case, "MARK-asked", by=REVIEWER)
    decision = make_decision(case, ground=ground, reasons="MARK-reasons, written for the reporter")
    told = json.dumps(statement_of(decision))
    assert "MARK" not in told
    assert case.opened_at.isoformat() not in told


def test_these_are_all_the_texts_that_a_reporter_writes() -> None:
    written = {field.name for field in fields(NoticeDraft) if field.type == "str" or field.type is str}
    assert written == {*TEXTS, "language", "country"}


@pytest.mark.parametrize("ground", REMOVALS)
def test_a_removal_has_every_field_that_article_17_asks_for(ground: Ground) -> None:
    statement = statement_of(make_decision(make_case().case, ground=ground))
    assert statement is not None
    by_terms = ground == Ground.TERMS
    assert (statement["contract_ground"] is not None, statement["legal_ground"] is None) == (by_terms, by_terms)
    assert statement["ground"].endswith("INCOMPATIBLE_CONTENT" if by_terms else "ILLEGAL_CONTENT")
    for name in ("decision", "decided_at", "restriction", "facts", "source", "explanation", "category", "redress"):
        assert statement[name], name  # type: ignore[literal-required]
    assert len(statement["facts"]) <= 5000
    assert len(statement["explanation"]) <= 2000
    assert any("6 months" in way for way in statement["redress"])


@pytest.mark.parametrize("ground", sorted(GROUNDS[Outcome.KEEP] - ORDER_GROUNDS))
def test_what_stays_online_needs_no_statement(ground: Ground) -> None:
    assert statement_of(make_decision(make_case().case, Outcome.KEEP, ground=ground)) is None


def test_that_a_match_found_the_copy_is_said_and_that_a_person_decided() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    decision = make_decision(case)
    before = statement_of(decision)
    make_sighting(signals)
    after = statement_of(decision)
    assert before is not None
    assert after is not None
    assert (before["automated_detection"], after["automated_detection"]) == (False, True)
    assert after["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"

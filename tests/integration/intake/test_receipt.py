"""The receipt: all that was sent, with a proof that needs nobody's word."""

import hashlib
import json
from typing import Any

import pytest
from django.test import Client
from tests.factories import make_case, make_case_in, random_signals
from tests.pages import with_case

from argine.desk.cases.enums import ENDED, CaseState
from argine.desk.cases.models import Case
from argine.merkle.canonical import canonical_json
from argine.merkle.note import VerifierKey
from argine.merkle.one_file import one_file
from argine.merkle.receipt import verify_receipt

pytestmark = pytest.mark.django_db


def receipt_of(case: Case) -> dict[str, Any]:
    answer = with_case(case, "en").get("/receipt.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    found: dict[str, Any] = json.loads(answer.content)
    return found


def is_proved(receipt: dict[str, Any]) -> bool:
    """What anybody can check years later, with the standard library and `argine.merkle` alone."""
    proved = verify_receipt(receipt["log"], [VerifierKey.parse(receipt["log_key"])]).entry
    commitment = hashlib.sha256(receipt["salt"].encode() + b"\n" + canonical_json(receipt["notice"])).hexdigest()
    assert isinstance(proved, dict)
    data = proved["data"]
    assert isinstance(data, dict)
    return data == {"notice": receipt["notice"]["notice"], "commitment": commitment}


def test_a_receipt_proves_what_was_sent_and_when() -> None:
    signals = random_signals()
    sent = make_case(statement="My words", addresses=["https://a.example/1", "https://a.example/2"], pictures=[signals])
    receipt = receipt_of(sent.case)
    assert is_proved(receipt)
    notice = receipt["notice"]
    assert (notice["statement"], len(notice["addresses"]), len(notice["pictures"])) == ("My words", 2, 1)
    assert notice["pictures"][0]["pdq"] == signals[0].text


@pytest.mark.parametrize("field", ["statement", "contact", "received_at", "capacity", "addresses", "pictures"])
def test_a_receipt_with_one_changed_field_proves_nothing(field: str) -> None:
    receipt = receipt_of(make_case(addresses=["https://a.example/1"]).case)
    receipt["notice"][field] = [] if isinstance(receipt["notice"][field], list) else "other"
    assert not is_proved(receipt)


@pytest.mark.parametrize("state", [state for state in CaseState if state not in ENDED])
def test_the_receipt_stays_the_same_whatever_becomes_of_the_case(state: CaseState) -> None:
    assert is_proved(receipt_of(make_case_in(state)))


@pytest.mark.parametrize("path", ["/receipt/", "/receipt.json"])
def test_after_a_withdrawal_no_receipt_is_made_that_would_prove_nothing(path: str) -> None:
    answer = with_case(make_case_in(CaseState.WITHDRAWN), "en").get(path)
    assert answer.status_code == 409
    assert "One that you saved before still does." in answer.content.decode()


def test_the_page_holds_the_same_proof_as_the_file() -> None:
    case = make_case().case
    shown = with_case(case, "en").get("/receipt/")
    assert json.loads(shown.context["proof"]) == receipt_of(case)


def test_the_receipt_does_not_hold_the_case_code() -> None:
    sent = make_case()
    assert sent.code not in json.dumps(receipt_of(sent.case))


@pytest.mark.parametrize("path", ["/receipt/", "/receipt.json"])
def test_without_an_open_case_there_is_no_receipt(path: str) -> None:
    make_case()
    assert Client(raise_request_exception=False).get(path).status_code == 404


def test_the_program_that_checks_receipts_is_handed_out_with_them() -> None:
    answer = Client().get("/receipt/argine_verify.py")
    assert answer.content.decode() == one_file()
    assert answer.headers["Content-Type"] == "text/x-python; charset=utf-8"
    assert 'filename="argine_verify.py"' in answer.headers["Content-Disposition"]

"""Of somebody under 18 nothing is taken at any door, and nothing is kept."""

import itertools

import pytest
from django.test import Client
from tests.factories import notice_draft, random_signals, report_form, row_counts

from argine.desk.banks.operations import create_default_banks
from argine.desk.cases import duties
from argine.desk.cases.operations import submit_notice
from argine.desk.core import time
from argine.desk.core.errors import InvalidError

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("pictures", "addresses"), list(itertools.product([[], [random_signals()]], [[], ["https://site.example/p/1"]]))
)
def test_the_operation_refuses_and_keeps_nothing(pictures: list[object], addresses: list[str]) -> None:
    create_default_banks()
    before = row_counts()
    draft = notice_draft(depicted_under_18=True, pictures=pictures, addresses=addresses, where_hint="there")
    with pytest.raises(InvalidError) as refusal:
        submit_notice(draft)
    assert set(refusal.value.fields) == {"under_18"}
    assert row_counts() == before


def test_the_law_starts_no_clock() -> None:
    assert duties.dues(notice_draft(depicted_under_18=True), time.now()) == ()
    assert len(duties.dues(notice_draft(), time.now())) == 3


@pytest.mark.parametrize("rest", [report_form(under_18="yes"), {"under_18": "yes"}, {"under_18": ["no", "yes"]}])
def test_the_public_form_leads_to_those_who_may_help_and_keeps_nothing(rest: dict[str, object]) -> None:
    create_default_banks()
    before = row_counts()
    answer = Client().post("/report/", rest)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/report/under-18/")
    assert row_counts() == before
    assert not answer.cookies.keys() - {"csrftoken"}


@pytest.mark.parametrize("said", ["YES", "Yes", "y", "1", "", None])
def test_any_other_answer_than_no_sends_nothing(said: str | None) -> None:
    create_default_banks()
    form = report_form(under_18=said)
    if said is None:
        del form["under_18"]
    answer = Client().post("/report/", form)
    assert answer.status_code in {302, 422}
    counts = row_counts()
    assert (counts["Case"], counts["EntrySignal"]) == (0, 0)

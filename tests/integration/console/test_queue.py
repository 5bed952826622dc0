"""The queue: nearest deadline first, by state and law, page by page; and the search."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import (
    log_in,
    make_appeal,
    make_case,
    make_case_in,
    make_decision,
    make_sighting,
    make_staff,
    random_signals,
    staff_client,
)

from argine.desk.cases.enums import OPEN, CaseState, Outcome
from argine.desk.cases.models import Case
from argine.desk.cases.queries import current_decision
from argine.desk.clocks.models import Clock
from argine.desk.console.queue import CLOSED, PAGE_SIZE, TABS
from argine.desk.core import hashing, time
from argine.desk.core.operations import beat
from argine.desk.people.enums import Role
from argine.signals.pool import BusyError

pytestmark = pytest.mark.django_db


STATES_OF: dict[str, frozenset[CaseState]] = {
    "open": OPEN,
    "received": frozenset({CaseState.RECEIVED}),
    "second": frozenset({CaseState.HELD, CaseState.DISPUTED}),
    "waiting": frozenset({CaseState.WAITING}),
    "removal": frozenset({CaseState.REMOVAL}),
    "appeals": frozenset({CaseState.APPEALED}),
    "again": frozenset(),
    "hosts": frozenset(),
    "closed": CLOSED,
}


def numbers(client: Client, **query: object) -> list[int]:
    return [row.number for row in client.get("/console/", query).context["rows"]]


def due_in(case: Case, hours: float) -> None:
    Clock.objects.filter(case_id=case.pk, regime="us-tida-s3").update(due_at=time.now() + timedelta(hours=hours))


def test_the_case_that_is_due_first_stands_first_and_an_answered_one_last() -> None:
    cases = [make_case().case for _ in range(4)]
    for case, hours in zip(cases, (30, -2, 5, 40), strict=True):
        due_in(case, hours)
    Clock.objects.filter(case_id=cases[1].pk).update(ended_at=time.now())
    assert numbers(staff_client()) == [cases[index].number for index in (2, 0, 3, 1)]


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_shows_the_cases_of_its_states_and_counts_them(tab: str) -> None:
    cases = {state: make_case_in(state) for state in CaseState}
    answer = staff_client().get("/console/", {"state": tab})
    expected = {cases[state].number for state in STATES_OF[tab]}
    assert {row.number for row in answer.context["rows"]} == expected
    assert {shown.name: shown.count for shown in answer.context["tabs"]}[tab] == len(expected)


def test_every_state_is_under_open_or_closed_and_not_under_both() -> None:
    assert STATES_OF["open"] | STATES_OF["closed"] == set(CaseState)
    assert not STATES_OF["open"] & STATES_OF["closed"]


@pytest.mark.parametrize(
    "query",
    [{"state": "nothing"}, {"page": "x"}, {"page": "-1"}, {"page": "9" * 30}, {"state": "\x00"}, {"law": "\x00"}],
)
def test_what_makes_no_sense_in_the_address_shows_a_page_all_the_same(query: dict[str, str]) -> None:
    make_case()
    assert staff_client().get("/console/", query).status_code == 200


def test_the_queue_of_one_law_has_the_cases_with_its_clock() -> None:
    one, other = make_case().case, make_case().case
    Clock.objects.filter(case_id=other.pk, regime="uk-osa-10-3a").delete()
    client = staff_client()
    assert numbers(client, law="uk-osa-10-3a") == [one.number]
    assert set(numbers(client, law="us-tida-s3")) == {one.number, other.number}
    assert numbers(client, law="no-such-law") == []


def test_a_long_queue_comes_in_pages_and_each_case_once() -> None:
    made = {make_case().case.number for _ in range(PAGE_SIZE + 3)}
    client = staff_client()
    pages = [numbers(client, page=page) for page in (1, 2)]
    assert [len(page) for page in pages] == [PAGE_SIZE, 3]
    assert set(pages[0] + pages[1]) == made
    assert "page=2" in client.get("/console/").content.decode()


def test_a_page_of_the_queue_asks_the_database_as_often_for_many_cases_as_for_few(
    django_assert_max_num_queries: object,
) -> None:
    client = staff_client()
    for _ in range(PAGE_SIZE):
        make_case(addresses=["https://site.example/1"])
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        client.get("/console/")


def test_the_numbers_above_the_queue_are_open_overdue_and_soon_due() -> None:
    for hours in (-1, 1, 30):
        due_in(make_case().case, hours)
    make_case_in(CaseState.KEPT)
    counts = staff_client().get("/console/").context["counts"]
    assert (counts.open, counts.late, counts.soon) == (3, 1, 1)


def test_a_row_says_what_a_reviewer_chooses_by() -> None:
    signals = random_signals()
    met = make_case(pictures=[signals, random_signals()], addresses=["https://a.example/"]).case
    make_sighting(signals)
    incomplete = make_case(contact="").case
    again = make_case(addresses=["https://a.example/"]).case
    make_decision(again, Outcome.KEEP)
    make_appeal(current_decision(again))
    rows = {row.number: row for row in staff_client().get("/console/").context["rows"]}
    assert (rows[met.number].pictures, rows[met.number].addresses) == (2, 1)
    badges = {number: [badge.text for badge in row.badges] for number, row in rows.items()}
    assert badges == {
        met.number: ["Copy met on the platform", "Related to another"],
        incomplete.number: ["Incomplete"],
        again.number: ["Appeal that goes first", "Related to another"],
    }


@pytest.mark.parametrize("asked", ["number", "#number", " # number ", "code", "CODE"])
def test_a_case_is_found_by_its_number_or_its_code(asked: str) -> None:
    sent = make_case()
    make_case()
    texts = {"number": str(sent.case.number), "code": sent.code}
    text = asked.replace("number", texts["number"]).replace("code", texts["code"]).replace("CODE", sent.code.upper())
    answer = staff_client().post("/console/search", {"text": text})
    assert answer.headers["Location"] == f"/console/cases/{sent.case.pk}"


@pytest.mark.parametrize("asked", ["", "999999", "no such code at all", "\x00", "²", "9" * 40, "x" * 500, "-1"])
def test_what_finds_nothing_is_said_and_breaks_nothing(asked: str) -> None:
    make_case()
    client = staff_client()
    assert client.post("/console/search", {"text": asked}).headers["Location"] == "/console/"
    assert "No case has this number, code, address, host or signal." in client.get("/console/").content.decode()


@pytest.mark.parametrize("role", Role)
def test_only_an_operator_sees_how_the_desk_itself_is(role: Role) -> None:
    shown = log_in(make_staff(role)).get("/console/").context["health"]
    assert (shown is not None) == (role == Role.OPERATOR)


def test_a_decoder_that_does_not_start_is_said_and_breaks_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise BusyError("Too many pictures at once.")

    monkeypatch.setattr(hashing, "level", refuse)
    answer = staff_client(Role.OPERATOR).get("/console/")
    assert answer.status_code == 200
    assert "Picture decoder does not start" in answer.content.decode()


def test_a_ticker_that_stands_still_is_seen_by_its_overdue_clocks() -> None:
    case = make_case().case
    client = staff_client(Role.OPERATOR)
    assert client.get("/console/").context["health"].ticker_stands is True, "no ticker ever said that it lives"
    for process in ("ticker", "worker"):
        beat(process)
    assert client.get("/console/").context["health"].ticker_stands is False
    due_in(case, -0.1)
    assert client.get("/console/").context["health"].ticker_stands is True

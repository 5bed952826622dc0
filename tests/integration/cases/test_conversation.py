"""What the reporter and the desk say to each other, and what asking again does to the pictures."""

import pytest
from tests.factories import (
    REVIEWER,
    fresh,
    log_events,
    make_case,
    make_case_in,
)

from argine.desk.audit.events import Event
from argine.desk.cases.enums import Author, CaseState
from argine.desk.cases.models import Case, Message
from argine.desk.cases.operations import add_information, ask_reporter
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import InvalidError

pytestmark = pytest.mark.django_db

SAY = {
    "add": lambda case, text: add_information(case, text, by=REPORTER),
    "ask": lambda case, text: ask_reporter(case, text, by=REVIEWER),
}
BEGIN = {"add": CaseState.RECEIVED, "ask": CaseState.RECEIVED}


@pytest.mark.parametrize("way", SAY)
@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 5001])
def test_an_empty_or_endless_message_is_refused_and_changes_nothing(way: str, text: str) -> None:
    case = make_case_in(BEGIN[way])
    with pytest.raises(InvalidError) as refusal:
        SAY[way](case, text)
    assert set(refusal.value.fields) == {"text"}
    assert (fresh(case).state, Message.objects.count()) == (BEGIN[way], 0)


@pytest.mark.parametrize("way", SAY)
def test_a_message_is_kept_with_its_author_sealed_and_logged_without_its_text(way: str) -> None:
    case = make_case_in(BEGIN[way])
    SAY[way](case, "  It was the blue one. ")
    message = Message.objects.get()
    assert message.text == "It was the blue one."
    assert message.author == (Author.STAFF if way == "ask" else Author.REPORTER)
    assert message.by == (REVIEWER if way == "ask" else REPORTER)
    asked = Event.INFORMATION_ASKED if way == "ask" else Event.INFORMATION_ADDED
    assert log_events(f"case:{case.pk}").count(asked) == 1


def test_clocks_run_on_while_the_desk_waits_for_an_answer() -> None:
    before = clocks(make_case_in(CaseState.WAITING))
    assert {state for state, _ in before} == {ClockState.RUNNING}


def test_asking_twice_moves_the_case_once() -> None:
    case = make_case().case
    for text in ("Where?", "And when?"):
        ask_reporter(fresh(case), text, by=REVIEWER)
    assert fresh(case).state == CaseState.WAITING
    assert log_events(f"case:{case.pk}").count(Event.CASE_MOVED) == 1


def clocks(case: Case) -> list[tuple[str, object]]:
    return list(Clock.objects.filter(case_id=case.pk).values_list("state", "ended_at"))

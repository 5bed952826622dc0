"""The page of one's case: opened by its code, for half an hour, on this device alone."""

import itertools
import statistics
from datetime import timedelta
from time import perf_counter
from time import time as wall_clock
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from tests.factories import (
    COLLEAGUE,
    PLATFORM,
    REVIEWER,
    fresh,
    make_case,
    make_case_in,
    make_decision,
    make_sighting,
    random_signals,
)
from tests.pages import with_case

from argine.desk.banks.models import EntrySignal
from argine.desk.cases.drafts import ActionDraft, VerdictDraft
from argine.desk.cases.enums import ENDED, OPEN, Appellant, Basis, CaseState, Measure, Outcome
from argine.desk.cases.models import Appeal, Case, Message
from argine.desk.cases.operations import Submission, ask_reporter, decide_appeal, report_action
from argine.desk.core import time
from argine.desk.core.models import SharedValue
from argine.desk.core.shared import SharedCache
from argine.desk.intake.status_page import HEADING, MEANING

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(db: None) -> Submission:
    return make_case()


def open_by(code: str, client: Client | None = None) -> tuple[Client, Any]:
    client = client or Client(raise_request_exception=False)
    return client, client.post("/status/", {"code": code})


def test_the_right_code_opens_the_case_and_the_address_holds_nothing_of_it(sent: Submission) -> None:
    client, answer = open_by(sent.code)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/status/")
    page = client.get("/status/")
    assert page.context["page"].number == sent.case.number
    assert sent.code not in page.content.decode()
    assert str(sent.case.pk) not in page.content.decode()


@pytest.mark.parametrize(
    "code", ["", " ", "-", "one two three four five six seven", "\x00", "é" * 200, "x" * 201, "😀" * 7]
)
def test_a_wrong_code_opens_nothing_and_says_what_to_do(sent: Submission, code: str) -> None:
    client, answer = open_by(code)
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"]
    assert client.get("/status/").templates[0].name == "intake/code.html"


def test_one_wrong_word_opens_nothing(sent: Submission) -> None:
    words = sent.code.split("-")
    for place in range(len(words)):
        other = [*words]
        other[place] = "zzzz"
        assert open_by("-".join(other), Client(REMOTE_ADDR=f"203.0.113.{place}"))[1].status_code == 422


def test_guessing_is_slowed_for_the_guesser_and_says_how_long_and_not_for_others(sent: Submission) -> None:
    client = Client(raise_request_exception=False)
    codes = [open_by("wrong", client)[1].status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2
    slowed = open_by(sent.code, client)[1]
    assert slowed.status_code == 429
    assert 0 < int(slowed.headers["Retry-After"]) <= 30
    assert open_by(sent.code, Client(REMOTE_ADDR="203.0.113.9"))[1].status_code == 302
    with time.shifted(timedelta(minutes=1)):
        assert open_by(sent.code, client)[1].status_code == 302


def test_a_wrong_code_takes_as_long_as_a_right_one(sent: Submission) -> None:
    """The look-up is by digest: how near a guess was does not show in the time. The bound is wide."""
    words = sent.code.split("-")
    near = "-".join([*words[:6], "zzzz"])
    times: dict[str, list[float]] = {near: [], "wrong": []}
    addresses = itertools.count()
    for code in [near, "wrong"] * 15:
        client = Client(REMOTE_ADDR=f"2001:db8::{next(addresses):x}")
        begun = perf_counter()
        client.post("/status/", {"code": code})
        times[code].append(perf_counter() - begun)
    slow, fast = (statistics.median(times[code]) for code in (near, "wrong"))
    assert 1 / 3 < slow / fast < 3


@pytest.mark.parametrize("state", CaseState)
def test_each_state_is_said_in_its_own_words_with_what_can_be_done(state: CaseState) -> None:
    page = with_case(make_case_in(state), "en").get("/status/").context["page"]
    assert (page.heading, page.meaning) == (str(HEADING[state]), str(MEANING[state]))
    assert page.may_write == (state in OPEN)
    assert (page.appeal_until is not None) == (state == CaseState.KEPT)
    assert page.may_withdraw == (state not in ENDED)


def test_the_decision_stands_with_its_reasons_and_what_the_platform_did() -> None:
    case = make_case().case
    decision = make_decision(case, reasons="We looked at the copy with care.")
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    shown = with_case(fresh(case), "en").get("/status/").content.decode()
    assert "We looked at the copy with care." in shown
    assert "Removed" in shown
    assert "staff:" not in shown
    assert "key:" not in shown


def test_uploads_that_were_stopped_are_counted_once_each() -> None:
    signals = random_signals()
    case = make_case(pictures=[signals]).case
    make_sighting(signals)
    make_decision(case)
    for _ in range(3):
        make_sighting(signals)
    assert with_case(case, "en").get("/status/").context["page"].stopped_uploads == 3


@pytest.mark.parametrize(("hours", "words"), [(0, "48 hours left"), (47.5, "minutes left"), (50, "Late by 2 hours")])
def test_clocks_are_said_in_plain_words(hours: float, words: str) -> None:
    case = make_case().case
    with time.shifted(timedelta(hours=hours)):
        client = Client()
        client.cookies = with_case(case, "en").cookies
        lines = client.get("/status/").context["page"].clocks
    assert len(lines) == 3
    assert all(words in line.left for line in lines)


@pytest.mark.parametrize(
    ("state", "becomes"), [(CaseState.RECEIVED, CaseState.RECEIVED), (CaseState.WAITING, CaseState.RECEIVED),
                           (CaseState.REMOVAL, CaseState.REMOVAL)],
)  # fmt: skip
def test_a_message_goes_to_the_desk_and_may_bring_the_case_back(state: CaseState, becomes: CaseState) -> None:
    case = make_case_in(state)
    answer = with_case(case, "en").post("/status/message/", {"text": "One more thing."})
    assert answer.status_code == 302
    assert (Message.objects.latest("at").text, fresh(case).state) == ("One more thing.", becomes)


def test_what_is_written_after_a_refusal_is_an_appeal_and_its_outcome_is_shown() -> None:
    case = make_case_in(CaseState.KEPT)
    client = with_case(case, "en")
    client.post("/status/message/", {"text": "It shows me."})
    appeal = Appeal.objects.get()
    assert (appeal.text, appeal.who, fresh(case).state) == ("It shows me.", Appellant.REPORTER, CaseState.APPEALED)
    decide_appeal(appeal, VerdictDraft(Basis.STATEMENT, "We looked once more."), by=COLLEAGUE)
    page = client.get("/status/")
    assert "We looked once more." in page.content.decode()
    assert page.context["page"].appeal_until is None


@pytest.mark.parametrize("state", [CaseState.REMOVED, CaseState.WITHDRAWN])
def test_a_message_to_a_closed_case_comes_back_with_its_words(state: CaseState) -> None:
    answer = with_case(make_case_in(state), "en").post("/status/message/", {"text": "One more thing."})
    assert answer.status_code == 422
    assert not Message.objects.exists()


def test_a_question_of_the_desk_is_shown_and_without_its_authors_name() -> None:
    case = make_case().case
    ask_reporter(case, "Where did you see it?", by=REVIEWER)
    page = with_case(case, "en").get("/status/")
    assert "Where did you see it?" in page.content.decode()
    assert [said.is_mine for said in page.context["page"].thread] == [False]


def test_withdrawing_needs_a_tick_and_erases_the_fingerprints() -> None:
    case = make_case().case
    client = with_case(case, "en")
    assert client.post("/status/withdraw/", {}).status_code == 422
    assert fresh(case).state == CaseState.RECEIVED
    assert client.post("/status/withdraw/", {"sure": "on"}).status_code == 302
    assert (fresh(case).state, EntrySignal.objects.count()) == (CaseState.WITHDRAWN, 0)
    assert client.post("/status/withdraw/", {"sure": "on"}).status_code == 409


@pytest.mark.parametrize("path", ["/status/message/", "/status/withdraw/"])
def test_without_an_open_case_nothing_is_written(path: str) -> None:
    case = make_case_in(CaseState.RECEIVED)
    answer = Client().post(path, {"text": "x", "sure": "on"})
    assert answer.headers["Location"] == "/status/"
    assert (fresh(case).state, Message.objects.count()) == (CaseState.RECEIVED, 0)


def test_a_case_cannot_be_opened_by_a_cookie_that_the_desk_did_not_sign(sent: Submission) -> None:
    client = Client()
    for value in (str(sent.case.pk), f"{sent.case.pk}:1abcde:forged", "", "\x00"):
        client.cookies["argine_case"] = value
        assert client.get("/status/").templates[0].name == "intake/code.html"


def test_the_cookie_of_one_purpose_does_not_serve_another(sent: Submission) -> None:
    client = with_case(sent.case, "en")
    client.cookies["argine_sent"], client.cookies["argine_case"] = client.cookies["argine_case"].value, "x"
    assert client.get("/status/").templates[0].name == "intake/code.html"


def test_a_case_closes_by_itself_after_half_an_hour_without_a_page(sent: Submission, monkeypatch: Any) -> None:
    client = with_case(sent.case, "en")
    assert client.get("/status/").templates[0].name == "intake/status.html"
    later = wall_clock() + 31 * 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert client.get("/status/").templates[0].name == "intake/code.html"


def test_a_case_closes_four_hours_after_its_code_was_typed_however_it_is_used(sent: Submission) -> None:
    client, _ = open_by(sent.code)
    for minutes in (100, 200, 239):
        with time.shifted(timedelta(minutes=minutes)):
            assert client.get("/status/").templates[0].name == "intake/status.html"
    with time.shifted(timedelta(minutes=241)):
        assert client.get("/status/").templates[0].name == "intake/code.html"
        assert client.get("/receipt.json").status_code == 404
        assert open_by(sent.code, client)[1].status_code == 302
        assert client.get("/status/").templates[0].name == "intake/status.html"


@pytest.mark.parametrize(("method", "path"), [("POST", "/status/close/"), ("GET", "/leave/")])
def test_closing_closes_the_case_for_a_copy_of_the_cookie_too(sent: Submission, method: str, path: str) -> None:
    client, _ = open_by(sent.code)
    elsewhere, _ = open_by(sent.code)
    client.get("/status/")
    copy, other_copy = client.cookies["argine_case"].value, Client()
    assert not SharedValue.objects.exists()  # who only looks leaves nothing
    assert client.generic(method, path).status_code == 302
    for taken in (client, other_copy):
        taken.cookies["argine_case"] = copy
        assert taken.get("/status/").templates[0].name == "intake/code.html"
        assert taken.get("/receipt.json").status_code == 404
    assert elsewhere.get("/status/").templates[0].name == "intake/status.html"
    assert open_by(sent.code, client)[1].status_code == 302
    assert client.get("/status/").templates[0].name == "intake/status.html"
    (left,) = SharedValue.objects.all()
    assert left.value == 1
    assert left.ends_at < time.now() + timedelta(minutes=36)
    assert SharedValue.objects.count() == 1


@pytest.mark.parametrize(("method", "path"), [("POST", "/status/close/"), ("GET", "/leave/")])
def test_the_way_out_works_where_nothing_can_be_written(
    sent: Submission, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("database or disk is full")

    client, _ = open_by(sent.code)
    monkeypatch.setattr(SharedCache, "set", full)
    answer = client.generic(method, path)
    assert (answer.status_code, answer.cookies["argine_case"]["max-age"]) == (302, 0)


def test_closing_has_the_browser_drop_pages_and_keep_what_the_person_chose_to_keep(sent: Submission) -> None:
    client = with_case(sent.case, "en")
    assert client.post("/status/close/").headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get("/leave/").headers


def test_closing_forgets_the_case_in_this_browser(sent: Submission) -> None:
    client = with_case(sent.case, "en")
    client.post("/status/close/")
    assert client.get("/status/").templates[0].name == "intake/code.html"


def test_two_people_never_see_each_others_case() -> None:
    one, two = make_case(statement="The first"), make_case(statement="The second")
    for sent in (one, two):
        client, _ = open_by(sent.code)
        assert client.get("/receipt/").context["facts"]["statement"] == sent.notice.statement
    assert Case.objects.count() == 2
    assert make_decision(one.case, Outcome.KEEP).case == one.case

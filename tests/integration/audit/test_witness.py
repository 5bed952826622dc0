"""Two desks hold each other to one face: the witness's door, the desk that asks, and what people see of it."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as desk_settings
from django.test import Client
from tests.factories import every_fault, log_events, make_case, staff_client
from tests.raw_sql import raw
from tests.unit.merkle.logs import KEY, ORIGIN, STRANGER, Log, entry, true_entries

from argine.desk.audit import queries
from argine.desk.audit.enums import WitnessProblem
from argine.desk.audit.models import Cosignature, SignedCheckpoint, Witness, WitnessedLog
from argine.desk.audit.operations import sign_head
from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError
from argine.desk.core import time
from argine.desk.core.operations import WITNESS
from argine.desk.notify import outside
from argine.desk.notify.enums import Problem
from argine.desk.notify.errors import NotTakenError
from argine.desk.notify.operations import ask_witnesses
from argine.desk.notify.operations.witnesses import PAUSE, PAUSE_AFTER_PROBLEM
from argine.desk.people.enums import Role
from argine.merkle.cosignature import verify_cosignatures
from argine.merkle.growth import Growth, parse_growth

pytestmark = pytest.mark.django_db
DOOR = "/api/v1/witness/add-checkpoint"
TRUE = Log(true_entries(20))
OTHER = Log([*true_entries(10), *(entry(number, shown="to others") for number in range(10, 20))])


@pytest.fixture
def witnessing(settings: Any) -> None:
    """This desk cosigns the log of the tests."""
    settings.CONFIG = replace(settings.CONFIG, witnessed_logs=(KEY.text(),))


def ask(stranger: Client, growth: Growth | str) -> Any:
    text = growth if isinstance(growth, str) else growth.text()
    return stranger.post(DOOR, text, content_type="text/plain")


# The witness


def test_a_witness_cosigns_a_log_that_only_grows(stranger: Client, witnessing: None) -> None:
    for old, new in ((0, 7), (7, 7), (7, 20)):
        answer = ask(stranger, TRUE.growth(old, new))
        assert answer.status_code == 200, answer.content
        (found,) = verify_cosignatures(TRUE.checkpoint(new) + answer.content.decode(), [queries.witness_key()])
        assert abs(found.at - time.now().timestamp()) < 60
    assert WitnessedLog.objects.get().size == 20
    assert every_fault() == []


def test_it_publishes_the_key_of_its_cosignatures(stranger: Client) -> None:
    assert stranger.get("/api/v1/witness/key").content.decode() == queries.witness_key().text() + "\n"


def test_it_tells_the_size_that_it_remembers(stranger: Client, witnessing: None) -> None:
    ask(stranger, TRUE.growth(0, 7))
    answer = ask(stranger, TRUE.growth(0, 20))
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "text/x.tlog.size")
    assert answer.content == b"7\n"


def with_proof(old: int, log: Log, size: int, proof_of: Log) -> Growth:
    return Growth(old, proof_of.growth(old, size).proof, log.checkpoint(size))


FOREIGN = Log(true_entries(20), key=STRANGER)
REFUSED = {
    "a log that it does not know": (TRUE.growth(7).text().replace(ORIGIN, "other.example"), 404),
    "a head that another key signed": (FOREIGN.growth(7).text(), 403),
    "an older size above the newer": (Growth(12, (), TRUE.checkpoint(7)).text(), 400),
    "a proof that does not hold": (Growth(7, TRUE.growth(7, 19).proof, TRUE.checkpoint()).text(), 422),
    "no proof": (Growth(7, (), TRUE.checkpoint()).text(), 422),
    "no checkpoint": ("old 7\n\n", 400),
    "nothing": ("", 400),
    "too many hashes": (Growth(7, (bytes(32),) * 64, TRUE.checkpoint()).text(), 400),
    "a size that no log has": ("old 0\n\n" + TRUE.checkpoint().replace("\n20\n", f"\n{10**18 * 9}\n"), 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(stranger: Client, witnessing: None, name: str) -> None:
    ask(stranger, TRUE.growth(0, 7))
    text, status = REFUSED[name]
    assert ask(stranger, text).status_code == status
    assert WitnessedLog.objects.get().size == 7


def test_a_longer_log_with_another_past_is_refused(stranger: Client, witnessing: None) -> None:
    ask(stranger, TRUE.growth(0, 15))
    assert ask(stranger, OTHER.growth(15)).status_code == 422


def test_a_second_face_of_the_same_size_is_refused_and_kept_as_the_proof(stranger: Client, witnessing: None) -> None:
    ask(stranger, TRUE.growth(0, 15))
    for _ in range(2):
        assert ask(stranger, OTHER.growth(15, 15)).status_code == 409
    kept = WitnessedLog.objects.get()
    assert (kept.note, kept.contradiction) == (TRUE.checkpoint(15), OTHER.checkpoint(15))
    assert log_events(f"log:{ORIGIN}") == ["witness.two_faces"]
    page = staff_client(Role.SUPERVISOR).get("/console/log").content.decode()
    assert "has shown two faces" in page


def test_who_asks_too_often_waits(stranger: Client, witnessing: None) -> None:
    answers = [ask(stranger, "x").status_code for _ in range(WITNESS.burst + 1)]
    assert answers == [400] * WITNESS.burst + [429]


def test_what_is_remembered_of_another_log_cannot_be_altered_unseen(stranger: Client, witnessing: None) -> None:
    ask(stranger, TRUE.growth(0, 15))
    WitnessedLog.objects.update(size=3)
    assert [fault.what for fault in every_fault()] == ["that was cosigned here was altered"]


# The desk that asks. It is its own witness here: two desks in one, which meet at the door.


@pytest.fixture
def witnessed(settings: Any, stranger: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """This desk asks itself; the list tells what was sent."""
    sent: list[str] = []

    def post(url: str, body: bytes, headers: dict[str, str], *, private: bool) -> outside.Answer:
        sent.append(body.decode())
        answer = stranger.post(url.removeprefix("https://other.example"), body, content_type=headers["Content-Type"])
        return outside.Answer(answer.status_code, answer.headers["Content-Type"].partition(";")[0], answer.content)

    monkeypatch.setattr(outside, "post", post)
    settings.CONFIG = replace(
        settings.CONFIG,
        witnesses=(f"{queries.witness_key().text()} https://other.example/api/v1/witness",),
        witnessed_logs=(queries.verifier_key().text(),),
    )
    return sent


def problem() -> str:
    return Witness.objects.get().problem


def test_a_new_head_is_cosigned_and_the_receipt_bears_it(witnessed: list[str], stranger: Client) -> None:
    notice = make_case().notice
    before = queries.receipt(notice.entry_index)
    assert ask_witnesses() == 1
    after = queries.receipt(notice.entry_index)
    assert not verify_cosignatures(str(before["checkpoint"]), [queries.witness_key()])
    assert verify_cosignatures(str(after["checkpoint"]), [queries.witness_key()])
    assert "argine-witness/" in stranger.get("/api/v1/log/checkpoint").content.decode()
    assert queries.witnesses_of(notice.entry_index)[0][0] == queries.witness_key().name
    assert every_fault() == []


def test_it_is_asked_again_only_for_a_new_head_and_after_a_pause(witnessed: list[str]) -> None:
    make_case()
    assert [ask_witnesses(), ask_witnesses()] == [1, 0]
    make_case()
    assert ask_witnesses() == 0
    with time.shifted(PAUSE):
        assert ask_witnesses() == 1
    assert [parse_growth(text).old for text in witnessed] == [0, _size(witnessed[0])]


def _size(text: str) -> int:
    return int(parse_growth(text).checkpoint.split("\n")[1])


def test_who_has_forgotten_what_was_cosigned_is_told_and_goes_on_from_there(witnessed: list[str]) -> None:
    make_case()
    ask_witnesses()
    make_case()
    Witness.objects.all().delete()
    assert ask_witnesses() == 1
    assert [parse_growth(text).old for text in witnessed[1:]] == [0, _size(witnessed[0])]


def test_a_desk_whose_database_was_rolled_back_is_refused_and_says_so(witnessed: list[str]) -> None:
    make_case()
    ask_witnesses()
    WitnessedLog.objects.update(size=10**6)
    Witness.objects.all().delete()
    assert ask_witnesses() == 0
    assert problem() == WitnessProblem.CONFLICT
    page = staff_client(Role.SUPERVISOR).get("/console/log").content.decode()
    assert "Was an older database put back?" in page


def test_a_desk_that_rewrote_its_past_is_refused(witnessed: list[str]) -> None:
    make_case()
    ask_witnesses()
    make_case()
    raw("UPDATE audit_node SET hash = zeroblob(32)")
    SignedCheckpoint.objects.all().delete()
    sign_head()
    with time.shifted(PAUSE):
        assert ask_witnesses() == 0
    assert problem() == WitnessProblem.CONFLICT


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (outside.Answer(404, "application/json", b"{}"), WitnessProblem.REFUSED),
        (outside.Answer(500, "text/html", b""), WitnessProblem.REFUSED),
        (outside.Answer(200, "text/plain", b""), WitnessProblem.ANSWER),
        (outside.Answer(200, "text/plain", b"\xff"), WitnessProblem.ANSWER),
        (outside.Answer(409, "text/x.tlog.size", b"-1\n"), WitnessProblem.CONFLICT),
        (outside.Answer(409, "application/json", b"{}"), WitnessProblem.CONFLICT),
        (NotTakenError(Problem.UNREACHABLE), WitnessProblem.UNREACHABLE),
        (NotTakenError(Problem.INSECURE), WitnessProblem.INSECURE),
    ],
)
def test_what_goes_wrong_is_remembered_and_it_is_tried_later(
    witnessed: list[str], monkeypatch: pytest.MonkeyPatch, answer: outside.Answer | Exception, expected: WitnessProblem
) -> None:
    def post(*_args: object, **_options: object) -> outside.Answer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    make_case()
    with monkeypatch.context() as patched:
        patched.setattr(outside, "post", post)
        assert ask_witnesses() == 0
    assert problem() == expected
    with time.shifted(PAUSE):
        assert ask_witnesses() == 0
    with time.shifted(PAUSE_AFTER_PROBLEM):
        assert ask_witnesses() == 1
    assert problem() == ""


def test_without_witnesses_nobody_is_asked(default_banks: None) -> None:
    make_case()
    assert ask_witnesses() == 0


def test_an_altered_cosignature_is_found(witnessed: list[str]) -> None:
    make_case()
    ask_witnesses()
    good = Cosignature.objects.get()
    Cosignature.objects.update(line=good.line.replace(" ", "  "))
    assert [fault.what for fault in every_fault()] == ["is not of that head"]
    other = good.line.replace("argine-witness/", "argine-witness/x")
    Cosignature.objects.update(line=other)
    assert [fault.what for fault in every_fault()] == ["is not by that witness"]


def test_the_page_of_the_log_shows_witnesses(witnessed: list[str]) -> None:
    supervisor = staff_client(Role.SUPERVISOR)
    assert "has not cosigned yet" in supervisor.get("/console/log").content.decode()
    make_case()
    ask_witnesses()
    page = supervisor.get("/console/log").content.decode()
    assert "cosigned" in page
    assert queries.witness_key().text() in page.replace("&#x2B;", "+")


@pytest.mark.parametrize(
    "environment",
    [
        {"ARGINE_WITNESSES": "nonsense https://other.example"},
        {"ARGINE_WITNESSES": f"{KEY.text()} https://other.example"},
        {"ARGINE_WITNESSED_LOGS": "nonsense"},
        {"ARGINE_WITNESSED_LOGS": queries.witness_key().text() if desk_settings.configured else ""},
    ],
)
def test_a_wrong_setting_is_told_at_the_start(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="ARGINE_WITNESSES"):
        read(environment)


def test_a_witness_needs_an_address() -> None:
    with pytest.raises(ConfigError, match="must begin with https"):
        read({"ARGINE_WITNESSES": queries.witness_key().text()})

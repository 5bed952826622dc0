"""A whole case with marked words of a person: where they may be read, and that they are nowhere else.

`tests/functional/test_logs.py` looks at what the processes of a running desk write.
"""

import json
import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from tests.factories import make_key, report_form, staff_client
from tests.raw_sql import IS_SQLITE, raw

from argine.desk.audit.models import Entry
from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.models import Case, Decision, Message
from argine.desk.clocks.operations import tick
from argine.desk.core.logs import JsonLine, PlainLine
from argine.desk.people.enums import Role, Scope
from argine.desk.serve import worker

LOOK = "5a" * 32
MARKS = {
    "statement": "Zqmark statement",
    "where_hint": "Zqmark where",
    "contact": "zqmark@person.example",
    "contact_note": "Zqmark safely",
    "signature": "Zqmark Name",
    "address": "https://site.example/zqmark/1",
    "message": "Zqmark answer",
    "question": "Zqmark question",
    "reasons": "Zqmark reasons",
    "content": "zqmark-post-7",
    "file": "zqmark-photo.jpg",
}
SENT = ("statement", "where_hint", "contact", "contact_note", "signature")


@dataclass
class Story:
    """What happened: every answer that was given, and the words that nobody else may read."""

    answers: list[Any] = field(default_factory=list)
    code: str = ""

    def take(self, answer: Any) -> Any:
        self.answers.append(answer)
        return answer

    def words(self) -> list[str]:
        return [*MARKS.values(), "zqmark", self.code, self.code.replace("-", " ")]


def report(story: Story, person: Client) -> Case:
    signals = json.dumps([{"signals": [{"type": "pdq", "value": LOOK, "quality": 100}]}])
    form = report_form(**{name: MARKS[name] for name in SENT}, addresses=MARKS["address"], signals=signals)
    person.get("/report/")
    page = story.take(person.post("/report/", form)).content.decode()
    found = re.search(r'id="case-code">([^<]+)<', page)
    assert found is not None
    story.code = found[1]
    story.take(person.post("/status/close/"))
    story.take(person.post("/status/", {"code": story.code}))
    story.take(person.post("/status/", {"code": f"{story.code} wrong"}))
    return Case.objects.get()


def platform_acts(story: Story, decision: Decision | None = None) -> None:
    platform = Client(headers={"Authorization": f"Bearer {make_key()}"}, raise_request_exception=False)
    content = {"id": MARKS["content"], "url": f"https://site.example/{MARKS['content']}"}
    ask: dict[str, Any] = {"signals": [{"type": "pdq", "value": LOOK, "quality": 100}], "content": content}
    path = "/api/v1/check"
    if decision is not None:
        story.take(platform.get(f"/api/v1/decisions/{decision.pk}/statement"))
        path, ask = "/api/v1/actions", {"decision": str(decision.pk), "measure": "removed", "content": content}
    story.take(platform.post(path, json.dumps(ask), content_type="application/json"))
    for data in (b"no picture", b"\xff\xd8\xff\xe0zqmark"):
        story.take(platform.post("/api/v1/check", {"file": SimpleUploadedFile(MARKS["file"], data)}))
        story.take(platform.post("/hma/h/hash", {"photo": SimpleUploadedFile(MARKS["file"], data)}))


def staff_decides(story: Story, case: Case, person: Client) -> Decision:
    desk = staff_client(Role.SUPERVISOR)
    story.take(desk.post(f"/console/cases/{case.pk}/ask", {"text": MARKS["question"]}))
    story.take(person.post("/status/message/", {"text": MARKS["message"]}))
    story.take(desk.post("/console/search", {"text": story.code}))
    covers = [str(pk) for pk in BankEntry.objects.values_list("pk", flat=True)]
    decide = {"ground": "intimate_without_consent", "basis": "own_copy", "reasons": MARKS["reasons"], "covers": covers}
    story.take(desk.post(f"/console/cases/{case.pk}/decide", {**decide, "confirmed": "yes"}))
    return Decision.objects.get()


def things_go_wrong(story: Story, person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures of every kind, while the marked words are at hand: their pages and log lines must not repeat them."""
    form = report_form(**{name: MARKS[name] for name in SENT}, addresses=MARKS["address"])
    other = Client(raise_request_exception=False)
    with monkeypatch.context() as broken:
        broken.setattr("argine.desk.cases.operations.notices.sign_head_now", lambda: 1 / 0)
        broken.setattr("argine.desk.intake.status_page.of", lambda case: 1 / 0)
        for answer in (other.post("/report/", form), person.get("/status/")):
            assert story.take(answer).status_code == 500
    story.take(other.post("/status/", {"code": MARKS["contact"]}))
    story.take(other.get("/zqnothing/here"))
    story.take(other.get("/status/", headers={"Host": "zqmark.example"}))
    story.take(other.get("/status/?zqnothing=1"))
    story.take(other.post("/report/", {"file": SimpleUploadedFile(MARKS["file"], b"zqmark")}))
    story.take(other.get("/metrics", headers={"Authorization": f"Bearer {MARKS['contact']}"}))
    raw("UPDATE cases_message SET text = X'01' || zeroblob(40)")
    assert story.take(person.get("/status/")).status_code == 500


def live(monkeypatch: pytest.MonkeyPatch) -> Story:
    create_default_banks()
    told, person = Story(), Client(raise_request_exception=False)
    case = report(told, person)
    platform_acts(told)
    decision = staff_decides(told, case, person)
    platform_acts(told, decision)
    tick()
    worker.one_pass()
    for path in ("/status/", "/receipt/", "/receipt.json", "/leave/"):
        person.get(path)
    person.post("/status/", {"code": told.code})
    things_go_wrong(told, person, monkeypatch)
    return told


@pytest.mark.django_db(transaction=True)
def test_what_a_person_says_is_in_no_log_line_no_entry_no_address_no_error_page_and_not_in_the_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    story = live(monkeypatch)
    assert (Case.objects.count(), Decision.objects.count(), Message.objects.count()) == (2, 1, 2)
    assert [answer.status_code for answer in story.answers].count(500) == 3
    assert "Internal Server Error" in caplog.text
    places = {
        "log lines": caplog.text,
        "log lines in JSON": "\n".join(JsonLine().format(record) for record in caplog.records),
        "plain log lines": "\n".join(PlainLine().format(record) for record in caplog.records),
        "metrics": metrics(),
        "what was printed": "".join(capfd.readouterr()),
        "entries": "".join(f"{entry.subject} {entry.by} {entry.data}" for entry in Entry.objects.all()),
        "addresses": " ".join(answer.headers.get("Location", "") for answer in story.answers),
        "asked addresses": " ".join(answer.wsgi_request.get_full_path() for answer in story.answers),
        "error pages": "".join(page(answer) for answer in story.answers if answer.status_code >= 400),
        "statements": "".join(page(answer) for answer in story.answers if "statement" in answer.wsgi_request.path),
        "cookies": "".join(str(answer.cookies) for answer in story.answers),
        "the file": file_of_the_database(),
    }
    found = {name: [word for word in story.words() if word.lower() in text.lower()] for name, text in places.items()}
    assert {name: words for name, words in found.items() if words} == {}


def metrics() -> str:
    client = Client(headers={"Authorization": f"Bearer {make_key([Scope.METRICS])}"})
    text = client.get("/metrics").content.decode()
    assert 'argine_requests_total{method="POST",route="intake:report",status="500"}' in text
    return text


def page(answer: Any) -> str:
    """What an answer says, without the field that gives a person back what they typed."""
    text: str = answer.content.decode()
    return re.sub(r'<input[^>]*name="code"[^>]*>', "", text)


def file_of_the_database() -> str:
    if not IS_SQLITE:
        names = connection.introspection.table_names()
        return "".join(str(row) for name in names for row in raw(f'SELECT t::text FROM "{name}" t'))
    file = Path(connection.settings_dict["NAME"])
    beside = [found for found in (file, *file.parent.glob(f"{file.name}-*")) if found.exists()]
    data = b"".join(found.read_bytes() for found in beside)
    assert b"cases_notice" in data
    return data.decode("latin-1")

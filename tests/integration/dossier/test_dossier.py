"""The dossier: all of a case for who has never seen Argine, with proofs that hold without the desk."""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from tests.factories import (
    decision_draft,
    fresh,
    log_events,
    make_appeal,
    make_case,
    make_case_in,
    make_order,
    make_outward,
    make_sighting,
    make_staff,
    random_signals,
)

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.audit.queries import verifier_key
from argine.desk.banks.queries import entries_of_case
from argine.desk.cases.enums import Appellant, CaseState
from argine.desk.cases.models import Case
from argine.desk.cases.operations import ask_reporter, decide
from argine.desk.core.actor import REPORTER, staff
from argine.desk.core.errors import RefusedError
from argine.desk.demo.pictures import draw
from argine.desk.dossier import document, facts, pdf, sources, words
from argine.desk.dossier.enums import Extent
from argine.desk.dossier.operations import Form, make
from argine.desk.evidence.enums import Problem
from argine.desk.evidence.models import PageRecord
from argine.merkle.dossier import VerifiedDossier, verify_dossier
from argine.merkle.errors import MerkleError
from argine.merkle.note import VerifierKey
from argine.signals.hasher import hash_file_bytes
from argine.signals.types import Signal, SignalType

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_banks")]

PLACE = "https://forum.example/t/901"
Dossier = dict[str, Any]


def dossier_of(case: Case, extent: Extent = Extent.FULL, language: str = "en") -> Dossier:
    made = make(fresh(case), extent, Form.JSON, language, by=staff(1))
    told: Dossier = json.loads(made.body)
    return told


def check(dossier: Dossier) -> VerifiedDossier:
    return verify_dossier(dossier, [verifier_key()])


@pytest.fixture
def case() -> Case:
    """A case in which much has happened, decided by somebody with a name."""
    person = make_staff()
    sent = make_case(addresses=[PLACE], pictures=[random_signals()], statement="My words.")
    ask_reporter(sent.case, "Which page is it on?", by=staff(person.pk))
    decide(fresh(sent.case), decision_draft(), by=staff(person.pk))
    return fresh(sent.case)


@pytest.mark.parametrize("extent", Extent)
@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.FROZEN])
def test_everything_in_a_dossier_holds_without_the_desk_whatever_became_of_the_case(
    state: CaseState, extent: Extent
) -> None:
    dossier = dossier_of(make_case_in(state, addresses=[PLACE]), extent)
    found = check(dossier)
    assert found.entries == len(dossier["timeline"]) > 0
    assert found.notices == (0 if state == CaseState.WITHDRAWN else 1)
    assert found.decisions == (len(dossier["decisions"]) if extent is Extent.FULL else 0)


def test_an_order_has_a_dossier_too() -> None:
    dossier = dossier_of(make_order(addresses=[PLACE]).case)
    assert check(dossier).notices == 0
    assert dossier["order"]["reference"] == "n. 123/2026"


ALTERATIONS: dict[str, Callable[[Dossier], object]] = {
    "when something happened": lambda told: told["timeline"][0].update(at="2020-01-01T00:00:00.000000Z"),
    "what happened": lambda told: told["timeline"][1].update(event="case.notice.withdrawn"),
    "who did it": lambda told: told["timeline"][0].update(by="staff"),
    "a line that never was": lambda told: told["timeline"].append({**told["timeline"][0], "index": 99_999}),
    "what the reporter wrote": lambda told: told["receipts"][0]["notice"].update(statement="Other words."),
    "why it was decided": lambda told: told["decisions"][0]["facts"].update(reasons="Because."),
    "the text of a log entry": lambda told: told["log"]["entries"][0].update(
        entry=told["log"]["entries"][0]["entry"].replace("reporter", "staff:9")
    ),
    "the place of a log entry": lambda told: told["log"]["entries"][0].update(index=1),
    "the signed head": lambda told: told["log"].update(checkpoint=told["log"]["checkpoint"].replace("\n", "\n\n", 1)),
    "its format": lambda told: told.update(format="argine-dossier/2"),
    "a list that is none": lambda told: told.update(timeline={}),
    "a part that is missing": lambda told: told.pop("log"),
    "a head that is no text": lambda told: told["log"].update(checkpoint=None),
    "facts that are none": lambda told: told["decisions"][0].update(facts="removed"),
    "the salt of a decision": lambda told: told["decisions"][0].update(salt="0" * 64),
    "an empty salt": lambda told: told["decisions"][0].update(salt=""),
    "a salt that is missing": lambda told: told["decisions"][0].pop("salt"),
    "a salt that is no text": lambda told: told["decisions"][0].update(salt=7),
    "a salt that no file can hold": lambda told: told["decisions"][0].update(salt="\ud800"),
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_whatever_is_altered_in_a_dossier_is_found(case: Case, what: str) -> None:
    dossier = dossier_of(case)
    check(dossier)
    altered = copy.deepcopy(dossier)
    ALTERATIONS[what](altered)
    with pytest.raises(MerkleError):
        check(altered)


def test_a_decision_of_before_there_were_salts_holds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("argine.desk.cases.operations.decisions.new_salt", lambda: "")
    case = make_case().case
    decide(fresh(case), decision_draft(), by=staff(make_staff().pk))
    dossier = dossier_of(case)
    assert dossier["decisions"][0]["salt"] == ""
    assert check(dossier).decisions == 1


def test_a_dossier_of_another_log_holds_under_its_own_key_only(case: Case) -> None:
    other = VerifierKey(verifier_key().name, bytes(32))
    with pytest.raises(MerkleError):
        verify_dossier(dossier_of(case), [other])


def test_the_desk_would_keep_a_patch_set_and_the_dossier_leaves_it_out() -> None:
    picture = [signal for signal in hash_file_bytes(draw(1)).signals if signal.type is SignalType.PATCH]
    assert picture
    case = make_case(pictures=[[*random_signals(), *picture]]).case
    text = json.dumps(dossier_of(case))
    assert picture[0].text not in text
    assert picture[0].text[:60] not in text


@pytest.mark.parametrize("extent", Extent)
def test_no_patch_set_and_no_name_of_staff_is_in_it(extent: Extent) -> None:
    person = make_staff()
    sent = make_case(pictures=[random_signals()], addresses=[PLACE])
    decide(fresh(sent.case), decision_draft(), by=staff(person.pk))
    text = json.dumps(dossier_of(sent.case, extent))
    assert person.name not in text
    assert person.email not in text
    hashes = [one["type"] for picture in json.loads(text)["pictures"] for one in picture["hashes"]]
    assert sorted(set(hashes)) == ["pdq", "sha256"]
    assert set(facts.HASHES) == {SignalType.PDQ, SignalType.SHA256}


def test_the_persons_own_has_what_is_theirs_and_nothing_that_staff_or_an_uploader_wrote(case: Case) -> None:
    make_sighting(signals(entries_of_case(case.id)[0]), content_id="post-77")
    make_appeal(case.decisions.latest("seq"), "It is mine, says who uploaded it.")
    full, own = dossier_of(case), dossier_of(case, Extent.OWN)
    assert "staff:" in json.dumps(full)
    assert "staff:" not in json.dumps(own)
    assert {line["by"] for line in own["timeline"]} <= {"reporter", "desk", "platform"}
    assert len(full["timeline"]) > len(own["timeline"])
    assert [appeal["who"] for appeal in full["appeals"]] == [Appellant.UPLOADER]
    assert own["appeals"] == own["seen"] == []
    assert "post-77" in json.dumps(full)
    assert "post-77" not in json.dumps(own)
    assert own["notices"][0]["statement"] == "My words."
    assert own["decisions"][0]["reasons"] == full["decisions"][0]["reasons"]
    assert own["decisions"][0]["facts"] is own["decisions"][0]["salt"] is None


def test_the_hashes_are_those_that_came(case: Case) -> None:
    sent = {signal.text for entry in entries_of_case(case.id) for signal in signals(entry)}
    told = dossier_of(case)
    assert {one["value"] for picture in told["pictures"] for one in picture["hashes"]} == sent


def signals(entry: Any) -> list[Signal]:
    return [Signal(SignalType(row.type), bytes(row.value), row.quality) for row in entry.signals.all()]


def test_making_one_is_logged_with_a_digest_by_which_the_desk_knows_it_again(case: Case) -> None:
    made = make(case, Extent.FULL, Form.JSON, "it", by=staff(7))
    entry = Entry.objects.get(event="case.dossier.made")
    assert (entry.by, entry.subject) == ("staff:7", f"case:{case.id}")
    assert json.loads(entry.data) == {
        "extent": "full",
        "form": "json",
        "language": "it",
        "digest": hashlib.sha256(made.body).hexdigest(),
    }
    assert "case.dossier.made" not in {line["event"] for line in json.loads(made.body)["timeline"]}
    assert "case.dossier.made" in {line["event"] for line in dossier_of(case)["timeline"]}


def test_none_is_made_about_somebody_under_18_nor_of_what_was_erased() -> None:
    frozen = make_case_in(CaseState.FROZEN)
    erased = make_case_in(CaseState.WITHDRAWN)
    Case.objects.filter(pk=erased.pk).update(purged_at=erased.changed_at)
    for case in (frozen, erased):
        before = log_events(f"case:{case.id}")
        with pytest.raises(RefusedError):
            make(fresh(case), Extent.FULL, Form.JSON, "en", by=staff(1))
        assert log_events(f"case:{case.id}") == before


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("extent", Extent)
def test_the_pdf_is_accessible_has_its_data_with_it_and_says_all_in_one_language(
    case: Case, extent: Extent, language: str
) -> None:
    made = make(case, extent, Form.PDF, language, by=REPORTER)
    assert made.body.startswith(b"%PDF-")
    for mark in (b"/EmbeddedFile", b"dossier.json", b"/StructTreeRoot", f"/Lang({language})".encode()):
        assert mark in made.body, mark
    assert (made.name, made.content_type) == (f"dossier-{case.number}.pdf", "application/pdf")


def test_the_same_dossier_is_set_in_the_same_bytes(case: Case) -> None:
    told = facts.of(case, Extent.FULL, "en")
    first, second = (pdf.of(document.of(told), b"{}") for _ in range(2))
    assert first == second


def test_what_people_write_is_text_and_never_code() -> None:
    written = '#panic("no") $x$ *b* \\ #read("/etc/passwd") <label> @ref "quoted" `raw` // no comment \u05d0'
    case = make_case(statement=written, where_hint=written, addresses=["https://a.example/" + "x" * 900]).case
    told = facts.of(case, Extent.FULL, "en")
    pages = document.of(told)
    assert ("Statement", written) in [row for section in pages.sections for part in section.blocks for row in part.rows]
    assert pdf.of(pages, b"{}").startswith(b"%PDF-")


def test_where_pages_cannot_be_set_the_data_still_can_be_had(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "typst", None)
    assert not pdf.can_set()
    with pytest.raises(RefusedError):
        make(case, Extent.FULL, Form.PDF, "en", by=staff(1))
    assert "case.dossier.made" not in log_events(f"case:{case.id}")
    check(dossier_of(case))


def titles(case: Case, language: str, extent: Extent = Extent.FULL) -> list[str]:
    with translation.override(language):
        return [section.title for section in document.of(facts.of(case, extent, language)).sections]


def test_sections_without_anything_to_say_are_left_out_and_the_rest_is_there_in_both_languages(case: Case) -> None:
    assert titles(case, "en") == [
        "What this is",
        "In short",
        "What was reported",
        "Addresses",
        "Pictures, by their fingerprints",
        "Times that a law or the platform set",
        "What was decided, and what was done",
        "What the reporter and the desk wrote to each other",
        "Time line",
        "How to check this",
        "Words used here",
    ]
    assert len(titles(case, "it")) == len(titles(case, "en"))
    assert not set(titles(case, "it")) & set(titles(case, "en"))


def test_notices_to_other_platforms_and_copies_that_were_met_have_sections_of_their_own(case: Case) -> None:
    make_sighting(signals(entries_of_case(case.id)[0]), content_id="post-77")
    assert "What was seen, and where" in titles(case, "en")
    sent = make_outward()
    assert "Notices to other platforms" in titles(sent.case, "en")
    assert {record["what"] for record in sources.of_case(case)} == {"upload_matched"}
    assert all(words.seen(record) for record in sources.of_case(case))


def test_a_missed_time_is_said_at_the_top() -> None:
    case = make_case().case
    told: Any = facts.of(case, Extent.FULL, "en")
    clock = told["clocks"][0]
    clock.update(state="missed", late_by_seconds=7200)
    short = document.of(told).sections[1]
    assert any(block.text.startswith("Missed: under") and "2 hours" in block.text for block in short.blocks)
    clock.update(ended_at=clock["due_at"])
    assert any("It was done at" in block.text for block in document.of(told).sections[1].blocks)


def test_every_step_that_a_case_can_have_today_is_told_in_words() -> None:
    for state in CaseState:
        if state is not CaseState.FROZEN:
            for line in dossier_of(make_case_in(state))["timeline"]:
                assert words.event(line["event"]) != line["event"]
    assert words.event("case.something.new") == "case.something.new"


def test_a_purged_case_has_none(case: Case) -> None:
    for notice in case.notices.all():
        notice.salt = ""
        notice.save(update_fields=["salt"])
    with pytest.raises(RefusedError):
        make(case, Extent.OWN, Form.JSON, "en", by=REPORTER)


def test_every_step_that_the_log_can_tell_of_a_case_has_words() -> None:
    never = {Event.CASE_FROZEN, Event.PRESERVATION_TOLD, Event.CASE_PURGED}  # then no dossier is made
    told = {event for event in Event if event.value.startswith(("case.", "clock.", "bank.entry."))}
    assert told - never - set(words.EVENTS) == set()


def test_records_of_pages_are_listed_with_what_proves_them(case: Case) -> None:
    address = case.addresses.get()
    row = PageRecord(case=case, address=address, taken_at=case.opened_at, by="staff:1", status=200, salt="salt")
    row.record = json.dumps({"text": "What it said."})
    row.save(force_insert=True)
    gone = PageRecord(case=case, address=address, taken_at=case.opened_at, by="staff:1", problem=Problem.SLOW)
    gone.save(force_insert=True)
    told = dossier_of(case)["seen"]
    assert [(record["what"], record["content_url"]) for record in told] == [("page_recorded", PLACE)] * 2
    kept = next(record["page"] for record in told if record["page"])
    assert (kept["record"], kept["salt"]) == ({"text": "What it said."}, "salt")
    said = {words.seen(record) for record in told}
    assert any("200" in text for text in said)
    assert any("took too long" in text for text in said)

"""Six stories, each told from both sides in real browsers, against one desk that runs as its operator runs it.

Each ends with what must be right: the letters that came, the clocks, the log's entries and its verification, and the
statement of reasons.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from tests.functional.cast import Stage, files, in_order, stage

from argine.desk.demo.pictures import draw, reworked

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("stories")]

DECIDED = ["case.notice.received", "case.decision.made"]
REMOVED = [*DECIDED, "case.action.reported", "case.state.changed"]
ROME = ZoneInfo("Europe/Rome")
PLACES = ("https://forum.example/p/501", "https://forum.example/u/somebody/7")


@pytest.fixture(scope="module")
def desk(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(chromium, tmp_path_factory.mktemp("desk") / "data") as here:
        yield here


def cropped(picture: bytes) -> bytes:
    """The same scene without a tenth of each side: another file, which nobody would call another picture."""
    with Image.open(BytesIO(picture)) as whole:
        wide, high = whole.size
        part = whole.crop((wide // 10, high // 10, wide - wide // 10, high - high // 10))
    buffer = BytesIO()
    part.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def test_united_states_a_valid_request_is_removed_in_time(desk: Stage, tmp_path: Path) -> None:
    picture = draw(501)
    person = desk.reporter("us")
    person.begin()
    person.tell_where(files(tmp_path, {"mine.jpg": picture}), "\n".join(PLACES))
    person.tell_what(country="US")
    person.send()
    (received,) = person.letters(1)
    person.sees("Waiting for a decision", "48 hours left", "United States")

    desk.rosa.open(person.number)
    desk.rosa.sees(*PLACES, "I am the person shown", "TAKE IT DOWN")
    desk.rosa.decide(person.number, "intimate_without_consent", "address", "We looked at the page you named.")
    decision = desk.decision(person.number)
    first, second = decision["addresses"]
    half = desk.act(decision, address=first["id"])
    assert half["case_state"] == "removal", "the second address is still due"
    done = desk.act(decision, address=second["id"])
    assert done["case_state"] == "removed"
    (due,) = {clock["due_at"] for clock in done["clocks"] if clock["regime"] == "us-tida-s3"}
    assert datetime.fromisoformat(due) - datetime.now(UTC) < timedelta(hours=48)

    person.sees("It was removed", "Answered in time", "We looked at the page you named.")
    _received, removal, removed = person.letters(3)
    assert "United States" in received
    assert "Example Forum" in received
    assert "We looked at the page you named." in removal
    assert "The platform says that it has done this" in removed
    assert desk.running.check(picture)["verdict"] == "block"
    record = desk.record(person.number)
    assert record.clock("us-tida-s3") == "met"
    assert in_order(REMOVED, record.events)
    assert record.events.count("case.action.reported") == 2
    assert desk.statement(decision)[1]["keyword"] == "KEYWORD_NON_CONSENSUAL_IMAGE_SHARING"
    desk.assert_log_verifies()


def test_united_kingdom_a_copy_that_is_substantially_the_same_goes_too(desk: Stage, tmp_path: Path) -> None:
    picture = draw(502)
    person = desk.reporter("uk")
    person.begin()
    person.tell_where(files(tmp_path, {"mine.jpg": picture}))
    person.tell_what(country="GB")
    person.send()
    (received,) = person.letters(1)

    same, changed = reworked(picture), cropped(picture)
    assert changed != picture
    for name, copy in {"post-same": same, "post-cropped": changed}.items():
        assert desk.running.check(copy, name)["verdict"] == "review", "nobody has decided yet"
    desk.rosa.open(person.number)
    desk.rosa.sees("post-same", "post-cropped", "2 copies met")
    desk.rosa.decide(person.number, "intimate_without_consent", "own_copy", "Both copies show what you described.")

    decision = desk.decision(person.number)
    assert {copy["content_id"] for copy in decision["copies"]} == {"post-same", "post-cropped"}
    desk.act(decision, content={"id": "post-same"})
    assert desk.record(person.number).clock("uk-osa-10-3a") == "running", "one copy answers for itself"
    assert desk.act(decision, content={"id": "post-cropped"})["case_state"] == "removed"
    # A second crop of it: nobody has to decide again, though what is not sure comes to a person.
    assert desk.running.check(same, "post-again")["verdict"] == "block"
    assert desk.running.check(cropped(same), "post-third")["verdict"] in {"block", "review"}

    person.sees("It was removed", "1 new upload of it was stopped.", "United Kingdom")
    _received, removal, _removed = person.letters(3)
    assert "United Kingdom" in received
    assert "Copies were found by comparing fingerprints automatically." in removal
    record = desk.record(person.number)
    assert record.clock("uk-osa-10-3a") == "met"
    assert in_order(REMOVED, record.events)
    assert record.events.count("case.action.reported") == 2
    assert desk.statement(decision)[1]["automated_detection"] is True
    desk.assert_log_verifies()


def test_european_union_an_uploaders_appeal_overturns_the_removal(desk: Stage, tmp_path: Path) -> None:
    picture = draw(503)
    person = desk.reporter("eu")
    person.begin()
    person.tell_where(files(tmp_path, {"mine.jpg": picture}))
    person.tell_what(country="DE", nature="altered")
    person.send()
    desk.running.check(picture, "post-503")
    desk.rosa.decide(person.number, "deepfake_without_consent", "own_copy", "It looks made with AI.")
    removal = desk.decision(person.number)
    desk.act(removal)

    status, statement = desk.statement(removal)
    assert (status, statement["ground"]) == (200, "DECISION_GROUND_ILLEGAL_CONTENT")
    assert person.contact not in str(statement)
    assert len(statement["redress"]) == 3
    words = {
        "decision": removal["id"],
        "text": "She is an actress; here is the contract.",
        "content": {"id": "post-503"},
    }
    status, appeal = desk.running.api("appeals", words)
    assert (status, appeal["state"]) == (201, "open")
    desk.rosa.open(person.number)
    desk.rosa.sees("She is an actress")
    expect(desk.rosa.page.get_by_role("button", name="Decide the appeal")).to_be_disabled()
    desk.bruno.decide_appeal(person.number, "consent_shown", "own_copy", "The contract shows consent.")

    kept = desk.decision(person.number)
    assert (kept["outcome"], kept["ground"], kept["overrides"]) == ("keep", "consent_shown", removal["id"])
    assert desk.act(kept, "restored")["case_state"] == "kept"
    assert desk.running.check(picture)["verdict"] == "allow"
    assert desk.statement(kept)[0] == 404, "nothing is restricted any more"
    status, appeal = desk.running.api(f"appeals/{appeal['id']}")
    assert (appeal["state"], appeal["reasons"]) == ("overturned", "The contract shows consent.")

    person.sees("It was not removed", "Shared with consent", "If you disagree")
    *_before, overturned = person.letters(4)
    assert "Whoever had put it online appealed. Somebody else looked again" in overturned
    assert "If you disagree, say why on the page of your case" in overturned
    assert "actress" not in overturned
    record = desk.record(person.number)
    assert record.clocks["eu-dsa-16", "appeal"] == {"met"}
    assert in_order([*REMOVED, "case.statement.fetched", "case.appeal.filed", "case.appeal.decided"], record.events)
    assert record.events.count("case.decision.made") == 2
    assert_export_says_when_it_ended(desk, str(removal["id"]))
    desk.assert_log_verifies()


def assert_export_says_when_it_ended(desk: Stage, decision: str) -> None:
    """The console's file for the Transparency Database has the removal, and that it is over."""
    today = datetime.now(UTC).date().isoformat()
    answer = desk.bruno.page.request.get(f"{desk.running.base}/console/reports/statements?from={today}&to={today}")
    found = [record for line in answer.text().splitlines() for record in json.loads(line)["statements"]]
    (ours,) = [record for record in found if record["puid"] == decision]
    assert ours["end_date_visibility_restriction"] == today


def test_italy_the_garantes_order_is_taken_down_confirmed_and_carried_out(desk: Stage, tmp_path: Path) -> None:
    picture = draw(504)
    person = desk.reporter("it")
    person.desk.go("/")
    person.page.get_by_role("button", name="Italiano").click()
    person.begin("address")
    person.tell_where(addresses="https://forum.example/p/504")
    person.tell_what(country="IT")
    person.send()
    person.desk.go("/status/")
    garante = person.page.locator("details", has=person.page.locator("[name=regime][value=it-144bis]"))
    garante.locator("summary").click()
    garante.locator("[name=moment]").fill(f"{datetime.now(ROME) - timedelta(hours=20):%Y-%m-%dT%H:%M}")
    garante.locator("button[type=submit]").click()
    person.sees("Garante", "Ci hai detto che ha ricevuto la tua segnalazione il")
    assert desk.record(person.number).clock("it-144bis", "authority") == "running"

    number = take_down_order(desk, picture)
    desk.rosa.sees("Garante", "article 144-bis", "The host keeps the material")
    desk.rosa.sees(f"Case {person.number}", "The same address")
    assert desk.running.check(reworked(picture), "post-504")["verdict"] == "review"
    desk.bruno.decide(number, "ordered", "order", "The order is genuine: checked with the authority's own address.")
    order = desk.decision(number)
    assert (order["ground"], [place["url"] for place in order["addresses"]]) == (
        "ordered",
        ["https://forum.example/p/504"],
    )
    desk.act(order, "disabled")

    assert desk.running.check(reworked(picture))["verdict"] == "block", "by the hash that the Garante sent"
    assert desk.statement(order)[0] == 404, "an order needs no statement of reasons (Article 17(5))"
    record = desk.record(number)
    assert (record.state, record.clock("it-144bis-order")) == ("removed", "met")
    assert in_order(["case.order.received", "case.decision.made", "case.action.reported"], record.events)
    # The person's own report goes on beside the order: with the same address, it is decided by itself or together.
    (received,) = person.letters(1)
    assert "La tua segnalazione" in received
    desk.assert_log_verifies()


def take_down_order(desk: Stage, picture: bytes) -> int:
    """Let Rosa write the order down; return its case number."""
    page = desk.rosa.page
    desk.rosa.desk.go("/console/")
    page.get_by_role("link", name="Take down an order").click()
    page.select_option("[name=regime]", "it-144bis-order")
    page.select_option("[name=issuer]", "regulator")
    page.fill("[name=authority]", "Garante per la protezione dei dati personali")
    page.fill("[name=reference]", "n. 504/2026")
    page.fill("[name=legal_basis]", "article 144-bis")
    page.select_option("[name=measure]", "disable_access")
    now = datetime.now(UTC)
    page.fill("[name=received_at]", f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.fill("[name=due_at]", f"{now + timedelta(hours=23):%Y-%m-%dT%H:%M}")
    page.fill("[name=addresses]", "https://forum.example/p/504")
    hashes = desk.running.check(picture)["signals"]
    page.fill("[name=signals]", "\n".join(f"{one['type']} {one['value']}" for one in hashes if one["type"] == "pdq"))
    page.get_by_role("button", name="Take the order down").click()
    expect(page.get_by_text("The order is taken down, and its clock runs.")).to_be_visible()
    return int(page.locator("h1").inner_text().split()[1])


def test_a_refusal_is_appealed_by_the_reporter_and_another_reviewer_overturns_it(desk: Stage) -> None:
    person = desk.reporter("refused")
    person.begin("address")
    person.tell_where(addresses="https://forum.example/p/505")
    person.tell_what(country="GB")
    person.send()
    desk.rosa.decide(person.number, "not_found", "address", "There was nothing at this address on Thursday.")
    assert desk.record(person.number).clock("uk-osa-10-3a") == "met", "a refusal answers the notice"
    person.sees("It was not removed", "There was nothing at this address on Thursday.")
    _received, refused = person.letters(2)
    assert "There was nothing at this address on Thursday." in refused
    assert "If you disagree, say why on the page of your case" in refused
    assert "out of court" in refused

    person.writes("It is further down, under the third answer.")
    person.sees("It is looked at again", "It is further down")
    desk.rosa.open(person.number)
    desk.rosa.sees("Goes first", "It is further down")
    expect(desk.rosa.page.get_by_role("button", name="Decide the appeal")).to_be_disabled()
    desk.bruno.decide_appeal(person.number, "intimate_without_consent", "address", "It is there, as you say.")
    decision = desk.decision(person.number)
    assert decision["outcome"] == "remove"
    assert desk.act(decision)["case_state"] == "removed"

    person.sees("It was removed", "The decision was overturned", "It is there, as you say.")
    *_before, decided, _removed = person.letters(4)
    assert "Your appeal was successful" in decided
    record = desk.record(person.number)
    assert record.clock("uk-osa-10-3a", "appeal") == "met"
    assert in_order([*DECIDED, "case.appeal.filed", "case.appeal.decided", "case.action.reported"], record.events)
    assert desk.statement(decision)[0] == 200
    desk.assert_log_verifies()


def test_somebody_under_18_is_led_to_who_may_act_and_nothing_of_theirs_is_kept(desk: Stage, tmp_path: Path) -> None:
    young = desk.reporter("young")
    young.desk.go("/report/?have=picture")
    expect(young.page.locator("form.is-stepped")).to_be_visible()
    young.page.check("[name=under_18][value=yes]")
    young.page.locator(".step:not([hidden]) button[type=submit]").click()
    expect(young.page.get_by_role("heading", name="There is help made for this")).to_be_visible()
    assert not [request for request in young.desk.requests if request.method == "POST"], "nothing was sent"
    expect(young.page.get_by_role("link", name="takeitdown.ncmec.org")).to_be_visible()

    picture = draw(506)
    person = desk.reporter("unsure")
    person.begin()
    person.tell_where(files(tmp_path, {"mine.jpg": picture}))
    person.tell_what()
    person.send()
    assert desk.running.check(picture, "post-506")["verdict"] == "review"
    desk.rosa.open(person.number)
    desk.rosa.page.get_by_role("button", name="The person shown may be under 18").click()
    desk.rosa.page.get_by_role("button", name="Yes, stop it").click()
    desk.rosa.sees("Stopped: about somebody under 18", "The fingerprints are erased")
    for said in ("post-506", person.contact, "A. Person"):
        expect(desk.rosa.page.locator("main")).not_to_contain_text(said)
    tell_what_the_host_keeps(desk)

    assert desk.running.check(picture)["verdict"] == "allow"
    person.sees("This report was stopped", "Others can help, right now.", "Take It Down")
    (received,) = person.letters(1)
    assert "under 18" not in received
    record = desk.record(person.number)
    assert record.state == "frozen"
    assert set().union(*record.clocks.values()) == {"stopped"}
    assert in_order(["case.notice.received", "case.frozen", "case.preservation.told"], record.events)
    decided = desk.running.api("decisions?limit=100")[1]["decisions"]
    assert person.number not in {decision["case_number"] for decision in decided}
    desk.assert_log_verifies()


def tell_what_the_host_keeps(desk: Stage) -> None:
    """Where the platform reported it, only its number and the time are written down here."""
    page = desk.rosa.page
    form = page.locator("form[action$=preserve]")
    form.locator("[name=reference]").fill("CT-506")
    moment = form.locator("input[type=datetime-local]").first
    moment.fill(f"{datetime.now(UTC) - timedelta(minutes=5):%Y-%m-%dT%H:%M}")
    form.get_by_role("button", name="Write it down").click()
    desk.rosa.sees("CT-506")

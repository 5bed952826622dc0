"""The public form: what is wrong is said, nothing that was typed is lost, a report is taken once."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from tests.factories import make_case, report_form, row_counts

from argine.desk.banks.models import BankEntry, EntrySignal
from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.models import Address, Case, Notice
from argine.desk.cases.queries import find_by_code
from argine.desk.core.keys import MissingKeyError
from argine.desk.core.models import Bucket
from argine.desk.intake.forms import parse_addresses

pytestmark = pytest.mark.django_db

TYPED = {
    "addresses": "https://site.example/p/1\nhttps://site.example/p/2",
    "where_hint": "In the group <Garden> & after",
    "statement": 'It was "him", of course.\nSecond line.',
    "contact": "person+safe@example.org",
    "contact_note": "Only in the morning",
    "signature": "Añna Пerson",
    "country": "IT",
    "capacity": "representative",
    "nature": "altered",
}


@pytest.fixture
def person(db: None) -> Client:
    create_default_banks()
    return Client(raise_request_exception=False)


def send(client: Client, **changes: Any) -> Any:
    return client.post("/report/", report_form(**changes))


def code_on(page: str) -> str:
    found = re.search(r'id="case-code">([^<]+)<', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity": ""}, "capacity"),
        ({"nature": ""}, "nature"),
        ({"nature": "other"}, "nature"),
        ({"no_consent": ""}, "no_consent"),
        ({"good_faith": ""}, "good_faith"),
        ({"signature": " "}, "signature"),
        ({"country": "XX"}, "country"),
        ({"addresses": "not an address at all"}, "addresses"),
        ({"addresses": "javascript://x/%0aalert(1)"}, "addresses"),
        ({"addresses": "https://good.example/\u202egpj.exe"}, "addresses"),
        ({"contact": "a\x1b[31m@example.org"}, "contact"),
        ({"signature": "\u202e"}, "signature"),
        ({"signals": "[1]"}, "signals"),
        ({"statement": "x" * 5001}, "statement"),
    ],
)
def test_a_fault_is_told_at_its_field_and_everything_typed_comes_back(
    person: Client, changes: dict[str, str], field: str
) -> None:
    form = report_form(**{**TYPED, **changes})
    answer = person.post("/report/", form)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    page = html.unescape(answer.content.decode())
    for name, value in TYPED.items():
        if name == field:
            continue
        if name in {"capacity", "nature", "country"}:
            assert re.search(rf'value="{value}"[^>]*(checked|selected)', page), name
        else:
            assert value in page, name
    assert str(form["signals"]) in page, "the fingerprints need not be made again"
    assert form["submission"] in page
    assert not Case.objects.exists()


BAD_SIGNALS = [
    "x",
    "{}",
    "null",
    '"text"',
    "[[]]",
    '[{"signals": []}]',
    '[{"signals": "pdq"}]',
    '[{"signals": [{"type": "pdq"}]}]',
    '[{"signals": [{"type": "pdq", "value": "zz"}]}]',
    '[{"signals": [{"type": "photo", "value": "00"}]}]',
    json.dumps([{"signals": [{"type": "pdq", "value": "0" * 64, "quality": "high"}]}]),
    json.dumps([{"signals": [{"type": "pdq", "value": "0" * 64, "quality": True}]}]),
    json.dumps([{"signals": [{"type": "pdq", "value": "0" * 64, "quality": 101}]}]),
    json.dumps([{"signals": [{"type": "pdq", "value": "0" * 64, "quality": -1}]}]),
    json.dumps([{"signals": [{"type": "pdq", "value": "0" * 64, "quality": 1.5}]}]),
    '[{"signals": [{"type": "pdq", "value": "' + "0" * 64 + '", "quality": NaN}]}]',
    json.dumps([{"signals": [{"type": "md5", "value": "0" * 32}] * 2}]),
    json.dumps([{"signals": [{"type": "md5", "value": "0" * 32}]}] * 51),
    "[" * 5000 + "]" * 5000,
    "9" * 5000,
    '[{"signals": [{"type": ["pdq"], "value": {"a": 1}}]}]',
]


@pytest.mark.parametrize("signals", BAD_SIGNALS, ids=range(len(BAD_SIGNALS)))
def test_fingerprints_that_are_none_are_refused_and_nothing_is_kept(person: Client, signals: str) -> None:
    before = row_counts()["Case"]
    answer = send(person, signals=signals, where_hint="There")
    assert answer.status_code == 422
    assert "signals" in answer.context["form"].errors
    assert row_counts()["Case"] == before


def test_a_report_gives_a_code_that_is_shown_once_and_opens_the_case(person: Client) -> None:
    answer = send(person, **TYPED)
    code = code_on(answer.content.decode())
    case = find_by_code(code)
    assert case == Case.objects.get()
    for path in ("/status/", "/receipt/", "/"):
        assert code not in person.get(path).content.decode()
    notice = Notice.objects.get()
    for name in ("where_hint", "contact", "contact_note", "signature"):
        assert getattr(notice, name) == TYPED[name]
    assert notice.statement.splitlines() == TYPED["statement"].splitlines()
    assert [address.url for address in Address.objects.order_by("position")] == TYPED["addresses"].split("\n")


def test_the_words_that_were_agreed_to_are_kept_with_the_notice_in_the_language_they_were_shown(person: Client) -> None:
    send(Client(headers={"Accept-Language": "it"}))
    assert "buona fede" in Notice.objects.get().declarations


def test_the_same_form_sent_twice_is_one_case_and_the_page_says_so(person: Client) -> None:
    form = report_form()
    first = person.post("/report/", form)
    second = person.post("/report/", form)
    assert Case.objects.count() == 1
    assert code_on(first.content.decode()) not in second.content.decode()
    assert second.status_code == 200
    person.post("/report/", report_form())
    assert Case.objects.count() == 2


def test_an_incomplete_report_is_taken_and_what_lacks_is_said(person: Client) -> None:
    page = send(person, contact="").content.decode()
    assert "one way to reach you" in page
    assert Notice.objects.get().completed_at is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("https://a.example/1", ["https://a.example/1"]),
        ("a.example/1", ["https://a.example/1"]),
        (" a.example/1 \r\n\r\n a.example/1\n", ["https://a.example/1"]),
        ("http://a.example/ü?q=1#x", ["http://a.example/ü?q=1#x"]),
        ("\u200e\u202ahttps://a.example/1\u202c \n\u2068\n", ["https://a.example/1"]),
        ("", []),
    ],
)
def test_addresses_are_read_as_people_type_them(typed: str, read: list[str]) -> None:
    assert parse_addresses(typed) == read


def test_a_number_that_was_copied_from_a_phone_is_taken_without_the_signs_around_it(person: Client) -> None:
    assert send(person, contact="\u202a+39\u00a0333\t1234567\u202c", signature="\u2068Anna\u2069").status_code == 200
    notice = Notice.objects.get()
    assert (notice.contact, notice.signature) == ("+39\u00a0333 1234567", "Anna")


def test_a_flood_of_reports_from_one_place_is_slowed_and_another_place_is_not(person: Client) -> None:
    codes = [send(person).status_code for _ in range(12)]
    assert codes[:10] == [200] * 10
    assert codes[10:] == [429] * 2
    assert send(Client(REMOTE_ADDR="203.0.113.7")).status_code == 200


def test_who_is_slowed_keeps_every_word(person: Client) -> None:
    for _ in range(10):
        send(person)
    answer = send(person, statement="What I wrote for an hour.")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "What I wrote for an hour." in answer.content.decode()
    assert "Please wait a little" in answer.content.decode()


def test_the_code_is_shown_even_if_the_log_cannot_be_signed(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise MissingKeyError("The key file log.key cannot be read.")

    monkeypatch.setattr("argine.desk.audit.operations.keys.log_key", fail)
    monkeypatch.setattr("argine.desk.audit.queries.origin", lambda: "argine-log/test")
    assert 'id="case-code"' in send(person).content.decode()


def test_the_sender_is_kept_as_a_keyed_digest_only(person: Client) -> None:
    send(Client(REMOTE_ADDR="203.0.113.7"))
    bucket = Bucket.objects.get()
    assert len(bytes(bucket.digest)) == 32
    assert b"203.0" not in bytes(bucket.digest)


def test_no_session_and_no_account_comes_of_a_report(person: Client) -> None:
    answer = send(person)
    assert set(answer.cookies) == {"argine_case", "argine_sent"} | ({"csrftoken"} & set(answer.cookies))
    assert "argine_staff" not in person.cookies
    for name in ("argine_case", "argine_sent"):
        morsel = answer.cookies[name]
        assert (morsel["samesite"], bool(morsel["httponly"]), morsel["max-age"]) == ("Strict", True, 1800)


def test_only_what_the_page_made_of_the_pictures_is_kept(person: Client) -> None:
    signals = [
        {"signals": [{"type": "pdq", "value": "ab" * 32, "quality": 90, "name": "beach.jpg"}], "name": "beach.jpg"}
    ]
    send(person, signals=json.dumps(signals))
    row = EntrySignal.objects.get()
    assert (row.type, bytes(row.value).hex(), row.quality) == ("pdq", "ab" * 32, 90)


def test_what_an_older_case_says_is_not_touched_by_a_new_one(person: Client) -> None:
    older = make_case(statement="The first").notice
    send(person, statement="The second")
    assert Notice.objects.get(pk=older.pk).statement == "The first"


def picture_with(**more: object) -> str:
    return json.dumps([{"signals": [{"type": "pdq", "value": "ab" * 32, "quality": 100}], **more}])


def test_a_marked_part_is_kept_as_it_was_sent(person: Client) -> None:
    assert send(person, signals=picture_with(region=[1000, 2000, 5000, 6000])).status_code == 200
    assert BankEntry.objects.get().region == [1000, 2000, 5000, 6000]
    assert "altered part (x, y, width, height):" in person.get("/receipt/").content.decode()
    assert 'class="mark__part"' in person.get("/status/").content.decode()


def test_without_a_marked_part_all_is_as_before(person: Client) -> None:
    send(person, signals=picture_with(region=None))
    assert BankEntry.objects.get().region is None
    assert "mark__part" not in person.get("/status/").content.decode()
    assert "region" not in person.get("/receipt.json").json()["notice"]["pictures"][0]


@pytest.mark.parametrize(
    "region",
    [
        [0, 0, 10_000, 10_000],
        [0, 0, 100, 5000],
        [5000, 0, 1000, 5000],
        [0, 0, 5000],
        [0, 0, 5000, 20_000],
        [-1, 0, 5000, 5000],
        [0.5, 0, 5000, 5000],
        ["0", "0", "5000", "5000"],
        {"left": 0},
        "all",
        True,
        [[0], 0, 5000, 5000],
    ],
)
def test_a_damaged_part_is_refused_and_nothing_is_kept(person: Client, region: object) -> None:
    answer = send(person, signals=picture_with(region=region))
    assert answer.status_code == 422
    assert "fingerprints of the pictures are damaged" in answer.content.decode()
    assert Case.objects.count() == 0

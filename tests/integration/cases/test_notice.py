"""What happens when a notice is received."""

import itertools
import re
from datetime import timedelta

import pytest
from tests.factories import every_fault, fresh, log_events, make_case, notice_draft, random_signals, row_counts

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry, SignedCheckpoint
from argine.desk.audit.queries import size
from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import REPORTED, create_default_banks
from argine.desk.cases import duties, queries
from argine.desk.cases.enums import Capacity, CaseState, Nature
from argine.desk.cases.models import Notice
from argine.desk.cases.operations import submit_notice
from argine.desk.clocks.models import Clock
from argine.desk.core import case_code
from argine.desk.core.errors import InvalidError
from argine.merkle.canonical import parse_canonical_json
from argine.signals.types import Signal, SignalType

pytestmark = pytest.mark.django_db

PLACES = ["https://site.example/p/1", "https://site.example/p/2", "https://site.example/p/3"]
# The clocks of the laws that are switched on by default. Italy's starts at the authority, so a notice starts none.
HOURS = {"us-tida-s3": 48, "uk-osa-10-3a": 48, "eu-dsa-16": 48}


def test_the_log_commits_to_the_notice_and_to_nothing_that_can_be_read() -> None:
    sent = make_case(statement="it was taken from my phone", addresses=PLACES[:1])
    entry = Entry.objects.get(event=Event.NOTICE_RECEIVED)
    assert entry.index == Notice.objects.get(pk=sent.notice.pk).entry_index
    data = parse_canonical_json(entry.data.encode())
    assert isinstance(data, dict)
    assert set(data) == {"notice", "commitment"}
    assert data["commitment"] == queries.commitment(sent.notice.salt, queries.notice_facts(sent.notice))
    assert re.fullmatch("[0-9a-f]{64}", sent.notice.salt)


def test_one_changed_letter_changes_the_commitment() -> None:
    notice = make_case(statement="it was taken from my phone").notice
    committed = queries.commitment(notice.salt, queries.notice_facts(notice))
    notice.statement = "It was taken from my phone"
    assert queries.commitment(notice.salt, queries.notice_facts(notice)) != committed


def test_equal_notices_have_different_commitments() -> None:
    pictures = [random_signals()]
    notices = [make_case(pictures=pictures).notice for _ in range(2)]
    facts = queries.notice_facts(notices[0])
    assert queries.commitment(notices[0].salt, facts) != queries.commitment(notices[1].salt, facts)


def test_each_picture_is_one_entry_of_the_bank_for_review() -> None:
    pictures = [random_signals() for _ in range(3)]
    case = make_case(pictures=pictures).case
    entries = BankEntry.objects.filter(case_id=case.id)
    assert {entry.bank_id for entry in entries} == {REPORTED}
    assert {entry.origin for entry in entries} == {f"notice:{case.notices.get().id}"}
    banked = {frozenset((row.type, bytes(row.value)) for row in entry.signals.all()) for entry in entries}
    assert banked == {frozenset((signal.type.value, signal.value) for signal in picture) for picture in pictures}


@pytest.mark.parametrize("places", [[], PLACES[:1], PLACES])
def test_one_clock_runs_for_each_address_and_law_or_for_the_pictures_where_there_is_no_address(
    places: list[str],
) -> None:
    sent = make_case(addresses=places)
    items = set(sent.notice.addresses.values_list("id", flat=True)) or {None}
    clocks = Clock.objects.filter(case_id=sent.case.id)
    assert {(clock.item_id, clock.regime) for clock in clocks} == set(itertools.product(items, HOURS))
    assert len(clocks) == len(items) * len(HOURS)
    assert {clock.started_at for clock in clocks} == {sent.notice.received_at}
    assert all(clock.due_at - clock.started_at == timedelta(hours=HOURS[clock.regime]) for clock in clocks)


def test_the_log_tells_each_step_once_and_its_head_is_signed() -> None:
    create_default_banks()
    begun = size()
    sent = make_case(addresses=PLACES[:2], pictures=[random_signals(), random_signals()])
    told = list(Entry.objects.filter(index__gte=begun).order_by("index").values_list("event", flat=True))
    assert told == [Event.ENTRY_ADDED] * 2 + [Event.NOTICE_RECEIVED, Event.NOTICE_COMPLETED] + [Event.CLOCK_STARTED] * 6
    assert log_events(f"case:{sent.case.id}") == [Event.NOTICE_RECEIVED, Event.NOTICE_COMPLETED]
    assert SignedCheckpoint.objects.filter(size=size()).exists()
    assert every_fault() == []


def test_the_case_is_received_numbered_in_order_and_found_by_its_code_alone() -> None:
    first, second = make_case(), make_case(language="it", country="IT")
    assert (first.case.state, second.case.number) == (CaseState.RECEIVED, first.case.number + 1)
    assert (second.case.language, second.case.country) == ("it", "IT")
    assert queries.find_by_code(second.code) == second.case
    assert first.code.encode() not in bytes(fresh(first.case).code_digest)
    assert queries.find_by_code(str(second.case.id)) is None


@pytest.mark.parametrize(
    "spoil", [str.upper, str.title, lambda code: code.replace("-", "  "), lambda code: f" {code}."]
)
def test_a_code_opens_its_case_however_it_is_written(spoil: object) -> None:
    sent = make_case()
    assert callable(spoil)
    assert queries.find_by_code(spoil(sent.code)) == sent.case


def test_a_code_has_seven_words_and_four_letters_of_each_are_enough() -> None:
    sent = make_case()
    words = sent.code.split("-")
    assert len(words) == case_code.WORDS == 7
    assert queries.find_by_code(" ".join(word[:4] for word in words)) == sent.case
    assert queries.find_by_code("-".join(words[:6])) is None


@pytest.mark.parametrize(
    ("lacking", "by_law"),
    [
        # The EU allows, and does not require, that people say who they are.
        ({"contact": ""}, {"us-tida-s3": ("contact",), "uk-osa-10-3a": ("contact",)}),
        ({"signature": " "}, {"us-tida-s3": ("signature",)}),
        ({"addresses": [], "where_hint": ""}, {"us-tida-s3": ("where",), "eu-dsa-16": ("where",)}),
    ],
)
def test_an_incomplete_notice_is_kept_its_clocks_run_and_what_lacks_is_known(
    lacking: dict[str, str], by_law: dict[str, tuple[str, ...]]
) -> None:
    stated = {"addresses": PLACES[:1], **lacking}
    sent = make_case(**stated)
    assert sent.notice.completed_at is None
    assert Clock.objects.filter(case_id=sent.case.id).count() == len(HOURS)
    missing = duties.missing(notice_draft(**stated), sent.notice.received_at)
    assert missing == by_law


def test_a_notice_with_all_that_the_laws_ask_for_is_complete() -> None:
    assert make_case(addresses=PLACES[:1]).notice.completed_at is not None


BAD = [
    ("no_consent", {"no_consent": False}),
    ("good_faith", {"good_faith": False}),
    ("pictures", {"pictures": []}),
    ("pictures", {"pictures": [], "where_hint": "  "}),
    ("pictures", {"pictures": [[Signal(SignalType.MD5, bytes(16))]] * 51}),
    ("addresses", {"addresses": ["https://a.example/"] * 51}),
    *(
        ("addresses", {"addresses": [url]})
        for url in (
            "ftp://a.example/x",
            "javascript:alert(1)",
            "https://",
            "a.example",
            "https://[::1",
            "https://no address",
            "https://a|b/",
            "http://a:b/",
            "https://a.example/\x1b[31m",
            "https://good.example/\u202egpj.exe",
            "https://a.example/\u2066x",
            "https://a.example/\nhttps://b.example",
        )
    ),
    ("addresses", {"addresses": ["https://a.example/" + "x" * 2000]}),
    *((name, {name: "x" * 5001}) for name in ("statement", "where_hint", "declarations")),
    *((name, {name: "x" * 501}) for name in ("contact", "contact_note", "signature")),
    *((name, {name: "A\u202ePerson"}) for name in ("contact", "contact_note", "signature")),
    *((name, {name: "A\x1b[2JPerson"}) for name in ("contact", "contact_note", "signature")),
]


@pytest.mark.parametrize(("field", "changes"), BAD)
def test_a_notice_that_will_not_do_is_told_where_and_leaves_nothing(field: str, changes: dict[str, object]) -> None:
    create_default_banks()
    before = row_counts()
    with pytest.raises(InvalidError) as refusal:
        submit_notice(notice_draft(**changes))
    assert set(refusal.value.fields) == {field}
    assert row_counts() == before


@pytest.mark.parametrize("capacity", Capacity)
@pytest.mark.parametrize("nature", Nature)
def test_every_capacity_and_nature_can_be_stated(capacity: Capacity, nature: Nature) -> None:
    facts = queries.notice_facts(make_case(capacity=capacity, nature=nature).notice)
    assert (facts["capacity"], facts["nature"]) == (capacity.value, nature.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "https://ü.example/ü ü?q",
        "https://[::1]:8000/",
        "https://u:p@a.example/",
        "https://fa.example/\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ],
)
def test_an_address_that_a_browser_opens_is_taken(url: str) -> None:
    assert make_case(addresses=[url]).notice.addresses.get().url == url


def test_a_place_in_words_is_enough() -> None:
    sent = make_case(pictures=[], where_hint="In the group called Garden, on Monday")
    assert Clock.objects.filter(case_id=sent.case.id, item_id=None).count() == len(HOURS)

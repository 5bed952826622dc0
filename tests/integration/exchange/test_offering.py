"""What is offered: what the operator shares and the person agreed to, as it is now; and what partners say of it."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from tests.factories import cat_signals, every_fault, make_case, make_decision, random_signals
from tests.forgery import FORGED_PART, forged_signals
from tests.integration.exchange.conftest import Reader

from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import LAWFUL, REMOVED, REPORTED, add_entry, withdraw_entry
from argine.desk.cases.models import Case
from argine.desk.cases.operations import freeze, withdraw
from argine.desk.core.actor import REPORTER, SYSTEM
from argine.desk.core.errors import RefusedError
from argine.desk.exchange import policies, queries
from argine.desk.exchange.enums import Opinion
from argine.desk.exchange.operations import agree, disagree, publish, share_bank, stop_partner, unshare_bank
from argine.desk.exchange.queries import Sharing
from argine.signals.types import Signal, SignalType

Readers = Callable[[int], list[Reader]]


def shared_case() -> Case:
    case = make_case(pictures=[random_signals()]).case
    share_bank(REPORTED, by=SYSTEM)
    share_bank(REMOVED, by=SYSTEM)
    agree(case.id, by=REPORTER)
    return case


def entry_of(case: Case) -> BankEntry:
    return BankEntry.objects.get(case_id=case.id)


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("of_case", [False, True])
@pytest.mark.parametrize("consent", [False, True])
@pytest.mark.parametrize("bound", [False, True])
def test_what_is_offered(live: bool, shared: bool, of_case: bool, consent: bool, bound: bool) -> None:
    offered = policies.offers(live=live, shared=shared, of_case=of_case, consent=consent, bound=bound)
    assert offered == (live and shared and (not of_case or consent) and not bound)


def test_nothing_of_a_report_is_offered_unless_its_person_agreed(readers: Readers) -> None:
    (reader,) = readers(1)
    case = make_case().case
    share_bank(REPORTED, by=SYSTEM)
    assert reader.feed().items == ()
    agree(case.id, by=REPORTER)
    (item,) = reader.feed().items
    assert (item.id, item.opinion) == (str(entry_of(case).id), Opinion.SEED)
    disagree(case.id, by=REPORTER)
    assert [item.opinion for item in reader.feed(after=item.seq).items] == [None]
    assert every_fault() == []


def test_nothing_is_offered_of_a_bank_that_is_not_shared(readers: Readers) -> None:
    (reader,) = readers(1)
    case = make_case().case
    agree(case.id, by=REPORTER)
    assert reader.feed().items == ()
    share_bank(REPORTED, by=SYSTEM)
    (item,) = reader.feed().items
    unshare_bank(REPORTED, by=SYSTEM)
    assert [item.opinion for item in reader.feed(after=item.seq).items] == [None]


def test_a_decision_makes_a_seed_a_positive_and_a_withdrawal_takes_it_back_at_once(readers: Readers) -> None:
    (reader,) = readers(1)
    case = shared_case()
    (seed,) = reader.feed().items
    make_decision(case)
    (positive,) = reader.feed(after=seed.seq).items
    assert (positive.id, positive.opinion) == (seed.id, Opinion.POSITIVE)
    withdraw(Case.objects.get(pk=case.pk), by=REPORTER)
    (gone,) = reader.feed(after=positive.seq).items
    assert (gone.id, gone.opinion, gone.signals) == (seed.id, None, ())
    # Who reads from the start now gets no fingerprint any more.
    assert {item.opinion for item in reader.feed().items} == {None}


def test_a_case_about_somebody_under_18_leaves_every_partner(readers: Readers) -> None:
    (reader,) = readers(1)
    case = shared_case()
    (item,) = reader.feed().items
    freeze(case, by=REPORTER)
    assert [item.opinion for item in reader.feed(after=item.seq).items] == [None]


def test_patches_and_flat_pictures_never_travel(readers: Readers) -> None:
    (reader,) = readers(1)
    share_bank(REMOVED, by=SYSTEM)
    patches = next(signal for signal in forged_signals() if signal.type == SignalType.PATCH)
    add_entry(REMOVED, [patches, *cat_signals()], origin="test", by=SYSTEM)
    add_entry(REMOVED, [Signal(SignalType.PDQ, b"a" * 32, 10)], origin="test", by=SYSTEM)
    (item,) = reader.feed().items
    assert [signal.type for signal in item.signals] == [SignalType.PDQ]
    raw = reader.client.get("/exchange/v1/feed", {"nonce": "n"}).content.decode()
    assert patches.text[:50] not in raw


def test_a_picture_of_which_only_a_part_was_altered_stays_here(readers: Readers) -> None:
    (reader,) = readers(1)
    share_bank(REMOVED, by=SYSTEM)
    add_entry(REMOVED, forged_signals(), origin="test", by=SYSTEM, region=FORGED_PART)
    assert reader.feed().items == ()


def test_what_came_from_partners_and_what_is_lawful_is_not_shared(default_banks: None) -> None:
    with pytest.raises(RefusedError):
        share_bank(LAWFUL, by=SYSTEM)
    for bank in ("partner-x", policies.CONFIRMED):
        assert policies.is_of_partners(bank)


def test_the_feed_is_read_in_pages_and_again_from_any_place(readers: Readers) -> None:
    (reader,) = readers(1)
    share_bank(REMOVED, by=SYSTEM)
    entries = [add_entry(REMOVED, random_signals(), origin="test", by=SYSTEM) for _ in range(5)]
    first = reader.feed(limit=2)
    rest = reader.feed(after=first.next)
    assert [item.id for item in (*first.items, *rest.items)] == [str(entry.id) for entry in entries]
    assert first.newest == rest.next == rest.newest
    assert reader.feed(limit=2) == first
    withdraw_entry(entries[0], erase=True, by=SYSTEM)
    publish()
    publish()
    assert [item.id for item in reader.feed(after=rest.next).items] == [str(entries[0].id)]


def test_the_person_sees_how_many_partners_keep_it_out(readers: Readers) -> None:
    everyone = readers(5)
    case = shared_case()
    assert queries.sharing_of(case.id) == Sharing(agreed=True)
    for reader in everyone:
        reader.feed(after=reader.feed().next)
    name = str(entry_of(case).id)
    for reader in everyone[:3]:
        assert reader.say({"id": name, "progress": "blocked", "stopped": 2}) == {"taken": 1, "sent": 1}
    everyone[3].say({"id": name, "progress": "pending", "stopped": 0})
    assert queries.sharing_of(case.id) == Sharing(True, partners=5, blocked=3, pending=1, stopped=6)
    stop_partner(everyone[0].partner, by=SYSTEM)
    assert queries.sharing_of(case.id) == Sharing(True, partners=4, blocked=2, pending=1, stopped=4)
    assert everyone[0].client.get("/exchange/v1/feed", {"nonce": "n"}).status_code == 401


def test_a_partner_speaks_for_itself_and_of_what_it_got(readers: Readers) -> None:
    first, second = readers(2)
    case = shared_case()
    first.feed()
    hidden = add_entry(LAWFUL, random_signals(), origin="test", by=SYSTEM)
    name = str(entry_of(case).id)
    assert first.say(
        {"id": str(hidden.id), "progress": "blocked"},
        {"id": "no id", "progress": "blocked"},
        {"id": name, "progress": "withdrawn"},
        {"id": name, "progress": "x"},
        {"id": name, "progress": "blocked", "stopped": -5},
        {"id": name, "progress": "blocked", "stopped": 10**30},
    ) == {"taken": 2, "sent": 6}
    assert first.partner.feedback.count() == 1
    assert second.partner.feedback.count() == 0


@pytest.mark.parametrize("query", [{"after": "-1"}, {"after": "x"}, {"after": "9" * 30}, {}, {"nonce": "x" * 200}])
def test_a_wrong_question_is_refused(readers: Readers, query: dict[str, str]) -> None:
    (reader,) = readers(1)
    if "after" in query:
        query = {**query, "nonce": "n"}
    answer = reader.client.get("/exchange/v1/feed", query)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_only_a_partners_key_opens_the_feed(platform: Client, stranger: Client) -> None:
    assert platform.get("/exchange/v1/feed", {"nonce": "n"}).status_code == 404  # a key for everything, of no partner
    assert stranger.get("/exchange/v1/feed", {"nonce": "n"}).status_code == 401
    assert stranger.post("/exchange/v1/feedback", "{}", content_type="application/json").status_code == 401


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"items": 5}', "{" * 3000, json.dumps({"items": [0] * 3000})])
def test_feedback_that_is_none_is_refused(readers: Readers, body: str) -> None:
    (reader,) = readers(1)
    answer = reader.client.post("/exchange/v1/feedback", body, content_type="application/json")
    assert answer.status_code == 400


def test_feedback_is_read_only_where_it_is_announced_as_json(readers: Readers) -> None:
    (reader,) = readers(1)
    answer = reader.client.post("/exchange/v1/feedback", '{"items": []}', content_type="text/plain")
    assert (answer.status_code, answer.json()["message"][:9]) == (415, "Send JSON")

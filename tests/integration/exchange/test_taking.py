"""What a partner offers is taken, page by page, and blocks nothing by itself; whatever it does, it is contained."""

import base64
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.factories import REVIEWER, every_fault, make_sighting, random_signals, staff_client
from tests.integration.exchange.conftest import SECRET, Remote, progress, sync
from tests.smtp_server import certificate

from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import LAWFUL, add_entry
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import InvalidError, RefusedError
from argine.desk.exchange import queries
from argine.desk.exchange.bundle import Item
from argine.desk.exchange.enums import Opinion, Progress, Trouble
from argine.desk.exchange.models import Gap, Partner, Received
from argine.desk.exchange.operations import (
    Agreement,
    add_partner,
    change_limit,
    go_on,
    judge,
    resume_partner,
    stop_partner,
    submit,
    sync_due,
    sync_partner,
)
from argine.desk.people.enums import Role
from argine.signals.types import Signal, SignalType

Signals = tuple[Signal, ...]


def offer(seq: int, name: str = "", signals: Signals = (), opinion: Opinion = Opinion.POSITIVE) -> Item:
    return Item(seq, name or f"entry-{seq}", opinion, signals or tuple(random_signals()))


def verdict(signals: Signals, content_id: str = "post-7") -> str:
    return make_sighting(signals, content_id).verdict.value


def test_an_entry_of_a_partner_asks_for_review_until_a_reviewer_has_looked(remote: Remote, source: Partner) -> None:
    item = offer(1)
    remote.items = [item]
    sync(source)
    assert verdict(item.signals) == "review"
    (waiting,) = queries.waiting()
    assert [copy.content_id for copy in waiting.sightings] == ["post-7"]
    judge(waiting.received, block=True, by=REVIEWER)
    assert verdict(item.signals) == "block"
    assert queries.waiting() == []
    assert remote.headers[0]["Authorization"] == f"Bearer {SECRET}"
    assert every_fault() == []


def test_a_reviewer_is_told_how_many_other_partners_offer_the_same(remote: Remote, source: Partner) -> None:
    remote.items = [shared, alone] = [offer(1), offer(2)]
    sync(source)
    pdq, *_rest = shared.signals
    for number in (1, 2):
        other = add_partner(Agreement(f"Another {number}", f"another-{number}"), by=SYSTEM)
        submit(other, [(pdq, Opinion.SEED)])
    verdict(alone.signals, "post-8")
    verdict(shared.signals)
    told = {waiting.received.remote_id: waiting.others for waiting in queries.waiting()}
    assert (told["entry-1"], told["entry-2"]) == (2, 0)
    assert "2 other partners offer it too" in staff_client().get("/console/exchange").content.decode()
    stop_partner(other, by=REVIEWER)
    assert {waiting.received.remote_id: waiting.others for waiting in queries.waiting()}["entry-1"] == 1
    # It blocks no sooner for that.
    assert verdict(shared.signals) == "review"


def test_what_is_judged_is_said_back_once_and_with_the_uploads_that_were_stopped(
    remote: Remote, source: Partner
) -> None:
    remote.items = [first, second, third] = [offer(seq) for seq in (1, 2, 3)]
    sync(source)
    assert remote.progress() == dict.fromkeys(("entry-1", "entry-2", "entry-3"), "received:0")
    verdict(first.signals)
    verdict(second.signals)
    sync(source)
    assert remote.progress() == {"entry-1": "pending:0", "entry-2": "pending:0", "entry-3": "received:0"}
    judge(Received.objects.get(remote_id="entry-1"), block=True, by=REVIEWER)
    judge(Received.objects.get(remote_id="entry-2"), block=False, by=REVIEWER)
    verdict(first.signals)
    remote.said.clear()
    sync(source)
    assert remote.progress() == {"entry-1": "blocked:1", "entry-2": "rejected:0"}
    remote.said.clear()
    sync(source)
    assert remote.said == []
    assert verdict(second.signals) == "allow"
    assert verdict(third.signals) == "review"


def test_a_withdrawal_erases_also_what_was_confirmed_here(remote: Remote, source: Partner) -> None:
    remote.items = [first, second] = [offer(1), offer(2)]
    sync(source)
    judge(Received.objects.get(remote_id="entry-1"), block=True, by=REVIEWER)
    remote.items += [Item(3, "entry-1"), Item(4, "entry-2"), Item(5, "never-offered")]
    sync(source)
    assert (verdict(first.signals), verdict(second.signals)) == ("allow", "allow")
    assert not BankEntry.objects.filter(signals__isnull=False).exists()
    assert set(progress(source).values()) == {Progress.WITHDRAWN}
    with pytest.raises(RefusedError):
        judge(Received.objects.get(remote_id="entry-2"), block=True, by=REVIEWER)


def test_what_was_taken_back_may_be_offered_anew_and_what_was_rejected_stays_so(
    remote: Remote, source: Partner
) -> None:
    remote.items = [first, second] = [offer(1), offer(2)]
    sync(source)
    judge(Received.objects.get(remote_id="entry-2"), block=False, by=REVIEWER)
    remote.items += [Item(3, "entry-1"), offer(4, "entry-1", first.signals), offer(5, "entry-2", second.signals)]
    sync(source)
    assert (verdict(first.signals), verdict(second.signals)) == ("review", "allow")


def test_the_feed_is_read_on_from_where_it_was_and_in_pages(remote: Remote, source: Partner) -> None:
    remote.items = [offer(seq) for seq in range(1, 451)]
    sync(source)
    assert [query["after"] for query in remote.asked] == ["0", "200", "400"]
    assert (source.cursor, Received.objects.count()) == (450, 450)
    remote.asked.clear()
    sync(source)
    assert [query["after"] for query in remote.asked] == ["450"]
    assert Received.objects.count() == 450


def test_only_what_may_travel_is_taken(remote: Remote, source: Partner) -> None:
    flat = Signal(SignalType.PDQ, b"a" * 32, 3)
    good = random_signals()[1]
    remote.items = [offer(1, signals=(flat, good)), offer(2, signals=(flat,))]
    sync(source)
    assert progress(source) == {"entry-1": Progress.RECEIVED}
    (row,) = BankEntry.objects.get().signals.all()
    assert row.type == SignalType.SHA256


def test_what_is_known_to_be_lawful_here_is_not_taken_and_the_partner_is_told(remote: Remote, source: Partner) -> None:
    item = offer(1)
    add_entry(LAWFUL, item.signals, origin="test", by=SYSTEM)
    remote.items = [item]
    sync(source)
    assert remote.progress() == {"entry-1": "refused:0"}
    assert verdict(item.signals) == "allow"


def test_one_bad_entry_of_a_page_is_left_out_and_the_others_count(remote: Remote, source: Partner) -> None:
    remote.items = [offer(1), offer(2), offer(3)]

    def damage(query: dict[str, str], body: bytes) -> bytes:
        facts = json.loads(json.loads(body)["payload"])
        facts["items"][1]["signals"] = [{"type": "pdq", "value": "no hash", "quality": 100}]
        payload = json.dumps(facts, separators=(",", ":"), sort_keys=True)
        return _signed(remote, payload)

    remote.spoil = damage
    sync(source)
    assert set(progress(source)) == {"entry-1", "entry-3"}
    assert (source.trouble, source.cursor) == ("", 3)


def _signed(remote: Remote, payload: str) -> bytes:
    signature = remote.key.sign(b"argine-bundle/1\n" + payload.encode())
    return json.dumps({"payload": payload, "signature": base64.b64encode(signature).decode()}).encode()


def _again(remote: Remote, change: Callable[[dict[str, object]], None]) -> Callable[[dict[str, str], bytes], bytes]:
    """A page that says something else, signed as well."""

    def spoil(_query: dict[str, str], body: bytes) -> bytes:
        facts = json.loads(json.loads(body)["payload"])
        change(facts)
        return _signed(remote, json.dumps(facts, separators=(",", ":"), sort_keys=True))

    return spoil


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (lambda facts: facts.update(nonce="another"), Trouble.REPLAYED),
        (lambda facts: facts.update(after=7), Trouble.REPLAYED),
        (lambda facts: facts["items"].reverse(), Trouble.DISORDERED),
        (lambda facts: facts["items"].append(facts["items"][0]), Trouble.DISORDERED),
        (lambda facts: facts.update(next=99), Trouble.DISORDERED),
        (lambda facts: facts.update(next=1), Trouble.DISORDERED),
        (lambda facts: facts.update(items=[], next=0), Trouble.DISORDERED),
        (lambda facts: facts.update(items="x"), Trouble.UNREADABLE),
        (lambda facts: facts.update(newest="many"), Trouble.UNREADABLE),
        (lambda facts: facts.pop("items"), Trouble.UNREADABLE),
    ],
)
def test_a_page_that_proves_nothing_changes_nothing(
    remote: Remote, source: Partner, change: Callable[[dict[str, object]], None], trouble: Trouble
) -> None:
    remote.items = [offer(1), offer(2)]
    remote.spoil = _again(remote, change)
    sync(source)
    assert (source.trouble, source.cursor, Received.objects.count()) == (trouble, 0, 0)


def test_a_page_that_another_signed_is_refused_and_nothing_is_asked_until_somebody_looked(
    remote: Remote, source: Partner
) -> None:
    remote.items = [offer(1)]
    right, remote.key = remote.key, type(remote)().key
    sync(source)
    assert (source.trouble, Received.objects.count()) == (Trouble.FORGED, 0)
    remote.key = right
    sync(source)
    assert Received.objects.count() == 0
    go_on(source, by=SYSTEM)
    source.refresh_from_db()
    sync(source)
    assert (source.trouble, Received.objects.count()) == ("", 1)


def test_an_old_page_that_is_sent_again_is_refused(remote: Remote, source: Partner) -> None:
    remote.items = [offer(1)]
    kept: list[bytes] = []

    def keep(_query: dict[str, str], body: bytes) -> bytes:
        kept.append(body)
        return kept[0]

    remote.spoil = keep
    sync(source)
    remote.items.append(Item(2, "entry-1"))
    sync(source)
    assert (source.trouble, source.cursor) == (Trouble.REPLAYED, 1)


def test_a_place_that_is_cut_off_is_passed_over_told_and_mended(remote: Remote, source: Partner) -> None:
    remote.items = [offer(seq) for seq in range(1, 6)]
    remote.items[2] = Item(3, "entry-1")

    def cut(query: dict[str, str], body: bytes) -> bytes:
        after, limit = int(query["after"]), int(query["limit"])
        return body[:40] if after < 3 <= after + limit else body

    remote.spoil = cut
    sync(source)
    assert (source.trouble, source.cursor) == (Trouble.SKIPPED, 5)
    assert progress(source) == dict.fromkeys(("entry-1", "entry-2", "entry-4", "entry-5"), Progress.RECEIVED)
    assert Gap.objects.get().after == 2
    remote.spoil = None
    sync(source)
    assert progress(source)["entry-1"] == Progress.WITHDRAWN
    assert (source.trouble, Gap.objects.count()) == ("", 0)


def test_a_feed_that_is_cut_off_everywhere_is_not_passed_over(remote: Remote, source: Partner) -> None:
    remote.items = [offer(seq) for seq in range(1, 6)]
    remote.spoil = lambda _query, body: body[:40]
    sync(source)
    assert (source.trouble, source.cursor, Gap.objects.count()) == (Trouble.UNREADABLE, 0, 0)
    remote.spoil = None
    sync(source)
    assert source.cursor == 5


def test_a_feed_that_became_shorter_waits_for_somebody_and_is_read_anew(remote: Remote, source: Partner) -> None:
    remote.items = [offer(seq) for seq in range(1, 6)]
    sync(source)
    remote.items = remote.items[:2]
    remote.spoil = _again(remote, lambda facts: facts.update(newest=2))
    sync(source)
    assert source.trouble == Trouble.REWOUND
    remote.spoil = None
    remote.items += [offer(6)]
    go_on(source, by=SYSTEM)
    source.refresh_from_db()
    sync(source)
    assert (source.cursor, len(progress(source))) == (6, 6)


@pytest.mark.parametrize(
    ("status", "trouble"), [(500, Trouble.UNREACHABLE), (401, Trouble.KEY), (302, Trouble.UNREACHABLE)]
)
def test_a_partner_that_goes_away_is_asked_less_and_less_often(
    remote: Remote, source: Partner, status: int, trouble: Trouble
) -> None:
    remote.status = status
    for _ in range(3):
        sync(source)
    assert (source.trouble, source.failures) == (trouble, 3)
    assert source.next_at is not None
    assert source.next_at - time.now() > timedelta(minutes=3)
    assert sync_due() == 0
    remote.status = 200
    with time.shifted(timedelta(hours=7)):
        assert sync_due() == 1
    source.refresh_from_db()
    assert (source.trouble, source.failures) == ("", 0)


def test_a_partner_with_a_wrong_certificate_is_told_as_such_and_said_once(
    remote: Remote, source: Partner, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    context, _ = certificate(tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        source.url = f"https://localhost:{server.server_port}"
        source.save()
        for _ in range(2):
            sync(source)
        server.shutdown()
        thread.join()
    assert (source.trouble, source.failures) == (Trouble.INSECURE, 2)
    assert caplog.text.count("cannot prove who it is") == 1
    assert "localhost" not in caplog.text
    page = staff_client(Role.OPERATOR).get("/console/exchange").content.decode()
    assert "Its certificate is not trusted, or not for this name" in page
    source.url = remote.url
    source.save()
    assert sync(source).trouble == ""


def test_a_flood_waits_while_what_is_taken_back_counts_at_once(remote: Remote, source: Partner) -> None:
    change_limit(source, 3, by=SYSTEM)
    remote.items = [offer(seq) for seq in range(1, 9)]
    sync(source)
    assert (source.trouble, source.cursor, source.held_from) == (Trouble.FLOOD, 8, 3)
    assert len(progress(source)) == 3
    remote.items.append(Item(9, "entry-2"))
    sync(source)
    assert progress(source)["entry-2"] == Progress.WITHDRAWN
    go_on(source, by=SYSTEM)
    source.refresh_from_db()
    remote.items[4] = Item(5, "entry-5")  # taken back meanwhile
    sync(source)
    assert source.trouble == ""
    assert set(progress(source)) == {f"entry-{seq}" for seq in (1, 2, 3, 4, 6, 7, 8)}


def test_ending_the_exchange_erases_all_that_came_and_leaves_the_others(remote: Remote, source: Partner) -> None:
    other = add_partner(Agreement("Another", "another", remote.url, remote.public, SECRET), by=SYSTEM)
    remote.items = [first, second] = [offer(1), offer(2)]
    sync(source)
    judge(Received.objects.get(remote_id="entry-1"), block=True, by=REVIEWER)
    remote.items = [third] = [offer(1)]
    sync(other)
    assert stop_partner(source, by=SYSTEM) == 2
    assert [verdict(item.signals) for item in (first, second, third)] == ["allow", "allow", "review"]
    source.refresh_from_db()
    assert sync_due() == 0
    assert every_fault() == []
    remote.items = [first, second]
    resume_partner(source, by=SYSTEM)
    source.refresh_from_db()
    sync(source)
    assert verdict(first.signals) == "review"


def test_what_was_under_way_when_the_exchange_was_ended_is_not_taken(remote: Remote, source: Partner) -> None:
    remote.items = [offer(1)]
    stale = Partner.objects.get(pk=source.pk)
    stop_partner(source, by=SYSTEM)
    sync_partner(stale)
    source.refresh_from_db()
    assert (Received.objects.count(), source.cursor, source.trouble) == (0, 0, "")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": ""}, "name"), ({"slug": "No Slug"}, "slug"), ({"url": "http://a.example"}, "url"),
        ({"url": "https://u:p@a.example"}, "url"), ({"secret": ""}, "secret"), ({"public_key": "x"}, "public_key"),
    ],
)  # fmt: skip
def test_an_agreement_that_lacks_something_is_refused(default_banks: None, changes: dict[str, str], wrong: str) -> None:
    good = {"name": "A", "slug": "a", "url": "https://a.example", "public_key": "A" * 43 + "=", "secret": "s"}
    with pytest.raises(InvalidError) as refusal:
        add_partner(Agreement(**{**good, **changes}), by=SYSTEM)
    assert list(refusal.value.fields) == [wrong]
    assert add_partner(Agreement(**good), by=SYSTEM).slug == "a"
    with pytest.raises(InvalidError):
        add_partner(Agreement(**good), by=SYSTEM)

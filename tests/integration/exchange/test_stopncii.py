"""StopNCII's shape: read from a partner of that shape, and served to readers of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.factories import REVIEWER, make_sighting, random_signals
from tests.integration.exchange.conftest import Answering, Reader, listening, progress, sync

from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import REMOVED, add_entry, withdraw_entry
from argine.desk.core.actor import SYSTEM
from argine.desk.exchange.enums import Opinion, Progress, Shape, Trouble
from argine.desk.exchange.models import Feedback, Partner, Received
from argine.desk.exchange.operations import Agreement, add_partner, issue_key, judge, share_bank
from argine.signals.types import Signal, SignalType

Readers = Callable[[int], list[Reader]]
PDQ, OTHER = "a5" * 32, "3c" * 32
MD5 = "9108849f0d0bb6d3c40844f4eb72767b"


def record(value: str, at: int, status: str = "Active", kind: str = "ImagePDQ", *feedback: str) -> dict[str, Any]:
    return {
        "lastModtimestamp": at, "signalType": kind, "hashValue": value, "hashStatus": status, "caseNumbers": [],
        "CSPFeedbacks": [{"source": "x", "feedbackValue": one, "tags": []} for one in feedback],
    }  # fmt: skip


@dataclass
class Service:
    """A service of StopNCII's shape, as its client knows it."""

    records: list[Any] = field(default_factory=list)
    cut_at: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    feedback: list[Any] = field(default_factory=list)
    url: str = ""

    def page(self, query: dict[str, str]) -> bytes:
        since, size = int(query["startTimestamp"]), int(query["pageSize"])
        place = int(query.get("nextPageToken", 0))
        behind = [one for one in self.records if one["lastModtimestamp"] >= since]
        some, more = behind[place : place + size], len(behind) > place + size
        times = [one["lastModtimestamp"] for one in behind]
        body = json.dumps(
            {
                "count": len(some), "nextPageToken": str(place + size) if more else None,
                "nextSetTimestamp": max(times, default=since) + 1, "hasMoreRecords": more, "hashRecords": some,
            }
        ).encode()  # fmt: skip
        return body[:30] if any(one["lastModtimestamp"] == self.cut_at for one in some) else body


@pytest.fixture
def service(settings: LazySettings) -> Iterator[Service]:
    settings.CONFIG = replace(settings.CONFIG, exchange_private=True)
    there = Service()

    class Handler(Answering, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            there.asked.append(query)
            there.headers.append(dict(self.headers))
            self.answer(there.page(query))

        def do_POST(self) -> None:
            there.feedback += json.loads(self.rfile.read(int(self.headers["Content-Length"])))["hashFeedbacks"]
            self.answer(b"{}")

    with listening(Handler) as address:
        there.url = f"{address}/v1"
        yield there


@pytest.fixture
def source(service: Service, default_banks: None) -> Partner:
    agreement = Agreement("The exchange", "ncii", service.url, secret="function,subscription", shape=Shape.STOPNCII)
    return add_partner(agreement, by=SYSTEM)


def test_hashes_are_read_with_both_keys_and_withdrawals_count(service: Service, source: Partner) -> None:
    service.records = [record(PDQ, 100, "Active", "ImagePDQ", "Blocked"), record(MD5, 110, "Received", "VideoMD5")]
    sync(source)
    headers = {name.lower(): value for name, value in service.headers[0].items()}
    assert headers["x-functions-key"] == "function"
    assert headers["ocp-apim-subscription-key"] == "subscription"
    assert progress(source) == {f"pdq:{PDQ}": Progress.RECEIVED, f"md5:{MD5}": Progress.RECEIVED}
    assert Received.objects.get(remote_id=f"pdq:{PDQ}").opinion == Opinion.POSITIVE
    for status, value, kind in (("Withdrawn", PDQ, "ImagePDQ"), ("Deleted", MD5, "VideoMD5")):
        service.records.append(record(value, 120, status, kind))
    sync(source)
    assert set(progress(source).values()) == {Progress.WITHDRAWN}
    assert not BankEntry.objects.filter(signals__isnull=False).exists()
    assert [query["startTimestamp"] for query in service.asked] == ["10", "111"]


def test_pages_are_read_on_by_token_and_wrong_records_left_out(service: Service, source: Partner) -> None:
    Partner.objects.filter(pk=source.pk).update(page_size=2)
    source.refresh_from_db()
    wrong = [record("zz", 100), record("x", 100, "Active", "VideoTMK"), {"lastModtimestamp": 100}]
    service.records = [record(PDQ, 100), *wrong, record(OTHER, 101)]
    sync(source)
    assert set(progress(source)) == {f"pdq:{PDQ}", f"pdq:{OTHER}"}
    assert (source.trouble, source.page_token, source.cursor) == ("", "", 102)


def test_a_page_that_is_cut_off_does_not_hold_up_what_comes_later(service: Service, source: Partner) -> None:
    service.records = [record(PDQ, 100), record("bb" * 32, 200), record(OTHER, 5000)]
    service.cut_at = 200
    sync(source)
    assert source.trouble == Trouble.SKIPPED
    assert f"pdq:{OTHER}" in progress(source)
    service.cut_at = 0
    sync(source)
    assert len(progress(source)) == 3
    assert source.trouble == ""


def test_what_is_done_is_said_back_in_its_words(service: Service, source: Partner) -> None:
    service.records = [record(PDQ, 100), record(OTHER, 101)]
    sync(source)
    judge(Received.objects.get(remote_id=f"pdq:{PDQ}"), block=True, by=REVIEWER)
    make_sighting([Signal(SignalType.PDQ, bytes.fromhex(OTHER), None)])
    service.feedback.clear()
    sync(source)
    told = {one["hashValue"]: (one["signalType"], one["feedbackValue"]) for one in service.feedback}
    assert told == {PDQ: ("ImagePDQ", "Blocked"), OTHER: ("ImagePDQ", "PendingReview")}


def fetch(reader: Reader, **query: object) -> Any:
    answer = reader.client.get("/exchange/stopncii/FetchHashes", query)
    assert answer.status_code == 200
    return answer.json()


def test_the_feed_is_served_page_by_page_from_a_time_on(readers: Readers) -> None:
    (reader,) = readers(1)
    share_bank(REMOVED, by=SYSTEM)
    values = [random_signals()[:1] for _ in range(3)]
    entries = [add_entry(REMOVED, value, origin="test", by=SYSTEM) for value in values]
    first = fetch(reader, startTimestamp=10, pageSize=2)
    assert first["hasMoreRecords"] is True
    assert first["count"] == len(first["hashRecords"]) == 2
    rest = fetch(reader, startTimestamp=10, pageSize=2, nextPageToken=first["nextPageToken"])
    assert rest["hasMoreRecords"] is False
    found = [*first["hashRecords"], *rest["hashRecords"]]
    assert [one["hashValue"] for one in found] == [value[0].text for value in values]
    assert {(one["signalType"], one["hashStatus"]) for one in found} == {("ImagePDQ", "Active")}
    assert found[0]["CSPFeedbacks"] == [{"source": "argine", "feedbackValue": "Blocked", "tags": []}]
    since = rest["nextSetTimestamp"]
    assert since >= found[-1]["lastModtimestamp"]
    # What is no longer offered but not erased is told; what is erased cannot be named any more.
    withdraw_entry(entries[0], erase=False, by=SYSTEM)
    withdraw_entry(entries[1], erase=True, by=SYSTEM)
    again = {one["hashValue"]: one["hashStatus"] for one in fetch(reader, startTimestamp=since)["hashRecords"]}
    assert again[values[0][0].text] == "Withdrawn"
    assert values[1][0].text not in again


def test_a_hash_that_another_entry_still_has_is_not_told_as_withdrawn(readers: Readers) -> None:
    (reader,) = readers(1)
    share_bank(REMOVED, by=SYSTEM)
    signals = random_signals()[:1]
    first, _second = (add_entry(REMOVED, signals, origin="test", by=SYSTEM) for _ in range(2))
    withdraw_entry(first, erase=False, by=SYSTEM)
    assert {one["hashStatus"] for one in fetch(reader)["hashRecords"]} == {"Active"}


@pytest.mark.parametrize("kind", ["ImagePDQ", "StopNCIISignalType.ImagePDQ"])
def test_hashes_are_taken_in_either_spelling_and_go_to_review(readers: Readers, kind: str) -> None:
    (reader,) = readers(1)
    body = {"count": 2, "hashRecords": [{"signalType": kind, "hashValue": PDQ, "CSPFeedbacks": []}, {"bad": 1}, 5]}
    answer = reader.client.post("/exchange/stopncii/SubmitHashes", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"count": 1})
    checked = make_sighting([Signal(SignalType.PDQ, bytes.fromhex(PDQ), None)])
    assert checked.verdict.value == "review"


@pytest.mark.parametrize("more", [{}, {"signalType": "ImagePDQ"}, {"signalType": "StopNCIISignalType.ImagePDQ"}])
def test_feedback_is_taken_with_and_without_the_type(readers: Readers, more: dict[str, str]) -> None:
    (reader,) = readers(1)
    share_bank(REMOVED, by=SYSTEM)
    entry = add_entry(REMOVED, random_signals()[:1], origin="test", by=SYSTEM)
    value = fetch(reader)["hashRecords"][0]["hashValue"]
    body = {"count": 1, "hashFeedbacks": [{"hashValue": value, "feedbackValue": "Blocked", "tags": [], **more}]}
    answer = reader.client.post("/exchange/stopncii/SubmitFeedback", json.dumps(body), content_type="application/json")
    assert answer.json() == {"count": 1}
    assert Feedback.objects.get().entry_id == entry.id
    unknown = {"hashFeedbacks": [{"hashValue": "zz", "feedbackValue": "Blocked"}, {"feedbackValue": "x"}, 7]}
    answer = reader.client.post(
        "/exchange/stopncii/SubmitFeedback", json.dumps(unknown), content_type="application/json"
    )
    assert answer.json() == {"count": 0}


def test_the_key_comes_in_the_header_of_that_shape(stranger: Client) -> None:
    partner = add_partner(Agreement("A tool", "tool"), by=SYSTEM)
    secret = issue_key(partner, by=SYSTEM)
    for headers, status in (({"x-functions-key": secret}, 200), ({"x-functions-key": "no"}, 401), ({}, 401)):
        assert stranger.get("/exchange/stopncii/FetchHashes", headers=headers).status_code == status

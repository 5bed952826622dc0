"""ThreatExchange's shape, read from a group of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from tests.factories import REVIEWER, make_sighting
from tests.integration.exchange.conftest import progress, sync
from tests.integration.exchange.threat_updates import (
    MEMBER,
    OTHER_MEMBER,
    OWN,
    TOKEN,
    Group,
    deleted,
    descriptor,
    serving,
    update,
)  # fmt: skip

from argine.desk.banks.models import BankEntry
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.exchange.bundle import BundleError
from argine.desk.exchange.enums import Opinion, Progress, Shape, Trouble
from argine.desk.exchange.models import Partner, Received
from argine.desk.exchange.operations import Agreement, add_partner, go_on, judge
from argine.desk.exchange.threatexchange import is_stale, opinion_of, read
from argine.signals.types import Signal, SignalType

PDQ, OTHER, THIRD = "a5" * 32, "3c" * 32, "5a" * 32
MD5 = "9108849f0d0bb6d3c40844f4eb72767b"
GOOD, BAD, UNKNOWN = "MALICIOUS", "NON_MALICIOUS", "UNKNOWN"


@pytest.fixture
def group(settings: LazySettings) -> Iterator[Group]:
    settings.CONFIG = replace(settings.CONFIG, exchange_private=True)
    with serving(Group()) as there:
        yield there


@pytest.fixture
def source(group: Group, default_banks: None) -> Partner:
    agreement = Agreement("A group", "group", group.url, secret=TOKEN, shape=Shape.THREATEXCHANGE)
    return add_partner(agreement, by=SYSTEM)


def named(*values: str) -> set[str]:
    return {f"HASH_PDQ:{value}" for value in values}


def test_hashes_of_a_group_are_read_and_go_to_review_and_what_it_deletes_is_erased(
    group: Group, source: Partner
) -> None:
    group.records = [
        update(PDQ, 100), update(MD5, 110, descriptor(status=UNKNOWN), kind="HASH_VIDEO_MD5"),
        update("https://forum.example/1", 120, kind="RAW_URI"),
    ]  # fmt: skip
    sync(source)
    assert set(progress(source)) == {f"HASH_PDQ:{PDQ}", f"HASH_VIDEO_MD5:{MD5}"}
    assert dict(Received.objects.values_list("remote_id", "opinion")) == {
        f"HASH_PDQ:{PDQ}": Opinion.POSITIVE, f"HASH_VIDEO_MD5:{MD5}": Opinion.SEED,
    }  # fmt: skip
    assert make_sighting([Signal(SignalType.PDQ, bytes.fromhex(PDQ), None)]).verdict.value == "review"
    # It is asked as the stock client asks.
    assert group.asked[0]["start_time"] == "0"
    assert {"indicator", "type", "last_updated", "should_delete"} <= set(group.asked[0]["fields"].split(","))
    group.records += [deleted(PDQ, 130), {**update(MD5, 131, kind="HASH_VIDEO_MD5"), "descriptors": {"data": []}}]
    sync(source)
    assert set(progress(source).values()) == {Progress.WITHDRAWN}
    assert not BankEntry.objects.filter(signals__isnull=False).exists()
    assert (group.asked[1]["start_time"], source.trouble) == ("110", "")


def test_pages_are_read_on_by_token_from_one_beginning_and_foreign_addresses_are_not_followed(
    group: Group, source: Partner
) -> None:
    Partner.objects.filter(pk=source.pk).update(page_size=2)
    source.refresh_from_db()
    group.own_next = "http://127.0.0.1:1/elsewhere?access_token=x"
    wrong: list[Any] = [update("zz", 100), {"last_updated": 100, "type": "HASH_PDQ", "indicator": [1]}]
    group.records = [update(PDQ, 100), *wrong, update(OTHER, 100), update(THIRD, 101)]
    sync(source)
    assert set(progress(source)) == named(PDQ, OTHER, THIRD)
    assert [(query["start_time"], query.get("after")) for query in group.asked] == [("0", None), ("0", "2"), ("0", "4")]
    assert (source.trouble, source.page_token, source.cursor) == ("", "", 101)


def test_a_reading_that_was_broken_off_goes_on_where_it_was(group: Group, source: Partner) -> None:
    Partner.objects.filter(pk=source.pk).update(page_size=1, cursor=100, page_token="50 1")
    source.refresh_from_db()
    group.records = [update(PDQ, 60), update(OTHER, 100)]
    sync(source)
    assert (group.asked[0]["start_time"], group.asked[0]["after"]) == ("50", "1")
    assert set(progress(source)) == named(OTHER)


def test_a_page_that_is_cut_off_does_not_hold_up_what_comes_later_and_is_read_in_the_end(
    group: Group, source: Partner
) -> None:
    # The one that is cut off is of the same second as one that was read.
    group.records = [update(PDQ, 200), {**update(THIRD, 200), "last_updated": "200"}, update(OTHER, 201)]
    group.cut_at = "200"  # type: ignore[assignment] - only the second one
    sync(source)
    assert (source.trouble, set(progress(source))) == (Trouble.SKIPPED, named(PDQ, OTHER))
    group.cut_at = 0
    sync(source)
    assert (source.trouble, set(progress(source))) == ("", named(PDQ, OTHER, THIRD))


def test_a_token_that_is_not_accepted_and_a_page_without_end_are_said(group: Group, source: Partner) -> None:
    source.secret = "1|of_another_application"
    assert sync(source).trouble == Trouble.KEY
    source.secret = TOKEN
    source.save()
    group.records = [update(PDQ, 100), update(OTHER, 101)]
    Partner.objects.filter(pk=source.pk).update(page_size=1, page_token="0 1", cursor=0)
    source.refresh_from_db()
    endless = group.page

    def page(query: dict[str, str]) -> tuple[int, bytes]:
        return endless({**query, "after": "0"})  # the same page again

    group.page = page  # type: ignore[method-assign]
    assert sync(source).trouble == Trouble.DISORDERED


def test_nothing_is_said_back_to_a_group(group: Group, source: Partner) -> None:
    group.records = [update(PDQ, 100)]
    sync(source)
    judge(Received.objects.get(), block=True, by=REVIEWER)
    asked = len(group.asked)
    sync(source)
    assert len(group.asked) == asked + 1  # the feed again, and no more: the stand-in answers no POST
    assert source.trouble == ""


def test_a_group_that_was_not_read_for_too_long_waits_for_somebody_and_is_then_read_anew(
    group: Group, source: Partner
) -> None:
    group.records = [update(PDQ, 100), update(OTHER, 101)]
    sync(source)
    Partner.objects.filter(pk=source.pk).update(worked_at=time.now() - timedelta(days=86))
    source.refresh_from_db()
    del group.records[0]  # deleted meanwhile, and forgotten
    assert sync(source).trouble == Trouble.STALE
    go_on(source, by=REVIEWER)
    source.refresh_from_db()
    assert source.cursor == 0
    sync(source)
    assert progress(source) == {f"HASH_PDQ:{PDQ}": Progress.WITHDRAWN, f"HASH_PDQ:{OTHER}": Progress.RECEIVED}
    assert source.trouble == ""


def reaction(key: str, *members: str) -> dict[str, object]:
    return {"reactions": [{"key": key, "value": ",".join(members)}]}


@pytest.mark.parametrize(
    ("descriptors", "opinion"),
    [
        ([descriptor()], Opinion.POSITIVE),
        ([descriptor(status=UNKNOWN)], Opinion.SEED),
        ([descriptor(status="SUSPICIOUS")], Opinion.SEED),
        ([descriptor(status=BAD)], None),
        ([descriptor(), descriptor(OTHER_MEMBER, BAD)], Opinion.SEED),
        ([descriptor(status=UNKNOWN), descriptor(OTHER_MEMBER)], Opinion.POSITIVE),
        ([descriptor(status=UNKNOWN, **reaction("HELPFUL", OTHER_MEMBER, "900"))], Opinion.POSITIVE),
        ([descriptor(**reaction("DISAGREE_WITH_TAGS", OTHER_MEMBER))], Opinion.SEED),
        ([descriptor(status=BAD, **reaction("HELPFUL", MEMBER))], None),  # its own word stands before its reaction
        ([descriptor(**reaction("SAW_THIS_TOO", OTHER_MEMBER))], Opinion.POSITIVE),
        ([descriptor(OWN)], None),
        ([descriptor(OWN, BAD), descriptor()], Opinion.POSITIVE),
        ([{"id": "1", "status": GOOD}], None),  # its owner may not be seen
        ([], None),
        ([descriptor(tags=["ncii", "media_type_photo"])], Opinion.POSITIVE),
        ([descriptor(tags={"data": [{"id": "5", "text": "ncii"}]})], Opinion.POSITIVE),
        ([descriptor(tags=None)], Opinion.POSITIVE),
        ([descriptor(tags=["csam_a1"])], None),
        ([descriptor(), descriptor(OTHER_MEMBER, tags={"data": [{"id": "5", "text": "Child-Safety"}]})], None),
    ],
)
def test_what_a_group_says_together(descriptors: list[dict[str, Any]], opinion: Opinion | None) -> None:
    assert opinion_of(descriptors, OWN) == opinion


@pytest.mark.parametrize(("days", "stale"), [(None, False), (84, False), (86, True)])
def test_deletions_may_be_forgotten_after_85_days(days: int | None, *, stale: bool) -> None:
    now = time.now()
    assert is_stale(None if days is None else now - timedelta(days=days), now) is stale


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b'{"data": 5}', b'{"data": [], "paging": 5}', b'{"data": [], "paging": {"next": "http://["}}',
        b'{"data": [], "paging": {"next": "x", "cursors": 5}}', b'{"data": ' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_page_is_no_page(body: bytes) -> None:
    with pytest.raises(BundleError):
        read(Partner(secret=TOKEN), body, 0)


def test_records_of_any_form_are_left_out_and_counted() -> None:
    odd = [5, None, {}, {"type": []}, {"type": "HASH_PDQ", "indicator": 5}, {"last_updated": {}, "type": "URI"}]
    page = read(Partner(secret=TOKEN), json.dumps({"data": odd}).encode(), 7)
    assert (page.items, page.bad, page.next) == ((), 5, 7)

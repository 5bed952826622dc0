"""Records of pages: what stands there without its media, where the desk may look, and how a record goes."""

import gzip
import hashlib
import json
import subprocess
import zlib
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.factories import REVIEWER, every_fault, fresh, log_events, make_case_in, make_order, staff_client
from tests.integration.evidence.pages import page_of
from tests.time_stamps import authority
from tests.web_server import HTML, Site

from argine.desk.audit.models import Entry
from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Address, Case
from argine.desk.cases.operations import freeze, purge
from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError
from argine.desk.core import outside, time
from argine.desk.core.errors import RefusedError
from argine.desk.evidence import fetch, policies, queries, record, stamps
from argine.desk.evidence.enums import Problem, Stamp
from argine.desk.evidence.models import PageRecord
from argine.desk.evidence.operations import forget_of_minors, take
from argine.desk.serve import worker
from argine.merkle.canonical import canonical_json

pytestmark = pytest.mark.django_db


def address_of(site: Site, path: str = "/", state: CaseState = CaseState.RECEIVED, **more: Any) -> Address:
    case = make_case_in(state, addresses=[site.url(path)], **more)
    return Address.objects.get(case=case)


def test_a_page_is_kept_as_words_and_its_media_are_gone(site: Site) -> None:
    site.says("/", page_of("zqpicture"), **{"Set-Cookie": "id=1", "Server": "nginx"})
    row = take(address_of(site), by=REVIEWER)
    facts = queries.facts(row)
    page: Any = facts["page"]
    assert (row.status, row.problem, facts["sha256"] != "") == (200, "", True)
    assert "Leaked by @bad_guy" in page["text"]
    assert page["handles"] == ["@bad_guy", "t.me/leaker"]
    assert page["mails"] == ["pay.me@evil.example"]
    assert page["payments"] == [{"currency": "BTC", "address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "checked": True}]
    assert page["times"] == ["2026-11-01T10:00:00Z"]
    media: Any = facts["media"]
    found = [(one["kind"], one["address"]) for one in media]
    assert found[:2] == [("picture", site.url("/zqpicture.jpg")), ("video", site.url("/v.mp4"))]
    assert ["server", "nginx"] in facts["headers"]  # type: ignore[operator]
    for gone in ("<img", "<script", "evil_script", "data:image", "iVBOR", "Set-Cookie", "set-cookie"):
        assert gone not in row.record
    assert [path for path, _ in site.asked] == ["/"]
    assert every_fault() == []


def test_the_log_holds_a_commitment_and_nothing_of_the_page(site: Site) -> None:
    site.says("/", page_of())
    row = take(address_of(site), by=REVIEWER)
    assert log_events(f"case:{row.case_id}")[-1] == "case.page.recorded"
    exported = queries.export(row)
    assert exported["commitment"] == queries.committed(row)
    assert str(exported["record"]) not in json.dumps(log_events(f"case:{row.case_id}"))


def test_nothing_is_sent_that_names_anybody(site: Site) -> None:
    site.leads("/", "/further")
    site.says("/further", "words", **{"Set-Cookie": "id=1"})
    take(address_of(site), by=REVIEWER)
    assert [path for path, _ in site.asked] == ["/", "/further"]
    for _, headers in site.asked:
        assert set(headers) == {"Host", "User-Agent", "Connection", "Accept", "Accept-Encoding"}


def test_media_of_the_page_s_own_host_are_hashed_only_where_the_operator_says_so(
    site: Site, settings: LazySettings
) -> None:
    site.says("/", page_of("own") + '<img src="http://elsewhere.example/x.png">')
    site.pages["/own.jpg"] = (200, {"Content-Type": "image/jpeg"}, b"bytes of a picture")
    settings.CONFIG = replace(settings.CONFIG, evidence_media=True)
    media: Any = queries.facts(take(address_of(site), by=REVIEWER))["media"]
    found = {one["address"].rpartition("/")[2]: one["sha256"] for one in media if one["address"]}
    assert found["own.jpg"] == hashlib.sha256(b"bytes of a picture").hexdigest()
    assert (found["v.mp4"], found["x.png"]) == ("", "")


def test_an_address_that_is_a_picture_itself_is_not_read(site: Site) -> None:
    site.pages["/"] = (200, {"Content-Type": "image/png"}, b"bytes of a picture")
    facts = queries.facts(take(address_of(site), by=REVIEWER))
    assert (facts["bytes"], facts["page"], facts["sha256"]) == (0, None, "")
    assert facts["media"] == [{"kind": "picture", "address": site.url("/"), "sha256": ""}]


@pytest.mark.parametrize(
    ("to", "problem"),
    [
        ("http://10.0.0.1/", Problem.PRIVATE),
        ("http://169.254.169.254/latest/meta-data/", Problem.PRIVATE),
        ("http://[::ffff:10.0.0.1]/", Problem.PRIVATE),
        ("http://0x0a000001/", Problem.PRIVATE),
        ("http://localhost:1/", Problem.NOT_ALLOWED),
        ("file:///etc/passwd", Problem.NOT_ALLOWED),
        ("gopher://a.example/", Problem.NOT_ALLOWED),
        ("http://name:word@a.example/", Problem.NOT_ALLOWED),
        ("http://a.example:8080/", Problem.NOT_ALLOWED),
        ("/", Problem.REDIRECTS),
    ],
)
def test_where_a_redirect_leads_is_judged_like_the_address(
    site: Site, settings: LazySettings, to: str, problem: Problem
) -> None:
    settings.CONFIG = replace(settings.CONFIG, evidence_hosts=(site.host, "*"))
    site.leads("/", to)
    visit = fetch.look(site.url())
    assert (visit.problem, visit.answer) == (problem, None)
    assert len(visit.hops) == (fetch.MOST_REDIRECTS + 1 if problem == Problem.REDIRECTS else 1)


@pytest.mark.parametrize(
    ("encoding", "body", "problem"),
    [
        ("gzip", gzip.compress(b"<p>words", mtime=0), ""),
        ("deflate", zlib.compress(b"<p>words"), ""),
        ("gzip", gzip.compress(b"<p>words" + bytes(100_000_000), mtime=0), ""),
        ("gzip", b"noise", Problem.UNREADABLE),
        ("br", b"noise", Problem.UNREADABLE),
        ("gzip, gzip", gzip.compress(gzip.compress(b"<p>words", mtime=0), mtime=0), Problem.UNREADABLE),
    ],
)
def test_a_page_that_is_packed_though_nobody_asked_is_read_up_to_a_limit(
    site: Site, encoding: str, body: bytes, problem: str
) -> None:
    site.pages["/"] = (200, {**HTML, "Content-Encoding": encoding}, body)
    row = take(address_of(site), by=REVIEWER)
    page: Any = queries.facts(row)["page"]
    assert row.problem == problem
    assert page is None if problem else page["text"].startswith("words")


def test_plain_text_is_kept_letter_for_letter(site: Site) -> None:
    site.pages["/"] = (200, {"Content-Type": "text/plain; charset=utf-8"}, "<b>è & @name".encode())
    page: Any = queries.facts(take(address_of(site), by=REVIEWER))["page"]
    assert (page["text"], page["handles"]) == ("<b>è & @name", ["@name"])


def test_a_page_that_drips_costs_its_time_and_no_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch.look, "__kwdefaults__", {**fetch.look.__kwdefaults__, "seconds": 0.5})
    site.drip_s = 0.05
    site.says("/", "x" * 1000)
    row = take(address_of(site), by=REVIEWER)
    assert (row.problem, row.status) == (Problem.SLOW, 0)


@pytest.mark.parametrize(
    ("url", "rules", "allowed"),
    [
        ("https://a.example/1", ("a.example",), True),
        ("https://A.Example./1", ("a.example",), True),
        ("http://a.example/1", ("a.example",), True),
        ("https://a.example:443/", ("a.example",), True),
        ("https://a.example:8443/", ("a.example",), False),
        ("https://a.example:8443/", ("a.example:8443",), True),
        ("https://a.example/", ("a.example:8443",), False),
        ("https://b.a.example/", ("a.example",), False),
        ("https://b.a.example/", ("*.a.example",), True),
        ("https://a.example/", ("*.a.example",), False),
        ("https://nota.example/", ("*.a.example",), False),
        ("https://anything.example/", ("*",), True),
        ("https://anything.example:22/", ("*",), False),
        ("https://anything.example/", (), False),
        ("ftp://a.example/", ("*",), False),
        ("javascript:alert(1)", ("*",), False),
        ("https://user@a.example/", ("*",), False),
        ("https://a.example@evil.example/", ("a.example",), False),
        ("https:///path", ("*",), False),
        ("https://[::1", ("*",), False),
        ("https://a.example:99999/", ("*",), False),
        ("", ("*",), False),
    ],
)
def test_which_addresses_may_be_looked_at(url: str, rules: tuple[str, ...], allowed: bool) -> None:
    assert policies.is_allowed(url, rules) is allowed


def test_where_the_operator_allows_no_host_nothing_is_looked_at(site: Site, settings: LazySettings) -> None:
    settings.CONFIG = replace(settings.CONFIG, evidence_hosts=())
    with pytest.raises(RefusedError, match="ARGINE_EVIDENCE_HOSTS"):
        take(address_of(site), by=REVIEWER)
    settings.CONFIG = replace(settings.CONFIG, evidence_hosts=("other.example",))
    with pytest.raises(RefusedError, match="this host"):
        take(address_of(site), by=REVIEWER)
    assert site.asked == []


@pytest.mark.parametrize("state", [CaseState.FROZEN, CaseState.WITHDRAWN])
def test_of_a_case_that_has_ended_nothing_is_looked_at(site: Site, state: CaseState) -> None:
    with pytest.raises(RefusedError):
        take(address_of(site, state=state), by=REVIEWER)
    assert site.asked == []


def test_for_an_order_about_somebody_under_18_nothing_is_looked_at(site: Site) -> None:
    with pytest.raises(RefusedError, match="under 18"):
        policies.check_take(make_order(under_18=True).case)


def test_what_was_seen_goes_within_a_minute_when_a_case_turns_out_to_be_about_a_minor(site: Site) -> None:
    site.says("/", page_of())
    row = take(address_of(site), by=REVIEWER)
    freeze(fresh(row.case), by=REVIEWER)
    regular = worker.REGULAR["pages.forget_minors"]
    assert regular.every <= timedelta(minutes=1)
    assert regular.do() == 1
    row.refresh_from_db()
    assert (row.record, row.salt, row.stamp) == ("", "", "")
    assert "case.pages.erased" in log_events(f"case:{row.case_id}")
    assert forget_of_minors() == 0
    assert every_fault() == []
    with pytest.raises(RefusedError, match="erased"):
        queries.facts(row)


def test_a_case_that_is_stopped_while_the_page_is_looked_at_keeps_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.says("/", page_of())
    address = address_of(site)
    looked = fetch.look

    def look(url: str, **more: Any) -> fetch.Visit:
        freeze(Case.objects.get(pk=address.case_id), by=REVIEWER)
        return looked(url, **more)

    monkeypatch.setattr(fetch, "look", look)
    with pytest.raises(RefusedError):
        take(address, by=REVIEWER)
    assert PageRecord.objects.count() == 0


def test_a_record_goes_with_the_case_file(site: Site) -> None:
    site.says("/", page_of())
    row = take(address_of(site, state=CaseState.KEPT), by=REVIEWER)
    with time.shifted(timedelta(days=3660)):
        assert purge().cases == 1
    row.refresh_from_db()
    assert (row.record, row.salt, row.stamp) == ("", "", "")
    assert every_fault() == []


def test_a_record_is_sealed_in_the_database(site: Site, settings: LazySettings) -> None:
    site.says("/", page_of("zqpicture"))
    row = take(address_of(site), by=REVIEWER)
    (stored,) = PageRecord.objects.filter(pk=row.pk).extra(select={"raw": "record"}).values_list("raw")[0]
    assert b"bad_guy" not in bytes(stored)


def test_an_authority_stamps_what_the_log_holds(site: Site, settings: LazySettings, tmp_path: Path) -> None:
    root, answer = authority(tmp_path / "one")
    site.posts["/stamp"] = lambda query: (200, {"Content-Type": "application/timestamp-reply"}, answer(query))
    settings.CONFIG = replace(settings.CONFIG, timestamp_url=site.url("/stamp"), timestamp_ca_file=str(root))
    site.says("/", page_of())
    row = take(address_of(site), by=REVIEWER)
    assert row.stamped == Stamp.STAMPED
    stamps.verify(b64decode(row.stamp), queries.committed(row).encode(), root.read_bytes())
    with pytest.raises(stamps.VerificationError):
        stamps.verify(b64decode(row.stamp), b"something else", root.read_bytes())
    # As the operator's how-to says it to whoever gets the file.
    (tmp_path / "commitment").write_text(str(queries.export(row)["commitment"]))
    (tmp_path / "stamp.tsr").write_bytes(b64decode(str(queries.export(row)["time_stamp"])))
    words = ["openssl", "ts", "-verify", "-data", "commitment", "-in", "stamp.tsr", "-CAfile", str(root)]
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_whoever_gets_the_file_can_compute_what_the_log_holds(site: Site) -> None:
    site.says("/", page_of())
    exported: Any = json.loads(json.dumps(queries.export(take(address_of(site), by=REVIEWER))))
    text = exported["salt"].encode() + b"\n" + canonical_json(exported["record"])
    assert hashlib.sha256(text).hexdigest() == exported["commitment"]
    entry = Entry.objects.get(event="case.page.recorded")
    assert json.loads(entry.data)["commitment"] == exported["commitment"]


def test_a_stamp_of_a_stranger_or_of_something_else_is_none(site: Site, settings: LazySettings, tmp_path: Path) -> None:
    _, answer = authority(tmp_path / "one")
    other, _ = authority(tmp_path / "other")
    kept: list[bytes] = []

    def again(query: bytes) -> tuple[int, dict[str, str], bytes]:
        kept.append(answer(query))
        return 200, {}, kept[0]

    site.posts["/stranger"] = lambda query: (200, {}, answer(query))
    site.posts["/again"] = again
    site.posts["/down"] = lambda query: (503, {}, b"")
    site.posts["/noise"] = lambda query: (200, {}, b"noise")
    site.says("/", page_of())
    address = address_of(site)
    for path, root in (("/stranger", other), ("/down", other), ("/noise", other)):
        settings.CONFIG = replace(settings.CONFIG, timestamp_url=site.url(path), timestamp_ca_file=str(root))
        assert take(address, by=REVIEWER).stamped == Stamp.FAILED
    settings.CONFIG = replace(
        settings.CONFIG, timestamp_url=site.url("/again"), timestamp_ca_file=str(tmp_path / "one" / "root.pem")
    )
    assert [take(address, by=REVIEWER).stamped for _ in range(2)] == [Stamp.STAMPED, Stamp.FAILED]


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ({"ARGINE_EVIDENCE_HOSTS": "*"}, True),
        ({"ARGINE_EVIDENCE_HOSTS": "a.example, *.b.example:8080"}, True),
        ({"ARGINE_EVIDENCE_HOSTS": "https://a.example"}, False),
        ({"ARGINE_EVIDENCE_HOSTS": "a.*.example"}, False),
        ({"ARGINE_EVIDENCE_HOSTS": "A.example"}, False),
        ({"ARGINE_TIMESTAMP_URL": "https://tsa.example/"}, False),
        ({"ARGINE_TIMESTAMP_URL": "https://tsa.example/", "ARGINE_TIMESTAMP_CA_FILE": "root.pem"}, True),
        ({"ARGINE_TIMESTAMP_URL": "https://a@tsa.example/", "ARGINE_TIMESTAMP_CA_FILE": "root.pem"}, False),
        ({"ARGINE_TIMESTAMP_URL": "tsa.example", "ARGINE_TIMESTAMP_CA_FILE": "root.pem"}, False),
    ],
)
def test_settings_that_cannot_be_are_refused(given: dict[str, str], fine: bool) -> None:
    if fine:
        read(given)
        return
    with pytest.raises(ConfigError):
        read(given)


def test_a_reviewer_takes_a_record_reads_it_and_hands_it_on(site: Site) -> None:
    site.says("/", page_of())
    address, desk = address_of(site), staff_client()
    case_page = desk.get(f"/console/cases/{address.case_id}").content.decode()
    assert "Keep a record of this page" in case_page
    answer = desk.post(f"/console/cases/{address.case_id}/addresses/{address.pk}/record", follow=True)
    shown = answer.content.decode()
    assert "without any of its media" in shown
    assert "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa" in shown
    assert f'href="{site.url()}' not in shown
    row = PageRecord.objects.get()
    file = desk.get(f"/console/pages/{row.pk}/evidence.json").json()
    assert file["commitment"] == queries.committed(row)
    assert "Read the record" in desk.get(f"/console/cases/{address.case_id}").content.decode()


def test_what_went_wrong_is_said_and_kept(site: Site, settings: LazySettings) -> None:
    site.leads("/", "http://10.0.0.1/")
    settings.CONFIG = replace(settings.CONFIG, evidence_hosts=(site.host, "10.0.0.1"))
    address, desk = address_of(site), staff_client()
    path = f"/console/cases/{address.case_id}/addresses/{address.pk}/record"
    assert "Leads into a private network" in desk.post(path, follow=True).content.decode()
    settings.CONFIG = replace(settings.CONFIG, evidence_hosts=("other.example",))
    assert "has not allowed" in desk.post(path, follow=True).content.decode()


def test_the_headers_that_are_kept_hold_no_cookie() -> None:
    assert not {name for name in record.KEPT_HEADERS if "cookie" in name or "auth" in name}
    assert outside.USER_AGENT.startswith("argine/")


@pytest.mark.parametrize(
    ("hosts", "lookups", "looks", "asks"),
    [((), False, False, False), (("*",), False, True, False), ((), True, False, True), (("*",), True, True, True)],
)
def test_who_reports_reads_beforehand_what_is_done_with_the_addresses(
    stranger: Client, settings: LazySettings, hosts: tuple[str, ...], lookups: bool, looks: bool, asks: bool
) -> None:
    settings.CONFIG = replace(settings.CONFIG, evidence_hosts=hosts, domain_lookups=lookups)
    page = stranger.get("/privacy/").content.decode()
    assert ("We may look at such a page" in page) is looks
    assert ("public registries" in page) is asks
    assert ("The addresses that you give" in page) is (looks or asks)

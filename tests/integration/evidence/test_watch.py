"""Looking again at reported addresses: what a look finds, when the next comes, when it ends, and what reappears."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import LazySettings
from tests.factories import (
    PLATFORM,
    REVIEWER,
    every_fault,
    fresh,
    log_events,
    make_case,
    make_case_in,
    make_decision,
    staff_client,
)
from tests.web_server import Site

from argine.desk.cases import reappearances
from argine.desk.cases.drafts import ActionDraft
from argine.desk.cases.enums import CaseState, Measure, Outcome, Reappeared
from argine.desk.cases.models import Address, Case, Reappearance
from argine.desk.cases.operations import decide_reappearance, freeze, purge, report_action, withdraw
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import RefusedError
from argine.desk.evidence import fetch, policies, queries
from argine.desk.evidence.enums import Problem, Seen, WhyStopped
from argine.desk.evidence.models import Look, Watch
from argine.desk.evidence.operations import forget_of_minors, look_at_due, start, stop
from argine.desk.serve import worker

pytestmark = pytest.mark.django_db
URL = "https://a.example/page"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
DAY = timedelta(days=1)


def removed(site: Site, path: str = "/1") -> Address:
    case = make_case_in(CaseState.REMOVED, addresses=[site.url(path)])
    return Address.objects.get(case=case)


def look_after(days: float) -> int:
    with time.shifted(days * DAY):
        return look_at_due()


@pytest.mark.parametrize(
    ("end", "status", "problem", "seen"),
    [
        (URL, 200, Problem.NONE, Seen.THERE),
        (URL, 206, Problem.NONE, Seen.THERE),
        ("http://www.a.example/page/", 200, Problem.NONE, Seen.THERE),
        ("https://a.example/", 200, Problem.NONE, Seen.MOVED),
        ("https://b.example/page", 200, Problem.NONE, Seen.MOVED),
        (URL, 302, Problem.NOT_ALLOWED, Seen.MOVED),
        (URL, 302, Problem.PRIVATE, Seen.MOVED),
        (URL, 302, Problem.REDIRECTS, Seen.MOVED),
        (URL, 404, Problem.NONE, Seen.GONE),
        (URL, 410, Problem.NONE, Seen.GONE),
        (URL, 451, Problem.NONE, Seen.GONE),
        ("https://a.example/sorry", 404, Problem.NONE, Seen.GONE),
        (URL, 403, Problem.NONE, Seen.UNREACHABLE),
        (URL, 429, Problem.NONE, Seen.UNREACHABLE),
        (URL, 500, Problem.NONE, Seen.UNREACHABLE),
        (URL, 302, Problem.NONE, Seen.UNREACHABLE),
        (URL, 302, Problem.UNREACHABLE, Seen.UNREACHABLE),
        (URL, 302, Problem.SLOW, Seen.UNREACHABLE),
        (URL, 302, Problem.INSECURE, Seen.UNREACHABLE),
        ("", 0, Problem.UNREACHABLE, Seen.UNREACHABLE),
        ("", 0, Problem.PRIVATE, Seen.UNREACHABLE),
        ("", 0, Problem.NOT_ALLOWED, Seen.UNREACHABLE),
    ],
)
def test_what_a_look_finds(end: str, status: int, problem: Problem, seen: Seen) -> None:
    assert policies.seen(URL, end, status, problem) == seen


@pytest.mark.parametrize("known", Seen)
@pytest.mark.parametrize("now", Seen)
def test_only_what_was_gone_can_be_there_again(known: Seen, now: Seen) -> None:
    expected = now == Seen.THERE and known in {Seen.GONE, Seen.MOVED}
    assert policies.is_there_again(known, now) is expected


def test_looks_come_later_and_later_up_to_a_fortnight() -> None:
    waits = [policies.next_look(same, NOW) - NOW for same in range(1, 40)]
    assert waits[:3] == [timedelta(hours=6), timedelta(hours=12), timedelta(hours=24)]
    assert all(earlier <= later for earlier, later in pairwise(waits))
    assert waits[-1] == timedelta(days=14)


@pytest.mark.parametrize("state", [state for state in CaseState if state not in policies.WATCHED])
def test_only_a_case_with_a_removal_is_watched(site: Site, state: CaseState) -> None:
    case = make_case_in(state, addresses=[site.url()])
    with pytest.raises(RefusedError):
        start(Address.objects.get(case=case), by=REVIEWER)


def test_the_story_of_an_address_that_goes_and_comes_back(site: Site) -> None:
    site.says("/1", "words")
    address = removed(site)
    watch = start(address, by=REVIEWER)
    assert look_after(0) == 1
    site.pages.clear()
    assert look_after(0.1) == 0  # not due yet
    assert look_after(1) == 1
    site.says("/1", "busy", status=503)
    assert look_after(2) == 1
    assert reappearances.of_case(address.case) == []
    site.says("/1", "words")
    assert look_after(3) == 1
    assert [look.seen for look in watch.looks.order_by("at")] == ["there", "gone", "unreachable", "there"]
    (row,) = reappearances.of_case(address.case)
    assert (row.state, row.content_url, fresh(address.case).state) == (Reappeared.WAITING, address.url, "removed")
    assert look_after(4) == 1
    assert len(reappearances.of_case(address.case)) == 1
    decide_reappearance(row, is_copy=True, by=REVIEWER)
    assert fresh(address.case).state == CaseState.REMOVAL
    events = log_events(f"case:{address.case_id}")
    assert events.count("case.watch.changed") == 4
    assert "case.seen_again" in events
    assert every_fault() == []


def test_the_same_place_named_again_is_watched_once(site: Site) -> None:
    site.says("/1", "words")
    address = removed(site)
    watch = start(address, by=REVIEWER)
    for again in range(2):
        site.pages.clear()
        look_after(20 * again + 1)
        site.says("/1", "words")
        look_after(20 * again + 8)
    row = Reappearance.objects.get()
    decide_reappearance(row, is_copy=True, by=REVIEWER)
    assert Address.objects.filter(case=address.case).count() == 2
    other = Address.objects.exclude(pk=address.pk).get()
    assert start(other, by=REVIEWER).pk == watch.pk
    assert queries.watch_of(other) == watch


def test_a_look_takes_no_word_of_the_page(site: Site) -> None:
    site.says("/1", "zqwords" * 1000)
    start(removed(site), by=REVIEWER)
    look_after(0)
    assert [path for path, _ in site.asked] == ["/1"]
    assert Look.objects.get().moved_to == ""


def test_where_it_leads_is_kept_sealed_and_goes_with_the_case_file(site: Site) -> None:
    site.leads("/1", "https://elsewhere.example/new")
    address = removed(site)
    start(address, by=REVIEWER)
    look_after(0)
    assert Look.objects.get().moved_to == "https://elsewhere.example/new"
    with time.shifted(3660 * DAY):
        assert purge().cases == 1
        assert look_at_due() == 0
    assert Look.objects.get().moved_to == ""
    assert Watch.objects.get().why == WhyStopped.CASE
    assert every_fault() == []


def test_each_host_is_looked_at_once_a_pass(site: Site) -> None:
    case = make_case_in(CaseState.REMOVED, addresses=[site.url("/1"), site.url("/2")])
    for address in queries.addresses(case):
        start(address, by=REVIEWER)
    assert [look_at_due(), look_at_due(), look_at_due()] == [1, 1, 0]


def test_one_that_fails_never_stops_the_others(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = removed(site, "/1"), removed(site, "/2")
    for address in (first, second):
        start(address, by=REVIEWER)
    real = queries.last_seen
    monkeypatch.setattr(queries, "last_seen", lambda watch: 1 / 0 if watch.address_id == first.pk else real(watch))
    look_at_due()
    look_at_due()
    assert Look.objects.get().watch.address == second
    assert Watch.objects.get(address=first).next_at is not None


@pytest.mark.parametrize("end", ["withdrawn", "overridden", "time", "host", "all hosts"])
def test_it_ends_by_itself_when_the_reason_for_it_ends(site: Site, settings: LazySettings, end: str) -> None:
    site.says("/1", "words")
    address = removed(site)
    watch = start(address, by=REVIEWER)
    later, why = 0.0, WhyStopped.CASE
    if end == "withdrawn":
        withdraw(fresh(address.case), by=REPORTER)
    elif end == "overridden":
        make_decision(fresh(address.case), Outcome.KEEP, override=True)
    elif end == "time":
        later, why = 181.0, WhyStopped.TIME
    else:
        hosts = ("other.example",) if end == "host" else ()
        settings.CONFIG, why = replace(settings.CONFIG, evidence_hosts=hosts), WhyStopped.HOST
    assert look_after(later) == 0
    watch.refresh_from_db()
    assert (watch.next_at, watch.why, site.asked) == (None, why, [])
    assert log_events(f"case:{address.case_id}")[-1] == "case.watch.stopped"


def test_a_case_about_somebody_under_18_is_looked_at_no_more_and_what_was_seen_goes(site: Site) -> None:
    site.leads("/1", "https://elsewhere.example/new")
    address = removed(site)
    start(address, by=REVIEWER)
    look_at_due()
    freeze(fresh(address.case), by=REVIEWER)
    assert forget_of_minors() == 1
    assert (Watch.objects.get().why, Look.objects.get().moved_to) == (WhyStopped.CASE, "")
    assert forget_of_minors() == 0
    assert look_after(30) == 0
    assert every_fault() == []


def test_what_is_stopped_while_it_is_looked_at_keeps_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    address = removed(site)
    watch = start(address, by=REVIEWER)
    looked = fetch.look

    def look(url: str, **more: Any) -> Any:
        stop(watch, by=REVIEWER)
        return looked(url, **more)

    monkeypatch.setattr(fetch, "look", look)
    assert look_at_due() == 0
    assert Look.objects.count() == 0


def test_starting_and_stopping_twice_is_harmless(site: Site) -> None:
    address = removed(site)
    watch = start(address, by=REVIEWER)
    start(address, by=REVIEWER)
    stop(watch, by=REVIEWER)
    stop(watch, by=REVIEWER)
    start(address, by=REVIEWER)
    watch.refresh_from_db()
    assert (watch.next_at is not None, watch.why) == (True, "")
    events = log_events(f"case:{address.case_id}")
    assert (events.count("case.watch.started"), events.count("case.watch.stopped")) == (2, 1)


def test_the_setting_starts_it_for_what_was_removed_lately(site: Site, settings: LazySettings) -> None:
    address = removed(site)
    make_case_in(CaseState.REMOVED, addresses=["https://other.example/1"])
    make_case(addresses=[site.url("/2")])
    assert look_at_due() == 0
    settings.CONFIG = replace(settings.CONFIG, watch=True)
    assert look_at_due() == 1
    watch = Watch.objects.get()
    assert (watch.address, watch.by) == (address, "system")
    stop(watch, by=REVIEWER)
    assert look_at_due() == 0
    assert Watch.objects.get().next_at is None
    assert worker.REGULAR["watch.look"].do is look_at_due


def test_a_removal_that_is_still_to_be_done_is_watched_until_it_is(site: Site) -> None:
    site.says("/1", "words")
    case = make_case(addresses=[site.url("/1")]).case
    decision = make_decision(case)
    start(Address.objects.get(case=case), by=REVIEWER)
    look_after(0)
    assert Watch.objects.get().seen == Seen.THERE
    site.pages.clear()
    look_after(1)
    assert Watch.objects.get().seen == Seen.GONE
    report_action(decision, ActionDraft(Measure.REMOVED), by=PLATFORM)
    assert Case.objects.get().state == CaseState.REMOVED


def test_a_reviewer_starts_it_sees_what_was_found_and_stops_it(site: Site) -> None:
    site.says("/1", "words")
    address, desk = removed(site), staff_client()
    path = f"/console/cases/{address.case_id}"
    assert "Look again now and then" in desk.get(path).content.decode()
    shown = desk.post(f"{path}/addresses/{address.pk}/watch", follow=True).content.decode()
    assert "Not looked at yet" in shown
    look_after(0)
    shown = desk.get(path).content.decode()
    assert "Still there" in shown
    assert "next look:" in shown
    watch = Watch.objects.get()
    assert "Stopped by hand" in desk.post(f"/console/watches/{watch.pk}/stop", follow=True).content.decode()
    withdraw(fresh(address.case), by=REPORTER)
    refused = desk.post(f"{path}/addresses/{address.pk}/watch", follow=True).content.decode()
    assert "This case has ended" in refused

"""Watching who holds a website's name: what counts as a change, when it is asked, who is told, and when it ends."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from tests.factories import (
    REVIEWER,
    every_fault,
    fresh,
    log_events,
    make_case_in,
    make_host_watch,
    staff_client,
)
from tests.registry_answers import DOMAIN, NETWORK, Registries, card, listening
from tests.web_server import Site

from argine.desk.cases.enums import CaseState
from argine.desk.cases.models import Case
from argine.desk.cases.operations import freeze, purge, withdraw
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.core.errors import NotFoundError, RefusedError
from argine.desk.evidence import policies, queries, rdap
from argine.desk.evidence.enums import WhyStopped
from argine.desk.evidence.models import HostChange, HostRecord, HostWatch
from argine.desk.evidence.operations import ask_due, forget_of_minors, host_watches, start_host, stop_host
from argine.desk.serve import worker

pytestmark = pytest.mark.django_db
HOST = "www.site.example"
NAME = "https://rdap.registry.example/v1/domain/site.example"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[Registries]:
    settings.CONFIG = replace(settings.CONFIG, domain_lookups=True)
    host_watches._asked.cache_clear()
    with listening(monkeypatch) as found:
        yield found
    host_watches._asked.cache_clear()


def removed(*urls: str) -> Case:
    return make_case_in(CaseState.REMOVED, addresses=list(urls or [f"https://{HOST}/1"]))


def ask_after(days: float) -> int:
    with time.shifted(days * DAY):
        return ask_due()


def domain_with(**changed: Any) -> dict[str, Any]:
    return {**deepcopy(DOMAIN), **changed}


def told(watch: HostWatch) -> list[str]:
    return list(HostChange.objects.filter(watch=watch).order_by("at").values_list("changes", flat=True))


def test_the_story_of_a_name_that_is_let_go_and_picked_up(registries: Registries) -> None:
    case = removed()
    watch = start_host(case, HOST, by=REVIEWER)
    assert ask_after(0) == 1
    assert ask_after(0.5) == 0  # not due yet
    assert ask_after(1) == 1
    registries.answers[NAME] = (200, domain_with(status=["redemption period"]))
    assert ask_after(3) == 1
    registries.answers[NAME] = (404, {})
    assert ask_after(4) == 1
    events = [{"eventAction": "registration", "eventDate": "2026-12-01T00:00:00Z"}]
    other = [{"roles": ["registrar"], "publicIds": [{"identifier": "7"}], "vcardArray": card(("fn", "Other"))}]
    registries.answers[NAME] = (200, domain_with(events=events, entities=other, nameservers=[]))
    assert ask_after(5) == 1
    assert told(watch) == ["expired", "released", "anew registrar"]
    assert HostRecord.objects.filter(case=case).count() == 4  # the first answer, and each that differs
    events_of_case = log_events(f"case:{case.id}")
    assert events_of_case.count("case.host.changed") == 3
    assert events_of_case.count("case.host.asked") == 4
    assert every_fault() == []


def test_another_network_and_other_name_servers_are_told(registries: Registries) -> None:
    watch = start_host(removed(), HOST, by=REVIEWER)
    ask_after(0)
    registries.answers[NAME] = (200, domain_with(nameservers=[{"ldhName": "ns.park.example"}]))
    elsewhere = {**NETWORK, "startAddress": "93.185.0.0", "endAddress": "93.185.255.255"}
    registries.answers["https://rdap.net.example/ip/93.184.215.14"] = (200, elsewhere)
    ask_after(2)
    assert told(watch) == ["nameservers network"]


def test_registries_that_do_not_answer_change_nothing_and_are_asked_the_next_day(registries: Registries) -> None:
    watch = start_host(removed(), HOST, by=REVIEWER)
    ask_after(0)
    held = dict(registries.answers)
    registries.answers.clear()
    rdap._services.cache_clear()
    ask_after(1)
    watch.refresh_from_db()
    assert watch.next_at is not None
    assert DAY / 2 < watch.next_at - watch.asked_at <= DAY
    registries.answers.update(held)
    ask_after(2.1)
    assert told(watch) == []


def test_a_host_that_many_cases_name_is_asked_about_once_a_day(registries: Registries) -> None:
    for _ in range(3):
        start_host(removed(), HOST, by=REVIEWER)
    assert ask_after(0) == 3
    assert registries.asked.count(NAME) == 1
    assert HostRecord.objects.count() == 3


def test_what_stands_at_the_address_is_seen_where_the_desk_may_look(registries: Registries, site: Site) -> None:
    site.says("/1", "<title>Leaks (3)</title>")
    watch = start_host(removed(site.url("/1")), "localhost", by=REVIEWER)
    ask_after(0)
    site.says("/1", "<title>Leaks (4)</title>")
    ask_after(2)
    assert told(watch) == []
    site.pages.clear()
    ask_after(6)
    assert told(watch) == []
    site.says("/1", "<title>Casino</title>")
    ask_after(15)
    site.leads("/1", "https://elsewhere.example/new")
    ask_after(30)
    assert told(watch) == ["content", "content"]
    assert queries.known_of(HostChange.objects.latest("at").after).leads_to == "elsewhere.example"


@pytest.mark.parametrize("state", [state for state in CaseState if state not in policies.WATCHED])
def test_only_the_hosts_of_a_case_with_a_removal_are_watched(registries: Registries, state: CaseState) -> None:
    with pytest.raises(RefusedError):
        start_host(make_case_in(state, addresses=[f"https://{HOST}/1"]), HOST, by=REVIEWER)


def test_only_a_name_of_the_case_is_watched_and_only_where_the_operator_allows_it(
    registries: Registries, settings: LazySettings
) -> None:
    case = removed(f"https://{HOST}/1", "https://93.184.215.14/2")
    with pytest.raises(NotFoundError):
        start_host(case, "other.example", by=REVIEWER)
    with pytest.raises(RefusedError, match="number"):
        start_host(case, "93.184.215.14", by=REVIEWER)
    settings.CONFIG = replace(settings.CONFIG, domain_lookups=False)
    with pytest.raises(RefusedError, match="ARGINE_DOMAIN_LOOKUPS"):
        start_host(case, HOST, by=REVIEWER)


@pytest.mark.parametrize("end", ["withdrawn", "time", "lookups"])
def test_it_ends_by_itself_when_the_reason_for_it_ends(
    registries: Registries, settings: LazySettings, end: str
) -> None:
    case = removed()
    watch = start_host(case, HOST, by=REVIEWER)
    later, why = 0.0, WhyStopped.CASE
    if end == "withdrawn":
        withdraw(fresh(case), by=REPORTER)
    elif end == "time":
        later, why = 181.0, WhyStopped.TIME
    else:
        settings.CONFIG, why = replace(settings.CONFIG, domain_lookups=False), WhyStopped.HOST
    assert ask_after(later) == 0
    watch.refresh_from_db()
    assert (watch.next_at, watch.why, registries.asked) == (None, why, [])
    assert log_events(f"case:{case.id}")[-1] == "case.host.watch.stopped"


def test_starting_and_stopping_twice_is_harmless(registries: Registries) -> None:
    case = removed()
    watch = start_host(case, HOST, by=REVIEWER)
    assert start_host(case, HOST, by=REVIEWER).pk == watch.pk
    stop_host(watch, by=REVIEWER)
    stop_host(watch, by=REVIEWER)
    start_host(case, HOST, by=REVIEWER)
    watch.refresh_from_db()
    assert (watch.next_at is not None, watch.why) == (True, "")
    events = log_events(f"case:{case.id}")
    assert (events.count("case.host.watch.started"), events.count("case.host.watch.stopped")) == (2, 1)


def test_the_setting_starts_it_for_what_was_removed_lately(registries: Registries, settings: LazySettings) -> None:
    case = removed(f"https://{HOST}/1", f"https://{HOST}/2", "https://93.184.215.14/2")
    assert ask_due() == 0
    settings.CONFIG = replace(settings.CONFIG, watch=True)
    assert ask_due() == 1
    watch = HostWatch.objects.get()
    assert (watch.host, watch.case, watch.by) == (HOST, case, "system")
    stop_host(watch, by=REVIEWER)
    assert ask_due() == 0
    assert worker.REGULAR["watch.hosts"].do is ask_due


def test_one_that_fails_never_stops_the_others(registries: Registries, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = removed(), removed()
    for case in (first, second):
        start_host(case, HOST, by=REVIEWER)
    real = queries.address_on
    monkeypatch.setattr(queries, "address_on", lambda case, host: 1 / 0 if case == first else real(case, host))
    assert ask_due() == 1
    assert HostRecord.objects.get().case == second
    assert HostWatch.objects.get(case=first).next_at is not None


def test_what_is_stopped_while_it_is_asked_keeps_nothing(
    registries: Registries, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = start_host(removed(), HOST, by=REVIEWER)
    real = rdap.facts

    def facts_meanwhile(host: str, day: str) -> Any:
        stop_host(watch, by=REVIEWER)
        return real(host, day)

    monkeypatch.setattr(rdap, "facts", facts_meanwhile)
    assert ask_due() == 0
    assert HostRecord.objects.count() == 0


def test_of_a_case_about_somebody_under_18_what_was_known_goes_and_nothing_is_asked(registries: Registries) -> None:
    case = make_case_in(CaseState.REMOVAL, addresses=[f"https://{HOST}/1"])
    watch = start_host(case, HOST, by=REVIEWER)
    ask_after(0)
    registries.answers[NAME] = (404, {})
    ask_after(1.5)
    assert told(watch) == ["released"]
    freeze(fresh(case), by=REVIEWER)
    assert forget_of_minors() == 1
    watch.refresh_from_db()
    change = HostChange.objects.get()
    assert (watch.host, watch.known, watch.next_at, watch.why) == ("", "", None, WhyStopped.CASE)
    assert (change.before, change.after) == ("", "")
    asked = len(registries.asked)
    assert (forget_of_minors(), ask_after(30), len(registries.asked)) == (0, 0, asked)
    assert every_fault() == []


def test_what_was_known_goes_with_the_case_file(registries: Registries) -> None:
    make_host_watch(removed())
    with time.shifted(3660 * DAY):
        assert purge().cases == 1
        assert ask_due() == 0
    assert (HostWatch.objects.get().host, HostWatch.objects.get().known) == ("", "")
    assert HostChange.objects.get().after == ""
    assert every_fault() == []


def test_a_reviewer_starts_it_is_told_says_to_have_looked_and_stops_it(registries: Registries) -> None:
    case, desk = removed(), staff_client()
    path = f"/console/cases/{case.pk}"
    assert "Watch this website" in desk.get(path).content.decode()
    assert "asked next:" in desk.post(f"{path}/hosts/{HOST}/watch", follow=True).content.decode()
    ask_after(0)
    assert "Nothing has changed since." in desk.get(path).content.decode()
    assert "Watched website changed" not in desk.get("/console/").content.decode()
    registries.answers[NAME] = (404, {})
    ask_after(1.5)
    shown = desk.get(path).content.decode()
    assert "Nobody holds the name any more" in shown
    assert "A watched host has changed" in shown
    assert [row.number for row in desk.get("/console/?state=hosts").context["rows"]] == [case.number]
    change = HostChange.objects.get()
    after = desk.post(f"/console/host-changes/{change.pk}/seen", follow=True).content.decode()
    assert "I have looked at it" not in after
    desk.post(f"/console/host-changes/{change.pk}/seen")
    assert log_events(f"case:{case.id}").count("case.host.change.seen") == 1
    assert "Watched website changed" not in desk.get("/console/").content.decode()
    watch = HostWatch.objects.get()
    assert "Stopped by hand" in desk.post(f"/console/host-watches/{watch.pk}/stop", follow=True).content.decode()
    withdraw(fresh(case), by=REPORTER)
    assert "This case has ended" in desk.post(f"{path}/hosts/{HOST}/watch", follow=True).content.decode()

"""When a clock is due: the law's hours from receipt by the server, stored once."""

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from tests.factories import make_case, notice_draft

from argine.desk.cases import duties
from argine.desk.clocks.models import Clock
from argine.desk.clocks.queries import clocks_of_case, nearest_due
from argine.desk.config import DEFAULT_REGIMES
from argine.desk.core import time
from argine.law.schema import load_all

pytestmark = pytest.mark.django_db

# The law's facts, written down apart from the data files: hours, and what kind of duty it is.
FACTS = {
    "us-tida-s3": (48, "statutory"),
    "uk-osa-10-3a": (48, "statutory"),
    "eu-dsa-16": (48, "indicative"),
    "it-144bis": (None, "authority"),
}


def test_every_regime_that_is_switched_on_at_first_has_its_facts_in_this_table() -> None:
    assert set(DEFAULT_REGIMES) == set(FACTS)


@pytest.mark.parametrize("regime", FACTS)
def test_a_clock_is_due_after_the_hours_of_its_law_counted_from_receipt(regime: str) -> None:
    sent = make_case()
    hours, kind = FACTS[regime]
    clocks = Clock.objects.filter(regime=regime)
    if hours is None:
        assert not clocks.exists(), "it starts when the authority receives a report, not when this desk does"
        return
    clock = clocks.get()
    assert (clock.started_at, clock.kind) == (sent.notice.received_at, kind)
    assert clock.due_at == sent.notice.received_at + timedelta(hours=hours)
    assert clock.regime_version == load_all()[regime].version


@pytest.mark.parametrize("zone", [ZoneInfo("Europe/Rome"), ZoneInfo("America/New_York")])
def test_hours_are_elapsed_hours_over_a_change_of_summer_time(zone: tzinfo) -> None:
    for day in (datetime(2027, 3, 13, 12, tzinfo=zone), datetime(2027, 10, 30, 12, tzinfo=zone)):
        received = datetime.fromtimestamp(day.timestamp(), tz=time.now().tzinfo)
        assert {due.due_at - received for due in duties.dues(notice_draft(), received)} == {timedelta(hours=48)}


@pytest.mark.parametrize(
    ("received", "running"),
    [
        ("2024-02-16T23:59:59", set()),
        ("2024-02-17T00:00:00", {"eu-dsa-16"}),
        ("2026-05-18T23:59:59", {"eu-dsa-16"}),
        ("2026-05-19T00:00:00", {"eu-dsa-16", "us-tida-s3"}),
        ("2026-06-28T23:59:59", {"eu-dsa-16", "us-tida-s3"}),
        ("2026-06-29T00:00:00", {"eu-dsa-16", "us-tida-s3", "uk-osa-10-3a"}),
    ],
)
def test_a_law_runs_no_clock_before_the_day_it_is_in_force(received: str, running: set[str]) -> None:
    moment = datetime.fromisoformat(f"{received}+00:00")
    assert {due.regime_id for due in duties.dues(notice_draft(), moment)} == running


def test_the_country_that_a_person_names_does_not_switch_another_law_off() -> None:
    for country in ("", "US", "IT", "GB"):
        case = make_case(country=country).case
        assert {clock.regime for clock in clocks_of_case(case.pk)} == {
            law for law, (hours, _) in FACTS.items() if hours
        }


def test_a_case_is_as_urgent_as_its_nearest_unanswered_clock() -> None:
    case = make_case().case
    nearest = time.now() + timedelta(hours=1)
    Clock.objects.filter(regime="eu-dsa-16").update(due_at=nearest)
    assert nearest_due([case.pk]) == {case.pk: nearest}
    Clock.objects.filter(regime="eu-dsa-16").update(ended_at=time.now())
    assert nearest_due([case.pk])[case.pk] > nearest
    assert clocks_of_case(case.pk)[-1].regime == "eu-dsa-16"

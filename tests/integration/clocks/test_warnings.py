"""Clocks that come near their end warn once at each share of their time, whoever looks and however often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import LazySettings
from django.db import connection
from tests.factories import every_fault, make_case, make_decision, staff_client
from tests.raw_sql import only_where_rows_may_have_any_form, raw

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.cases.enums import Outcome
from argine.desk.cases.operations import tell_referral, warn_of_clocks
from argine.desk.clocks.models import Clock
from argine.desk.clocks.operations import tick
from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError
from argine.desk.core import time
from argine.desk.core.actor import REPORTER
from argine.desk.people.enums import Role

WORKERS = 4


def after(hours: float) -> int:
    with time.shifted(timedelta(hours=hours)):
        tick()
        return warn_of_clocks()


@pytest.mark.django_db
def test_each_share_is_said_once_and_with_the_due_instant(settings: LazySettings) -> None:
    settings.CONFIG = replace(settings.CONFIG, regimes=("us-tida-s3",))
    make_case()
    found = [after(hours) for hours in (0, 23.9, 24.1, 24.2, 38.5, 38.6, 45.7, 47.9, 48.1)]
    assert found == [0, 0, 1, 0, 1, 0, 1, 0, 0]
    clock = Clock.objects.get()
    told = list(Entry.objects.filter(event=Event.CLOCK_WARNED).order_by("index").values_list("data", flat=True))
    assert [f'"percent":{percent}' in data for percent, data in zip((50, 80, 95), told, strict=True)] == [True] * 3
    assert all(time.iso(clock.due_at) in data for data in told)
    assert (clock.warned, clock.warn_at) == (95, None)
    assert every_fault() == []


@pytest.mark.django_db
def test_after_a_standstill_only_the_last_share_is_said() -> None:
    make_case()
    assert after(46) == 3
    assert set(Clock.objects.values_list("warned", flat=True)) == {95}
    assert Entry.objects.filter(event=Event.CLOCK_WARNED).count() == 3


@pytest.mark.django_db
def test_what_was_answered_or_is_an_authoritys_warns_nobody() -> None:
    case = make_case().case
    make_decision(case, Outcome.KEEP)
    other = make_case().case
    Clock.objects.filter(case_id=other.pk).delete()
    tell_referral(other, "it-144bis", time.now(), by=REPORTER)
    assert after(40) == 0


@pytest.mark.django_db(transaction=True)
def test_many_at_once_warn_once() -> None:
    for _ in range(2):
        make_case()
    start = Barrier(WORKERS)

    def work() -> int:
        try:
            start.wait(10)
            with time.shifted(timedelta(hours=30)):
                return warn_of_clocks()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        counts = [found.result() for found in [pool.submit(work) for _ in range(WORKERS)]]
    assert sum(counts) == Entry.objects.filter(event=Event.CLOCK_WARNED).count() == 6
    assert every_fault() == []


@only_where_rows_may_have_any_form
@pytest.mark.django_db
def test_one_row_that_cannot_be_read_stops_no_other() -> None:
    make_case()
    raw("UPDATE clocks_clock SET case_id = 'not an id' WHERE regime = 'us-tida-s3'")
    assert after(30) == 2


@pytest.mark.django_db
def test_the_console_says_how_much_of_the_time_has_passed() -> None:
    make_case()
    after(40)
    client = staff_client(Role.OPERATOR)
    page = client.get("/console/")
    assert "80 % of the time has passed" in {badge.text for badge in page.context["rows"][0].badges}
    assert page.context["health"].clocks_warned == 3


@pytest.mark.parametrize("text", ["0", "100", "50,x", "-5"])
def test_a_share_that_makes_no_sense_stops_the_start(text: str) -> None:
    with pytest.raises(ConfigError, match="WARN_PERCENT"):
        read({"ARGINE_WARN_PERCENT": text})

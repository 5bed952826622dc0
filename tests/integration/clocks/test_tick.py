"""The ticker: several at once mark a clock once, and one broken row never stops the others."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from tests.factories import every_fault, make_case
from tests.raw_sql import only_where_rows_may_have_any_form, raw

from argine.desk.audit.events import Event
from argine.desk.audit.models import Entry
from argine.desk.clocks import operations
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.clocks.operations import tick
from argine.desk.core import time

WORKERS = 4
LATE = timedelta(hours=49)


def missed() -> int:
    return Clock.objects.filter(state=ClockState.MISSED).count()


@pytest.mark.django_db(transaction=True)
def test_many_tickers_at_once_mark_each_clock_once() -> None:
    for _ in range(3):
        make_case()
    start = Barrier(WORKERS)

    def work() -> int:
        try:
            start.wait(10)
            with time.shifted(LATE):
                return tick()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        counts = [found.result() for found in [pool.submit(work) for _ in range(WORKERS)]]
    assert sum(counts) == missed() == 9
    assert Entry.objects.filter(event=Event.CLOCK_MISSED).count() == 9
    assert every_fault() == []


@pytest.mark.django_db
def test_a_clock_that_was_answered_while_the_ticker_looked_is_left_alone() -> None:
    case = make_case().case
    seen = list(Clock.objects.filter(case_id=case.pk))
    Clock.objects.update(state=ClockState.MET, ended_at=time.now())
    with time.shifted(LATE):
        assert [operations._miss(clock) for clock in seen] == [False] * 3
    assert missed() == 0
    assert not Entry.objects.filter(event=Event.CLOCK_MISSED).exists()


BREAK = {
    "its row cannot be read": "UPDATE clocks_clock SET case_id = 'not an id' WHERE regime = 'us-tida-s3'",
    "its due instant makes no sense": "UPDATE clocks_clock SET due_at = '0000-13-99' WHERE regime = 'us-tida-s3'",
    "the database refuses to write it": (
        "CREATE TRIGGER broken BEFORE UPDATE ON clocks_clock WHEN old.regime = 'us-tida-s3' "
        "BEGIN SELECT RAISE(ABORT, 'disk trouble'); END"
    ),
}


@only_where_rows_may_have_any_form
@pytest.mark.django_db
@pytest.mark.parametrize("way", BREAK)
def test_one_broken_row_never_stops_the_others(way: str, caplog: pytest.LogCaptureFixture) -> None:
    make_case(addresses=["https://site.example/secret-place"])
    raw(BREAK[way])
    with time.shifted(LATE):
        assert tick() == 2
    others = Clock.objects.exclude(regime="us-tida-s3")
    assert set(others.values_list("state", flat=True)) == {ClockState.MISSED}
    assert "tried again" in caplog.text
    assert "secret-place" not in caplog.text


@pytest.mark.django_db
def test_a_clock_is_not_missed_before_its_instant_has_passed() -> None:
    make_case()
    with time.shifted(timedelta(hours=47, minutes=59)):
        assert tick() == 0
    with time.shifted(timedelta(hours=48, minutes=1)):
        assert tick() == 3

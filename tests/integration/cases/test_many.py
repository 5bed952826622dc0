"""A desk with many cases: rows as the operations leave them, and reads that do not grow with the whole table."""

import secrets
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from tests.factories import fresh, make_case, make_case_in, make_staff, random_signals
from tests.raw_sql import about_the_file

from argine.desk.audit import queries as log
from argine.desk.audit.verify import faults
from argine.desk.banks.models import BankEntry
from argine.desk.banks.operations import withdraw_entry
from argine.desk.cases import queries
from argine.desk.cases.enums import OPEN, AppealState, CaseState, Shared
from argine.desk.cases.models import Appeal, Case, Notice
from argine.desk.cases.operations.relating import relate
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.clocks.queries import count_warned, overdue, to_warn
from argine.desk.console import queue
from argine.desk.console.queue_filters import Chosen
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.demo.operations import fill
from argine.signals.types import Signal, SignalType

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_banks")]


def test_the_mixture_has_what_it_says_and_the_log_holds() -> None:
    fill(60)
    assert Case.objects.filter(state__in=OPEN).count() == 60
    assert Case.objects.count() == 90
    assert {notice.entry_index < log.size() for notice in Notice.objects.all()} == {True}
    assert list(faults()) == []
    assert set(Clock.objects.values_list("state", flat=True)) >= {ClockState.RUNNING, ClockState.MISSED, ClockState.MET}
    assert Appeal.objects.filter(state=AppealState.OPEN).count() == Case.objects.filter(state="appealed").count()
    fill(5)
    assert list(faults()) == []
    assert Case.objects.filter(state__in=OPEN).count() == 65


def test_the_counts_above_the_queue_are_those_of_the_cases() -> None:
    fill(50)
    now, soon = time.now(), timedelta(hours=12)
    dues = [case.due for case in queries.by_nearest_deadline().filter(state__in=OPEN)]  # type: ignore[attr-defined]
    late = sum(due is not None and due < now for due in dues)
    near = sum(due is not None and now <= due < now + soon for due in dues)
    assert late > 0
    assert near > 0
    assert queries.count_open(now, soon, Q()) == (50, late, near)


@about_the_file
def test_no_page_of_the_queue_and_no_pass_of_the_ticker_reads_the_table_of_clocks_from_end_to_end() -> None:
    fill(20)
    now, person = time.now(), make_staff()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        queue.counts(now, person)
        count_warned()
        overdue(now)
        to_warn(now)
        for law in ("", "us-tida-s3"):
            found = queue.found("open", Chosen(law=law), person, now)
            assert found.count() == len(found)
    plans = [plan for one in asked.captured_queries for plan in plan_of(one["sql"])]
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN") and "clocks_clock" in plan and "INDEX" not in plan] == []


def plan_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[3] for row in cursor.fetchall()]


def test_relating_a_case_asks_as_much_of_the_database_whether_few_or_many_pictures_were_decided_to_stay() -> None:
    kept(5)
    few = queries_of_relating()
    kept(40)
    assert queries_of_relating() <= few


def kept(count: int) -> None:
    for _ in range(count):
        make_case_in(CaseState.KEPT, pictures=[random_signals()])


def queries_of_relating() -> int:
    case = make_case(pictures=[random_signals()], addresses=[]).case
    relate(case)
    with CaptureQueriesContext(connection) as asked:
        relate(case)
    return len(asked)


def test_what_was_decided_to_stay_is_followed_as_it_comes_and_as_it_is_erased() -> None:
    look = Signal(SignalType.PDQ, secrets.token_bytes(32), 100)
    before = make_case(pictures=[[look]], addresses=[]).case
    relate(before)  # the view in memory is there before the first picture leaves the banks
    stays = make_case_in(CaseState.KEPT, pictures=[[look]])
    later = make_case(pictures=[[look]], addresses=[]).case
    assert {row.other_id for row in later.relations.filter(shared=Shared.LOOK)} >= {stays.id}
    for entry in BankEntry.objects.filter(case_id=stays.id):
        withdraw_entry(entry, erase=True, by=SYSTEM)
    last = make_case(pictures=[[look]], addresses=[]).case
    assert stays.id not in {row.other_id for row in fresh(last).relations.all()}

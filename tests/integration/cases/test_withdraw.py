"""Taking a notice back: its signals leave every bank for good, and nothing is due any more."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.factories import every_fault, fresh, log_events, make_case, make_case_in, make_sighting, random_signals
from tests.raw_sql import about_the_file

from argine.desk.audit.events import Event
from argine.desk.banks.models import BankEntry, EntrySignal
from argine.desk.banks.operations import REPORTED, move_entry
from argine.desk.cases.enums import ENDED, CaseState
from argine.desk.cases.operations import withdraw
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.clocks.operations import tick
from argine.desk.core import time
from argine.desk.core.actor import REPORTER, SYSTEM
from argine.desk.core.errors import RefusedError

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", [state for state in CaseState if state not in ENDED])
def test_in_every_state_withdrawing_erases_the_signals_and_keeps_the_log_true(state: CaseState) -> None:
    case = make_case_in(state)
    withdraw(case, by=REPORTER)
    assert fresh(case).state == CaseState.WITHDRAWN
    assert EntrySignal.objects.count() == 0
    assert not BankEntry.objects.filter(withdrawn_at=None).exists()
    assert not Clock.objects.filter(ended_at=None).exists()
    assert log_events(f"case:{case.pk}")[-2:] == [Event.CASE_WITHDRAWN, Event.CASE_MOVED]
    assert every_fault() == []


def test_its_copies_are_allowed_from_the_next_check_on_and_those_of_others_are_not() -> None:
    mine, theirs = random_signals(), random_signals()
    case = make_case(pictures=[mine]).case
    make_case(pictures=[theirs])
    withdraw(case, by=REPORTER)
    assert [make_sighting(signals).verdict for signals in (mine, theirs)] == ["allow", "review"]


def test_running_clocks_stop_and_a_missed_one_stays_missed() -> None:
    case = make_case().case
    Clock.objects.filter(regime="us-tida-s3").update(due_at=time.now() - timedelta(hours=1))
    tick()
    withdraw(case, by=REPORTER)
    assert dict(Clock.objects.values_list("regime", "state")) == {
        "us-tida-s3": ClockState.MISSED,
        "uk-osa-10-3a": ClockState.STOPPED,
        "eu-dsa-16": ClockState.STOPPED,
    }


def test_an_erased_picture_can_never_come_back() -> None:
    withdraw(make_case().case, by=REPORTER)
    with pytest.raises(RefusedError, match="erased"):
        move_entry(BankEntry.objects.get(), REPORTED, by=SYSTEM)


@about_the_file
@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_signals_stays_in_the_file_of_the_database() -> None:
    pictures = [random_signals() for _ in range(40)]
    values = [signal.value for signals in pictures for signal in signals]
    case = make_case(pictures=pictures).case
    file = Path(connection.settings_dict["NAME"])
    assert all(value in bytes_of(file) for value in values)
    withdraw(case, by=REPORTER)
    left = bytes_of(file)
    assert not any(value in left for value in values)


def bytes_of(file: Path) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.read_bytes() + file.with_name(f"{file.name}-wal").read_bytes()

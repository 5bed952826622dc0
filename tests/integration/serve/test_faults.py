"""What a desk does when the machine under it fails: a full or read-only disk, a clock that jumps, mail that is down.

Nothing that was acknowledged is lost, nothing that cannot be undone is done, and who looks is told what is wrong.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection
from django.test import Client
from tests.factories import every_fault, make_case, make_sighting, random_signals, report_form
from tests.integration.notify.conftest import mail_config, send_all
from tests.raw_sql import IS_SQLITE, raw
from tests.smtp_server import Mailbox, serving

from argine.desk.banks.models import Sighting
from argine.desk.banks.operations import create_default_banks
from argine.desk.cases.enums import Mail
from argine.desk.cases.models import Case
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core import time
from argine.desk.core.errors import TooManyError
from argine.desk.core.models import Heartbeat
from argine.desk.core.operations import NOTICE, beat, take
from argine.desk.core.queries import late_processes
from argine.desk.doctor.checks import Level, all_checks
from argine.desk.doctor.facts import gather
from argine.desk.jobs.models import Job
from argine.desk.jobs.operations import LEASE, enqueue, lease
from argine.desk.notify.enums import MessageState
from argine.desk.notify.models import Outgoing
from argine.desk.notify.operations import start_following
from argine.desk.serve import ticker, worker
from argine.desk.serve.pulse import Pulse
from argine.desk.serve.steady import SETTLE, Steady

YEAR, HOUR = timedelta(days=366), timedelta(hours=1)


def pragma(words: str) -> int:
    with connection.cursor() as cursor:
        row = cursor.execute(f"PRAGMA {words}").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def full_disk() -> Iterator[None]:
    """The database may not grow."""
    with full_file() if IS_SQLITE else full_server():
        yield


@contextmanager
def full_file() -> Iterator[None]:
    """SQLite answers as it does when the disk is full."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # pages that earlier tests freed would be room
    most = pragma("max_page_count")
    pragma("max_page_count=1")  # as much as there is
    try:
        yield
    finally:
        pragma(f"max_page_count={most}")


@contextmanager
def full_server() -> Iterator[None]:
    """PostgreSQL answers at the first entry of the log with the code that it has for a full disk."""
    raw(
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE disk_full USING MESSAGE = 'could not extend file'; END $$"
    )
    raw("CREATE TRIGGER no_room BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION no_room()")
    try:
        yield
    finally:
        raw("DROP FUNCTION no_room CASCADE")


@contextmanager
def read_only_disk() -> Iterator[None]:
    """Every write is refused, as on a disk that was mounted read-only after a fault, or by a standby of PostgreSQL."""
    session = "SET SESSION CHARACTERISTICS AS TRANSACTION READ"
    raw("PRAGMA query_only=ON" if IS_SQLITE else f"{session} ONLY")
    try:
        yield
    finally:
        raw("PRAGMA query_only=OFF" if IS_SQLITE else f"{session} WRITE")


def big_report() -> dict[str, str]:
    """More than the free pages of a small database hold."""
    return report_form(statement="word " * 900, addresses="\n".join(f"https://a.example/{n:090}" for n in range(50)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [full_disk, read_only_disk])
def test_what_cannot_be_written_is_not_acknowledged_and_goes_once_there_is_room(fault: object) -> None:
    create_default_banks()
    person, form = Client(raise_request_exception=False), big_report()
    kept = make_case()
    with fault():  # type: ignore[operator]
        answer = person.post("/report/", form)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "60"
        assert "Nothing of what you just sent was kept" in answer.content.decode()
        italian = person.post("/report/", form, headers={"Accept-Language": "it"})
        assert "non è rimasto nulla" in italian.content.decode()
        assert Case.objects.count() == 1
    assert person.post("/report/", form).status_code == 200
    assert Case.objects.count() == 2
    assert Case.objects.filter(pk=kept.case.pk).exists()
    assert every_fault() == []


@pytest.mark.django_db(transaction=True)
def test_a_desk_that_cannot_write_still_reads_and_answers_checks_that_leave_no_trace(platform: Client) -> None:
    signals = random_signals()
    make_case(pictures=[signals])
    ask = {"signals": [{"type": "pdq", "value": signals[0].value.hex(), "quality": 100}]}
    nothing = {"signals": [{"type": "md5", "value": "0" * 32}]}
    with read_only_disk():
        assert Client().get("/").status_code == 200
        free = platform.post("/api/v1/check", json.dumps(nothing), content_type="application/json")
        assert (free.status_code, free.json()["verdict"]) == (200, "allow")
        found = platform.post("/api/v1/check", json.dumps(ask), content_type="application/json")
        # A match that is not written down is not answered: the platform's own rule for a desk that is away counts.
        assert (found.status_code, found.json()["error"]) == (503, "http_503")
        assert "cannot write" in found.json()["message"]
        assert found.headers["Retry-After"] == "60"
    again = platform.post("/api/v1/check", json.dumps(ask), content_type="application/json")
    assert again.json()["verdict"] == "review"


@pytest.mark.django_db(transaction=True)
def test_ticker_and_worker_outlive_a_disk_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(monkeypatch)
    make_case()
    worker.one_pass()
    with time.shifted(timedelta(hours=49)):
        fresh(monkeypatch)
        # The loop around a pass (`background.run`) logs the failure and goes on.
        for process in (worker, ticker):
            with read_only_disk(), pytest.raises(DatabaseError):
                process.one_pass()
        ticker.one_pass()
        assert Clock.objects.filter(state=ClockState.MISSED).exists()
    assert every_fault() == []


def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that just started."""
    for process, name in ((worker, "worker"), (ticker, "ticker")):
        monkeypatch.setattr(process, "_pulse", Pulse(name))
        monkeypatch.setattr(process, "_steady", Steady())


def clock_check() -> tuple[Level, str]:
    found = next(check for check in all_checks(gather()) if check.name == "This machine's clock")
    return found.level, found.what


@pytest.mark.django_db
def test_while_the_clock_has_jumped_ahead_nothing_is_missed_or_erased_and_set_right_nothing_has_happened(
    default_banks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(monkeypatch)
    signals = random_signals()
    make_case(pictures=[signals])
    make_sighting(signals)
    seen = Sighting.objects.count()
    worker.one_pass()
    ticker.one_pass()
    with time.shifted(YEAR):
        for _ in range(3):
            ticker.one_pass()
            worker.one_pass()
        assert clock_check()[0] is Level.WARN
        assert "was just set" in clock_check()[1]
    running = Clock.objects.filter(state=ClockState.RUNNING).count()
    assert (running, Clock.objects.count(), Sighting.objects.count()) == (running, running, seen)
    # Set right, it goes on at once.
    ticker.one_pass()
    with time.shifted(timedelta(minutes=2)):
        assert worker.one_pass() is True
    assert every_fault() == []


@pytest.mark.django_db
def test_who_gave_a_sign_of_life_from_the_future_has_given_none() -> None:
    with time.shifted(YEAR):
        beat("worker")
    beat("ticker")
    assert late_processes(time.now()) == ["worker"]


@pytest.mark.django_db
def test_a_new_time_that_stays_is_taken_for_the_true_one() -> None:
    passed = [0.0]
    steady = Steady(lambda: passed[0])
    assert steady.holds() is False
    with time.shifted(YEAR):
        assert steady.holds() is True
        passed[0] += SETTLE.total_seconds() - 1
        with time.shifted(SETTLE - timedelta(seconds=1)):
            assert steady.holds() is True
            passed[0] += 2
            with time.shifted(timedelta(seconds=2)):
                assert steady.holds() is False
    # Back after that is a jump of its own.
    assert steady.holds() is True


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [YEAR, -YEAR, timedelta(minutes=6), timedelta(minutes=-6)])
def test_a_jump_that_is_taken_back_holds_nothing_any_more(jump: timedelta) -> None:
    steady = Steady(lambda: 0.0)
    assert steady.holds() is False
    with time.shifted(jump):
        assert steady.holds() is True
        assert steady.holds() is True
    assert steady.holds() is False
    assert Heartbeat.objects.filter(name="clock set").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("shift", [timedelta(minutes=4), timedelta(minutes=-4)])
def test_what_a_time_service_corrects_holds_nothing(shift: timedelta) -> None:
    steady = Steady(lambda: 0.0)
    steady.holds()
    with time.shifted(shift):
        assert steady.holds() is False


@pytest.mark.django_db
def test_hours_that_went_by_are_no_jump() -> None:
    passed = [0.0]
    steady = Steady(lambda: passed[0])
    steady.holds()
    passed[0] += HOUR.total_seconds() * 9
    with time.shifted(HOUR * 9):
        assert steady.holds() is False


@pytest.mark.django_db
def test_after_a_clock_was_ahead_for_long_and_set_back_jobs_and_their_leases_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with time.shifted(YEAR):
        fresh(monkeypatch)
        worker.one_pass()
        enqueue("log.publish", "leased")
        assert lease() is not None
    fresh(monkeypatch)
    assert not Job.objects.filter(run_after__lte=time.now()).exists()
    for _ in range(40):
        if not worker.one_pass():
            break
    assert not Job.objects.filter(run_after__gt=time.now() + worker.LATEST).exists()
    assert not Job.objects.filter(lease_until__gt=time.now() + LEASE).exists()


@pytest.mark.django_db
def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    with time.shifted(timedelta(seconds=1)):
        day = time.now().date()
    with time.shifted(HOUR):
        if time.now().date() != day:
            pytest.skip("the count begins anew at midnight")
        take(NOTICE, "somebody")
    for _ in range(NOTICE.burst - 1):
        take(NOTICE, "somebody")
    with pytest.raises(TooManyError) as told:
        take(NOTICE, "somebody")
    assert told.value.wait_s <= NOTICE.seconds_each


@pytest.mark.django_db
def test_a_mail_server_that_is_down_for_a_day_costs_no_letter_and_no_second_one(settings: LazySettings) -> None:
    with serving(Mailbox()) as gone:
        settings.CONFIG = mail_config(settings.CONFIG, gone.port)
    start_following()
    for hour in range(25):
        with time.shifted(HOUR * hour):
            if hour % 4 == 0:
                make_case(mail=Mail.LETTERS)
            send_all()
            if hour == 24:
                mail = next(check for check in all_checks(gather()) if check.name == "E-mail")
                assert (mail.level, mail.what) == (Level.BAD, "E-mail does not work.")
                assert mail.to_do
    assert set(Outgoing.objects.values_list("state", flat=True)) == {MessageState.WAITING}
    with serving(Mailbox()) as box, time.shifted(HOUR * 27):
        settings.CONFIG = mail_config(settings.CONFIG, box.port)
        send_all()
        send_all()
        assert len(box.taken) == len({mail["Message-ID"] for mail in box.taken}) == 7
    assert set(Outgoing.objects.values_list("state", flat=True)) == {MessageState.SENT}
    assert every_fault() == []

"""One pass of the worker and of the ticker, and the loop around them."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest
from django.conf import settings
from tests.factories import make_case, make_sighting, random_signals

from argine.desk.audit import queries
from argine.desk.banks.models import Sighting
from argine.desk.clocks.enums import ClockState
from argine.desk.clocks.models import Clock
from argine.desk.core import operations as core
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.core.models import Bucket, Heartbeat
from argine.desk.jobs.models import Job
from argine.desk.people.enums import Role
from argine.desk.people.models import Invitation
from argine.desk.people.operations import invite
from argine.desk.serve import background, ticker, worker
from argine.desk.serve.pulse import Pulse
from argine.desk.serve.steady import Steady

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has a worker and a ticker that just started."""
    monkeypatch.setattr(worker, "_pulse", Pulse("worker"))
    monkeypatch.setattr(ticker, "_pulse", Pulse("ticker"))
    yield
    (settings.CONFIG.data / queries.HEAD_FILE).unlink(missing_ok=True)


def work_through(days: float = 0) -> int:
    """Let a worker that lives so much later do all that is due; tell how many jobs it did."""
    count = 0
    with time.shifted(timedelta(days=days)):
        # One that was started then: in a running one this would be a clock that jumped (`test_faults`).
        worker._steady = Steady()
        while worker.one_pass():
            count += 1
            assert count < 50
    return count


def test_a_first_pass_plans_everything_that_is_done_regularly_and_does_nothing_yet() -> None:
    assert worker.one_pass() is False
    assert set(Job.objects.values_list("kind", flat=True)) == set(worker.REGULAR)
    assert all(job.run_after > time.now() for job in Job.objects.all())


def test_after_its_time_each_job_is_done_once_and_planned_again() -> None:
    worker.one_pass()
    assert work_through(days=1.1) == len(worker.REGULAR)
    assert set(Job.objects.values_list("kind", "attempts")) == {(kind, 0) for kind in worker.REGULAR}


def test_the_regular_work_purges_forgets_and_publishes() -> None:
    signals = random_signals()
    make_case(pictures=[signals])
    with time.shifted(-timedelta(days=181)):
        make_sighting(signals)
    with time.shifted(-timedelta(days=3)):
        core.take(core.NOTICE, "203.0.113.7")
        invite(Role.REVIEWER, by=SYSTEM)
    worker.one_pass()
    work_through(days=1.1)
    assert (Sighting.objects.count(), Bucket.objects.count(), Invitation.objects.count()) == (0, 0, 0)
    assert queries.published_head() is not None


def test_a_job_that_fails_is_kept_for_later_and_the_others_are_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("secret words of somebody")

    monkeypatch.setitem(worker.REGULAR, "log.publish", worker.Regular(timedelta(minutes=1), broken))
    worker.one_pass()
    assert work_through(days=1.1) == len(worker.REGULAR)
    job = Job.objects.get(kind="log.publish")
    assert (job.last_error, job.attempts) == ("RuntimeError", 1)
    assert "log.publish failed" in caplog.text


def test_a_job_of_a_kind_that_is_no_longer_known_never_stops_the_worker() -> None:
    worker.jobs.enqueue("of.old", "of.old")
    assert worker.one_pass() is True
    assert Job.objects.get(kind="of.old").last_error == "KeyError"


def test_a_pass_of_the_ticker_marks_what_is_overdue_and_says_that_it_lives() -> None:
    make_case()
    with time.shifted(timedelta(hours=49)):
        assert ticker.one_pass() is False
    assert set(Clock.objects.values_list("state", flat=True)) == {ClockState.MISSED}
    assert Heartbeat.objects.filter(name="ticker").exists()


def test_a_sign_of_life_is_written_twice_a_minute_at_most() -> None:
    pulse = Pulse("worker")
    pulse.beat()
    first = Heartbeat.objects.get().at
    pulse.beat()
    assert Heartbeat.objects.get().at == first
    pulse._last -= 31
    pulse.beat()
    assert Heartbeat.objects.get().at > first


def test_the_loop_goes_on_after_a_pass_that_failed_and_ends_when_it_is_asked_to(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background, "PAUSE_AFTER_ERROR_S", 0)
    monkeypatch.setitem(background.PAUSES_S, "worker", 0)
    stop, passes = Event(), []

    def one_pass() -> bool:
        passes.append(len(passes))
        if len(passes) == 2:
            raise RuntimeError
        if len(passes) == 4:
            stop.set()
        return len(passes) == 1

    background.run("worker", one_pass, stop)
    assert len(passes) == 4
    assert "The worker failed; it goes on" in caplog.text

"""Jobs come at least once: a worker that dies leaves its job to another. So each does no harm when it is done twice."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from tests.factories import (
    every_fault,
    make_appeal,
    make_case,
    make_decision,
    make_sighting,
    make_staff,
    random_signals,
)

from argine.desk.audit import queries
from argine.desk.core import time
from argine.desk.core.actor import SYSTEM
from argine.desk.jobs.models import Job
from argine.desk.jobs.operations import LEASE, lease
from argine.desk.people.enums import Role
from argine.desk.people.operations import invite
from argine.desk.serve import worker
from argine.desk.serve.pulse import Pulse
from argine.desk.serve.steady import Steady

pytestmark = pytest.mark.django_db

OF_THE_QUEUE = {"jobs.Job", "core.Heartbeat"}


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk with something for most jobs to do, and a worker that just started."""
    monkeypatch.setattr(worker, "_pulse", Pulse("worker"))
    monkeypatch.setattr(worker, "_steady", Steady())
    with time.shifted(timedelta(days=-900)):
        signals = random_signals()
        old = make_case(pictures=[signals]).case
        make_sighting(signals)
        make_appeal(make_decision(old))
        invite(Role.REVIEWER, by=SYSTEM)
    signals = random_signals()
    make_case(pictures=[signals])
    for number in range(30):
        make_sighting(signals, f"post-{number}")
    make_staff()
    worker.one_pass()


def state() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the queue's own."""
    models = [model for model in apps.get_models() if model._meta.label not in OF_THE_QUEUE]
    return {
        model._meta.label: [tuple(map(str, row)) for row in model._default_manager.order_by("pk").values_list()]
        for model in models
    }


@pytest.mark.parametrize("kind", list(worker.REGULAR))
def test_a_job_that_is_done_twice_leaves_what_it_leaves_once(kind: str) -> None:
    with time.shifted(timedelta(days=2)):
        worker.REGULAR[kind].do()
        once = state()
        worker.REGULAR[kind].do()
        assert state() == once
    assert every_fault() == []
    (settings.CONFIG.data / queries.HEAD_FILE).unlink(missing_ok=True)


def test_a_worker_that_dies_over_a_job_leaves_it_to_the_next_which_does_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setitem(worker.REGULAR, "misuse.forget", worker.Regular(timedelta(days=1), lambda: done.append("x")))
    Job.objects.exclude(kind="misuse.forget").delete()
    moment = timedelta(days=2)
    with time.shifted(moment):
        died_over = lease()
        worker.REGULAR["misuse.forget"].do()  # it did the work, and died before it said so
        assert died_over is not None
        assert lease() is None
    with time.shifted(moment + LEASE + timedelta(seconds=1)):
        again = lease()
        assert again == died_over
        worker._do(again)
        assert done == ["x", "x"]
        assert not Job.objects.filter(kind="misuse.forget").exists()


def test_a_worker_whose_lease_ran_out_while_it_worked_harms_nobody() -> None:
    Job.objects.exclude(kind="log.publish").delete()
    with time.shifted(timedelta(days=2)):
        slow = lease()
    with time.shifted(timedelta(days=2) + LEASE + timedelta(seconds=1)):
        quick = lease()
        assert slow is not None
        assert quick == slow
        worker._do(quick)
        worker._do(slow)
        assert not Job.objects.filter(kind="log.publish").exists()
    assert every_fault() == []

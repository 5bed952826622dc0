"""Work for later: leased to one worker, tried again later and later, never queued twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import LazySettings
from django.db import connection

from argine.desk.core import time
from argine.desk.jobs.models import Job
from argine.desk.jobs.operations import (
    FIRST_RETRY,
    LEASE,
    LONGEST_RETRY,
    Leased,
    enqueue,
    fail,
    finish,
    forget_gone_nodes,
    lease,
    of_this_node,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def put(key: str = "a", **more: object) -> bool:
    return enqueue("kind", key, **more)  # type: ignore[arg-type]


def taken() -> Leased:
    job = lease()
    assert job is not None
    return job


def test_a_job_is_put_once_for_its_key_and_again_when_it_is_done() -> None:
    assert [put(), put()] == [True, False]
    finish(taken())
    assert put() is True


def test_a_job_comes_with_what_it_was_given_and_is_one_workers_until_it_is_done() -> None:
    put(payload={"number": 7})
    job = taken()
    assert (job.kind, job.payload) == ("kind", {"number": 7})
    assert lease() is None
    finish(job)
    assert not Job.objects.exists()


def test_the_job_that_is_due_first_comes_first_and_none_before_it_is_due() -> None:
    now = time.now()
    put("later", run_after=now + timedelta(minutes=1))
    put("second", run_after=now - SECOND)
    put("first", run_after=now - 2 * SECOND)
    order = [Job.objects.get(pk=taken().id).dedupe_key for _ in range(2)]
    assert (order, lease()) == (["first", "second"], None)
    with time.shifted(timedelta(minutes=1, seconds=1)):
        assert Job.objects.get(pk=taken().id).dedupe_key == "later"


def test_a_worker_that_died_leaves_its_job_to_another_when_the_lease_is_over() -> None:
    put()
    first = taken()
    with time.shifted(LEASE - SECOND):
        assert lease() is None
    with time.shifted(LEASE + SECOND):
        assert taken().id == first.id
    assert Job.objects.get().attempts == 2


def test_a_failed_job_waits_longer_each_time_and_says_what_kind_of_error_it_was() -> None:
    put()
    shift, waits = timedelta(0), []
    for _ in range(14):
        with time.shifted(shift):
            now = time.now()
            fail(taken(), "SomeError")
            job = Job.objects.get()
            waits.append(job.run_after - now)
            assert lease() is None
        shift += waits[-1] + SECOND
    assert all(abs(wait - min(LONGEST_RETRY, FIRST_RETRY * 2**turn)) < 5 * SECOND for turn, wait in enumerate(waits))
    assert (job.last_error, job.attempts) == ("SomeError", 14)


def test_an_error_of_any_length_fits() -> None:
    put()
    fail(taken(), "E" * 500)
    assert Job.objects.get().last_error == "E" * 80


def test_a_job_that_another_worker_has_done_meanwhile_may_fail_without_harm() -> None:
    put()
    slow = taken()
    with time.shifted(LEASE + SECOND):
        finish(taken())
    fail(slow, "SomeError")
    finish(slow)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_never_hold_the_same_job() -> None:
    for number in range(6):
        put(str(number))
    start = Barrier(4)

    def work() -> list[int]:
        try:
            start.wait(10)
            found = []
            while (job := lease()) is not None:
                found.append(job.id)
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken_by = [future.result() for future in [pool.submit(work) for _ in range(4)]]
    ids = [job for jobs in taken_by for job in jobs]
    assert len(ids) == len(set(ids)) == 6


def test_what_each_node_does_for_itself_waits_for_that_node_and_is_dropped_when_it_is_gone(
    settings: LazySettings,
) -> None:
    def at(node: str) -> None:
        settings.CONFIG = replace(settings.CONFIG, node=node)

    at("one")
    own = of_this_node("banks.files")
    assert put(own)
    at("two")
    assert lease() is None
    assert put(of_this_node("banks.files"))
    assert put("anybody's")
    assert {taken().id, taken().id} == set(Job.objects.exclude(dedupe_key=own).values_list("pk", flat=True))
    at("one")
    finish(taken())
    put(own)
    with time.shifted(timedelta(days=1.1)):
        assert forget_gone_nodes() == 2
    assert list(Job.objects.values_list("dedupe_key", flat=True)) == ["anybody's"]

"""Hashing in confined processes: the same signals, and nothing that a file does reaches this process."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from argine.media.confine import Confinement, Level
from argine.media.errors import DamagedMedia, EmptyMedia, MediaError, TooManyPixels, UnsupportedMedia
from argine.media.limits import Limits
from argine.media.preview import preview
from argine.signals import pool as pools
from argine.signals.child_answer import parsed_preview
from argine.signals.hasher import hash_file_bytes, hash_query
from argine.signals.patch_bytes import to_base64url
from argine.signals.pool import OVERWRITTEN, PICTURES, BusyError, DecoderFailed, HashPool, PoolLimits, UnsafeError
from argine.signals.types import SignalType
from argine.signals.warm import samples


@pytest.fixture(scope="module")
def pool() -> Iterator[HashPool]:
    pool = HashPool(PoolLimits(processes=2, seconds=20), Limits(max_pixels=2_000_000))
    yield pool
    pool.close()


@pytest.mark.parametrize("data", samples())
def test_a_file_has_the_same_signals_in_a_confined_process(pool: HashPool, data: bytes) -> None:
    assert pool.hash_file_bytes(data) == hash_file_bytes(data)


def test_only_the_types_asked_for_are_made(pool: HashPool) -> None:
    assert [one.type for one in pool.hash_file_bytes(b"any", {SignalType.MD5}).signals] == [SignalType.MD5]


@pytest.mark.parametrize(
    ("data", "error"), [(b"", EmptyMedia), (b"text", UnsupportedMedia), (samples()[0][:300], DamagedMedia)]
)
def test_an_error_comes_through_as_itself(pool: HashPool, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        pool.hash_file_bytes(data)


def test_a_picture_is_drawn_anew_in_a_confined_process_small_and_grey(pool: HashPool) -> None:
    for data in samples():
        drawn = pool.preview(data, 60)
        assert drawn == preview(data, 60)
        assert max(drawn.width, drawn.height) <= 60
        assert len(drawn.pixels) == drawn.width * drawn.height
    with pytest.raises(UnsupportedMedia):
        pool.preview(b"text", 60)


@pytest.mark.parametrize("told", [(61, 1, 61), (2, 2, 3), (0, 5, 0), (-1, -4, 4)])
def test_a_child_that_lies_about_what_it_drew_is_not_believed(told: tuple[int, int, int]) -> None:
    width, height, count = told
    with pytest.raises(ValueError, match=r"preview|pixels"):
        parsed_preview({"width": width, "height": height, "pixels": to_base64url(bytes(count))}, 60)


def test_limits_hold_in_the_child() -> None:
    pool = HashPool(limits=Limits(max_pixels=100))
    with pytest.raises(TooManyPixels):
        pool.hash_file_bytes(samples()[0])
    pool.close()


def test_a_child_is_used_again(pool: HashPool) -> None:
    before = child_of(pool)
    pool.hash_file_bytes(samples()[0])
    assert child_of(pool) == before


def child_of(pool: HashPool) -> int:
    pool.hash_file_bytes(b"any", {SignalType.MD5})
    return pool._idle.queue[-1].process.pid


def test_a_crash_of_the_decoder_is_one_refusal_and_the_next_file_is_hashed(pool: HashPool) -> None:
    os.kill(child_of(pool), signal.SIGSEGV)
    with pytest.raises(DecoderFailed):
        pool.hash_file_bytes(samples()[0])
    assert pool.hash_file_bytes(samples()[0]) == hash_file_bytes(samples()[0])


def test_a_decoder_that_hangs_is_ended_in_time() -> None:
    pool = HashPool(PoolLimits(processes=1, seconds=1))
    os.kill(child_of(pool), signal.SIGSTOP)
    start = monotonic()
    with pytest.raises(DecoderFailed):
        pool.hash_file_bytes(samples()[0])
    assert monotonic() - start < 10
    assert pool.hash_file_bytes(samples()[0]).signals
    pool.close()


def test_many_threads_share_the_children_and_each_gets_its_own_answer(pool: HashPool) -> None:
    expected = {data: hash_file_bytes(data) for data in samples()}
    wrong: list[bytes] = []

    def ask() -> None:
        wrong.extend(data for data in expected if pool.hash_file_bytes(data) != expected[data])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert pool._count <= 2


def test_when_none_becomes_free_in_time_it_says_busy() -> None:
    pool = HashPool(PoolLimits(processes=1, seconds=1))
    os.kill(child_of(pool), signal.SIGSTOP)
    waiting = threading.Thread(target=lambda: suppress_failure(pool))
    waiting.start()
    with pytest.raises((BusyError, DecoderFailed)):
        pool.hash_file_bytes(samples()[0])
    waiting.join()
    pool.close()


def test_a_process_that_does_not_start_in_time_is_ended_and_the_pool_says_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Seen(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **options: Any) -> None:
            super().__init__(*words, **options)
            os.kill(self.pid, signal.SIGSTOP)
            started.append(self)

    pool = HashPool(PoolLimits(processes=1, seconds=20))
    with monkeypatch.context() as slow:
        slow.setattr(pools, "START_SECONDS", 0.2)
        slow.setattr(pools.subprocess, "Popen", Seen)
        with pytest.raises(BusyError):
            pool.hash_file_bytes(samples()[0])
    assert [process.returncode for process in started] == [-signal.SIGKILL]
    assert pool.hash_file_bytes(samples()[0]).signals
    pool.close()


def suppress_failure(pool: HashPool) -> None:
    with pytest.raises((BusyError, DecoderFailed)):
        pool.hash_file_bytes(samples()[0])


def test_an_operator_who_asks_for_full_confinement_is_not_given_less(monkeypatch: pytest.MonkeyPatch) -> None:
    class Weak(pools.Child):
        def __init__(self, limits: Limits, module: str) -> None:
            super().__init__(limits, module)
            self.confinement = Confinement(landlock=0, seccomp=True)

    monkeypatch.setattr(pools, "Child", Weak)
    with pytest.raises(UnsafeError, match="only so far: partial"):
        HashPool(PoolLimits(least=Level.FULL)).hash_file_bytes(samples()[0])
    pool = HashPool(PoolLimits(least=Level.PARTIAL))
    assert pool.hash_file_bytes(samples()[0]).signals
    pool.close()


def test_children_end_with_their_parent() -> None:
    pool = HashPool(PoolLimits(processes=1))
    child_of(pool)
    one = pool._idle.get_nowait()
    one.connection.close()
    assert one.process.wait(5) == 0
    one.end()


@pytest.mark.parametrize("types", [{SignalType.PDQ}, {SignalType.PATCH}, frozenset(SignalType)])
def test_a_query_has_the_same_signals_in_a_confined_process(pool: HashPool, types: set[SignalType]) -> None:
    for data in samples():
        assert pool.hash_query(data, types) == hash_query(data, types=types)


def test_a_child_whose_parent_is_gone_before_it_begins_ends_without_a_word() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        child = subprocess.Popen(
            [sys.executable, "-m", PICTURES, str(theirs.fileno())],
            pass_fds=[theirs.fileno()], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    ours.close()
    assert child.communicate(timeout=60) == (b"", None)
    assert child.returncode == 0


def test_where_there_is_no_shared_memory_the_file_goes_through_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.memfd_create")
    pool = HashPool(PoolLimits(processes=1))
    assert pool.hash_file_bytes(samples()[0]) == hash_file_bytes(samples()[0])
    pool.close()


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="this system has no shared memory of this kind")
def test_nothing_of_a_file_stays_in_shared_memory(pool: HashPool) -> None:
    child_of(pool)
    memory = pool._idle.queue[-1].memory
    assert memory is not None
    for size in (70, OVERWRITTEN, OVERWRITTEN + 1, 70):
        with pytest.raises(MediaError):
            pool.hash_query(b"\xff\xd8\xff" + b"x" * (size - 3), {SignalType.PDQ})
        assert not os.pread(memory.fileno(), 2 * OVERWRITTEN, 0).strip(b"\0")


def test_how_far_children_are_confined_is_told_while_all_of_them_are_at_work(pool: HashPool) -> None:
    expected = pool.confinement()
    with pool._borrowed(monotonic()), pool._borrowed(monotonic() + 20):
        assert pool.confinement() == expected

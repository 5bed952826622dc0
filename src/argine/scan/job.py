"""One run over a book: shards are leased, hashed and judged by several threads at once until none is left."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Protocol

from argine.scan.book import LEASE_SECONDS, Book, Result, Shard
from argine.scan.hashing import Outcome
from argine.scan.sources import File
from argine.signals.hasher import HashedFile

REMATCHED_AT_ONCE = 200
PAUSE = 0.5
NOTHING = "[]"


class Runner(Protocol):
    """Who hashes: this machine or a cluster."""

    @property
    def workers(self) -> int:
        """From how many threads it may be asked at a time."""

    def hash(self, files: Sequence[File]) -> list[Outcome]:
        """Hash a shard's files, in their order. Called from `workers` threads at a time."""

    def close(self) -> None:
        """Let go of what it holds."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What follows for one file: the verdict, and its matches as JSON."""

    verdict: str
    matches: str


@dataclass(frozen=True, slots=True)
class Judge:
    """The banks as they were at one moment.

    Attributes:
        seen: the change of their feed up to which they go.
        judge: compares with everything.
        grown: tells whether anything that was added since an earlier change is met; None if everything has to be
            compared anew, for a threshold was changed.
        seal: makes the signals what the book keeps.
        unseal: the reverse; raises where that cannot be done.
    """

    seen: int
    judge: Callable[[HashedFile], Judged]
    grown: Callable[[int], Callable[[HashedFile], bool] | None]
    seal: Callable[[int, HashedFile], bytes | None]
    unseal: Callable[[int, bytes], HashedFile]


def run(book: Book, runner: Runner, judge: Judge, done: Callable[[int], None]) -> None:
    """Hash and judge all that waits, then compare again what was hashed when the banks were smaller.

    Args:
        book: where everything is written.
        runner: who hashes.
        judge: what is banked.
        done: called with the number of files after each step.
    """
    stop = threading.Event()
    with _renewed(book), ThreadPoolExecutor(runner.workers, "argine-scan") as threads:
        try:
            list(threads.map(_work, *map(repeat, (book, runner, judge, done, stop)), range(runner.workers)))
        except BaseException:
            stop.set()
            raise
        finally:
            book.give_back()
    rematch(book, judge, done)


def _work(book: Book, runner: Runner, judge: Judge, done: Callable[[int], None], stop: threading.Event, _: int) -> None:
    while not stop.is_set():
        shard = book.lease()
        if shard is None:
            if not book.waiting():
                return
            stop.wait(PAUSE)  # another process is at the last ones: if it ends early, they are taken over
            continue
        try:
            results = list(_judged(shard, runner.hash([one.file for one in shard.files]), judge))
        except BaseException:
            stop.set()
            raise
        if book.finish(shard.number, results):
            done(len(results))


def _judged(shard: Shard, outcomes: Sequence[Outcome], judge: Judge) -> Iterable[Result]:
    for one, outcome in zip(shard.files, outcomes, strict=True):
        if outcome.hashed is None:
            yield Result(one.number, judge.seen, None, NOTHING, None, outcome.error, unread=True)
        else:
            signals = judge.seal(one.number, outcome.hashed)
            yield _result(one.number, judge, outcome.hashed, signals, outcome.error)


def _result(number: int, judge: Judge, hashed: HashedFile, signals: bytes | None, error: str | None) -> Result:
    """What is no picture may still be the very same bytes as something banked: then there is a verdict and no error."""
    judged = judge.judge(hashed)
    if error is not None and judged.matches == NOTHING:
        return Result(number, judge.seen, None, NOTHING, signals, error)
    return Result(number, judge.seen, judged.verdict, judged.matches, signals)


def rematch(book: Book, judge: Judge, done: Callable[[int], None]) -> None:
    """Compare kept signals with what was banked since; nothing is read or decoded again."""
    oldest = book.oldest_seen()
    if oldest is None or oldest >= judge.seen:
        return
    meets_new = judge.grown(oldest)
    while batch := book.kept_before(judge.seen, REMATCHED_AT_ONCE):
        opened = [(kept, judge.unseal(kept.number, kept.signals)) for kept in batch]
        anew = [
            _result(kept.number, judge, hashed, kept.signals, kept.error)
            for kept, hashed in opened
            if kept.found or meets_new is None or meets_new(hashed)
        ]
        unchanged = {kept.number for kept in batch} - {one.number for one in anew}
        book.compared_again(unchanged, anew, judge.seen)
        done(0)


@contextmanager
def _renewed(book: Book) -> Iterator[None]:
    """Renew this process's leases as long as it lives."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(LEASE_SECONDS / 4):
            book.renew()

    thread = threading.Thread(target=renew, name="argine-scan-leases", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()

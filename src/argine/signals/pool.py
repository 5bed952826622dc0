"""Hashing in confined processes: a file that crashes, hangs or takes over its decoder costs one answer, nothing else.

Children start when they are first needed, up to a number, and wait for more work afterwards. One that dies or does
not answer in time is ended and replaced. They end by themselves when this process ends, however it ends.
"""

import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from io import FileIO
from time import monotonic
from typing import Any, ClassVar, Generic, TypeVar

from argine.errors import ArgineError
from argine.media.confine import Confinement, Level
from argine.media.errors import (
    DamagedMedia,
    EmptyMedia,
    MediaError,
    NoPictures,
    TooLong,
    TooManyBytes,
    TooManyPixels,
    TooManyStreams,
    UnsupportedMedia,
)
from argine.media.film_limits import DEFAULT_VIDEO_LIMITS, VideoLimits
from argine.media.limits import DEFAULT_LIMITS, Limits
from argine.media.preview import Preview
from argine.signals import child as protocol
from argine.signals.child_answer import parsed, parsed_preview, parsed_video
from argine.signals.films import INSTALLED, MISSING, Enough, never
from argine.signals.hasher import ALL_TYPES, HashedFile
from argine.signals.types import FILM_TYPES, SignalType

START_SECONDS, FILM_SECONDS = 60.0, 120.0
MOST_WAITING = 1_000
OVERWRITTEN = 1 << 20
"""Bytes of a file that is overwritten where it lay; the memory of a larger one is given back, which takes longer."""
RANK = {Level.PROCESS: 0, Level.PARTIAL: 1, Level.FULL: 2}


PICTURES, FILMS = "argine.signals.child", "argine.signals.film_child"
"""What the processes run."""

AnyLimits = TypeVar("AnyLimits", Limits, VideoLimits)


class UnsafeError(ArgineError):
    """This machine cannot confine the decoder as far as the operator asks."""

    code = "sandbox_too_weak"


class BusyError(ArgineError):
    """Every hashing process is at work, and none became free in time."""

    code = "busy"


class DecoderFailed(MediaError):  # noqa: N818 - the family's name ends in Error
    """The file crashed its decoder or kept it busy too long."""

    code = "picture_failed"


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How much the pool may use.

    Attributes:
        processes: at most so many children.
        seconds: how long one file may take, in seconds; also how long to wait for a free child.
        least: refuse to work with children that are less confined than this.
        waiting: how many files may wait for a free child at a time; more are refused at once.
    """

    processes: int = 2
    seconds: float = 20.0
    least: Level = Level.PROCESS
    waiting: int = MOST_WAITING


@dataclass(frozen=True, slots=True)
class How:
    """How one file is to be hashed: in how many seconds, for a bank or as a query.

    Attributes:
        enough: of a film that is a query: asked with what there is so far whether that is enough.
    """

    seconds: float
    query: bool
    enough: Enough = never


class Child:
    """One confined process, the socket to it, and the memory in which it finds the file."""

    def __init__(self, limits: Limits | VideoLimits, module: str = PICTURES) -> None:
        ours, theirs = socket.socketpair()
        # Through the socket alone a file goes in small pieces, and the two processes wait for each other at each.
        self.memory = FileIO(os.memfd_create("upload"), "r+") if hasattr(os, "memfd_create") else None
        shared = [theirs.fileno()] if self.memory is None else [theirs.fileno(), self.memory.fileno()]
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  # our own module, no shell
                [sys.executable, "-m", module, *map(str, shared)],
                pass_fds=shared,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for its parent, whose end it notices
            )
        self.connection = ours
        try:
            self.connection.settimeout(START_SECONDS)
            protocol.send(ours, asdict(limits))
            self.confinement = Confinement(**protocol.receive(ours))
        except BaseException:
            self.end()  # nobody else knows of it yet
            raise

    def hash(self, data: bytes, types: Collection[SignalType], how: "How") -> HashedFile:
        """Hash one file.

        Raises:
            MediaError: it cannot be read.
            TimeoutError: it took too long.
        """
        return parsed(self._ask({"query": how.query, "types": sorted(types)}, data, how.seconds, how.enough))

    def preview(self, data: bytes, side: int, seconds: float) -> Preview:
        """Draw a picture anew. Errors are those of `hash`."""
        return parsed_preview(self._ask({"preview": side}, data, seconds), side)

    def _ask(self, request: dict[str, Any], data: bytes, seconds: float, enough: Enough = never) -> dict[str, Any]:
        end = monotonic() + seconds
        self.connection.settimeout(seconds)
        with self._laid_down(data):
            file = data if self.memory is None else b""
            protocol.send(self.connection, {**request, "size": len(data)}, file)
            while "so_far" in (told := protocol.receive(self.connection)):
                protocol.send(self.connection, enough(parsed_video(*told["so_far"])))
                self.connection.settimeout(max(0.001, end - monotonic()))
        if "error" in told:
            raise _media_error(told["error"], told["message"])
        return dict(told)

    @contextlib.contextmanager
    def _laid_down(self, data: bytes) -> Iterator[None]:
        """Put a file where the process finds it, and take it away afterwards."""
        if self.memory is None:
            yield
            return
        self.memory.truncate(len(data))
        protocol.write_all(self.memory.fileno(), data)
        try:
            yield
        finally:
            if len(data) <= OVERWRITTEN:
                protocol.write_all(self.memory.fileno(), bytes(len(data)))
            else:
                self.memory.truncate(0)

    def end(self) -> None:
        self.connection.close()
        if self.memory is not None:
            self.memory.close()
        self.process.kill()
        self.process.wait()


_KINDS = (
    EmptyMedia, UnsupportedMedia, DamagedMedia, TooManyBytes, TooManyPixels, TooLong, TooManyStreams, NoPictures,
)  # fmt: skip
_MEDIA_ERRORS: dict[str, type[MediaError]] = {kind.__name__: kind for kind in _KINDS}


def _media_error(name: str, message: str) -> MediaError:
    kind = _MEDIA_ERRORS.get(name, DecoderFailed)
    return kind(message)


def _end_all(idle: "queue.LifoQueue[Child]") -> int:
    ended = 0
    with contextlib.suppress(queue.Empty):
        while True:
            idle.get_nowait().end()
            ended += 1
    return ended


class Pool(Generic[AnyLimits]):
    """Confined processes of one kind. Safe to call from many threads."""

    MODULE: ClassVar[str]
    BUSY: ClassVar[str]
    FAILED: ClassVar[str]

    def __init__(self, pool_limits: PoolLimits, limits: AnyLimits) -> None:
        self.pool_limits = pool_limits
        self.limits: AnyLimits = limits
        self._idle: queue.LifoQueue[Child] = queue.LifoQueue()
        self._count = self._waiting = 0
        self._confinement: Confinement | None = None
        self._lock = threading.Lock()
        # At the latest when nobody holds the pool any more, or this process ends.
        weakref.finalize(self, _end_all, self._idle)

    def _hash(self, data: bytes, types: Collection[SignalType], *, query: bool, enough: Enough = never) -> HashedFile:
        end = monotonic() + self.pool_limits.seconds
        with self._borrowed(end) as one:
            return one.hash(data, types, How(self.pool_limits.seconds, query, enough))

    def confinement(self) -> Confinement:
        """How far the processes are confined: all alike. Starts one if none was; never waits for those at work."""
        if self._confinement is None:
            with self._borrowed(monotonic() + START_SECONDS) as one:
                return one.confinement
        return self._confinement

    def close(self) -> None:
        """End the processes that wait."""
        ended = _end_all(self._idle)
        with self._lock:
            self._count -= ended

    @contextlib.contextmanager
    def _borrowed(self, end: float) -> Iterator[Child]:
        one = self._take(end)
        try:
            yield one
        except MediaError:
            self._idle.put(one)
            raise
        except (OSError, EOFError, ValueError, KeyError, TypeError, ArgineError) as error:
            # Gone, silent, or saying what it must not: nothing of it is used again.
            self._drop(one)
            raise DecoderFailed(self.FAILED) from error
        except BaseException:
            self._drop(one)
            raise
        self._idle.put(one)

    def has_room(self) -> bool:
        """Whether a file that came now would not be refused for those that are here already."""
        with self._lock:
            can_begin = self._count < self.pool_limits.processes or not self._idle.empty()
            return can_begin or self._waiting < self.pool_limits.waiting

    def _take(self, end: float) -> Child:
        with contextlib.suppress(queue.Empty):
            return self._idle.get_nowait()
        with self._lock:
            grow = self._count < self.pool_limits.processes
            self._count += grow
            if not grow and self._waiting >= self.pool_limits.waiting:
                raise BusyError(self.BUSY)
            self._waiting += not grow
        if grow:
            return self._started()
        try:
            return self._idle.get(timeout=max(0.0, end - monotonic()))
        except queue.Empty:
            raise BusyError(self.BUSY) from None
        finally:
            with self._lock:
                self._waiting -= 1

    def _started(self) -> Child:
        try:
            one = Child(self.limits, self.MODULE)
        except BaseException as error:
            with self._lock:
                self._count -= 1
            if isinstance(error, TimeoutError):  # a machine with far too much to do
                raise BusyError(self.BUSY) from None
            raise
        if RANK[one.confinement.level] < RANK[self.pool_limits.least]:
            self._drop(one)
            raise UnsafeError(
                f"This machine confines the picture decoder only so far: {one.confinement.level}. "
                f"The settings ask for: {self.pool_limits.least}."
            )
        self._confinement = one.confinement
        return one

    def _drop(self, one: Child) -> None:
        one.end()
        with self._lock:
            self._count -= 1


class HashPool(Pool[Limits]):
    """Does `hasher.hash_file_bytes` and `hash_query` in confined processes: for pictures."""

    MODULE, BUSY = PICTURES, "Too many pictures at once. Try again in a moment."
    FAILED = "The picture cannot be read: its decoder failed or took too long."

    def __init__(self, pool_limits: PoolLimits = PoolLimits(), limits: Limits = DEFAULT_LIMITS) -> None:
        super().__init__(pool_limits, limits)

    def hash_file_bytes(self, data: bytes, types: Collection[SignalType] = ALL_TYPES) -> HashedFile:
        """Make a file's signals.

        Raises:
            MediaError: as `hasher.hash_file_bytes`; `DecoderFailed` if the process died or did not answer in time.
            BusyError: no process became free.
            UnsafeError: processes cannot be confined as far as is asked.
        """
        return self._hash(data, types, query=False)

    def hash_query(self, data: bytes, types: Collection[SignalType] = ALL_TYPES) -> HashedFile:
        """Do `hasher.hash_query`; errors are as those of `hash_file_bytes`."""
        return self._hash(data, types, query=True)

    def preview(self, data: bytes, side: int) -> Preview:
        """Do `preview.preview`; errors are as those of `hash_file_bytes`."""
        seconds = self.pool_limits.seconds
        with self._borrowed(monotonic() + seconds) as one:
            return one.preview(data, side, seconds)


class FilmPool(Pool[VideoLimits]):
    """Does `films.hash_film` and `hash_film_query` in confined processes.

    They are others than those of pictures: a film takes so long that pictures would wait for it.
    """

    MODULE, BUSY = FILMS, "Too many films at once. Try again in a moment."
    FAILED = "The film cannot be read: its decoder failed or took too long. Send a shorter or smaller one."

    def __init__(
        self, pool_limits: PoolLimits = PoolLimits(1, FILM_SECONDS), limits: VideoLimits = DEFAULT_VIDEO_LIMITS
    ) -> None:
        super().__init__(pool_limits, limits)

    def hash_film(self, data: bytes, types: Collection[SignalType] = FILM_TYPES) -> HashedFile:
        """Make a film's signals; errors are as those of `HashPool.hash_file_bytes`."""
        self._check_installed()
        return self._hash(data, types, query=False)

    def hash_query(self, data: bytes, types: Collection[SignalType] = FILM_TYPES, enough: Enough = never) -> HashedFile:
        """Do `films.hash_film_query`; errors are as those of `hash_film`."""
        self._check_installed()
        return self._hash(data, types, query=True, enough=enough)

    def _check_installed(self) -> None:
        if not INSTALLED:
            raise UnsupportedMedia(MISSING)

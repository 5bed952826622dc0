"""A connection that holds no thread while its request is on its way, and none for long while its body is.

gunicorn hands a connection to a thread as soon as a byte is there, and the thread then waits as long as the sender
likes: as many senders as there are threads, each with half a head, silence the desk. Here the head and a small body are
gathered as they come, beside the threads. Only a program's larger body is read by a thread, which has a clock; so does
every answer that is not fetched.
"""

import contextlib
import select
import socket
from collections.abc import Callable
from time import monotonic
from typing import Any

from gunicorn.http.body import LengthReader
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn

from argine.desk.core.http import PROGRAM_PREFIXES
from argine.desk.core.uploads import KIB, MIB

HEAD_S, HEAD_BYTES = 15.0, 64 * KIB
# A form that is written on a phone in a train comes at a few KiB a second, and not at all in a tunnel.
SILENT_S, GATHER_S, GATHER_RATE = 30.0, 60.0, 4 * KIB
# What is gathered before a thread begins: of a page all that any page takes (settings.DATA_UPLOAD_MAX_MEMORY_SIZE and
# what a form has around it), of a program the questions without a file.
PAGE_BYTES, PROGRAM_BYTES = 2 * MIB + 64 * KIB, 64 * KIB
# A film of 256 MiB has a little more than an hour.
BODY_S, BODY_RATE = 30.0, 64 * KIB
# As soon as others wait for a thread, only who really sends may keep one.
CROWDED_S = 0.3
ANSWER_S, ANSWER_RATE = 30.0, 16 * KIB
# Whether what was refused is at its end anyhow, so that the connection can be used again.
REST_WAIT_S, REST_RATE, REST_S, REST_PIECE = 0.1, 16 * MIB, 1.0, 64 * KIB
SLICE_S = 0.1

Crowded = Callable[[], bool]
Leave = Callable[["Socket", bool], None]


class Clock:
    """How long the other side may keep a thread waiting: a while, and longer the more it moves."""

    def __init__(self, grace_s: float, bytes_per_s: int) -> None:
        self.grace_s, self.bytes_per_s = grace_s, bytes_per_s
        self.moved, self.spent_s = 0, 0.0

    def wait(self, poll: select.poll, most_s: float | None = None) -> bool:
        """Wait for a moment. False: the time is up.

        Args:
            poll: what is waited for.
            most_s: instead of the clock's own while.
        """
        left_s = (self.grace_s if most_s is None else most_s) + self.moved / self.bytes_per_s - self.spent_s
        if left_s <= 0:
            return False
        begun = monotonic()
        poll.poll(1000 * min(SLICE_S, left_s))
        self.spent_s += monotonic() - begun
        return True


class Socket(socket.socket):
    """Sends an answer as long as it is fetched."""

    clock = Clock(ANSWER_S, ANSWER_RATE)

    def begin_answer(self) -> None:
        self.clock = Clock(ANSWER_S, ANSWER_RATE)

    def sendall(self, data: Any, flags: int = 0) -> None:  # noqa: ANN401 - any buffer, as the socket's own
        """Send all of it.

        Raises:
            TimeoutError: the other side does not fetch it.
            OSError: it has left.
        """
        left = memoryview(data)
        while left:
            try:
                sent = self.send(left, flags | socket.MSG_DONTWAIT)
            except BlockingIOError:
                if not self.clock.wait(_poll(self, select.POLLOUT)):
                    raise TimeoutError from None
                continue
            self.clock.moved += sent
            left = left[sent:]


class Reader(SocketUnreader):  # type: ignore[misc]  # gunicorn publishes no types
    """Reads a body by the clock. A sender who is too slow has left, as far as everybody else is concerned."""

    def __init__(self, sock: Socket, crowded: Crowded) -> None:
        super().__init__(sock)
        self.over = False
        self._crowded = crowded
        self._crowded_before = False
        self._clock = Clock(BODY_S, BODY_RATE)

    def begin(self, grace_s: float = BODY_S, bytes_per_s: int = BODY_RATE) -> None:
        self._clock = Clock(grace_s, bytes_per_s)

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Read what is there, or the first that comes. Nothing: there will be no more."""
        size = min(max(self.mxchunk, size_hint or 0), self.max_body_chunk)
        while not self.over:
            try:
                piece: bytes = self.sock.recv(size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                self.over = not self._clock.wait(_poll(self.sock, select.POLLIN), self._most_s())
                continue
            self._clock.moved += len(piece)
            return piece
        return b""

    def _most_s(self) -> float | None:
        """Less than otherwise, if others wait for a thread now and did so a moment ago."""
        crowded, before = self._crowded(), self._crowded_before
        self._crowded_before = crowded
        return min(CROWDED_S, self._clock.grace_s) if crowded and before else None

    def held(self) -> int:
        """How many bytes are here that nobody has taken yet."""
        return int(self.buf.seek(0, 2))

    def take(self) -> bool:
        """Take what is there now, without waiting. False: nothing is, but something may come."""
        try:
            piece = self.sock.recv(HEAD_BYTES, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            piece = b""
        self.over = not piece
        self.buf.seek(0, 2)
        self.buf.write(piece)
        return True


class Parser(RequestParser):  # type: ignore[misc]
    """Can read a head before anybody asks for it; what was wrong with it is then told who asks."""

    def __init__(self, cfg: Any, sock: Socket, client: object, crowded: Crowded) -> None:  # noqa: ANN401
        super().__init__(cfg, sock, client)
        self.unreader = Reader(sock, crowded)
        self.ready: Any = None

    def look(self) -> None:
        try:
            self.ready = super().__next__()
        except Exception as error:  # noqa: BLE001 - raised again where gunicorn knows what to answer
            self.ready = error

    def __next__(self) -> Any:  # noqa: ANN401
        ready, self.ready = self.ready, None
        if isinstance(ready, Exception):
            raise ready
        return ready if ready is not None else super().__next__()


class Connection(TConn):  # type: ignore[misc]
    """A connection, and what of a request has come.

    Attributes:
        until: when what is on its way must be there, by the monotonic clock.
        counted: how many bytes of it its worker counts.
    """

    def __init__(
        self,
        cfg: Any,  # noqa: ANN401
        sock: Socket,
        names: tuple[object, object],
        crowded: Crowded,
        leave: Leave,
    ) -> None:
        """Begin to listen to a sender.

        Args:
            cfg: gunicorn's settings.
            sock: the accepted connection.
            names: the addresses of the other side and of this.
            crowded: whether anybody waits for a thread.
            leave: what closes the connection, at once or kindly.
        """
        super().__init__(cfg, sock, *names)
        self._leave = leave
        self.parser = Parser(cfg, sock, names[0], crowded)
        self.initialized = self.data_ready = True
        self.until: float | None = None
        self.counted = 0

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002 - gunicorn's own shape
        self._leave(self.sock, graceful)

    @property
    def reader(self) -> Reader:
        reader: Reader = self.parser.unreader
        return reader

    def gather(self) -> bool:
        """Take what has come. True: a thread can go on; that may be because nothing more will come."""
        if self.parser.ready is None:
            if not self._has_head():
                return False
            self.parser.look()
            self.until = None
        done = self._has_body()
        if done:
            self.until = None
            self.reader.begin()
        return done

    def _has_head(self) -> bool:
        while not self._ends_head():
            if not self.reader.take():
                if self.reader.held() and self.until is None:
                    self.until = monotonic() + HEAD_S
                return False
        return True

    def _ends_head(self) -> bool:
        head = self.reader.buf.getvalue()
        # gunicorn refuses a bare line feed at once, so nobody needs to wait for what follows it.
        return self.reader.over or b"\r\n\r\n" in head or len(head) >= HEAD_BYTES or _has_bare_feed(head)

    def _has_body(self) -> bool:
        asked = self.parser.ready
        length = length_of(asked)
        if length is None or self.reader.over:
            return True
        of_program = asked.path.startswith(PROGRAM_PREFIXES)
        if length > (PROGRAM_BYTES if of_program else PAGE_BYTES):
            # No page takes so much: it is refused as one that ended early.
            self.reader.over = not of_program
            return True
        self._invite(asked, length)
        while self.reader.held() < length and not self.reader.over:
            if not self.reader.take():
                self.until = self.until or monotonic() + GATHER_S + length / GATHER_RATE
                return False
        return True

    def _invite(self, asked: Any, length: int) -> None:  # noqa: ANN401
        """Tell who waits for it that the body may come; gunicorn would do so only once a thread begins."""
        if asked._expected_100_continue and self.reader.held() < length:  # noqa: SLF001
            asked._expected_100_continue = False  # noqa: SLF001
            with contextlib.suppress(OSError):
                self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def drop_rest(self) -> bool:
        """Read what is left of the body, if it is there. True: the connection can be used again."""
        body, end = self.parser.mesg.body, monotonic() + REST_S
        self.reader.begin(REST_WAIT_S, REST_RATE)
        try:
            while monotonic() < end and not body.failed:
                if not body.read(REST_PIECE):
                    return not self.reader.over
        except Exception:  # noqa: BLE001 - malformed chunks, or the sender has left
            return False
        return False


def length_of(asked: Any) -> int | None:  # noqa: ANN401
    """How long the body of a parsed request is; None where that is not known, or the request is none."""
    reader = getattr(getattr(asked, "body", None), "reader", None)
    return int(reader.length) if isinstance(reader, LengthReader) else None


def _has_bare_feed(head: bytes) -> bool:
    return head.count(b"\n") != head.count(b"\r\n")


def _poll(sock: socket.socket, event: int) -> select.poll:
    poll = select.poll()
    poll.register(sock, event)
    return poll

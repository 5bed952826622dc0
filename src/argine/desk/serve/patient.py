"""gunicorn's threads, each of which stays a moment with the connection that it has just answered, and no longer.

A program that asks one question after the other has its next one there within a millisecond. Handing the connection
back to the main thread and out again costs more than many an answer; so as long as nobody else waits, the thread that
answered looks for the next question itself.

A sender who takes their time keeps no thread: see `connections`. Nor does who is refused, or does not close: what they
still send is read and dropped for a while, by the main thread, as it comes. A client that is still sending when the
connection closes is reset and never sees the answer.
"""

import contextlib
import select
import selectors
import socket
from collections import deque
from threading import Semaphore
from time import monotonic
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import _DEFER, ThreadWorker

from argine.desk.core.uploads import KIB, MIB
from argine.desk.serve import refusals
from argine.desk.serve.connections import PROGRAM_BYTES, SILENT_S, Connection, Socket

WAIT_MS = 5
DRAIN_S, DRAIN_PIECE = 10.0, 256 * KIB
# While the process ends, nobody else is to be kept waiting.
LAST_DRAIN_S = 0.2
LEAVING_MOST = 1000
# What all requests on their way may hold, before those that are large are cut off.
HELD_BYTES = 64 * MIB


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn publishes no types
    def init_process(self) -> None:
        # The other half of the threads is never kept waiting by those who may ask again.
        self.waiting = Semaphore(max(1, self.cfg.threads // 2))
        self.leaving: deque[tuple[float, Socket]] = deque()
        self.dropped = bytearray(DRAIN_PIECE)
        self.held = 0
        super().init_process()

    def accept(self, listener: Any) -> None:  # noqa: ANN401
        try:
            came, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        sock = Socket(came.family, came.type, came.proto, came.detach())
        names = (client, listener.getsockname())
        self.enqueue_req(Connection(self.cfg, sock, names, self._is_crowded, self._leave))

    def handle(self, conn: Connection) -> object:
        """Answer a question and those that follow at once. True: the connection stays open, and rests."""
        told = self._answer(conn)
        while told is True and self._asks_again(conn):
            told = self._answer(conn)
        return told

    def _answer(self, conn: Connection) -> object:
        is_new = conn.parser.mesg is None and not conn.reader.held()
        if conn.gather() or (is_new and self._asks_again(conn) and conn.gather()):
            return super().handle(conn)
        # Nobody comes back to it once the process ends.
        return _DEFER if self.alive else False

    def handle_request(self, req: Any, conn: Connection) -> object:  # noqa: ANN401
        conn.sock.begin_answer()
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            return False

    def handle_error(self, _req: object, client: Socket, _address: object, error: Exception) -> None:
        """Refuse what is no request, in words of our own: gunicorn's repeat what was sent."""
        status = refusals.status_of(error)
        if status >= refusals.OUR_FAULT:
            self.log.error("A request could not be answered.", exc_info=error)
        refusals.send(client, status)

    def finish_request(self, conn: Connection, fs: Any) -> None:  # noqa: ANN401
        super().finish_request(conn, fs)
        if not (self.pending_conns and self.pending_conns[-1] is conn):
            return
        if conn.until is not None:
            conn.timeout = min(monotonic() + SILENT_S, conn.until)
        conn.counted = conn.reader.held()
        self.held += conn.counted
        if self.held > HELD_BYTES and conn.counted > PROGRAM_BYTES:
            conn.timeout = 0.0

    def on_pending_socket_readable(self, conn: Connection, client: Socket) -> None:
        self.held -= conn.counted
        super().on_pending_socket_readable(conn, client)

    def murder_pending(self) -> None:
        """End those whose time is up: requests on their way, and connections that only have to be closed."""
        now = monotonic()
        for conn in [conn for conn in self.pending_conns if conn.timeout <= now]:
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            self.held -= conn.counted
            self.nr_conns -= 1
            if conn.counted:
                refusals.send(conn.sock, refusals.TOO_SLOW)
            conn.close(graceful=True)
        while self.leaving and self.leaving[0][0] <= now:
            self._end(self.leaving.popleft()[1])

    def _keepalive_after(self, conn: Connection, keepalive: object) -> bool:
        return bool(keepalive) and conn.drop_rest()

    def _leave(self, sock: Socket, graceful: bool) -> None:  # noqa: FBT001
        """Close, but let the other side finish first, without waiting for it."""
        if not self.alive or not graceful or len(self.leaving) >= LEAVING_MOST:
            util.close_graceful(sock, LAST_DRAIN_S) if graceful and not self.alive else util.close(sock)
            return
        try:
            sock.shutdown(socket.SHUT_WR)
            sock.settimeout(0)
            self.poller.register(sock, selectors.EVENT_READ, self._drop)
        except OSError:
            util.close(sock)
            return
        self.leaving.append((monotonic() + DRAIN_S, sock))

    def _drop(self, sock: Socket) -> None:
        try:
            more = sock.recv_into(self.dropped) > 0
        except BlockingIOError:
            return
        except OSError:
            more = False
        if not more:
            self._end(sock)

    def _end(self, sock: Socket) -> None:
        """Close for good; whoever ended in time is passed over when that time comes."""
        with contextlib.suppress(KeyError, ValueError):
            self.poller.unregister(sock)
        util.close(sock)

    def _is_crowded(self) -> bool:
        return not self.tpool._work_queue.empty()  # noqa: SLF001

    def _asks_again(self, conn: Connection) -> bool:
        if not self.alive or self._is_crowded() or not self.waiting.acquire(blocking=False):
            return False
        try:
            poll = select.poll()
            poll.register(conn.sock, select.POLLIN)
            return bool(poll.poll(WAIT_MS))
        finally:
            self.waiting.release()

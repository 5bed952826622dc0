"""gunicorn's threads, each of which stays a moment with the connection that it has just answered.

A program that asks one question after the other has its next one there within a millisecond. Handing the connection
back to the main thread and out again costs more than many an answer; so as long as nobody else waits, the thread that
answered looks for the next question itself.
"""

import select
from threading import Semaphore
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

WAIT_MS = 5


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn publishes no types
    def init_process(self) -> None:
        # The other half of the threads is never kept waiting by those who may ask again.
        self.waiting = Semaphore(max(1, self.cfg.threads // 2))
        super().init_process()

    def handle(self, conn: Any) -> object:  # noqa: ANN401
        """Answer a question and those that follow at once. True: the connection stays open, and rests."""
        told: object = super().handle(conn)
        while told is True and self._asks_again(conn):
            told = super().handle(conn)
        return told

    def _asks_again(self, conn: Any) -> bool:  # noqa: ANN401
        if not self.alive or not self.tpool._work_queue.empty() or not self.waiting.acquire(blocking=False):  # noqa: SLF001
            return False
        try:
            poll = select.poll()
            poll.register(conn.sock, select.POLLIN)
            return bool(poll.poll(WAIT_MS))
        finally:
            self.waiting.release()

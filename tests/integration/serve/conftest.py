"""The real web server in a process of its own, of one worker with eight threads: one for all tests of this folder."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.bad_requests import KEY, REVOKED, Bad

PREPARE = """
import sys
from argine.desk.boot import boot
boot()
from argine.desk.core.actor import SYSTEM
from argine.desk.people.enums import Scope
from argine.desk.people.operations import create_key, revoke_key
from argine.desk.people.queries import find_key
from argine.desk.serve.prepare import prepare
prepare()
good, revoked = (create_key("test", list(Scope), by=SYSTEM) for _ in range(2))
revoke_key(find_key(revoked), by=SYSTEM)
print(good, revoked)
"""


@dataclass
class WebProcess:
    port: int
    keys: dict[str, str]
    process: subprocess.Popen[bytes]

    def workers(self) -> set[str]:
        return set(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split())

    def send(self, bad: Bad) -> tuple[int, bytes]:
        length = str(len(bad.body)) if bad.length is None else bad.length
        headers = {"Host": "127.0.0.1", "Content-Type": bad.type, "Content-Length": length, **bad.headers}
        if "Transfer-Encoding" in headers:
            del headers["Content-Length"]
        if bad.key:
            headers["Authorization"] = f"Bearer {self.keys.get(bad.key, bad.key)}"
        lines = [f"{bad.method} {bad.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value)]
        return self.exchange("\r\n".join(lines).encode("latin-1") + b"\r\nConnection: close\r\n\r\n" + bad.body)

    def exchange(self, request: bytes) -> tuple[int, bytes]:
        head, _, body = self.answer(request).partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def answer(self, request: bytes) -> bytes:
        """Send it and no more; the whole answer, head and all."""
        with self.connect() as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def is_well(self) -> bool:
        asked = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        return self.exchange(asked)[0] == 200

    def wait(self) -> None:
        end = monotonic() + 60
        while monotonic() < end:
            try:
                if self.is_well():
                    return
            except OSError:
                sleep(0.05)
        raise AssertionError("the server did not start")


@pytest.fixture(scope="package")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProcess]:
    data = tmp_path_factory.mktemp("desk")
    environment = {**os.environ, "ARGINE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "argine.desk.settings"}
    told = subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True, capture_output=True, text=True)
    good, revoked = told.stdout.split()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "argine.desk.serve.web", "127.0.0.1", str(port), "1"]
    with subprocess.Popen(words, env=environment, stdin=subprocess.PIPE) as process:
        started = WebProcess(port, {KEY: good, REVOKED: revoked}, process)
        started.wait()
        yield started
        process.terminate()

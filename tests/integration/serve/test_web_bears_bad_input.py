"""The real web server in a process of its own: every bad request over a socket, and the same worker lives on."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.bad_requests import ALL, KEY, REVOKED, Bad

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
class Server:
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
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("desk")
    environment = {**os.environ, "ARGINE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "argine.desk.settings"}
    told = subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True, capture_output=True, text=True)
    good, revoked = told.stdout.split()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "argine.desk.serve.web", "127.0.0.1", str(port), "1"]
    with subprocess.Popen(words, env=environment, stdin=subprocess.PIPE) as process:
        started = Server(port, {KEY: good, REVOKED: revoked}, process)
        wait_for(started)
        yield started
        process.terminate()


def wait_for(server: Server) -> None:
    end = monotonic() + 60
    while monotonic() < end:
        try:
            if server.exchange(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")[0] == 200:
                return
        except OSError:
            sleep(0.05)
    raise AssertionError("the server did not start")


@pytest.mark.slow
def test_every_kind_of_bad_input_gets_a_4xx_and_the_same_worker_lives_on(server: Server) -> None:
    before, found = server.workers(), {}
    for bad in ALL:
        status, body = server.send(bad)
        is_told = bad.method == "HEAD" or set(json.loads(body)) >= {"error", "message"} if is_json(body) else False
        found[bad.name] = (status, is_told)
    assert {name: status for name, (status, _) in found.items() if not 400 <= status < 500} == {}
    # The server itself refuses these before the desk sees them, in its own words.
    assert {name for name, (_, is_told) in found.items() if not is_told} <= {
        "the method HEAD", "a length below zero", "a length in letters", "a length of 5000 digits",
        "a boundary of 5000 letters", "an endless key", "a boundary that is none",
    }  # fmt: skip
    assert server.workers() == before
    good = Bad("good", frozenset(), json.dumps({"signals": [{"type": "md5", "value": "0" * 32}]}).encode())
    assert json.loads(server.send(good)[1])["verdict"] == "allow"


def is_json(body: bytes) -> bool:
    return body.startswith(b"{")


@pytest.mark.slow
@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"\x00" * 100,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/v1/check HTTP/1.1\r\nHost",
        b"\x16\x03\x01\x02",
    ],
)
def test_what_is_no_request_at_all_harms_nothing(server: Server, request_: bytes) -> None:
    before = server.workers()
    try:
        status, _ = server.exchange(request_)
    except IndexError:
        status = 400  # the connection was closed without a word
    assert 400 <= status < 500
    assert server.workers() == before
    wait_for(server)

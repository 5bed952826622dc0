"""A desk as its operator runs it: `argine up` over a folder of its own, in processes of its own."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import psycopg
from tests.postgres import Server

START_S = 60.0
LAST_LINE = "Ctrl-C stops it."
TESTS_OWN = {"ARGINE_DATA", "DJANGO_SETTINGS_MODULE"}
# Each further process costs seconds at every start; a test that is about several asks for them.
FEW_PROCESSES = {"ARGINE_HASH_PROCESSES": "1"}
# For a desk to which nobody uploads anything: it then starts without the confined process that would hash it.
NO_UPLOADS = {"ARGINE_SANDBOX": "off"}


URL = "ARGINE_DATABASE_URL"


def whole_run_server() -> Server | None:
    """The server that this whole test run is over, if it is (ARGINE_TEST_DATABASE)."""
    folder = os.environ.get("ARGINE_TEST_SERVER")
    return Server(Path(folder)) if folder else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningDesk:
    """Start it, end it kindly or with kill -9, start it again over what the first run left."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    workers: int = 1
    port: int = field(default_factory=free_port)
    words: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)
    wrapper: tuple[str, ...] = ()  # words before the command, such as those that give it a disk of its own

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        return (self.data / "keys" / "platform-api.key").read_text().strip()

    def start(self) -> str:
        """Start, wait for the welcome, return it."""
        self.said.clear()
        options = ["--data", str(self.data), "--port", str(self.port), "--workers", str(self.workers), *self.words]
        words = [*self.wrapper, sys.executable, "-m", "argine", "up", *options]
        self.process = subprocess.Popen(
            words,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        end = monotonic() + START_S
        while monotonic() < end and self.process.poll() is None:
            if any(LAST_LINE in line for line in self.said):
                return "\n".join(self.said)
            sleep(0.05)
        raise AssertionError("the desk did not start:\n" + "\n".join(self.said))

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line.rstrip("\n"))

    def stop(self) -> int:
        """Stop as Ctrl-C does; return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self._close()
        return code

    def _close(self) -> None:
        assert self.process is not None
        if self.process.stdout is not None:
            self.process.stdout.close()

    def kill(self) -> None:
        """Kill -9 every process of the desk at once, as a power cut would."""
        assert self.process is not None
        for pid in [*children(self.process.pid), self.process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(10)
        self._close()

    def end(self) -> None:
        """End it if it runs: after a test that failed amid its story."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def verify(self) -> "subprocess.CompletedProcess[str]":
        """Run `argine log verify` over the folder."""
        return self.command("log", "verify")

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run another command of `argine` over the folder."""
        line = [sys.executable, "-m", "argine", *words, "--data", str(self.data)]
        return subprocess.run(line, capture_output=True, text=True, check=False, env=self._environment())

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if name not in TESTS_OWN}
        if (server := whole_run_server()) and URL not in self.environment:
            self.environment[URL] = server.new_database(self._database_name())
        return {**FEW_PROCESSES, **own, **self.environment}

    def _database_name(self) -> str:
        return f"desk_{sha256(str(self.data).encode()).hexdigest()[:16]}"

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Do something in the desk's database, past the desk; values stand for question marks."""
        if url := self.environment.get(URL):
            with psycopg.connect(url, autocommit=True) as connection:
                found = connection.execute(statement.replace("?", "%s"), values)
                return found.fetchall() if found.description else []
        with closing(sqlite3.connect(self.data / "argine.sqlite3", timeout=20)) as database, database:
            return database.execute(statement, values).fetchall()

    def invitation(self) -> str:
        """The address of the first account's one-time link, as it was printed."""
        return next(found[0] for line in self.said if (found := re.findall(r"/console/welcome/\S+", line)))

    def api(self, path: str, body: object = None, *, key: str | None = None) -> tuple[int, Any]:
        """Ask the platform API in JSON; return the status and what it answered."""
        data = None if body is None else json.dumps(body).encode()
        return self._ask(path, data, "application/json", key)

    def check(self, picture: bytes, content_id: str = "") -> dict[str, Any]:
        """Ask about an upload, as a platform's software does."""
        status, answer = self._ask("check", *multipart({"content_id": content_id}, picture), None)
        assert status == 200, answer
        return dict(answer)

    def _ask(self, path: str, data: bytes | None, kind: str, key: str | None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key or self.key}", "Content-Type": kind}
        request = Request(f"{self.base}/api/v1/{path}", data=data, headers=headers)
        return answer_of(build_opener(), request)


def multipart(fields: dict[str, str], file: bytes) -> tuple[bytes, str]:
    boundary = token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    return b"".join([*parts, head.encode(), file, f"\r\n--{boundary}--\r\n".encode()]), (
        f"multipart/form-data; boundary={boundary}"
    )


def answer_of(opener: Any, request: Request) -> tuple[int, Any]:
    try:
        response: HTTPResponse = opener.open(request, timeout=30)
    except HTTPError as error:
        response = error  # type: ignore[assignment]  # it reads like any answer
    with response:
        body = response.read().decode()
        is_json = response.headers.get_content_type() == "application/json"
        return int(response.status or 0), json.loads(body) if is_json else body


def children(pid: int) -> list[int]:
    """Every process below one, however deep."""
    listed = subprocess.run(["ps", "-Ao", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    below: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        below.setdefault(parent, []).append(child)
    found, queue = list[int](), [pid]
    while queue:
        next_ones = below.get(queue.pop(), [])
        found += next_ones
        queue += next_ones
    return found


class Person:
    """Somebody who reports without JavaScript: plain forms, cookies, nothing else."""

    def __init__(self, base: str) -> None:
        self.base, self.jar = base, CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))
        # Each person writes from an address of their own.
        self.opener.addheaders = [("X-Forwarded-For", f"192.0.2.{token_hex(8)}")]

    def get(self, path: str) -> str:
        status, body = answer_of(self.opener, Request(self.base + path))
        assert status == 200, (path, status)
        return str(body)

    def get_json(self, path: str) -> object:
        status, body = answer_of(self.opener, Request(self.base + path))
        assert status == 200, (path, status)
        return body

    def post(self, path: str, form_at: str, fields: dict[str, str]) -> tuple[int, str]:
        page = self.get(form_at)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        data = urlencode({**hidden, **fields}).encode()
        status, body = answer_of(self.opener, Request(self.base + path, data=data))
        return status, str(body)

    def report(self, **fields: str) -> str:
        """Send a notice; return the case code."""
        said = {"under_18": "no", "capacity": "depicted_person", "nature": "real", "no_consent": "on",
                "good_faith": "on", "signature": "A. Person", **fields}  # fmt: skip
        status, body = self.post("/report/", "/report/", said)
        found = re.search(r'id="case-code"[^>]*>([^<]+)<', body)
        assert status == 200, body
        assert found, body
        return found[1].strip()

    def open(self, code: str) -> str:
        """Open a case by its code; return its page."""
        status, body = self.post("/status/", "/status/", {"code": code})
        assert status == 200, (status, body)
        return body

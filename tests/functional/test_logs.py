"""What the processes of a running desk write, and count: whatever goes wrong, nothing that anybody sent is in it."""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import Request, build_opener

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.functional.running_desk import Person, RunningDesk, answer_of, children, multipart
from tests.raw_sql import in_its_words

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("logs")]

MARK = "zqmark"
NONSENSE = (
    f"GET /{MARK} HTTP/zq\r\n\r\n",
    f"{MARK}\r\n\r\n",
    f"GET /{MARK} HTTP/1.1\r\nHost: {MARK}.example\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: a\r\n{MARK} {MARK}: x\r\n\r\n",
    f"POST /report/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{MARK}\r\n",
    f"POST /report/ HTTP/1.1\r\nHost: a\r\nContent-Length: {MARK}\r\n\r\n",
    f"GET /{MARK * 3000} HTTP/1.1\r\nHost: a\r\n\r\n",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    running = RunningDesk(tmp_path_factory.mktemp("desk") / "data", {"ARGINE_LOG_FORMAT": "json"}, workers=2)
    running.start()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.stop()


def ask(desk: RunningDesk, path: str, key: str = "") -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    status, text = answer_of(build_opener(), Request(f"{desk.base}{path}", headers=headers))
    return status, text if isinstance(text, str) else json.dumps(text)


def talk_nonsense(desk: RunningDesk) -> None:
    for text in NONSENSE:
        with socket.create_connection(("127.0.0.1", desk.port), timeout=10) as connection, suppress(OSError):
            connection.sendall(text.encode())
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65_536)


def damage_messages(desk: RunningDesk) -> None:
    damaged = desk.sql(in_its_words("UPDATE cases_message SET text = X'01' || zeroblob(40) RETURNING 1"))
    assert len(damaged) == 1


def live(desk: RunningDesk) -> tuple[str, list[str]]:
    """A report, and all that can go wrong around it; return the case code and every error page."""
    person = Person(desk.base)
    code = person.report(
        statement=f"{MARK} words", contact=f"{MARK}@person.example", addresses=f"https://site.example/{MARK}"
    )
    person.post("/status/message/", "/status/", {"text": f"{MARK} more"})
    body, kind = multipart({"content_id": MARK}, MARK.encode())
    body = body.replace(b'filename="a"', f'filename="{MARK}.jpg"'.encode())
    headers = {"Authorization": f"Bearer {desk.key}", "Content-Type": kind}
    pages = [answer_of(build_opener(), Request(f"{desk.base}/api/v1/check", data=body, headers=headers))]
    talk_nonsense(desk)
    damage_messages(desk)
    pages += [answer_of(person.opener, Request(f"{desk.base}/status/"))]
    pages += [ask(desk, f"/console/welcome/{MARK}"), ask(desk, f"/{MARK}"), ask(desk, "/metrics", MARK)]
    assert [status for status, _ in pages] == [415, 500, 404, 404, 401]
    # The choice of language names the page that it leads back to: the address that this person asked for.
    return code, [re.sub(r'<input[^>]*name="next"[^>]*>', "", str(text)) for _, text in pages]


def end_a_worker(desk: RunningDesk) -> None:
    """Kill -9 one web process: the server that started it says so."""
    assert desk.process is not None
    web = next(pid for pid in children(desk.process.pid) if b"argine.desk.serve.web" in command_of(pid))
    os.kill(children(web)[0], signal.SIGKILL)


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def numbers(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            name = one.name + "".join(f" {word}" for _, word in sorted(one.labels.items()))
            found[name] = one.value
    return found


def test_no_line_no_error_page_and_no_metric_of_a_running_desk_holds_what_somebody_sent(desk: RunningDesk) -> None:
    code, pages = live(desk)
    key = json.loads(desk.command("key", "create", "watcher", "--scope", "metrics", "--json").stdout)["key"]
    for _ in range(40):
        assert ask(desk, "/health/live")[0] == 200
    status, counted = ask(desk, "/metrics", key)
    assert status == 200
    # Whichever of the two web processes was asked: the counts of both.
    assert numbers(counted)["argine_requests_total GET health_live 200"] == 40
    assert numbers(counted)["argine_requests_total GET intake:status 500"] == 1
    assert numbers(counted)["argine_log_lines_total error"] >= 1
    assert ask(desk, "/health/ready")[0] == 200
    end_a_worker(desk)
    assert desk.stop() == 0
    assert [line for line in desk.said if not line.startswith("{")] == []
    lines = [json.loads(line) for line in desk.said]
    assert {line["process"] for line in lines if "process" in line} >= {"web", "supervisor"}
    (failed,) = [line for line in lines if line.get("route") == "intake:status"]
    assert failed["errors"]
    assert any("SIGKILL" in line["message"] or "code" in line["message"] or "pid" in line["message"] for line in lines)
    said = {"lines": "\n".join(desk.said), "pages": "\n".join(pages), "metrics": counted}
    words = (MARK, code, code.replace("-", " "), "person.example", "site.example", "127.0.0.1:", desk.key, key)
    found = {name: [word for word in words if word.lower() in text.lower()] for name, text in said.items()}
    found["lines"].remove("127.0.0.1:")  # the desk's own address, in the line of its start
    assert found == {"lines": [], "pages": [], "metrics": []}

"""The client of a desk that is slow, gone, odd or asked too much: there is an answer, in time, and it is counted."""

import asyncio
import json
import logging
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from time import monotonic, sleep

import pytest
from tests.web_server import Site, serving

from argine.connect.asker import Asker, Checked
from argine.connect.client import Content
from argine.connect.policy import Judgement, Outcome, Reason
from argine.connect.settings import Settings

JSON = {"Content-Type": "application/json"}
CHECK = "/api/v1/check"
Answer = Callable[[bytes], tuple[int, dict[str, str], bytes]]


def verdict(word: str) -> Answer:
    return lambda _: (200, JSON, json.dumps({"id": "1", "verdict": word, "matches": []}).encode())


def says(status: int, error: str = "") -> Answer:
    return lambda _: (status, JSON, json.dumps({"error": error, "message": "No."} if error else {}).encode())


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as site:
        yield site


def in_a_loop(coroutine: Coroutine[None, None, Checked]) -> Checked:
    """Run it in a thread: in this one the browser tests of the same process may keep a loop."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, coroutine).result()


def asker_of(address: str, **given: object) -> Asker:
    return Asker(Settings.read({"address": address, "key": "argine_x", "fail": "closed", **given}), "test")


def ask(site: Site, answer: Answer, file: bytes = b"picture", **given: object) -> Checked:
    site.posts[CHECK] = answer
    return asker_of(site.url()[:-1], **given).ask(BytesIO(file), Content("post 7/ü", "https://forum.example/ü?a=1"))


@pytest.mark.parametrize("word", ["block", "review", "allow", "unhashable"])
def test_the_verdict_is_the_desks(site: Site, word: str) -> None:
    checked = ask(site, verdict(word), banks=["removed", "mine"])
    assert checked.answer.outcome == word
    _, headers = site.asked[-1]
    assert headers["Authorization"] == "Bearer argine_x"
    assert headers["Argine-Banks"] == "removed,mine"
    assert headers["Argine-Content-Id"] == "post%207/%C3%BC"
    assert headers["Argine-Content-Url"] == "https://forum.example/%C3%BC?a=1"


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (says(415, "unsupported_type"), Outcome.UNREADABLE, None),
        (says(422, "picture_damaged"), Outcome.UNREADABLE, None),
        (says(422, "invalid"), Outcome.AWAY, Reason.STRANGE),
        (says(401, "unauthorized"), Outcome.AWAY, Reason.KEY),
        (says(403, "forbidden"), Outcome.AWAY, Reason.KEY),
        (says(429, "too_many"), Outcome.AWAY, Reason.RATE),
        (says(503, "busy"), Outcome.AWAY, Reason.FAULT),
        (says(500), Outcome.AWAY, Reason.FAULT),
        (says(404), Outcome.AWAY, Reason.STRANGE),
        (says(415), Outcome.AWAY, Reason.STRANGE),
        (verdict("maybe"), Outcome.AWAY, Reason.STRANGE),
        (lambda _: (200, JSON, b"[[["), Outcome.AWAY, Reason.STRANGE),
        (lambda _: (302, {"Location": "/"}, b""), Outcome.AWAY, Reason.STRANGE),
    ],
)
def test_no_answer_is_taken_for_a_yes(site: Site, answer: Answer, outcome: Outcome, reason: Reason | None) -> None:
    checked = ask(site, answer)
    assert (checked.answer.outcome, checked.answer.reason) == (outcome, reason)
    assert checked.accepted is (outcome is Outcome.UNREADABLE)


@pytest.mark.parametrize("given", [{"most_file_mib": 1}, {}])
def test_what_is_too_large_is_asked_about_by_its_exact_hashes(site: Site, given: dict[str, object]) -> None:
    """Either we know that it is, or the desk says so."""
    asked: list[dict[str, object]] = []

    def answer(body: bytes) -> tuple[int, dict[str, str], bytes]:
        if not body.startswith(b"{"):
            return says(413, "too_large")(body)
        asked.append(json.loads(body))
        return verdict("block" if len(asked) == 1 else "allow")(body)

    large = b"x" * (1024 * 1024 + 1)
    assert ask(site, answer, large, **given).answer.outcome is Outcome.BLOCK
    signals = asked[0]["signals"]
    assert [signal["type"] for signal in signals] == ["sha256", "md5"]  # type: ignore[attr-defined]
    # That no identical copy is known does not say that it was looked at.
    assert ask(site, answer, large, **given).answer.outcome is Outcome.UNREADABLE


def test_nothing_is_asked_about_an_empty_file(site: Site) -> None:
    assert ask(site, verdict("block"), b"").answer.outcome is Outcome.UNREADABLE
    assert site.asked == []


def test_a_desk_that_does_not_answer_costs_no_more_than_the_time_that_is_set(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, caplog.at_level(logging.WARNING):
        asker = asker_of(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout_s=0.2)
        start = monotonic()
        checked = [asker.ask(BytesIO(b"picture")) for _ in range(3)]
        assert monotonic() - start < 2
        assert in_a_loop(asker.ask_soon(BytesIO(b"picture"))).answer.reason is Reason.TIMEOUT
    assert {one.answer.reason for one in checked} == {Reason.TIMEOUT}
    assert {one.judgement for one in checked} == {Judgement.REFUSE}
    assert len(caplog.messages) == 1
    assert "could not be asked (timeout): refuse" in caplog.text


def test_a_desk_that_drips_its_answer_costs_no_more_either(site: Site) -> None:
    site.drip_s = 0.05
    start = monotonic()
    assert ask(site, verdict("allow"), timeout_s=0.3).answer.reason is Reason.TIMEOUT
    assert monotonic() - start < 1.5


def test_a_desk_that_is_gone_is_told_at_once(free_port: int) -> None:
    checked = asker_of(f"http://127.0.0.1:{free_port}", fail="open").ask(BytesIO(b"picture"))
    assert (checked.answer.reason, checked.judgement) == (Reason.UNREACHABLE, Judgement.ACCEPT)


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("soon", [False, True])
def test_at_the_limit_the_answer_is_the_one_that_was_set(site: Site, soon: bool) -> None:
    go_on = threading.Event()

    def slow(body: bytes) -> tuple[int, dict[str, str], bytes]:
        go_on.wait(10)
        return verdict("allow")(body)

    site.posts[CHECK] = slow
    asker = asker_of(site.url()[:-1], most_at_once=1, most_waiting=1, fail="open")
    waiting = [threading.Thread(target=asker.ask, args=(BytesIO(b"picture"),)) for _ in range(2)]
    for thread in waiting:
        thread.start()
    while 'inside{connector="test"} 2' not in asker.metrics_text():
        sleep(0.005)
    one_more = in_a_loop(asker.ask_soon(BytesIO(b"x"))) if soon else asker.ask(BytesIO(b"x"))
    assert (one_more.answer.reason, one_more.judgement) == (Reason.LIMIT, Judgement.ACCEPT)
    go_on.set()
    for thread in waiting:
        thread.join()
    assert asker.ask(BytesIO(b"picture")).answer.outcome is Outcome.ALLOW
    assert len(site.asked) == 3
    assert 'reason="limit"} 1' in asker.metrics_text()


def test_a_connection_is_used_again_and_replaced_when_the_desk_has_closed_it() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + b'{"verdict": "allow"}'
    accepted = []

    def serve(server: socket.socket) -> None:
        """Answer twice on the first connection, then close it without a word; then once on the next."""
        for times in (2, 1):
            connection, _ = server.accept()
            accepted.append(connection)
            for _ in range(times):
                asked = b""
                while b"picture" not in asked:
                    asked += connection.recv(65536)
                connection.sendall(answer)
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        asker = asker_of(f"http://127.0.0.1:{server.getsockname()[1]}", timeout_s=5)
        assert [asker.ask(BytesIO(b"picture")).answer.outcome for _ in range(3)] == [Outcome.ALLOW] * 3
        thread.join()
    assert len(accepted) == 2
    asker.close()

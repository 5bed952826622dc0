"""Senders who take their time, of every kind and more than there are threads: nobody else waits for them."""

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPResponse
from time import monotonic, sleep

import pytest
from tests.bad_requests import KEY
from tests.integration.serve.conftest import WebProcess

from argine.desk.core.uploads import MIB
from argine.desk.serve.connections import BODY_RATE, BODY_S, PAGE_BYTES, Clock, Socket
from argine.desk.serve.patient import HELD_BYTES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("web-process")]

SENDERS, SECONDS, MOST_S = 10, 3.0, 2.0
FORM = "Content-Type: application/x-www-form-urlencoded"


def head(line: str, *more: str) -> bytes:
    return "\r\n".join([line, "Host: 127.0.0.1", *more, "", ""]).encode()


def kinds(key: str) -> dict[str, bytes]:
    bearer = f"Authorization: Bearer {key}"
    bytes_ = "Content-Type: application/octet-stream"
    return {
        "nothing at all": b"",
        "half a head": b"GET / HTTP/1.1\r\nX-A: a",
        "a refused body": head("POST /api/v1/check HTTP/1.1", bytes_, "Content-Length: 1000000"),
        "chunks": head("POST /api/v1/check HTTP/1.1", bytes_, "Transfer-Encoding: chunked") + b"fffff\r\n",
        "a small form": head("POST /report/ HTTP/1.1", FORM, "Content-Length: 5000"),
        "a large form": head("POST /report/ HTTP/1.1", FORM, "Content-Length: 1000000"),
        "a form too large": head("POST /report/ HTTP/1.1", FORM, f"Content-Length: {PAGE_BYTES + 1}"),
        "an upload with a key": head("POST /api/v1/check HTTP/1.1", bytes_, bearer, "Content-Length: 1000000"),
        "who does not close": head("GET /health/live HTTP/1.0"),
    }


@pytest.fixture
def senders(web: WebProcess) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        connections = []
        for begun in SENDERS * tuple(kinds(web.keys[KEY]).values()):
            connections.append(stack.enter_context(web.connect()))
            connections[-1].sendall(begun)
        yield connections


def test_others_are_answered_all_the_time(web: WebProcess, senders: list[socket.socket]) -> None:
    waits, end = [], monotonic() + SECONDS
    while monotonic() < end:
        begun = monotonic()
        assert web.is_well()
        waits.append(monotonic() - begun)
        for connection in senders:
            with suppress(OSError):
                connection.send(b"a")
        sleep(0.1)
    assert max(waits) < MOST_S


def test_a_form_that_comes_in_pieces_is_answered_as_any_other(web: WebProcess) -> None:
    with web.connect() as connection:
        for piece in (
            b"POST /report/ HT",
            b"TP/1.1\r\nHost: 127.0.0.1\r\n" + FORM.encode(),
            b"\r\nContent-Length: 5\r\n\r\na",
            b"=bcd",
        ):
            connection.sendall(piece)
            sleep(0.1)
        # Read whole, and refused for it has no token.
        assert connection.recv(65_536).startswith(b"HTTP/1.1 403 ")


def test_who_waits_to_be_told_that_the_body_may_come_is_told_once(web: WebProcess) -> None:
    asked = head(
        "POST /api/v1/check HTTP/1.1", "Content-Type: application/json", "Content-Length: 2", "Expect: 100-continue"
    )
    with web.connect() as connection:
        connection.sendall(asked)
        assert connection.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401 ")


def status_of(connection: socket.socket) -> int:
    """Read an answer to its end, which may come in several pieces: what is there then belongs to the next."""
    with HTTPResponse(connection) as answer:
        answer.begin()
        answer.read()
        return answer.status


def test_a_connection_is_used_again_after_a_refusal_and_never_inside_a_body(web: WebProcess) -> None:
    """What follows a body that was not read to its end is no request."""
    body = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    refused = head(
        "POST /api/v1/check HTTP/1.1", "Content-Type: application/octet-stream", "Content-Length: {}"
    ).decode()
    with web.connect() as connection:
        connection.sendall(refused.format(200_000).encode() + b"a" * 200_000)
        assert status_of(connection) == 401
        connection.sendall(refused.format(400_000).encode() + b"a" * 200_000)
        assert status_of(connection) == 401
        sleep(0.5)
        with suppress(OSError):
            connection.sendall(b"a" * 200_000 + body)
        assert connection.recv(65_536) == b""


@pytest.mark.parametrize(
    ("moved", "spent_s", "most_s", "goes_on"),
    [
        (0, 29.9, None, True), (0, 30.1, None, False), (0, 0.6, 0.5, False), (0, 0.4, 0.5, True),
        (BODY_RATE * 100, 129.0, None, True), (BODY_RATE * 100, 131.0, None, False),
        (BODY_RATE * 100, 100.4, 0.5, True), (BODY_RATE * 100, 100.6, 0.5, False),
        (256 * MIB, 4000.0, None, True),
    ],
)  # fmt: skip
def test_who_sends_more_may_take_longer(moved: int, spent_s: float, most_s: float | None, goes_on: bool) -> None:
    clock = Clock(BODY_S, BODY_RATE)
    clock.moved, clock.spent_s = moved, spent_s
    assert clock.wait(select.poll(), most_s) is goes_on


def test_who_does_not_fetch_an_answer_is_left() -> None:
    here, there = socket.socketpair()
    with Socket(here.family, here.type, here.proto, here.detach()) as sender, there:
        sender.clock = Clock(0.2, BODY_RATE * 1000)
        with pytest.raises(TimeoutError):
            sender.sendall(b"a" * 10 * MIB)


def test_what_is_on_its_way_is_bounded_and_small_questions_go_on(web: WebProcess) -> None:
    """Forms that are large and never end: the largest are sent away as soon as all together hold too much."""
    large, forms = PAGE_BYTES - 1, HELD_BYTES // PAGE_BYTES + 4
    begun = head("POST /report/ HTTP/1.1", FORM, f"Content-Length: {large + 1}") + b"a" * large
    with ExitStack() as stack:
        connections = [stack.enter_context(web.connect()) for _ in range(forms)]
        for connection in connections:
            connection.sendall(begun)
        sleep(1.5)
        answers = [connection.recv(65_536) for connection in connections if select.select([connection], [], [], 0)[0]]
        assert 1 <= len(answers) < forms
        assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in answers)
        assert web.is_well()

"""The real web server in a process of its own: every bad request over a socket, and the same worker lives on."""

import json

import pytest
from tests.bad_requests import ALL, Bad
from tests.integration.serve.conftest import WebProcess

from argine.desk.core.content_policy import NOTHING_SHOWN

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("web-process")]


def test_every_kind_of_bad_input_gets_a_4xx_and_the_same_worker_lives_on(web: WebProcess) -> None:
    before, found = web.workers(), {}
    for bad in ALL:
        status, body = web.send(bad)
        is_told = bad.method == "HEAD" or set(json.loads(body)) >= {"error", "message"} if is_json(body) else False
        found[bad.name] = (status, is_told)
    assert {name: status for name, (status, _) in found.items() if not 400 <= status < 500} == {}
    # The server itself refuses these before the desk sees them, in its own words.
    assert {name for name, (_, is_told) in found.items() if not is_told} <= {
        "the method HEAD", "a length below zero", "a length in letters", "a length of 5000 digits",
        "a boundary of 5000 letters", "an endless key", "a boundary that is none",
    }  # fmt: skip
    assert web.workers() == before
    good = Bad("good", frozenset(), json.dumps({"signals": [{"type": "md5", "value": "0" * 32}]}).encode())
    assert json.loads(web.send(good)[1])["verdict"] == "allow"


def is_json(body: bytes) -> bool:
    return body.startswith(b"{")


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
def test_what_is_no_request_at_all_harms_nothing(web: WebProcess, request_: bytes) -> None:
    before = web.workers()
    try:
        status, _ = web.exchange(request_)
    except IndexError:
        status = 400  # the connection was closed without a word
    assert 400 <= status < 500
    assert web.workers() == before
    web.wait()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("GET / HTTP/zqmark\r\n\r\n", 400),
        ("zqmark\r\n\r\n", 400),
        ("zqmark\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nzqmark zqmark: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: zqmark\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: zqmark\r\n\r\n", 501),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: zqmark\r\n\r\n", 417),
        (f"GET /{'zqmark' * 3000} HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (f"GET / HTTP/1.1\r\nHost: a\r\nX: {'zqmark' * 3000}\r\n\r\n", 431),
    ],
)
def test_what_the_server_itself_refuses_is_told_in_fixed_words(web: WebProcess, request_: str, status: int) -> None:
    head, _, body = web.answer(request_.encode()).decode().partition("\r\n\r\n")
    first, *lines = head.splitlines()
    assert first.startswith(f"HTTP/1.1 {status} ")
    assert {
        "Content-Type: text/plain; charset=utf-8",
        "X-Content-Type-Options: nosniff",
        f"Content-Length: {len(body)}",
        f"Content-Security-Policy: {NOTHING_SHOWN}",
    } <= set(lines)
    assert body.endswith(".\n")
    assert "zqmark" not in head + body


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        ("/console/login/", "X-Nothing: x", 200),
        ("/public/console/login/", "SCRIPT_NAME: /public", 404),
        ("/", "SCRIPT_NAME: /zqmark", 200),
        ("/", "PATH_INFO: /console/login/", 200),
        ("/", "SCRIPT-NAME: /zqmark", 200),
        ("/health", "X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: zqmark", 200),
    ],
)
def test_no_header_changes_which_address_is_asked(web: WebProcess, path: str, header: str, status: int) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\nConnection: close\r\n\r\n"
    answer = web.answer(request.encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"zqmark" not in answer
    # Who has come by plain http is not told otherwise by a header.
    assert b"Strict-Transport-Security" not in answer

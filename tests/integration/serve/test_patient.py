"""Threads of the web server that stay with a connection: quick for who asks again, and nobody has to wait for it."""

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from time import monotonic, sleep

import pytest

THREADS = 4
SERVER = f"""
import sys, threading
from gunicorn.app.base import BaseApplication

def application(environ, start_response):
    body = str(threading.get_ident()).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]

class Server(BaseApplication):
    def load_config(self):
        settings = dict(bind="127.0.0.1:" + sys.argv[1], workers=1, threads={THREADS}, graceful_timeout=3,
                        worker_class="argine.desk.serve.patient.PatientWorker", control_socket_disable=True)
        for name, value in settings.items():
            self.cfg.set(name, value)
    def load(self):
        return application

Server().run()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = int(found.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stderr=subprocess.DEVNULL)
    end = monotonic() + 30
    while True:
        try:
            asked(port)
            break
        except OSError:
            assert monotonic() < end
            sleep(0.05)
    yield process, port
    process.kill()
    process.wait()


def asked(port: int) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        return again(connection)


def again(connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", "/")
    return connection.getresponse().read()


def test_who_asks_again_at_once_is_answered_by_the_same_thread(server: tuple[subprocess.Popen[bytes], int]) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server[1], timeout=10)) as connection:
        threads = [again(connection) for _ in range(60)]
    changes = sum(one != other for one, other in pairwise(threads))
    assert changes < 20


def test_connections_that_rest_keep_nobody_waiting(server: tuple[subprocess.Popen[bytes], int]) -> None:
    with ExitStack() as stack:
        resting = [
            stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server[1], timeout=10)))
            for _ in range(5 * THREADS)
        ]
        for _ in range(3):
            for connection in resting:
                assert again(connection)
        assert asked(server[1])


def test_questions_that_come_together_are_all_answered(server: tuple[subprocess.Popen[bytes], int]) -> None:
    with socket.create_connection(("127.0.0.1", server[1]), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
        found = b""
        while found.count(b"HTTP/1.1 200") < 3:
            piece = connection.recv(65_536)
            assert piece
            found += piece


def test_it_ends_when_it_is_told_though_a_connection_is_open(server: tuple[subprocess.Popen[bytes], int]) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server[1], timeout=10)) as connection:
        again(connection)
        server[0].send_signal(signal.SIGTERM)
        assert server[0].wait(15) == 0

"""Clients that ask without a pause: the mix, what counts, and lines that break."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

from argine.bench.http import Question
from argine.bench.load import Answer, kinds, mixed, press


def question(name: str, path: str = "/") -> Question:
    return Question(name, "GET", path, {}, bytes)


def test_the_mix_is_as_its_shares_say_and_each_client_has_an_order_of_its_own() -> None:
    shares = [(80, question("signals")), (20, question("picture"))]
    first, again, other = ([one.name for one in islice(mixed(shares, seed), 100)] for seed in (1, 1, 2))
    assert first == again != other
    assert Counter(first) == {"signals": 80, "picture": 20}


def test_only_right_answers_count_by_kind_and_all_together_last() -> None:
    answers = [Answer("b", 0.0, 0.010), Answer("a", 0.1, 0.020), Answer("a", 0.2, 0.040), Answer("a", 0.3, 9.0, "500")]
    found = kinds(answers, 2.0)
    assert [(kind["name"], kind["requests"], kind["a_second"]) for kind in found] == [
        ("a", 2, 1.0), ("b", 1, 0.5), ("all", 3, 1.5),
    ]  # fmt: skip
    assert found[0]["p50"] == 30.0


class Handler(BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", -1  # an answer goes in one piece

    def do_GET(self) -> None:
        if self.path == "/break":
            self.close_connection = True
            return
        self.send_response(500 if self.path == "/wrong" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def serving() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_wrong_answers_and_broken_lines_are_told_and_the_client_goes_on() -> None:
    shares = [(60, question("right")), (20, question("wrong", "/wrong")), (20, question("breaks", "/break"))]
    with serving() as port:
        found = press(port, shares, 2, 0.5)
    wrong = {(answer.name, answer.wrong) for answer in found if answer.wrong}
    assert wrong == {("wrong", "500"), ("a line", "ConnectionError")}
    broken = max(answer.began for answer in found if answer.name == "a line")
    assert any(answer.began > broken for answer in found if not answer.wrong) or broken > 0.4

"""What a soak makes of its times and memory."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path

import pytest

from argine.bench import soak
from argine.bench.http import Question, WrongAnswerError
from argine.bench.machine import own_memory, private_memory, share_of_memory
from argine.bench.soak import Load, growths, minutes
from argine.cli.bench.soak import Found, is_steady, told


def question(name: str) -> Question:
    return Question(name, "GET", "/", {}, bytes)


def test_the_load_is_mixed_as_its_parts_say_and_the_same_each_time() -> None:
    load = Load([(90, question("a")), (10, question("b"))], 10.0, 2)
    first, again = ([one.name for one in islice(load.order(), 200)] for _ in range(2))
    assert first == again
    assert (first[:100].count("a"), first[100:].count("b")) == (90, 10)
    assert first[:90] != ["a"] * 90


def test_times_are_told_by_the_minute_in_which_they_were_due() -> None:
    times = [(0.0, 0.010), (59.9, 0.030), (60.0, 0.002), (179.0, 0.004)]
    found = minutes(times)
    assert [(one["minute"], one["requests"]) for one in found] == [(1, 2), (2, 1), (3, 1)]
    assert found[0]["p50"] == pytest.approx(20.0)
    assert found[2]["p99"] == pytest.approx(4.0)


def test_growth_is_told_of_processes_that_were_there_all_the_time_and_of_all_together() -> None:
    readings = [{"web 1": 100.0, "gone 2": 5.0}, {"web 1": 90.0, "new 3": 7.0}, {"web 1": 104.0, "new 3": 7.0}]
    found = growths(readings)
    assert [(one["name"], round(one["percent"], 1), one["mib"]) for one in found] == [
        ("web 1", 4.0, [100.0, 90.0, 104.0]), ("all", 5.7, [105.0, 97.0, 111.0]),
    ]  # fmt: skip


def test_where_the_system_tells_no_memory_no_growth_is_told() -> None:
    assert growths([{"web 1": 0.0}, {"web 1": 0.0}]) == []


@pytest.mark.parametrize(
    ("percent", "wrong", "steady"), [(4.9, [], True), (-3.0, [], True), (5.1, [], False), (0.0, ["x: 500"], False)]
)
def test_steady_means_no_wrong_answer_and_no_growth_over_five_percent(
    percent: float, wrong: list[str], *, steady: bool
) -> None:
    processes = growths([{"web 1": 100.0}, {"web 1": 100.0 + percent}])
    found = Found(read_at=[1, 2], minutes=minutes([(0.0, 0.1)]), processes=processes, reports=1, wrong=wrong)
    assert is_steady(found) is steady
    assert f"{percent:+.1f}" in told(found)


def test_new_processes_that_take_more_are_not_steady_either() -> None:
    processes = growths([{"web 1": 100.0, "hashing 2": 50.0}, {"web 1": 100.0, "hashing 3": 60.0}])
    assert not is_steady(Found(read_at=[1, 2], minutes=[], processes=processes, reports=1, wrong=[]))


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells what processes share")
def test_the_share_of_memory_is_more_than_what_a_process_has_alone_and_less_than_all_that_it_sees() -> None:
    assert private_memory(os.getpid()) <= share_of_memory(os.getpid()) <= own_memory()


class Slow(BaseHTTPRequestHandler):
    """Answers 503 twice before it is ready, as a desk that still compiles."""

    asked = 0

    def do_GET(self) -> None:
        Slow.asked += 1
        self.send_response(500 if self.path == "/never" else 503 if Slow.asked < 3 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def test_the_load_begins_once_every_question_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "sleep", lambda _seconds: None)
    monkeypatch.setattr(soak, "PATIENCE_S", 1.0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    soak.warm(server.server_port, Load([(1, question("a"))], 1.0, 1))
    assert Slow.asked == 3
    with pytest.raises(WrongAnswerError, match="b"):
        soak.warm(server.server_port, Load([(1, Question("b", "GET", "/never", {}, bytes))], 1.0, 1))
    server.shutdown()
    server.server_close()

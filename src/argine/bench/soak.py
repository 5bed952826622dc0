"""A desk under a steady mixed load for long: does its memory grow, and does it stay as fast as it was?"""

import http.client
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import TypedDict
from urllib.parse import urlencode

import numpy as np

from argine.bench.http import Question, WrongAnswerError, cookie_head, cookies_of
from argine.bench.load import mixed

MINUTE_S, PATIENCE_S = 60.0, 300.0
REPORT = {
    "under_18": "no", "capacity": "depicted_person", "nature": "real", "no_consent": "on", "good_faith": "on",
    "signature": "A. Person", "where_hint": "the benchmark",
}  # fmt: skip
REPORT_EVERY_S = 75.0
"""Seconds between two reports: one sender may write once a minute."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked, each so many times in a hundred, and how often in a second by how many clients together."""

    parts: Sequence[tuple[int, Question]]
    rate: float
    clients: int

    def order(self) -> Iterator[Question]:
        """The questions in a mixed order that repeats."""
        return mixed(self.parts, 4)


@dataclass(slots=True)
class Seen:
    """Answers as pairs of when they were due, in seconds after the begin, and how long after that they came."""

    times: list[tuple[float, float]] = field(default_factory=list)
    reports: int = 0
    wrong: list[str] = field(default_factory=list)


class Minute(TypedDict):
    """One minute of the load; times in milliseconds."""

    minute: int
    requests: int
    p50: float
    p99: float


class Growth(TypedDict):
    """The memory of one process in MiB, from the end of the warm-up to the end, and by how much it grew meanwhile."""

    name: str
    mib: list[float]
    percent: float


ALL = "all"


def warm(port: int, load: Load) -> None:
    """Ask each question once, with patience: on a new machine what hashes pictures is compiled first.

    Raises:
        WrongAnswerError: one was not answered as it should be.
    """
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as connection:
        for _times, question in load.parts:
            end = monotonic() + PATIENCE_S
            while _status(connection, question) != question.status:
                if monotonic() > end:
                    raise WrongAnswerError(f"The desk does not answer as it should: {question.name}.")
                sleep(1.0)


def _status(connection: http.client.HTTPConnection, question: Question) -> int:
    connection.request(question.method, question.path, question.body(), dict(question.head))
    answer = connection.getresponse()
    answer.read()
    return answer.status


def press(port: int, load: Load, seconds: float) -> Seen:
    """Ask at a steady rate for some seconds.

    How long an answer took counts from when it was due: a desk that stands still for a second is seen.
    """
    seen, begin = Seen(), monotonic()
    threads = [
        threading.Thread(target=_client, args=(port, load, number, begin, seconds, seen))
        for number in range(load.clients)
    ]
    threads.append(threading.Thread(target=_person, args=(port, begin, seconds, seen)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _client(port: int, load: Load, number: int, begin: float, seconds: float, seen: Seen) -> None:
    step = load.clients / load.rate
    due, order = begin + number * step / load.clients, load.order()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        while due < begin + seconds:
            sleep(max(0.0, due - monotonic()))
            question = next(order)
            try:
                status = _status(connection, question)
            except (OSError, http.client.HTTPException) as error:
                seen.wrong.append(f"{question.name}: {type(error).__name__}")
                connection.close()
            else:
                seen.times.append((due - begin, monotonic() - due))
                if status != question.status:
                    seen.wrong.append(f"{question.name}: {status}")
            due += step


def _person(port: int, begin: float, seconds: float, seen: Seen) -> None:
    """Somebody reports now and then."""
    due = begin
    while due < begin + seconds:
        sleep(max(0.0, due - monotonic()))
        try:
            _report(port)
            seen.reports += 1
        except (OSError, http.client.HTTPException, WrongAnswerError, KeyError) as error:
            seen.wrong.append(f"a report: {type(error).__name__}")
        due += REPORT_EVERY_S


def _report(port: int) -> None:
    cookies = cookies_of(port, "GET", "/report/", {}, "")
    body = urlencode({**REPORT, "csrfmiddlewaretoken": cookies["csrftoken"]})
    head = {"Cookie": cookie_head(cookies), "Content-Type": "application/x-www-form-urlencoded"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", "/report/", body, head)
        answer = connection.getresponse()
        if answer.status != http.client.OK or b'id="case-code"' not in answer.read():
            raise WrongAnswerError("The report was not taken.")


def minutes(times: Sequence[tuple[float, float]]) -> list[Minute]:
    """The load by minute; the last one may be shorter."""
    found = []
    numbers = [int(at // MINUTE_S) for at, _ in times]
    for number in sorted(set(numbers)):
        took = [taken * 1e3 for (_, taken), minute in zip(times, numbers, strict=True) if minute == number]
        half, most = np.percentile(took, [50, 99])
        found.append(Minute(minute=number + 1, requests=len(took), p50=float(half), p99=float(most)))
    return found


def growths(readings: Sequence[Mapping[str, float]]) -> list[Growth]:
    """How much each process grew that was there all the time, and all together, also those that came or went."""
    there = set[str].intersection(*({name for name, mib in one.items() if mib} for one in readings))
    found = [_growth(name, [one[name] for one in readings]) for name in sorted(there)]
    together = [sum(one.values()) for one in readings]
    return [*found, _growth(ALL, together)] if all(together) else found


def _growth(name: str, mib: list[float]) -> Growth:
    return Growth(name=name, mib=mib, percent=100 * (mib[-1] / mib[0] - 1))

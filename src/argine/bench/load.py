"""As much as a desk can answer: clients that each ask the next question as soon as they have the last answer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import TypedDict

import numpy as np

from argine.bench.http import Line, Question, request_bytes

Share = tuple[int, Question]
"""A question, and how many of a hundred it is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: to which question, when after the begin that was asked and how long it took, in seconds.

    `wrong`: the status, where it is not the right one, or what broke the line.
    """

    name: str
    began: float
    took: float
    wrong: str = ""


class Kind(TypedDict):
    """How the questions of one name fared; times in milliseconds."""

    name: str
    requests: int
    a_second: float
    p50: float
    p99: float


def mixed(shares: Sequence[Share], seed: int) -> Iterator[Question]:
    """Yield questions in a mixed order that repeats after a hundred, another for each seed."""
    hundred = [question for share, question in shares for _ in range(share)]
    order = np.random.default_rng(seed).permutation(len(hundred))
    while True:
        yield from (hundred[place] for place in order)


def press(port: int, shares: Sequence[Share], clients: int, seconds: float) -> list[Answer]:
    """Ask without a pause for some seconds; a client whose line breaks begins another one, and the break is told."""
    begin = monotonic()
    with ThreadPoolExecutor(clients) as pool:
        asked = [pool.submit(_client, port, mixed(shares, number), begin, seconds) for number in range(clients)]
        return [answer for client in asked for answer in client.result()]


def _client(port: int, questions: Iterator[Question], begin: float, seconds: float) -> list[Answer]:
    answers: list[Answer] = []
    while monotonic() < begin + seconds:
        try:
            with closing(Line(port)) as line:
                for answer in _ask(line, questions, begin, begin + seconds):
                    answers.append(answer)  # noqa: PERF402 - what was answered before a line broke counts
        except OSError as error:
            answers.append(Answer("a line", monotonic() - begin, 0.0, type(error).__name__))
    return answers


def _ask(line: Line, questions: Iterator[Question], begin: float, end: float) -> Iterator[Answer]:
    for question in questions:
        asked = request_bytes(question, question.body())
        start = monotonic()
        if start >= end:
            return
        status, _ = line.ask(asked)
        wrong = "" if status == question.status else str(status)
        yield Answer(question.name, start - begin, monotonic() - start, wrong)


def kinds(answers: Iterable[Answer], seconds: float) -> list[Kind]:
    """The right answers by the name of their question, and those of all together last."""
    times: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        if not answer.wrong:
            times[answer.name].append(answer.took * 1e3)
            times[ALL].append(answer.took * 1e3)
    names = [*sorted(times.keys() - {ALL}), *(times.keys() & {ALL})]
    return [_kind(name, times[name], seconds) for name in names]


ALL = "all"


def _kind(name: str, times: Sequence[float], seconds: float) -> Kind:
    half, most = np.percentile(times, [50, 99])
    return Kind(name=name, requests=len(times), a_second=len(times) / seconds, p50=float(half), p99=float(most))

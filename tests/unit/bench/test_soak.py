"""What a soak makes of its times and memory."""

from itertools import islice

import pytest

from argine.bench.http import Question
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


def test_growth_is_told_of_processes_that_were_there_all_the_time() -> None:
    found = growths({"web 1": 100.0, "gone 2": 5.0}, {"web 1": 104.0, "new 3": 7.0})
    assert [(one["name"], round(one["percent"], 6)) for one in found] == [("web 1", 4.0)]


@pytest.mark.parametrize(
    ("percent", "wrong", "steady"), [(4.9, [], True), (-3.0, [], True), (5.1, [], False), (0.0, ["x: 500"], False)]
)
def test_steady_means_no_wrong_answer_and_no_growth_over_five_percent(
    percent: float, wrong: list[str], *, steady: bool
) -> None:
    process = growths({"web 1": 100.0}, {"web 1": 100.0 + percent})
    found = Found(minutes=minutes([(0.0, 0.1)]), processes=process, reports=1, wrong=wrong)
    assert is_steady(found) is steady
    assert f"{percent:+.1f}" in told(found)

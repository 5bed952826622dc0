"""Thousands of damaged films sent to a running desk: each gets its answer, and the desk stays as it was.

The number is small by default. All of them, with a report:
`ARGINE_MUTATED_FILMS=5000 ./dev test -n 0 -s tests/functional/test_mutated_films.py`
"""

import os
from collections.abc import Iterator
from time import monotonic

import pytest
from tests.film_mutations import mutated, originals
from tests.functional import test_mutated_uploads as uploads
from tests.functional.running_desk import RunningDesk

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mutated")]

COUNT = int(os.environ.get("ARGINE_MUTATED_FILMS", "80"))
FILM_SECONDS = 30
LONGEST_S = 2 * FILM_SECONDS  # a new hashing process may have to start first
ANSWERS = {200, 413, 415, 422, 503}
MOST_PROCESSES = 3 + 4  # room for two web processes and the one above; each may hash pictures and films
ENOUGH_TO_TELL_GROWTH = 3_000
# The heap keeps the size of the largest frames that came by, which a rare file brings late. In one process 1,200 such
# films, twelve times over, grew nothing (254 MiB after the first time, 251 after the last).
GROWTH_OF_HASHING = 1.15


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    settings = {"ARGINE_FILM_SECONDS": str(FILM_SECONDS), "ARGINE_HASH_PROCESSES": "1", "ARGINE_FILM_PROCESSES": "1"}
    running = RunningDesk(tmp_path_factory.mktemp("desk") / "data", settings)
    running.start()
    yield running
    running.stop()


def test_damaged_films_neither_fail_the_desk_nor_slow_it_nor_fill_it(desk: RunningDesk) -> None:
    known = desk.check(originals()[0])
    assert known["verdict"] == "allow"
    assert known["film"]["frames"] > 0
    start, seen = monotonic(), uploads.send_all(desk, mutated(COUNT), LONGEST_S, b"argine.signals.film_child")
    uploads.report(seen, monotonic() - start, COUNT)
    assert {int(status[:3]) for status in seen.statuses} <= ANSWERS
    assert seen.longest < LONGEST_S
    assert seen.statuses["200"] > COUNT / 20, "hardly any of the files is still a film"
    assert desk.check(originals()[0])["signals"] == known["signals"]
    assert seen.processes <= MOST_PROCESSES
    if COUNT >= ENOUGH_TO_TELL_GROWTH and seen.web:
        assert uploads.growth(seen.web) < uploads.GROWTH
        assert uploads.growth(seen.hashing) < GROWTH_OF_HASHING

"""Thousands of damaged films sent to a running desk: each gets its answer, and the desk stays as it was.

The number is small by default. All of them, with a report:
`ARGINE_MUTATED_FILMS=5000 ./dev test -n 0 -s tests/functional/test_mutated_films.py`
And whether one hashing process ever stops growing, without the desk around it:
`ARGINE_FILMS_OF_ONE_PROCESS=12000 ./dev test -n 0 -s tests/functional/test_mutated_films.py -k stops_growing`
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import monotonic

import pytest
from tests.film_mutations import mutated, originals
from tests.functional import test_mutated_uploads as uploads
from tests.functional.running_desk import RunningDesk, children

from argine.media.errors import MediaError
from argine.signals.pool import FilmPool, PoolLimits

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mutated")]

COUNT = int(os.environ.get("ARGINE_MUTATED_FILMS", "80"))
FILM_SECONDS = 30
LONGEST_S = 2 * FILM_SECONDS  # a new hashing process may have to start first
ANSWERS = {200, 413, 415, 422, 503}
MOST_PROCESSES = 3 + 4  # room for two web processes and the one above; each may hash pictures and films
ENOUGH_TO_TELL_GROWTH = 3_000
# The heap keeps the size of the largest that came by, which a rare file brings late: it grows in ever rarer steps over
# the first 6,000 films or so (216 to 239 MiB) and then hardly any more (241 after 12,000).
GROWTH_OF_HASHING = 1.15
OF_ONE_PROCESS = int(os.environ.get("ARGINE_FILMS_OF_ONE_PROCESS", "0"))
GROWTH_AT_LAST = 1.03


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


@pytest.mark.skipif(OF_ONE_PROCESS < 2 * ENOUGH_TO_TELL_GROWTH, reason="too few films to tell")
def test_a_process_that_hashes_damaged_films_stops_growing() -> None:
    pool, used, processes = FilmPool(PoolLimits(1, FILM_SECONDS)), list[float](), set[int]()
    for number, film in enumerate(mutated(OF_ONE_PROCESS, seed=2)):
        with contextlib.suppress(MediaError):
            pool.hash_query(film)
        if number % uploads.SAMPLE_EACH == 0:
            (pid,) = (one for one in children(os.getpid()) if runs(one, b"argine.signals.film_child"))
            processes.add(pid)
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            used.append(pages * os.sysconf("SC_PAGE_SIZE") / uploads.MIB)
    pool.close()
    tenths = [used[min(len(used) - 1, len(used) * tenth // 10)] for tenth in range(1, 11)]
    print(f"\n{OF_ONE_PROCESS} films, MiB after each tenth: {' '.join(f'{one:.0f}' for one in tenths)}")  # noqa: T201
    assert len(processes) == 1, "a process ended"
    assert median(used[-len(used) // 10 :]) < GROWTH_AT_LAST * median(used[len(used) // 2 :][: len(used) // 10])


def runs(pid: int, module: bytes) -> bool:
    with contextlib.suppress(OSError):
        return module in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False

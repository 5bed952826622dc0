"""Thousands of damaged files sent to a running desk: each gets its answer, and the desk stays as it was.

The number is small by default. All of them, with a report:
`ARGINE_MUTATED_UPLOADS=20000 ./dev test -n 0 -s tests/functional/test_mutated_uploads.py`
"""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from statistics import mean, median
from time import monotonic

import pytest
from PIL import Image
from skimage import data
from tests.functional.running_desk import RunningDesk, children, multipart
from tests.mutations import mutated

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mutated")]

COUNT = int(os.environ.get("ARGINE_MUTATED_UPLOADS", "150"))
SENDERS = 2
HASH_SECONDS = 20
LONGEST_S = HASH_SECONDS + 10  # a new hashing process may have to start first
ANSWERS = {200, 413, 415, 422}
MOST_PROCESSES = 3 + 2 * SENDERS  # two web processes and the one above them; each has hashing processes of its own
SAMPLE_EACH = 50
WARM_UP = 0.2  # of all uploads: until then caches fill
GROWTH = 1.05
ENOUGH_TO_TELL_GROWTH = 5_000
MIB = 1 << 20


@dataclass
class Seen:
    """What the desk answered, and how much memory its processes had in between."""

    statuses: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    web: list[float] = field(default_factory=list)
    hashing: list[float] = field(default_factory=list)
    processes: int = 0


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    settings = {"ARGINE_HASH_PROCESSES": str(SENDERS), "ARGINE_HASH_SECONDS": str(HASH_SECONDS)}
    running = RunningDesk(tmp_path_factory.mktemp("desk") / "data", settings, workers=2)
    running.start()
    yield running
    running.stop()


def photo(kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    Image.fromarray(data.coffee()).resize((300, 200)).save(buffer, kind, **options)
    return buffer.getvalue()


def test_damaged_files_neither_fail_the_desk_nor_slow_it_nor_fill_it(desk: RunningDesk) -> None:
    known = desk.check(photo("JPEG"))
    assert known["verdict"] == "allow"
    start, seen = monotonic(), send_all(desk, mutated(COUNT))
    report(seen, monotonic() - start, COUNT)
    assert {int(status[:3]) for status in seen.statuses} <= ANSWERS
    assert seen.longest < LONGEST_S
    assert seen.statuses["200"] > COUNT / 20, "hardly any of the files is still a picture"
    assert desk.check(photo("JPEG"))["signals"] == known["signals"]
    assert seen.processes <= MOST_PROCESSES
    if COUNT >= ENOUGH_TO_TELL_GROWTH and seen.web:
        assert growth(seen.web) < GROWTH
        assert growth(seen.hashing) < GROWTH


def send_all(
    desk: RunningDesk, contents: Iterator[bytes], longest_s: float = LONGEST_S, hashing: bytes = b"argine.signals.child"
) -> Seen:
    seen, files, lock = Seen(), enumerate(contents), threading.Lock()

    def send() -> None:
        connection = HTTPConnection("127.0.0.1", desk.port, timeout=2 * longest_s)
        while True:
            with lock:
                number, content = next(files, (-1, b""))
            if number < 0:
                return connection.close()
            begin = monotonic()
            status = asked(connection, desk.key, content)
            with lock:
                seen.statuses[status] += 1
                seen.longest = max(seen.longest, monotonic() - begin)
                if number % SAMPLE_EACH == 0:
                    sample(desk, seen, hashing)

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return seen


def asked(connection: HTTPConnection, key: str, content: bytes) -> str:
    """Send one file; return the status and, of a refusal, its code."""
    body, kind = multipart({}, content)
    connection.request("POST", "/api/v1/check", body, {"Authorization": f"Bearer {key}", "Content-Type": kind})
    response = connection.getresponse()
    told = json.loads(response.read())
    return str(response.status) if response.status == 200 else f"{response.status} {told['error']}"


def sample(desk: RunningDesk, seen: Seen, module: bytes) -> None:
    """Take down the memory of a web process and of a hashing process, the mean of each; where there is /proc."""
    assert desk.process is not None
    web, hashing = list[int](), list[int]()
    for pid in children(desk.process.pid):
        folder = Path(f"/proc/{pid}")
        try:
            words, used = (folder / "cmdline").read_bytes(), (folder / "statm").read_text().split()[1]
        except OSError:
            continue
        if module in words:
            hashing.append(int(used) * os.sysconf("SC_PAGE_SIZE"))
        elif b"argine.desk.serve.web" in words:
            web.append(int(used) * os.sysconf("SC_PAGE_SIZE"))
    if web and hashing:
        seen.web.append(mean(web))
        seen.hashing.append(mean(hashing))
        seen.processes = max(seen.processes, len(web) + len(hashing))


def growth(samples: list[float]) -> float:
    """The middle of the last tenth over the middle of the tenth after the warm-up."""
    tenth, warm = max(1, len(samples) // 10), int(len(samples) * WARM_UP)
    return median(samples[-tenth:]) / median(samples[warm : warm + tenth])


def report(seen: Seen, seconds: float, count: int) -> None:
    print(f"\n{count} uploads in {seconds / 60:.1f} minutes, longest answer {seen.longest:.2f} s")  # noqa: T201
    for status, times in sorted(seen.statuses.items()):
        print(f"  {times:6} {status}")  # noqa: T201
    if seen.web:
        for name, samples in (("web", seen.web), ("hashing", seen.hashing)):
            first, last = samples[int(len(samples) * WARM_UP)] / MIB, samples[-1] / MIB
            print(f"  {name}: {first:.0f} MiB after the warm-up, {last:.0f} at the end, x {growth(samples):.3f}")  # noqa: T201
        print(f"  web and hashing processes at once: {seen.processes}")  # noqa: T201

"""Kill -9 in the middle of a scan: it goes on, and in the end everything is as if nothing had happened."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from random import Random
from time import monotonic, sleep

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kill")]

KILLS = int(os.environ.get("ARGINE_SCAN_KILLS", "2"))
FILES, COPIES = 240, 12
START_S = 300.0
# Ray gives its workers way to all others by itself: on a busy machine their processes do not start within a minute.
ALIKE = {"RAY_worker_niceness": "0"}
NO_RAY = "Ray is not installed here: .venv/bin/pip install 'ray>=2.55', then ./dev test -n 0 -k ray on this file"


def drawn(seed: int, side: int = 96) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (24, 24, 3), np.uint8)
    return Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)


def argine(folder: Path, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "argine", *map(str, words), "--data", str(folder / "data")]
    return subprocess.Popen(
        command, env={**os.environ, **ALIKE}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def scan(folder: Path, out: str, *words: str) -> subprocess.Popen[str]:
    few = ("--workers", "2", "--shard", "10", "--signals", "pdq,sha256")
    return argine(folder, "scan", folder / "library", "--out", folder / out, *few, *words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of drawn pictures, every twentieth a smaller copy of one that is banked; and one that is no picture."""
    place = tmp_path_factory.mktemp("scan")
    (place / "library").mkdir()
    drawn(0, 200).save(place / "banked.png")
    for number in range(FILES):
        copy = number % (FILES // COPIES) == 0
        drawn(0 if copy else number).save(place / "library" / f"{number:03}.jpg", quality=90)
    (place / "library" / "note.jpg").write_text("no picture")
    add = argine(place, "bank", "add", "removed", place / "banked.png")
    add.communicate(timeout=START_S)
    assert add.returncode == 0
    return place


def report(folder: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def done(folder: Path, name: str) -> int:
    path = folder / f"{name}.book"
    if not path.exists():
        return 0
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as book:
        try:
            return int(book.execute("SELECT count(seen) FROM file").fetchone()[0])
        except sqlite3.OperationalError:  # its tables are just being made
            return 0


@pytest.fixture(scope="module")
def undisturbed(folder: Path) -> list[dict[str, object]]:
    """The report of a scan that nobody killed."""
    whole = scan(folder, "whole.jsonl")
    whole.communicate(timeout=10 * START_S)
    assert whole.returncode == 3
    return report(folder, "whole.jsonl")


def test_a_scan_that_was_killed_ends_as_one_that_was_not(folder: Path, undisturbed: list[dict[str, object]]) -> None:
    chance, killed_at = Random(3), []
    for number in range(KILLS):
        running = scan(folder, "killed.jsonl", *(["--resume"] if number else []))
        wanted = done(folder, "killed.jsonl") + chance.randrange(1, max(2, FILES // (KILLS + 2)))
        end = monotonic() + START_S
        while done(folder, "killed.jsonl") < wanted and running.poll() is None and monotonic() < end:
            sleep(0.01)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        killed_at.append(done(folder, "killed.jsonl"))
    last = scan(folder, "killed.jsonl", "--resume")
    last.communicate(timeout=10 * START_S)
    assert last.returncode == 3
    assert killed_at == sorted(killed_at)
    assert 0 < killed_at[0] < FILES
    assert report(folder, "killed.jsonl") == undisturbed
    assert sum(record["verdict"] == "block" for record in undisturbed) == COPIES
    assert done(folder, "killed.jsonl") == FILES + 1


def test_two_at_one_book_share_the_work_and_count_each_file_once(
    folder: Path, undisturbed: list[dict[str, object]]
) -> None:
    first = scan(folder, "shared.jsonl")
    end = monotonic() + START_S
    while done(folder, "shared.jsonl") == 0 and monotonic() < end:
        sleep(0.01)
    second = scan(folder, "shared.jsonl", "--resume")
    for process in (first, second):
        process.communicate(timeout=10 * START_S)
    assert (first.returncode, second.returncode) == (3, 3)
    assert report(folder, "shared.jsonl") == undisturbed
    assert done(folder, "shared.jsonl") == FILES + 1


@pytest.mark.skipif(find_spec("ray") is None, reason=NO_RAY)
def test_on_a_ray_cluster_the_report_is_the_same_though_a_worker_is_killed(
    folder: Path, undisturbed: list[dict[str, object]]
) -> None:
    on_ray = scan(folder, "ray.jsonl", "--ray", "local")
    killed = 0
    end = monotonic() + 2 * START_S
    while on_ray.poll() is None and monotonic() < end:
        if not killed and done(folder, "ray.jsonl") > 0:
            killed = kill_a_ray_worker()
        sleep(0.05)
    _, said = on_ray.communicate(timeout=10 * START_S)
    assert killed == 1, said
    assert on_ray.returncode == 3, said
    assert done(folder, "ray.jsonl") == FILES + 1
    assert report(folder, "ray.jsonl") == undisturbed


def kill_a_ray_worker() -> int:
    workers = subprocess.run(
        ["pgrep", "-f", "ray::_hash_there"], capture_output=True, text=True, check=False
    ).stdout.split()
    for worker in workers[:1]:
        os.kill(int(worker), signal.SIGKILL)
    return len(workers[:1])

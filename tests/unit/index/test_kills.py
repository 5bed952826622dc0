"""kill -9 at any moment of merging and saving: the file of an index is whole, and holds all that was told saved."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.unit.index import crash_victim as victim

from argine.index import HammingIndex

KILLS = int(os.environ.get("ARGINE_INDEX_KILLS", "15"))
MOST_SEEN = 1
"""Generations that a victim may tell before it is killed somewhere in the next."""

DEAD = int.from_bytes(victim.DEAD, "little")

Server = subprocess.Popen[bytes]


@pytest.fixture
def server() -> Iterator[Server]:
    words = [sys.executable, "-m", victim.__name__]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def kill_one(server: Server, path: Path, generation: int, chance: random.Random) -> int:
    """Let a victim work, kill it, and give the last generation that it told to be saved."""
    assert server.stdin is not None
    server.stdin.write(f"{path} {generation}\n".encode())
    server.stdin.flush()
    pid, started = read(server), time.monotonic()
    seen = [read(server) for _ in range(chance.randrange(MOST_SEEN + 1))]
    took = (time.monotonic() - started) / max(1, len(seen))
    # Of one that told nothing yet it is not known how long it takes: from nothing to long enough on any machine.
    time.sleep(chance.uniform(0, took if seen else 0.05))
    os.kill(pid, signal.SIGKILL)
    while (told := read(server)) != DEAD:
        seen.append(told)
    return seen[-1] if seen else generation


def read(server: Server) -> int:
    assert server.stdout is not None
    told = server.stdout.read(victim.TAKES)
    assert told, "the server of victims ended"
    return int.from_bytes(told, "little")


def generation_in(path: Path) -> int:
    """Open a file, compare its checksums and every pair, and tell which generation it holds."""
    index = HammingIndex.open(path)
    index.verify()
    found = index.search(np.zeros((1, 32), np.uint8), 256)
    order = np.argsort(found.key)
    keys, distances = found.key[order], found.distance[order]
    generation = int(keys[0]) // victim.STEP
    assert np.array_equal(keys, victim.keys_at(generation))
    assert np.array_equal(distances, np.bitwise_count(victim.codes_of(keys)).sum(axis=1))
    near = index.search(victim.codes_of(keys[:: len(keys) // 5]), 0)
    assert set(near.key) >= set(keys[:: len(keys) // 5])
    return generation


@pytest.mark.slow
def test_whenever_a_process_is_killed_its_file_holds_the_last_state_that_was_saved(
    server: Server, tmp_path: Path
) -> None:
    chance = random.Random(4)
    path, generation = tmp_path / "bank.index", 0
    index = HammingIndex()
    index.add(victim.keys_at(0), victim.codes_of(victim.keys_at(0)))
    index.save(path)
    del index
    for _ in range(KILLS):
        told = kill_one(server, path, generation, chance)
        generation = generation_in(path)
        # The next one may have been saved when the kill kept its victim from saying so.
        assert generation in {told, told + 1}
    assert generation >= KILLS / 2, "the victims lived too short to save anything"

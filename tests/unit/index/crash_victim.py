"""A process that changes an index for ever, saves it, and says what is saved. `test_kills` forks and kills it.

At generation `g` the index holds the pairs of keys `g * STEP` up to `g * STEP + COUNT`; a code follows from its key, so
whoever knows the generation knows every pair.
"""

import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from argine.index import HammingIndex

COUNT, STEP = 36_000, 700
TAKES = 8
"""Bytes in which a number is told."""

DEAD = b"\xff" * TAKES


def keys_at(generation: int) -> NDArray[np.uint64]:
    return np.arange(generation * STEP, generation * STEP + COUNT, dtype=np.uint64)


def codes_of(keys: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Scatter keys over all bits (Steele, Lea, Flood 2014): uint8[n, 32]."""
    words = keys[:, np.newaxis] * np.uint64(4) + np.arange(4, dtype=np.uint64)
    words *= np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words ^= words >> np.uint64(27)
    return np.ascontiguousarray(words).view(np.uint8).reshape(len(keys), 32)


def step(index: HammingIndex, generation: int) -> None:
    """Bring an index from a generation to the next."""
    fresh = np.arange(STEP, dtype=np.uint64)
    added = fresh + np.uint64(generation * STEP + COUNT)
    index.add(added, codes_of(added))
    index.remove(fresh + np.uint64(generation * STEP))


def run(path: Path, generation: int, told: int) -> None:
    """Go on from what is saved; each saved generation is told only once it is saved."""
    os.write(told, os.getpid().to_bytes(TAKES, "little"))
    index = HammingIndex.open(path)
    while True:
        step(index, generation)
        generation += 1
        if generation % 2:
            index.merge(path)
        else:
            index.save(path)
        os.write(told, generation.to_bytes(TAKES, "little"))


def serve() -> None:
    """Fork a victim for each line `PATH GENERATION` on standard input.

    The victim tells its number and each generation; `DEAD` follows once it is gone. Loading and compiling everything
    takes longer than a victim lives: so it is done once, here.
    """
    warm = HammingIndex()
    warm.add(keys_at(0), codes_of(keys_at(0)))
    warm.search(codes_of(keys_at(0)[:3]), 20)
    for line in sys.stdin:
        path, generation = line.rsplit(maxsplit=1)
        pid = os.fork()
        if pid == 0:
            run(Path(path), int(generation), sys.stdout.fileno())
        os.waitpid(pid, 0)
        os.write(sys.stdout.fileno(), DEAD)


if __name__ == "__main__":
    serve()

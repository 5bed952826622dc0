"""Compile every loop before many processes begin that would each do so: `python -m tools.loops`.

Nothing depends on it: a loop that is missed here is compiled where it first runs.
"""

from concurrent.futures import ProcessPoolExecutor

import numpy as np

from argine.index import HammingIndex
from argine.signals import film_warm, warm

CODES, RADIUS = 5000, 31


def media() -> None:
    """Those of pictures and films."""
    warm.warm_up()
    film_warm.warm_up()


def index() -> None:
    """Those of the search: over codes that lie in a segment, and over one that was just added."""
    codes = np.random.default_rng(1).integers(0, 256, (CODES, 32), np.uint8)
    made = HammingIndex()
    made.add(np.arange(CODES, dtype=np.uint64), codes)
    made.add(np.array([CODES], np.uint64), codes[:1])
    made.search(codes[:5], RADIUS)
    made.wait()


def main() -> None:
    with ProcessPoolExecutor(2) as processes:
        for done in [processes.submit(media), processes.submit(index)]:
            done.result()


if __name__ == "__main__":
    main()

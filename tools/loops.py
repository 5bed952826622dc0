"""Compile every loop before many processes begin that would each do so: `python -m tools.loops`.

Nothing depends on it: a loop that is missed here is compiled where it first runs.
"""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
from PIL import Image

from argine.index import HammingIndex
from argine.index.segment import TABLES_FROM
from argine.signals import film_warm, warm
from argine.signals.patch import Located, Query, compare, hash_pixels, seeded

# So many have tables, and are looked up in them: within the first radius; a scan is cheaper for the second.
CODES, RADII = TABLES_FROM + 1, (11, 31)


def media() -> None:
    """Those of pictures and films."""
    warm.warm_up()
    film_warm.warm_up()


def index() -> None:
    """Those of the search: over codes that lie in a segment, with tables, and over one that was just added."""
    codes = np.random.default_rng(1).integers(0, 256, (CODES, 32), np.uint8)
    made = HammingIndex()
    made.add(np.arange(CODES, dtype=np.uint64), codes)
    made.add(np.array([CODES], np.uint64), codes[:1])
    for radius in RADII:
        made.search(codes[:5], radius)
    made.wait()


def patches() -> None:
    """Those that compare the patches of two pictures: of one, and of a part of it."""
    spots = np.random.default_rng(1).integers(0, 256, (24, 32, 3), np.uint8)
    picture = np.asarray(Image.fromarray(spots).resize((640, 480), Image.Resampling.BICUBIC))
    whole, part = Located(hash_pixels(picture)), Query(hash_pixels(np.ascontiguousarray(picture[40:, 60:])))
    if not (seeded(whole, part) and compare(whole, part).count):
        raise SystemExit("The part was not found in the whole: most of these loops were not compiled.")


def main() -> None:
    with ProcessPoolExecutor(2) as processes:
        for done in [processes.submit(media_and_patches), processes.submit(index)]:
            done.result()


def media_and_patches() -> None:
    """One after the other: both make patches, whose loops would be compiled twice."""
    media()
    patches()


if __name__ == "__main__":
    main()

"""What a coefficient puts on a block's samples (ITU T.81, annex A.3.3)."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BLOCK = 8
"""Samples in a block's side."""

LEVEL = 128
"""What is added to every sample."""

ZIGZAG = np.array([(i, d - i) if d % 2 else (d - i, i) for d in range(BLOCK) for i in range(d + 1)], np.int64)
"""int64[36, 2]: frequency down and across of the coefficients of the first 8 anti-diagonals, in zigzag order."""


@lru_cache(maxsize=64)
def cosines(samples: int, frequencies: int) -> NDArray[np.float32]:
    """Give a coefficient's part in each sample of a line of a block, shrunk to so many: float32[samples, frequencies].

    Read-only. Shrunk, a line is left without the frequencies that it cannot hold: they count nothing.
    """
    scale = [math.sqrt(1 / BLOCK)] + [0.5] * (BLOCK - 1)
    step = math.pi / 2 / samples
    table = [
        [scale[u] * math.cos((2 * x + 1) * u * step) if u < samples else 0.0 for u in range(frequencies)]
        for x in range(samples)
    ]
    made = np.array(table, np.float32)
    made.flags.writeable = False
    return made

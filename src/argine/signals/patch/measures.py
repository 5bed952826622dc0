"""How well a transformation explains what both pictures show, in compiled loops."""

import numpy as np

from argine.jit import jit
from argine.signals.patch.transforms import Pairs, Places, local, project
from argine.signals.patch.votes import same_spot

MARGIN = 4.0
"""A patch is expected only where this many of its scales are inside the query picture on each side."""

LEAST_SCALE = 2.0
"""... and where it is not smaller than the finest that the detector finds, in pixels of the grey picture."""


@jit
def errors(bank: Places, query: Places, pairs: Pairs, t: Places) -> Places:
    """Misplacement of each agreeing patch, in its scale: float64[k]."""
    found = np.empty(len(pairs))
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        x, y, _ = project(t, bank[i, 0], bank[i, 1])
        dx, dy = query[j, 0] - x, query[j, 1] - y
        found[k] = np.sqrt(dx * dx + dy * dy) / query[j, 4]
    return found


@jit
def expected(bank: Places, t: Places, width: int, height: int) -> Pairs:
    """Rows of the bank picture's patches, one of each spot, that a query picture of that size should show."""
    kept = np.empty(len(bank), np.int64)
    bend = np.empty(4)
    count = 0
    for i in range(len(bank)):
        x, y, w = project(t, bank[i, 0], bank[i, 1])
        area = local(t, bank[i, 0], bank[i, 1], bend) if w > 0.0 else 0.0
        sigma = bank[i, 4] * np.sqrt(max(area, 0.0))
        edge = MARGIN * sigma
        if sigma < LEAST_SCALE or min(x, width - 1 - x) < edge or min(y, height - 1 - y) < edge:
            continue
        free = True
        for k in range(count):
            if same_spot(bank, i, kept[k]):
                free = False
                break
        if free:
            kept[count] = i
            count += 1
    return kept[:count]

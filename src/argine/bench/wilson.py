"""How sure a measured part is."""

import math

_95_PERCENT = 1.959964


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a part (Wilson 1927), as fractions; 0 to 1 where nothing was measured."""
    if not of:
        return 0.0, 1.0
    part, z2 = hits / of, _95_PERCENT**2
    middle = (part + z2 / (2 * of)) / (1 + z2 / of)
    half = _95_PERCENT / (1 + z2 / of) * math.sqrt(part * (1 - part) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)

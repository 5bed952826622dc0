"""The compiled loops of `pdq_blocks`."""

import numpy as np
import numpy.typing as npt

from argine.jit import lean_jit
from argine.media.jpeg.lanes import LANES, add, add_line
from argine.media.jpeg.transform import BLOCK
from argine.signals.pdq_loops import Floats, Whole

Coefficients = npt.NDArray[np.int16]


@lean_jit
def weights(  # noqa: PLR0913, PLR0917 - arrays one by one: numba takes those in a fraction of the time of a tuple
    centres: Whole, start: int, side: int, window: int, cosines: Floats, first: Whole, tent: Floats, out: Floats
) -> None:
    """What each coefficient of a line of blocks counts in two passes of the box filter, at the places wanted.

    Args:
        centres: where the filtered side is read, ascending, counted from `start`.
        start: pixels of the blocks before the side begins.
        side: in pixels.
        window: of the filter.
        cosines: float32[BLOCK, frequencies]: what a coefficient puts on each pixel.
        first: int64[places]; becomes the first block that each place needs.
        tent: float32, room for twice the window and a block.
        out: float32[places, blocks, frequencies], zeros.
    """
    ahead = (window + 2) // 2 - 1
    behind = window - ahead - 1
    last = side - 1
    for i in range(len(centres)):
        from_, to = max(centres[i] - behind, 0), min(centres[i] + ahead, last)
        lowest, highest = max(from_ - behind, 0), min(to + ahead, last)
        tent[:] = np.float32(0)
        for middle in range(from_, to + 1):
            left, right = max(middle - behind, 0), min(middle + ahead, last)
            part = np.float32(1 / ((to - from_ + 1) * (right - left + 1)))
            tent[left - lowest] += part
            tent[right + 1 - lowest] -= part
        first[i] = (start + lowest) // BLOCK
        height = np.float32(0)
        for x in range(lowest, highest + 1):
            height += tent[x - lowest]
            block, pixel = (start + x) // BLOCK - first[i], (start + x) % BLOCK
            for u in range(cosines.shape[1]):
                out[i, block, u] += height * cosines[pixel, u]


@lean_jit
def sampled(  # noqa: C901, PLR0913, PLR0917 - arrays one by one, as above
    coefficients: Coefficients, steps: Floats, frequencies: Whole, first_down: Whole, down: Floats, first_across: Whole,
    across: Floats, line: Floats, tile: Floats, out: Floats,
) -> None:  # fmt: skip
    """Weigh the coefficients: first down, then across, for `LANES` lines at a time.

    Args:
        coefficients: int16[kept, blocks down, blocks across].
        steps: float32[kept], the quantiser.
        frequencies: int64[kept, 2]: of each, down and across.
        first_down: from `weights`, for the lines.
        down: likewise.
        first_across: from `weights`, for the columns.
        across: likewise.
        line: float32[frequencies, blocks across], room.
        tile: float32[frequencies, blocks across, LANES], room.
        out: float32[columns, lines rounded up to `LANES`], zeros.
    """
    kept, height, width = coefficients.shape
    for top in range(0, len(down), LANES):
        for lane in range(min(LANES, len(down) - top)):
            line[:] = np.float32(0)
            for b in range(min(down.shape[1], height - first_down[top + lane])):
                y = first_down[top + lane] + b
                for k in range(kept):
                    weight = down[top + lane, b, frequencies[k, 0]] * steps[k]
                    u = frequencies[k, 1]
                    if weight != 0:
                        add_line(line, u, weight, coefficients, k, y, 0, width)
            for u in range(len(line)):
                for x in range(width):
                    tile[u, x, lane] = line[u, x]
        for column in range(len(across)):
            for b in range(min(across.shape[1], width - first_across[column])):
                for u in range(len(line)):
                    add(out, (column, top), across[column, b, u], tile, (u, first_across[column] + b, 0))

"""A signal's rows as points in time: one that lasted is many, so that each second has the same weight."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from argine.signals.video import VideoSignal

MOST_POINTS = 40_000
MOST_OF_ROW = 1_000
"""Points of one row: hours of one still picture say no more than these."""

_Whole = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Moments of a film.

    Attributes:
        row: int64[n], the row that was seen at that moment.
        time: float64[n], in seconds, ascending.
        moment: int64[n], numbers the different times from 0: rows of one frame share one.
        moments: how many different times there are.
    """

    row: _Whole
    time: _Floats
    moment: _Whole
    moments: int


def points_of(signal: VideoSignal, every: float) -> Points:
    """Spread each row from its start to its end, one point each `every` seconds.

    Args:
        signal: of the film.
        every: in seconds; taken more widely in a film that would have too many points.
    """
    start, end = signal.rows["start"].astype(np.int64), signal.rows["end"].astype(np.int64)
    least = max(1, round(every * 1000), (int((end - start).sum()) // MOST_POINTS) + 1)
    step = np.maximum(least, (end - start) // MOST_OF_ROW + 1)
    counts = (end - start) // step + 1
    row = np.repeat(np.arange(len(start)), counts)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    time = start[row] + nth * step[row]
    order = np.argsort(time, kind="stable")
    different, moment = np.unique(time[order], return_inverse=True)
    return Points(row[order], time[order] / 1000, moment, len(different))

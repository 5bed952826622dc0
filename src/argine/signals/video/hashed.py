"""What is made of a film's bytes. Apart from `hasher`, since who only reads it needs no decoder."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from argine.signals.types import MIN_PDQ_QUALITY
from argine.signals.video.signal import VideoSignal


@dataclass(frozen=True, slots=True, eq=False)
class HashedVideo:
    """What was made of a video.

    Attributes:
        signal: to be kept, sent or matched. Frames too flat to be told from others are not in it.
        views: uint8[n, 8, 32]: the eight views of each row, for asking; they are not kept. None where they are not
            known: then mirrored and turned copies are not found.
        frames: how many frames were looked at.
        flat: how many of them were too flat.
        whole: False where hashing was stopped because enough was seen.
    """

    signal: VideoSignal
    views: npt.NDArray[np.uint8] | None
    frames: int
    flat: int
    whole: bool = True

    def __eq__(self, other: object) -> bool:
        """Arrays are compared as wholes."""
        if not isinstance(other, HashedVideo):
            return NotImplemented
        mine, theirs = ((one.signal, one.frames, one.flat, one.whole) for one in (self, other))
        return mine == theirs and np.array_equal(self.known_views, other.known_views)

    def __hash__(self) -> int:
        return hash(self.signal)

    @property
    def known_views(self) -> npt.NDArray[np.uint8]:
        """The views; where none are known, of each row the one as it is: uint8[n, 1, 32]."""
        return self.signal.codes[:, None] if self.views is None else self.views

    @property
    def seconds(self) -> float:
        """Length of the film; 0 for a still picture."""
        return self.signal.milliseconds / 1000

    @property
    def unhashable(self) -> str | None:
        """Why nothing can be matched, in words; None where something can."""
        if len(self.signal):
            return None
        return f"flat: all {self.frames} frames looked at have a quality below {MIN_PDQ_QUALITY} of 100"

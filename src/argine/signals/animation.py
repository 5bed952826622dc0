"""Animations: which of their frames are hashed, so that a known picture shown anywhere in one is found.

Every frame is decoded, for most formats tell only what changes from frame to frame, and its PDQ made. Those that
hardly differ from one that is hashed already are passed over. The others are hashed in full, up to a number: half of
it goes to whichever comes first, so that a show of a few pictures is hashed whole; the rest is dealt out evenly over
the animation, so that what comes late is reached too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from argine.media.decode import Picture
from argine.signals import pdq
from argine.signals.types import Signal

SAME = 8
"""A frame whose PDQ differs in at most so many bits from that of a hashed one is passed over."""

_Views = tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class AnimationFrame:
    """One frame of an animation and its signals.

    Attributes:
        number: which frame it is, counting from 1.
        signals: its `pdq` and `patch`.
        views: of a query only: its `pdq` mirrored and turned, as `HashedFile.views`.
    """

    number: int
    signals: tuple[Signal, ...]
    views: _Views = ()


@dataclass(frozen=True, slots=True)
class Animation:
    """What was made of an animation beside the signals of its first frame.

    Attributes:
        total: how many frames there are, as the file tells.
        left_out: how many of them no hashed frame stands for: there are too many that differ, or they are too large
            together, or damaged.
        hashed: how many were hashed.
        frames: those of them behind the first, by number.
        first: which frame is shown first; 1 in nearly every format.
    """

    total: int
    left_out: int
    hashed: int
    frames: tuple[AnimationFrame, ...]
    first: int = 1

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The signals of all frames behind the first."""
        return tuple(signal for frame in self.frames for signal in frame.signals)


def hash_further(
    pictures: Iterable[Picture],
    first: Picture,
    signal: Signal,
    most: int,
    hash_one: Callable[[Picture, _Views], AnimationFrame],
) -> Animation | None:
    """Hash the frames behind the first; nothing is done for a still picture.

    Args:
        pictures: the frames behind the first.
        first: the first.
        signal: its `pdq`, hashable or not.
        most: how many frames may be hashed, the first included.
        hash_one: makes a frame's signals; its eight views are made already.

    Returns:
        None for a still picture.
    """
    if first.frame_count == 1:
        return None
    choice = FrameChoice(first.frame_count, most, signal)
    frames = []
    for picture in pictures if most > 1 else ():
        views = pdq.hash_views(picture.pixels)
        if choice.takes(views[0]):
            frames.append(hash_one(picture, views))
    return Animation(first.frame_count, choice.left_out, choice.hashed, tuple(frames), first.frame)


class FrameChoice:
    """Says of each frame of an animation, one after another, whether it is to be hashed."""

    def __init__(self, total: int, most: int, first: Signal) -> None:
        self._total, self._most = total, most
        self._taken = [int.from_bytes(first.value)] if first.hashable else []
        self._seen, self._passed = 1, 0

    @property
    def hashed(self) -> int:
        """How many frames are."""
        return len(self._taken)

    @property
    def left_out(self) -> int:
        """How many frames nothing stands for: passed for want of a place, or never seen."""
        return self._passed + self._total - self._seen

    def takes(self, signal: Signal) -> bool:
        """Say whether the next frame is to be hashed; its `pdq` may be too flat for it."""
        self._seen += 1
        code = int.from_bytes(signal.value)
        if not signal.hashable or any((code ^ taken).bit_count() <= SAME for taken in self._taken):
            return False
        if len(self._taken) >= places(self._seen, self._total, self._most):
            self._passed += 1
            return False
        self._taken.append(code)
        return True


def places(seen: int, total: int, most: int) -> int:
    """How many frames may be hashed once so many are seen: half of all at once, the rest evenly over the animation."""
    at_once = most - most // 2
    return at_once + most // 2 * min(seen, total) // total

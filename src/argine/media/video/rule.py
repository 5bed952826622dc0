"""Which frames of a video are looked at. The rule is fixed, because a signal is only as stable as its frames.

A film's frames hang on one another from key frame to key frame: to see the one before a key frame, all since the last
must be decoded. Decoding is nearly the whole cost of a check, and most of it is spent on frames that nobody looks at.
So:

1. Frames that no other frame is made from are never decoded. What is left is decoded exactly, no step is left out:
   skipping more (all frames made from two others) moved the hash by up to 136 bits.
2. A *full* look goes through all the rest and takes the first frame, then the first one at or after each multiple of
   `every` seconds, and each that differs much from the last one taken (a new scene).
3. A *short* look, for checks of long clips, takes key frames that are at least `every` apart. Where two are further
   apart than `gap`, it also decodes on from the first of them, and looks as in 2, until the next is no further than
   `gap`. So no part longer than `gap` is left unseen, however the film was made.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrameRule:
    """How densely a video is looked at.

    Attributes:
        every: seconds between two frames.
        gap: longest part that a short look leaves out, in seconds.
        long_from: from so many seconds on a film is long.
        long_gap: as `gap`, in a long film.
        full_until: clips of up to so many seconds get a full look.
        scene: mean difference of brightness, 0 to 255, at which a new scene begins.
        scene_wait: seconds since the last frame taken before another scene may begin.
        fewest: a clip that got a full look in which fewer frames than these could be hashed is looked at again as
            densely as a bank's: dark or flat ones have few frames that can be told from others, and those lie anywhere.
        halved: large frames are halved before they are hashed, which moves the hash by 0 to 2 bits (median; 6 at most):
            good for asking, not for banking.
    """

    every: float = 1.0
    gap: float = 6.0
    long_from: float = 150.0
    long_gap: float = 12.5
    full_until: float = 20.0
    scene: float = 24.0
    scene_wait: float = 0.2
    fewest: int = 3
    halved: bool = True

    def gap_of(self, seconds: float) -> float:
        """The longest part left out of a film of so many seconds."""
        return self.gap if seconds < self.long_from else self.long_gap


CHECK_RULE = FrameRule()
"""For uploads: a short look at whatever is longer than 20 seconds."""

BANK_RULE = FrameRule(every=0.5, full_until=float("inf"), scene=5.0, scene_wait=0.1, fewest=0, halved=False)
"""For what a bank keeps. It is done once, so always a full look: twice a second, and up to ten times while much moves.
A hand-held close-up moves the hash by 40 to 66 bits in a quarter of a second, and a copy's frames lie anywhere."""

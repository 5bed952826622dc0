"""Films of every wrapping that is read, and the ways of `mutations` to damage them. The same for the same number."""

from collections.abc import Iterator
from functools import cache
from random import Random

from tests import clips
from tests.mutations import CHANGES

KINDS = (
    ("libx264", "mp4"), ("libx265", "mp4"), ("mpeg4", "mov"), ("libvpx", "webm"), ("libvpx-vp9", "webm"),
    ("libx264", "matroska"), ("mpeg4", "avi"), ("libx264", "mpegts"), ("libsvtav1", "mp4"),
)  # fmt: skip


@cache
def originals() -> tuple[bytes, ...]:
    """One small film of each kind."""
    return tuple(
        clips.film((one[::2, ::2] for one in clips.frames(1, 2)), codec, wrapping) for codec, wrapping in KINDS
    )


def mutated(count: int, seed: int = 1) -> Iterator[bytes]:
    """Give so many damaged films; every original in turn."""
    files, chance = originals(), Random(seed)
    for number in range(count):
        changed = bytearray(files[number % len(files)])
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            chance.choice(CHANGES)(changed, chance.choice(files), chance)
        yield bytes(changed)

"""Films of every wrapping that is read, and the ways of `mutations` to damage them. The same for the same number."""

from collections.abc import Iterator
from functools import cache

from tests import clips
from tests.mutations import damaged

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
    return damaged(originals(), count, seed)

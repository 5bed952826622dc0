"""Doing once everything that hashing films may ever load or compile, while that can still be done."""

from io import BytesIO
from typing import Any

import av
import numpy as np

from argine.errors import ArgineError
from argine.signals.films import hash_film, hash_film_query

SIDES = ((96, 128), (128, 1040))
"""Height and width: as it is, and of one whose frames are halved for their patches."""

_FRAMES, _RATE, _BAR = 6, 2, 24


def _pictures(height: int, width: int) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """Waves that move, with bars above and below, which are cut off."""
    y, x = np.mgrid[0:height, 0:width]
    made = []
    for number in range(_FRAMES):
        waves = 120 + 60 * np.sin(x / 7 + y / 11 + number) + 50 * np.cos(y / 5 - x / 17 * (number + 1))
        waves[:_BAR] = waves[height - _BAR :] = 0
        made.append(np.stack([waves, waves[:, ::-1], 255 - waves], axis=-1).clip(0, 255).astype(np.uint8))
    return made


def sample(height: int, width: int, kind: str = "mp4") -> bytes:
    """A film of some seconds, drawn by code."""
    file = BytesIO()
    with av.open(file, "w", format=kind) as out:
        stream: Any = out.add_stream("mpeg4", rate=_RATE)
        stream.height, stream.width, stream.pix_fmt, stream.thread_count = height, width, "yuv420p", 1
        for pixels in _pictures(height, width):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode(None))
    return file.getvalue()


def samples() -> list[bytes]:
    return [sample(*sides) for sides in SIDES] + [sample(*SIDES[0], kind) for kind in ("matroska", "avi", "mpegts")]


def warm_up() -> None:
    """Hash a film of each wrapping, and each damaged: so that errors find what they need too."""
    for data in samples():
        hash_film(data)
        hash_film_query(data)
        for broken in (data[: len(data) // 2], data[:200], data[:300] + bytes(200) + data[500:]):
            try:
                hash_film_query(broken)
            except ArgineError:
                continue

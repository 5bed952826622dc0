"""An ordinary film: the view wanders over two of the drawn pictures, one after the other."""

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from argine.desk.demo.pictures import SIZE, draw

with suppress(ImportError):  # it is an extra; who asks for a film has looked whether it is there
    import av

RATE = 8
SCENE_SECONDS = 5
VIEW = (400, 300)


def film(number: int, start: float = 0.0, seconds: float = 10.0) -> bytes:
    """Draw the film of a number, or a part of it. The same number gives the same film.

    Args:
        number: of its first picture; the second is the next one's.
        start: where the part begins, in seconds.
        seconds: how long it is; the whole has 10.
    """
    file = BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream: Any = out.add_stream("mpeg4", rate=RATE)
        (stream.width, stream.height), stream.pix_fmt, stream.thread_count = VIEW, "yuv420p", 1
        for place, pixels in enumerate(_frames(number, round(start * RATE), round(seconds * RATE))):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = place, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def _frames(number: int, first: int, count: int) -> Iterator[npt.NDArray[np.uint8]]:
    scene = SCENE_SECONDS * RATE
    pictures = {at: Image.open(BytesIO(draw(number + at))) for at in (0, 1)}
    for at in range(first, first + count):
        part = at % scene / scene
        left, top = (round(part * (whole - side)) for whole, side in zip(SIZE, VIEW, strict=True))
        view = pictures[at // scene % 2].crop((left, top, left + VIEW[0], top + VIEW[1]))
        yield np.asarray(view, np.uint8)

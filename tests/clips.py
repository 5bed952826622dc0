"""Films made by code: scenes of noise that pan slowly, another scene each three seconds."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation
from PIL import Image

Pixels = npt.NDArray[np.uint8]
WIDTH, HEIGHT, RATE, SCENE = 320, 240, 10, 3.0


@cache
def scene(seed: int, number: int) -> Pixels:
    """A picture larger than a frame, so that the frame can move over it."""
    rng = np.random.default_rng((seed, number))
    coarse = rng.integers(0, 256, (9, 12, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((WIDTH + 64, HEIGHT + 64), Image.Resampling.BICUBIC))


def frame(seed: int, time: float) -> Pixels:
    number = int(time / SCENE)
    moved = int((time - number * SCENE) * 8)
    return scene(seed, number)[moved : moved + HEIGHT, moved : moved + WIDTH]


def frames(seed: int, seconds: float, start: float = 0.0, rate: int = RATE) -> Iterator[Pixels]:
    return (frame(seed, start + number / rate) for number in range(round(seconds * rate)))


@contextmanager
def _usual_scheduling() -> Iterator[None]:
    """Where it runs as root, SVT-AV1 gives who calls it real-time priority and leaves it so: all else would starve."""
    yield
    if hasattr(os, "sched_setscheduler"):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def film(
    pictures: Iterable[Pixels],
    codec: str = "libx264",
    container: str = "mp4",
    rate: int = RATE,
    gop: int = 30,
    **context: Any,
) -> bytes:
    """Encode frames, all of one size. `context` is set on the encoder."""
    file = BytesIO()
    with _usual_scheduling(), av.open(file, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=rate)
        stream.pix_fmt = "yuv420p"
        stream.gop_size = gop
        stream.thread_count = 1
        for name, value in context.items():
            setattr(stream.codec_context, name, value)
        for number, rgb in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = rgb.shape[:2]
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            if "colorspace" in context or "color_range" in context:
                picture = picture.reformat(
                    format="yuv420p",
                    dst_colorspace=context.get("colorspace", 5),
                    dst_color_range=context.get("color_range", 1),
                )
            picture.pts, picture.time_base = number, Fraction(1, rate)
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    return file.getvalue()


def tall(one: Pixels) -> Pixels:
    """In 720 lines, and no colour so strong that one of the standards cuts it off."""
    return np.kron(40 + one // 4 * 3 - one // 16, np.ones((3, 3, 1), np.uint8))


def shown_by_601(film: bytes) -> Iterator[Pixels]:
    """All frames as tools show them that take every untagged film for BT.601."""
    sharp = Interpolation.BILINEAR | Interpolation.FULL_CHR_H_INT | Interpolation.ACCURATE_RND
    with av.open(BytesIO(film), "r") as container:
        for one in container.decode(container.streams.video[0]):
            yield np.asarray(one.reformat(format="rgb24", src_colorspace=5, interpolation=sharp).to_ndarray(), np.uint8)


def sound() -> bytes:
    """Half a second of silence, without pictures."""
    file = BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream: Any = out.add_stream("aac", rate=44100)
        silent = av.AudioFrame.from_ndarray(np.zeros((1, 22050), np.float32), format="fltp", layout="mono")
        silent.sample_rate = 44100
        out.mux(stream.encode(silent))
        out.mux(stream.encode(None))
    return file.getvalue()


def turned(data: bytes, matrix: tuple[int, int, int, int]) -> bytes:
    """The same MP4, its track header's matrix (ISO 14496-12, 8.3.2) overwritten: a, b, c, d of 1, 0 or -1."""
    upright = b"".join(value.to_bytes(4, "big") for value in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000))
    at = data.index(upright, data.index(b"tkhd"))
    a, b, c, d = ((value * 0x10000) & 0xFFFFFFFF for value in matrix)
    changed = b"".join(value.to_bytes(4, "big") for value in (a, b, 0, c, d, 0, 0, 0, 0x40000000))
    return data[:at] + changed + data[at + len(upright) :]

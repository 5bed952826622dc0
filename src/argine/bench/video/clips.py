"""Films as frames, in and out: decoding all of one, encoding an edited one in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from argine.media.video.shown import Shower, stretch_of

Pixels = npt.NDArray[np.uint8]
Timed = tuple[float, Pixels]

LONGEST_SIDE = 640
"""Copies are posted small; and a benchmark of thousands of films must end."""

KEPT_FRAMES = 1_500
"""A clip of at most so many frames stays in memory while it is edited: two of up to 1.8 GB, mostly much less."""

_TICKS = 60_000


@dataclass(frozen=True, slots=True)
class Clip:
    """A film of the benchmark: its bytes, its length in seconds and its frames a second."""

    name: str
    data: bytes
    seconds: float
    rate: float

    def frames(self, start: float = 0.0, until: float = float("inf")) -> Iterator[Timed]:
        """All frames of a part, as shown, at most `LONGEST_SIDE` long, with their times from the clip's beginning."""
        short = self.seconds * self.rate <= KEPT_FRAMES
        for time, rgb in _kept_frames(self) if short else self.decoded():
            if time > until:
                return
            if time >= start:
                yield time, rgb

    def decoded(self) -> Iterator[Timed]:
        """All frames, decoded as they are asked for."""
        with av.open(BytesIO(self.data), "r") as container:
            stream = container.streams.video[0]
            shower, first, unit = Shower(stretch_of(stream.sample_aspect_ratio)), None, stream.time_base or Fraction(1)
            for frame in container.decode(stream):
                if frame.pts is None:
                    continue
                time = float(frame.pts * unit)
                first = time if first is None else first
                yield time - first, small(shower.pixels(frame))


@lru_cache(maxsize=2)
def _kept_frames(clip: Clip) -> list[Timed]:
    """A clip is edited in dozens of ways, and half of the time would go into decoding it anew."""
    return list(clip.decoded())


def read(path: Path) -> Clip:
    """Read a clip.

    Raises:
        OSError, FFmpegError, IndexError: it is no film.
    """
    data = path.read_bytes()
    with av.open(BytesIO(data), "r") as container:
        stream = container.streams.video[0]
        unit = stream.time_base or Fraction(1)
        stamps = [float(packet.pts * unit) for packet in container.demux(stream) if packet.pts is not None]
        rate = float(stream.average_rate or 25)
    return Clip(path.name, data, max(stamps) - min(stamps), min(rate, 60.0))


def small(rgb: Pixels, longest: int = LONGEST_SIDE) -> Pixels:
    """No side longer than `longest`, both even."""
    height, width = rgb.shape[:2]
    scale = min(1.0, longest / max(height, width))
    return resized(rgb, round(width * scale), round(height * scale))


def resized(rgb: Pixels, width: int, height: int) -> Pixels:
    """A picture in another size; both sides are made even, as films need it."""
    size = max(2, width // 2 * 2), max(2, height // 2 * 2)
    if size == (rgb.shape[1], rgb.shape[0]):
        return rgb
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BILINEAR))


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a film is written.

    Attributes:
        codec: the encoder's name.
        container: the wrapping's name.
        options: of the encoder.
    """

    codec: str = "libx264"
    container: str = "mp4"
    options: tuple[tuple[str, str], ...] = (("crf", "23"), ("preset", "veryfast"))


def encoded(frames: Iterable[Timed], rate: float, how: Encoding = Encoding()) -> bytes:
    """Write frames with their times; all get the size of the first."""
    file = BytesIO()
    with av.open(file, "w", format=how.container) as container:
        stream: Any = container.add_stream(how.codec, rate=Fraction(rate).limit_denominator(1001))
        stream.pix_fmt, stream.options, stream.thread_count = "yuv420p", dict(how.options), 1
        stream.codec_context.time_base = Fraction(1, _TICKS)
        for number, (time, rgb) in enumerate(frames):
            if number == 0:
                stream.width, stream.height = rgb.shape[1] // 2 * 2, rgb.shape[0] // 2 * 2
            fitted = np.ascontiguousarray(resized(rgb, stream.width, stream.height))
            frame = av.VideoFrame.from_ndarray(fitted, format="rgb24")
            frame.pts, frame.time_base = round(time * _TICKS), Fraction(1, _TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def gif(frames: Iterable[Timed], rate: float, width: int = 320) -> bytes:
    """Write an animation of 256 colours."""
    images = [Image.fromarray(small(rgb, width)).quantize(128, Image.Quantize.FASTOCTREE) for _, rgb in frames]
    file = BytesIO()
    images[0].save(file, "GIF", save_all=True, append_images=images[1:], duration=round(1000 / rate), loop=0)
    return file.getvalue()

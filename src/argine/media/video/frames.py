"""A video's frames, one after another, as the rule picks them; memory does not grow with the film's length.

The library raises many kinds of exception on hostile bytes; a caller sees `MediaError` only. A film that breaks off or
has holes is shown as far as it goes, as browsers do; one of which nothing can be seen is damaged.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from av import VideoFrame
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from argine.media.brightness import Weights
from argine.media.errors import DamagedMedia, MediaError, TooLong
from argine.media.film_limits import DEFAULT_VIDEO_LIMITS, VideoLimits
from argine.media.video.container import check_size, checked_kind, film, opened
from argine.media.video.plan import Chooser, Survey, survey, time_of
from argine.media.video.rule import CHECK_RULE, FrameRule
from argine.media.video.shown import Shower, other_brightness, stretch_of

_SURVEY_PART = 0.05  # of the time, roughly: decoding is the rest
_THUMB = 16

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class ShownFrame:
    """One frame that the rule picked.

    Attributes:
        time: when it is shown, in seconds from the first frame.
        pixels: uint8[height, width, 3], RGB, upright and in its right shape.
        other_brightness: weights of red, green and blue that give the brightness by the other colour standard, where
            the file does not name one; None where it does.
        of_seconds: length of the whole film, in seconds.
    """

    time: float
    pixels: npt.NDArray[np.uint8]
    other_brightness: Weights | None
    of_seconds: float


def frames(
    source: bytes | BinaryIO,
    rule: FrameRule = CHECK_RULE,
    limits: VideoLimits = DEFAULT_VIDEO_LIMITS,
    progress: Progress = lambda _part: None,
) -> Iterator[ShownFrame]:
    """Decode a video's frames. Stop whenever enough was seen: nothing is decoded ahead.

    Args:
        source: the whole file, or an object that reads and seeks; it is not closed.
        rule: which frames.
        limits: what is refused.
        progress: told the part done, 0 to 1, ever rising.

    Raises:
        EmptyMedia, UnsupportedMedia, TooManyBytes, TooManyPixels, TooManyStreams, TooLong, NoPictures: see
            `media.errors`.
        DamagedMedia: no frame can be shown.
    """
    file = BytesIO(source) if isinstance(source, bytes) else source
    kind = checked_kind(file, limits)
    try:
        yield from _decoded(file, kind, _Task(rule, limits, progress))
    except MediaError:
        raise
    except Exception as error:
        raise DamagedMedia("The video is damaged or not complete; send the file again.") from error


@dataclass(frozen=True, slots=True)
class _Task:
    rule: FrameRule
    limits: VideoLimits
    progress: Progress


def _decoded(file: BinaryIO, kind: str, task: _Task) -> Iterator[ShownFrame]:
    found = _surveyed(file, kind, task)
    with opened(file, kind) as container:
        stream = film(container, task.limits)
        context = stream.codec_context
        context.skip_frame = "NONREF"
        show = _Showing(stream, found, task)
        for frame in _wanted(container, stream, Chooser(found, task.rule), found):
            if (shown := show.shown(frame)) is not None:
                yield shown
    if show.count == 0:
        raise DamagedMedia("The video holds no frame that can be shown; send the file again.")
    task.progress(1.0)


def _surveyed(file: BinaryIO, kind: str, task: _Task) -> Survey:
    with opened(file, kind) as container:
        stream = film(container, task.limits)
        claimed = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0

        def tell(seconds: float) -> None:
            if claimed > 0:
                task.progress(_SURVEY_PART * min(1.0, seconds / claimed))

        return survey(container, stream, task.limits, tell)


def _wanted(container: InputContainer, stream: VideoStream, chooser: Chooser, found: Survey) -> Iterator[VideoFrame]:
    """Decode what is wanted. Where packets were left out, what the decoder still holds is taken and it starts anew."""
    context = stream.codec_context
    whole = True
    for packet in container.demux(stream):
        time = time_of(packet)
        if packet.size and not chooser.wants(None if time is None else time - found.start, is_key=packet.is_keyframe):
            if whole:
                yield from _decode(stream, None)
                context.flush_buffers()
            whole = False
        elif whole or packet.is_keyframe or not packet.size:
            whole = True
            yield from _decode(stream, packet)


def _decode(stream: VideoStream, packet: "Packet[VideoStream] | None") -> list[VideoFrame]:
    """What one packet gives. A broken one gives nothing: the next key frame mends it."""
    try:
        return [frame for frame in stream.codec_context.decode(packet) if not frame.is_corrupt]
    except FFmpegError:
        return []


class _Showing:
    """Picks frames by time and by change of scene, and turns them into pixels."""

    def __init__(self, stream: VideoStream, found: Survey, task: _Task) -> None:
        stretch = stretch_of(stream.sample_aspect_ratio)
        self.shower = Shower(stretch)
        self.found, self.task = found, task
        self.count = 0
        self._rate = float(stream.average_rate or 25)
        self._unit = stream.time_base or Fraction(1, 1000)
        self._time = -1.0 / self._rate
        self._due = 0.0
        self._taken_at = float("-inf")
        self._thumb = np.zeros((_THUMB, _THUMB), np.int16)

    def shown(self, frame: VideoFrame) -> ShownFrame | None:
        """The frame's pixels, or None where the rule passes over it."""
        time = self._time_of(frame)
        self._tell(time)
        if not self._is_due(frame, time):
            return None
        check_size(frame.width, frame.height, self.task.limits)
        self._taken(time)
        pixels = self.shower.pixels(frame)
        return ShownFrame(time, pixels, other_brightness(frame), max(self.found.seconds, time))

    def _time_of(self, frame: VideoFrame) -> float:
        """Never back: a file whose times jump about is taken to run on at its own rate."""
        # A frame that was drained from the decoder has lost its own time base.
        told = None if frame.pts is None else float(frame.pts * self._unit) - self.found.start
        step = self._time + 1.0 / self._rate
        self._time = step if told is None or told < self._time else told
        if self._time > self.task.limits.max_seconds:
            raise TooLong(f"The video is longer than {self.task.limits.max_seconds / 3600:g} hours; send a part of it.")
        return self._time

    def _is_due(self, frame: VideoFrame, time: float) -> bool:
        thumb = _thumbnail(frame)
        changed = float(np.abs(thumb - self._thumb).mean()) > self.task.rule.scene
        new_scene = changed and time - self._taken_at >= self.task.rule.scene_wait
        if time < self._due and not new_scene:
            return False
        self._thumb = thumb
        return True

    def _taken(self, time: float) -> None:
        self.count += 1
        if self.count > self.task.limits.max_frames:
            raise TooLong("The video has too many scenes to be looked at; send a part of it.")
        every = self.task.rule.every
        self._taken_at = time
        self._due = (time // every + 1) * every

    def _tell(self, time: float) -> None:
        if self.found.seconds > 0:
            self.task.progress(_SURVEY_PART + (1 - _SURVEY_PART) * min(1.0, time / self.found.seconds))


def _thumbnail(frame: VideoFrame) -> npt.NDArray[np.int16]:
    """int16[16, 16], samples of the first plane: brightness, or something like it. Costs next to nothing."""
    plane = frame.planes[0]
    step = max(1, plane.line_size // max(1, plane.width))
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * plane.height].reshape(
        plane.height, plane.line_size
    )
    y = (np.arange(_THUMB) * 2 + 1) * plane.height // (2 * _THUMB)
    x = (np.arange(_THUMB) * 2 + 1) * plane.width // (2 * _THUMB)
    picked: npt.NDArray[np.uint8] = rows[y][:, np.minimum(x * step, plane.line_size - 1)]
    return picked.astype(np.int16)

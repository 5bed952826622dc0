"""What a confined process answers, as JSON, and how it is read back.

It may have been taken over by what it decoded: everything that it says is checked again.
"""

from typing import Any

import numpy as np

from argine.media.preview import Preview
from argine.signals.animation import Animation, AnimationFrame
from argine.signals.errors import SignalError
from argine.signals.hasher import HashedFile
from argine.signals.patch_bytes import from_base64url, to_base64url
from argine.signals.pdq import VIEWS
from argine.signals.types import Signal, SignalType
from argine.signals.video import VideoSignal
from argine.signals.video.hashed import HashedVideo
from argine.signals.video_bytes import MOST_KEPT_ROWS

CODE_BYTES = 32
MAX_VIEWS_TEXT = -(-4 * MOST_KEPT_ROWS * len(VIEWS) * CODE_BYTES // 3)


def plain(hashed: HashedFile) -> dict[str, Any]:
    """Signals as they go through a socket."""
    return {
        "signals": [_plain(signal) for signal in hashed.signals],
        "unhashable": hashed.unhashable,
        "views": [_plain(signal) for signal in hashed.views],
        "animation": hashed.animation and _plain_animation(hashed.animation),
        "video": hashed.video and plain_video(hashed.video),
    }


def plain_preview(drawn: Preview) -> dict[str, Any]:
    return {"width": drawn.width, "height": drawn.height, "pixels": to_base64url(drawn.pixels)}


def parsed_preview(told: dict[str, Any], side: int) -> Preview:
    """Read back what `plain_preview` wrote.

    Raises:
        ValueError: it is larger than was asked for, or has another number of pixels than it says.
    """
    width, height = int(told["width"]), int(told["height"])
    if max(width, height) > side:
        raise ValueError("a larger preview than was asked for")
    return Preview(width, height, from_base64url(told["pixels"], -(-4 * side * side // 3), "preview"))


def plain_video(video: HashedVideo) -> list[object]:
    """A film's signal and views likewise."""
    views = to_base64url(video.known_views.tobytes())
    return [to_base64url(video.signal.to_bytes()), views, video.frames, video.flat, video.whole]


def _plain(signal: Signal) -> list[object]:
    return [signal.type.value, signal.text, signal.quality]


def _plain_animation(animation: Animation) -> list[object]:
    frames = [
        [frame.number, [_plain(signal) for signal in frame.signals], [_plain(signal) for signal in frame.views]]
        for frame in animation.frames
    ]
    return [animation.total, animation.left_out, animation.hashed, frames, animation.first]


def parsed(told: dict[str, Any]) -> HashedFile:
    """Read back what `plain` wrote."""
    animation = told["animation"] and _parsed_animation(*told["animation"])
    video = told["video"] and parsed_video(*told["video"])
    return HashedFile(_parsed(told["signals"]), told["unhashable"], _parsed(told["views"]), animation, video)


def parsed_video(text: str, views: str, frames: int, flat: int, whole: bool) -> HashedVideo:  # noqa: FBT001 - as told
    """Read back what `plain_video` wrote."""
    signal = VideoSignal.from_bytes(Signal.parse(SignalType.VIDEO, text).value)
    return HashedVideo(signal, views_of(views, len(signal)), int(frames), int(flat), bool(whole))


def views_of(text: str, rows: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """The views of a film's rows from base64url: uint8[n, 8, 32].

    Raises:
        SignalError: the text is no such thing, or of another number of rows.
    """
    data = np.frombuffer(from_base64url(text, MAX_VIEWS_TEXT, "list of views"), np.uint8)
    if data.size != rows * len(VIEWS) * CODE_BYTES:
        raise SignalError(f"The views of a video are {len(VIEWS)} hashes of {CODE_BYTES} bytes for each of its rows.")
    return data.reshape(rows, len(VIEWS), CODE_BYTES)


def _parsed(told: list[list[Any]]) -> tuple[Signal, ...]:
    return tuple(Signal.parse(kind, text, quality) for kind, text, quality in told)


def _parsed_animation(total: int, left_out: int, hashed: int, frames: list[list[Any]], first: int) -> Animation:
    made = tuple(AnimationFrame(int(number), _parsed(signals), _parsed(views)) for number, signals, views in frames)
    return Animation(int(total), int(left_out), int(hashed), made, int(first))

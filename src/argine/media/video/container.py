"""The wrapping of a video: which kinds are opened, and how, so that a file can reach nothing but itself.

The kind is told by the first bytes and given to the library by name. Its own guessing is never asked: that is how a
play list named as a film makes it open other files. Bytes come from an object in memory, so no protocol is in play.
"""

from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from argine.media.errors import EmptyMedia, NoPictures, TooManyBytes, TooManyPixels, TooManyStreams, UnsupportedMedia
from argine.media.film_kinds import HEAD_BYTES, NAMES, kind_of
from argine.media.film_limits import VideoLimits

CODECS = frozenset({
    "h264", "hevc", "libdav1d", "av1", "vp8", "vp9", "libvpx", "libvpx-vp9", "mpeg4", "mpeg2video", "mpeg1video",
    "mjpeg", "h263", "msmpeg4v3", "msmpeg4v2", "prores", "gif",
})  # fmt: skip
"""Decoders that may run; the library has hundreds, most for formats of which nobody posts a film."""

_OPTIONS = {
    "probesize": str(4 * 1024 * 1024),
    "analyzeduration": "2000000",
    "protocol_whitelist": "none",
    "enable_drefs": "0",
    "use_absolute_path": "0",
    "max_streams": "64",
}
_MOV_ONLY = ("enable_drefs", "use_absolute_path")


def checked_kind(source: BinaryIO, limits: VideoLimits) -> str:
    """Look at a file's size and first bytes.

    Raises:
        EmptyMedia, TooManyBytes, UnsupportedMedia: as the names say.
    """
    size = source.seek(0, 2)
    source.seek(0)
    if size == 0:
        raise EmptyMedia("The file is empty.")
    if size > limits.max_bytes:
        raise TooManyBytes(f"The video is larger than {limits.max_bytes // 1_000_000} MB; send a shorter one.")
    kind = kind_of(source.read(HEAD_BYTES))
    if kind is None:
        raise UnsupportedMedia(f"The file is not a video in a format that can be read ({NAMES}).")
    return kind


def opened(source: BinaryIO, kind: str) -> InputContainer:
    """Open a file from its first byte. The caller closes it.

    Raises:
        FFmpegError, ValueError: the library cannot read it.
    """
    source.seek(0)
    options = {key: value for key, value in _OPTIONS.items() if kind == "mov" or key not in _MOV_ONLY}
    return av.open(source, "r", format=kind, options=options, metadata_errors="replace")


def film(container: InputContainer, limits: VideoLimits) -> VideoStream:
    """The stream that a browser would show, made ready for one thread.

    Raises:
        TooManyStreams, NoPictures, UnsupportedMedia, TooManyPixels: as the names say.
    """
    if len(container.streams) > limits.max_streams:
        raise TooManyStreams(f"The video has more than {limits.max_streams} streams.")
    streams = [one for one in container.streams.video if not _is_cover(one)]
    if not streams:
        raise NoPictures("The file holds no moving pictures, only sound or text.")
    stream = streams[0]
    context = getattr(stream, "codec_context", None)  # None where the library has no decoder
    if context is None or context.codec.name not in CODECS:
        raise UnsupportedMedia("The video is compressed in a way that cannot be read; send it as H.264.")
    check_size(context.width, context.height, limits)
    # A confined process may start no thread, and many videos at once fill the processors better.
    context.thread_count = 1
    context.thread_type = "SLICE"
    return stream


def _is_cover(stream: VideoStream) -> bool:
    """A song's picture is carried as a video of one frame; no browser plays it."""
    return Disposition.attached_pic in stream.disposition


def check_size(width: int, height: int, limits: VideoLimits) -> None:
    """Refuse frames that are too large.

    Raises:
        TooManyPixels: they are.
    """
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise TooManyPixels(
            f"The video's frames have more than {limits.max_pixels // 1_000_000} million pixels "
            f"or a side longer than {limits.max_side} pixels; send a smaller copy."
        )

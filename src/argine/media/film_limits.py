"""How large and long a video may be before it is refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """Each is inclusive.

    Attributes:
        max_bytes: size of the file, in bytes.
        max_seconds: from the first frame shown to the last, by the times of the frames themselves, in seconds; what
            the header claims counts for nothing.
        max_pixels: width x height of a frame, in pixels; checked in the header and again in each frame.
        max_side: longer side of a frame, in pixels.
        max_packets: compressed frames in the file.
        max_streams: pictures, sounds and subtitles that lie side by side in the file.
        max_frames: frames that are looked at.
    """

    max_bytes: int = 1024 * 1024 * 1024
    max_seconds: float = 4 * 3600.0
    max_pixels: int = 36_000_000
    max_side: int = 16_384
    max_packets: int = 2_000_000
    max_streams: int = 32
    max_frames: int = 50_000


DEFAULT_VIDEO_LIMITS = VideoLimits()

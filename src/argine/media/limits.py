"""How large a picture may be before it is refused unread."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Each is inclusive.

    Attributes:
        max_bytes: size of the file, in bytes.
        max_pixels: width x height, in pixels; read from the header, before anything is decoded.
        max_side: longer side, in pixels.
        max_frames: frames of an animation that are hashed, the first included.
        max_animation_pixels: pixels of all frames of an animation that are decoded, together, after the first; what
            lies behind them is not looked at.
    """

    max_bytes: int = 64 * 1024 * 1024
    max_pixels: int = 64_000_000
    max_side: int = 30_000
    max_frames: int = 16
    max_animation_pixels: int = 128_000_000


DEFAULT_LIMITS = Limits()

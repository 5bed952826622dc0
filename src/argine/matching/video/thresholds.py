"""How much must agree before a bank entry is said to appear in a film."""

from dataclasses import dataclass

from argine.index import CODE_BITS


@dataclass(frozen=True, slots=True)
class VideoThresholds:
    """Of one bank.

    Attributes:
        frame_bits: a frame found at this distance, or nearer, may begin a match; bits, 0 to 256.
        aligned_bits: once a match has begun, other frames count up to this distance where the common timing puts
            them: chance hits the place in time as rarely as the code.
        least_frames: frames of the query that must agree; fewer where the query, or what it could meet of the bank
            entry, has fewer that differ: a still picture has one.
        least_query_share: part of the query's length that must agree, 0 to 1.
        least_entry_share: part of the bank entry's length that must appear, 0 to 1.

    Raises:
        ValueError: a number is out of range.
    """

    frame_bits: int = 31
    aligned_bits: int = 48
    least_frames: int = 1
    least_query_share: float = 0.0
    least_entry_share: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.frame_bits <= self.aligned_bits <= CODE_BITS:
            raise ValueError(f"frame_bits, then aligned_bits, lie between 0 and {CODE_BITS}")
        if self.least_frames < 1:
            raise ValueError("at least one frame must agree")
        if not (0 <= self.least_query_share <= 1 and 0 <= self.least_entry_share <= 1):
            raise ValueError("shares lie between 0 and 1")


DEFAULT_VIDEO_THRESHOLDS = VideoThresholds()

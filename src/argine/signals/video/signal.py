"""The value that a video is kept and sent as: the hashes of its frames, with their times.

Bytes, in this order, numbers little-endian:

| bytes | what |
|---|---|
| 1 | version, 1 |
| 4 | length of the film in milliseconds |
| 4 + 4 | width and height of its frames in pixels |
| 4 + 2 | number of rows n, number of patch sets m |
| 42 x n | for each row: from and until when it was seen, in milliseconds (4 + 4), kind (1), quality (1), PDQ (32) |
| ... | for each patch set: when, in milliseconds (4), its length in bytes (4), its own byte form |

A row stands for all frames from `start` to `end` that looked alike, so a still scene costs one row. Rows stand in the
order of their time.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
import numpy.typing as npt

from argine.signals.errors import SignalError
from argine.signals.patch import PatchSet
from argine.signals.types import Signal, SignalType
from argine.signals.video_bytes import HEAD as _HEAD
from argine.signals.video_bytes import VERSION

MAX_ROWS = 200_000
MAX_PATCH_SETS = 1024
MAX_SIDE = 1 << 20
MAX_MILLISECONDS = (1 << 32) - 1
CODE_BYTES = 32

_PATCH_HEAD = struct.Struct("<II")
ROW = np.dtype(
    [
        ("start", "<u4"),
        ("end", "<u4"),
        ("kind", "u1"),
        ("quality", "u1"),
        ("code", np.uint8, CODE_BYTES),
    ]
)

Rows = npt.NDArray[np.void]


class FrameKind(IntEnum):
    """What of a frame was hashed."""

    WHOLE = 0
    TRIMMED = 1
    OTHER_COLOUR = 2


@dataclass(frozen=True, slots=True)
class TimedPatches:
    """The patch set of one frame, and when it is shown."""

    milliseconds: int
    patches: PatchSet


@dataclass(frozen=True, slots=True, eq=False)
class VideoSignal:
    """The `video` signal.

    Attributes:
        milliseconds: length of the film; 0 for a still picture.
        width: of the frames in pixels.
        height: of the frames in pixels.
        rows: `ROW`[n], see above.
        patches: of a bounded number of frames, in the order of their times.

    Raises:
        SignalError: a number is out of range, or the rows are not in order.
    """

    milliseconds: int
    width: int
    height: int
    rows: Rows
    patches: tuple[TimedPatches, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.milliseconds <= MAX_MILLISECONDS:
            raise SignalError("A video's length is 0 to 2^32 - 1 milliseconds.")
        if not (0 <= self.width <= MAX_SIDE and 0 <= self.height <= MAX_SIDE):
            raise SignalError(f"The sides of a video's frames are 0 to {MAX_SIDE} pixels.")
        if self.rows.dtype != ROW or self.rows.ndim != 1 or len(self.rows) > MAX_ROWS:
            raise SignalError(f"A video has at most {MAX_ROWS} rows of frames.")
        _check_rows(self.rows)
        if len(self.patches) > MAX_PATCH_SETS:
            raise SignalError(f"A video has at most {MAX_PATCH_SETS} patch sets.")
        if any(not 0 <= one.milliseconds <= MAX_MILLISECONDS for one in self.patches):
            raise SignalError("A patch set's time is 0 to 2^32 - 1 milliseconds.")

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VideoSignal) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        """Say what it is and no more: the codes tell of the film, and this ends up in logs."""
        return f"VideoSignal({len(self)} rows)"

    @property
    def codes(self) -> npt.NDArray[np.uint8]:
        """uint8[n, 32], the rows' hashes."""
        return np.ascontiguousarray(self.rows["code"])

    @classmethod
    def of_still(cls, pdqs: Iterable[Signal], patches: PatchSet | None = None) -> Self:
        """A picture as a film of no length, so that pictures and films can be matched with one another.

        Args:
            pdqs: of the picture as a whole, first, and where it has bars, of what is left without them.
            patches: its patch set. A frame of a scene in quick motion is found by these alone.

        Raises:
            SignalError: one is of another type.
        """
        signals = list(pdqs)
        if any(one.type is not SignalType.PDQ for one in signals):
            raise SignalError("Only pdq hashes can be compared with the frames of a video.")
        rows = np.zeros(len(signals), ROW)
        for number, one in enumerate(signals):
            rows[number] = (0, 0, min(number, 1), _quality(one), np.frombuffer(one.value, np.uint8))
        return cls(0, 0, 0, rows, () if patches is None else (TimedPatches(0, patches),))

    def without_patches(self) -> Self:
        """The same rows alone: what lists that leave the desk carry."""
        return type(self)(self.milliseconds, self.width, self.height, self.rows)

    def signal(self) -> Signal:
        """The signal as banks keep it and as it is sent.

        Raises:
            SignalError: it has more rows than are kept.
        """
        return Signal(SignalType.VIDEO, self.to_bytes())

    def to_bytes(self) -> bytes:
        """Give the byte form; the same signal always gives the same bytes."""
        counts = (len(self.rows), len(self.patches))
        parts = [_HEAD.pack(VERSION, self.milliseconds, self.width, self.height, *counts), self.rows.tobytes()]
        for one in self.patches:
            data = one.patches.to_bytes()
            parts += [_PATCH_HEAD.pack(one.milliseconds, len(data)), data]
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read the byte form.

        Raises:
            SignalError: the version is unknown, the length is wrong, or a number is out of range.
        """
        if len(data) < _HEAD.size:
            raise SignalError(f"A video signal has at least {_HEAD.size} bytes, this one has {len(data)}.")
        version, milliseconds, width, height, count, patch_count = _HEAD.unpack_from(data)
        if version != VERSION:
            raise SignalError(f"This is a video signal of version {version}; version {VERSION} is read.")
        end = _HEAD.size + count * ROW.itemsize
        if count > MAX_ROWS or len(data) < end:
            raise SignalError(f"A video signal's length does not fit its {count} rows.")
        rows = np.frombuffer(data, ROW, count, _HEAD.size).copy()
        return cls(milliseconds, width, height, rows, _patches(data, end, patch_count))


def _quality(signal: Signal) -> int:
    """What the maker did not say is taken to be good, as for pictures."""
    return 100 if signal.quality is None else signal.quality


def _check_rows(rows: Rows) -> None:
    if not len(rows):
        return
    start, end = rows["start"].astype(np.int64), rows["end"].astype(np.int64)
    if (end < start).any() or (np.diff(start) < 0).any():
        raise SignalError("The rows of a video stand in the order of their times.")
    if int(rows["quality"].max()) > 100 or int(rows["kind"].max()) > max(FrameKind):  # noqa: PLR2004 - the scale's end
        raise SignalError("A row of a video has a quality of 0 to 100 and a kind of 0 to 2.")


def _patches(data: bytes, at: int, count: int) -> tuple[TimedPatches, ...]:
    found = []
    for _ in range(count):
        if len(data) < at + _PATCH_HEAD.size:
            raise SignalError("A video signal breaks off among its patch sets.")
        milliseconds, length = _PATCH_HEAD.unpack_from(data, at)
        at += _PATCH_HEAD.size
        if len(data) < at + length:
            raise SignalError("A video signal breaks off among its patch sets.")
        found.append(TimedPatches(milliseconds, PatchSet.from_bytes(data[at : at + length])))
        at += length
    if at != len(data):
        raise SignalError("A video signal goes on after its end.")
    return tuple(found)

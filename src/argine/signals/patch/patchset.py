"""The value that a picture's patches are kept and sent as.

Bytes, in this order, numbers little-endian:

| bytes | what |
|---|---|
| 1 | version, 1 |
| 4 + 4 | width and height of the picture in pixels |
| 2 | number of patches n |
| 38 x n | for each patch: its code (32), x and y (2 + 2), scale (1), angle (1) |

Patches stand in the order of their strength, so the first of a set are its best. The text form is base64url
without padding (RFC 4648, section 5).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from argine.signals.errors import SignalError
from argine.signals.patch.tables import LONG_SIDE, PLACE_UNIT
from argine.signals.patch_bytes import HEAD, MAX_PATCHES, VERSION, check_patch_bytes, from_base64url, to_base64url

MAX_SIDE = 1 << 20
CODE_BYTES = 32

_ROW = np.dtype([("code", np.uint8, CODE_BYTES), ("x", "<u2"), ("y", "<u2"), ("scale", "u1"), ("angle", "u1")])


@dataclass(frozen=True, slots=True, eq=False)
class PatchSet:
    """The patches of one picture.

    Attributes:
        width: of the picture in pixels, 1 to 2^20.
        height: of the picture in pixels, 1 to 2^20.
        codes: uint8[n, 32], strongest patch first, n at most 1024.
        x: uint16[n], places in 1/64 pixel of the grey picture, whose long side is 512.
        y: uint16[n].
        scale: uint8[n], logarithm to base 2 of the scale in pixels of the grey picture, in 1/32.
        angle: uint8[n], direction in 1/256 turn, from right towards down.

    Raises:
        SignalError: an array has another type or shape, or a number is out of range.
    """

    width: int
    height: int
    codes: npt.NDArray[np.uint8]
    x: npt.NDArray[np.uint16]
    y: npt.NDArray[np.uint16]
    scale: npt.NDArray[np.uint8]
    angle: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        if not (1 <= self.width <= MAX_SIDE and 1 <= self.height <= MAX_SIDE):
            raise SignalError(f"The sides of a patch set's picture are 1 to {MAX_SIDE} pixels.")
        count = len(self.codes)
        if count > MAX_PATCHES:
            raise SignalError(f"A patch set has at most {MAX_PATCHES} patches, this one has {count}.")
        columns = ((self.x, np.uint16), (self.y, np.uint16), (self.scale, np.uint8), (self.angle, np.uint8))
        if self.codes.shape != (count, CODE_BYTES) or self.codes.dtype != np.uint8:
            raise SignalError("The codes of a patch set have the form uint8[n, 32].")
        if any(column.shape != (count,) or column.dtype != kind for column, kind in columns):
            raise SignalError("Each patch has a place (uint16), a scale and an angle (uint8).")
        if count and max(int(self.x.max()), int(self.y.max())) > LONG_SIDE * PLACE_UNIT:
            raise SignalError("A patch lies outside its picture.")

    def __len__(self) -> int:
        return len(self.codes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PatchSet) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        """Say what it is and no more: the codes tell of the picture, and this ends up in logs."""
        return f"PatchSet({len(self)} patches)"

    @classmethod
    def empty(cls, width: int, height: int) -> Self:
        """Make the patch set of a picture without any patch, such as a flat one."""
        return cls._of_rows(width, height, np.empty(0, _ROW))

    def first(self, count: int) -> "PatchSet":
        """Keep the strongest patches, as a bank does."""
        kept = slice(count)
        return PatchSet(
            self.width, self.height, self.codes[kept], self.x[kept], self.y[kept], self.scale[kept], self.angle[kept]
        )

    def to_bytes(self) -> bytes:
        """Give the binary form; the same patches always give the same bytes."""
        rows = np.empty(len(self), _ROW)
        rows["code"], rows["x"], rows["y"] = self.codes, self.x, self.y
        rows["scale"], rows["angle"] = self.scale, self.angle
        return HEAD.pack(VERSION, self.width, self.height, len(self)) + rows.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read the binary form.

        Raises:
            SignalError: the version is unknown, the length is wrong, or a number is out of range.
        """
        width, height, count = check_patch_bytes(data)
        return cls._of_rows(width, height, np.frombuffer(data, _ROW, count, HEAD.size))

    @property
    def text(self) -> str:
        """The text form: base64url without padding."""
        return to_base64url(self.to_bytes())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; there is exactly one for each patch set.

        Raises:
            SignalError: the text is too long, not base64url without padding, or not a patch set.
        """
        return cls.from_bytes(from_base64url(text))

    @classmethod
    def _of_rows(cls, width: int, height: int, rows: npt.NDArray[np.void]) -> Self:
        codes = np.ascontiguousarray(rows["code"])
        x, y = rows["x"].astype(np.uint16), rows["y"].astype(np.uint16)
        return cls(width, height, codes, x, y, rows["scale"].copy(), rows["angle"].copy())

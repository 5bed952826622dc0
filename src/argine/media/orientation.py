"""The orientation that a camera wrote into EXIF (tag 0x0112), as far as browsers heed it.

They do for JPEG and PNG. An AVIF is turned by its own `irot` and `imir`, which Pillow hands on as an orientation; a
TIFF is turned by Pillow, a HEIC by its decoder. No browser turns a WebP, so neither does Argine.
"""

from PIL import Image
from PIL.ExifTags import Base
from PIL.Image import Transpose

_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
SIDEWAYS = range(5, 9)
"""The orientations in which height and width are exchanged."""

LAID = {
    1: (False, False, False), 2: (False, True, False), 3: (True, True, False), 4: (True, False, False),
    5: (False, False, True), 6: (True, False, True), 7: (True, True, True), 8: (False, True, True),
}  # fmt: skip
"""How each is made upright: whether the rows are put in reverse order, then the columns, then both are exchanged."""

_HEEDED = {"jpeg", "png", "avif"}


def orientation(format: str, exif: bytes | None) -> int:  # noqa: A002 - the word for it
    """1 to 8; 1, upright, where the block is missing, not heeded, damaged or says something else."""
    if not exif or format not in _HEEDED:
        return 1
    tags = Image.Exif()
    try:
        tags.load(exif)
        value = tags.get(Base.Orientation)
    except Exception:  # noqa: BLE001 - Pillow's reader meets hostile bytes here, and a browser ignores a broken block
        return 1
    return value if value in _TURNS else 1


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as it is to be seen."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)

"""Doing once everything that hashing may ever load or compile, while that can still be done."""

from base64 import b64decode
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from argine.errors import ArgineError
from argine.media.formats import HEIC_INSTALLED
from argine.media.preview import preview
from argine.signals.hasher import hash_file_bytes, hash_query
from argine.signals.types import SignalType

_FORMS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("JPEG", "RGB", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"}),
    ("JPEG", "L", {"progressive": True}),
    ("JPEG", "CMYK", {}),
    ("PNG", "RGBA", {}),
    ("PNG", "I;16", {}),
    ("PNG", "P", {}),
    ("GIF", "P", {}),
    ("WEBP", "RGBA", {}),
    ("AVIF", "RGB", {}),
    ("BMP", "RGB", {}),
    ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    ("TIFF", "F", {}),
)
# The small picture below as HEIC, made once by pillow-heif: its encoder is not worth starting for it.
_HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAA"
    "AERAAAEAAQAAAAABegABAAAAAAAAAI0AAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3"
    "aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAA"
    "AwAeoDCBJZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAASAAAABBw"
    "aXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAAJVtZGF0AAAAiSgBrwSY/Mzu6f+3xdAkzm3OoS68dWwW8AOVFRFEwjq7Fzbivy43"
    "eVE1xEdKGfu4Uo313ZIIem4F/yhncbXw9iXdL93f4aJcDLLGc7tfGNr3Tk6GPnaRMC/jogY76XVFRPFozYUSzHiiiTMDd6viwq995i5lxdCxMhWP"
    "yb4AqYcjyKFQy0keXTx4"
)
_PDQ = frozenset({SignalType.PDQ})
_QUICKLY = {"compress_level": 1}
_ANIMATED = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")
# Below and above what the steps shrink or enlarge to, in both directions, and next to nothing.
_SIZES = ((127, 96), (96, 127), (64, 64), (900, 610), (610, 900), (2100, 30), (5, 5), (1, 9))
_BAR = 40
_LARGE = (900, 610)  # a JPEG that is shrunk while it is decoded, or not decoded at all
_LARGER = (1560, 1040)  # one that is shrunk for all signals too


@cache
def _picture(width: int, height: int) -> Image.Image:
    """Waves, drawn as large as the first size and enlarged to others: sines are dear."""
    if width * height > _SIZES[0][0] * _SIZES[0][1]:
        return _picture(*_SIZES[0]).resize((width, height))
    y, x = np.mgrid[0:height, 0:width]
    waves = 120 + 60 * np.sin(x / 7 + y / 11) + 50 * np.cos(y / 5 - x / 17)
    return Image.fromarray(np.stack([waves, waves[::-1], 255 - waves], axis=-1).astype(np.uint8))


def _framed(picture: Image.Image) -> Image.Image:
    page = Image.new("RGB", (picture.width + 2 * _BAR, picture.height + 2 * _BAR), "black")
    page.paste(picture, (_BAR, _BAR))
    return page


def samples() -> list[bytes]:
    """A small picture in each form, then others in one form: of each size, and one in a frame. Drawn by code."""
    return [*_forms(), *_sizes()]


def _forms() -> list[bytes]:
    small = _picture(*_SIZES[0])
    forms = [_encoded(small, kind, mode, options) for kind, mode, options in _FORMS]
    moving = {"save_all": True, "append_images": [_picture(*_SIZES[2]).transpose(Image.Transpose.ROTATE_180)]}
    forms += [_encoded(_picture(*_SIZES[2]), kind, "RGB", moving) for kind in _ANIMATED]
    return [*forms, _HEIC] if HEIC_INSTALLED else forms


def _sizes() -> list[bytes]:
    small, large = _picture(*_SIZES[0]), _picture(*_LARGE)
    sizes = [_encoded(picture, "JPEG", mode, {}) for picture in (large, _framed(large)) for mode in ("RGB", "L")]
    sizes += [_encoded(_framed(large), "JPEG", "RGB", {"progressive": True})]
    sizes += [_encoded(_framed(_picture(*_LARGER)), "JPEG", "RGB", {})]
    others = [*(_picture(*size) for size in _SIZES), _framed(small)]
    return sizes + [_encoded(picture, "PNG", "RGB", {}) for picture in others]


def _encoded(picture: Image.Image, kind: str, mode: str, options: dict[str, Any]) -> bytes:
    grey = picture.convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    else:
        image = (grey if mode == "F" else picture).convert(mode)
    buffer = BytesIO()
    image.save(buffer, kind, **(_QUICKLY if kind == "PNG" else {}), **options)
    return buffer.getvalue()


def warm_up() -> None:
    """Hash a picture of each form and size, and each form damaged: so that errors find what they need too.

    Patches are made once of each size: they are the dear part, come of the same loops whatever form the pixels had, and
    those that a bank keeps come of the same loops as these.
    """
    sizes = _sizes()
    for data in sizes:
        hash_query(data)
        preview(data, _BAR)
    for data in (*_forms(), *sizes):
        hash_query(data, types=_PDQ)
        hash_file_bytes(data, _PDQ)
        for broken in (data[: len(data) // 2], data[:40] + bytes(40) + data[80:]):
            try:
                hash_file_bytes(broken, _PDQ)
            except ArgineError:
                continue

"""Doing once everything that hashing may ever load, while files can still be opened."""

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from argine.errors import ArgineError
from argine.signals.hasher import hash_file_bytes

SIDE = 96
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


def samples() -> list[bytes]:
    """A small picture in each form, drawn by code."""
    y, x = np.mgrid[0:SIDE, 0 : SIDE + 31]
    waves = 120 + 60 * np.sin(x / 7 + y / 11) + 50 * np.cos(y / 5 - x / 17)
    picture = Image.fromarray(np.stack([waves, waves[::-1], 255 - waves], axis=-1).astype(np.uint8))
    return [_encoded(picture, kind, mode, options) for kind, mode, options in _FORMS]


def _encoded(picture: Image.Image, kind: str, mode: str, options: dict[str, Any]) -> bytes:
    grey = picture.convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    else:
        image = (grey if mode == "F" else picture).convert(mode)
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def warm_up() -> None:
    """Hash a picture of each form, and each form damaged: so that errors find what they need too."""
    for data in samples():
        hash_file_bytes(data)
        for broken in (data[: len(data) // 2], data[:40] + bytes(40) + data[80:]):
            try:
                hash_file_bytes(broken)
            except ArgineError:
                continue

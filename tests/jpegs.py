"""JPEG files of the kinds that are read without being decoded."""

from io import BytesIO
from typing import Any

from PIL import Image
from skimage import data


def photo(width: int, height: int, name: str = "astronaut") -> Image.Image:
    return Image.fromarray(getattr(data, name)()).convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def jpeg(image: Image.Image, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def halved_downward(size: int = 400) -> bytes:
    """Chroma halved down only, which Pillow does not write: a square with chroma halved across, its header changed.

    There are as many blocks of each kind; they only lie elsewhere, so the picture is another.
    """
    file = bytearray(jpeg(photo(size, size, "coffee"), subsampling=1, quality=90))
    at = file.index(b"\xff\xc0") + 11
    assert file[at] == 0x21
    file[at] = 0x12
    return bytes(file)

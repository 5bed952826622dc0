"""A part of one picture put on another, as a face is put on somebody else's picture: the forgery and its source."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageFilter
from skimage import data

from argine.matching.regions import region_of
from argine.signals.hasher import hash_file_bytes, hash_query
from argine.signals.patch import Rectangle
from argine.signals.types import Signal

WIDTH, HEIGHT = 600, 400  # of the source, a cup of coffee


def source() -> Image.Image:
    return Image.fromarray(data.coffee())


def forgery() -> Image.Image:
    """The source with a part of another picture on it, with a soft edge."""
    image, part = source(), Image.fromarray(data.astronaut()).crop((150, 0, 330, 180))
    mask = Image.new("L", part.size, 0)
    mask.paste(255, (12, 12, part.width - 12, part.height - 12))
    image.paste(part, (200, 100), mask.filter(ImageFilter.GaussianBlur(5)))
    return image


FORGED_PART: Rectangle = region_of(200 / WIDTH, 100 / HEIGHT, 380 / WIDTH, 280 / HEIGHT)


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


@cache
def forged_signals() -> list[Signal]:
    return list(hash_file_bytes(jpeg(forgery())).signals)


@cache
def source_signals() -> list[Signal]:
    """Of the source, as of an upload."""
    return list(hash_query(jpeg(source())).signals)


@cache
def copy_signals() -> list[Signal]:
    """Of a smaller copy of the forgery, as of an upload."""
    return list(hash_query(jpeg(forgery().crop((20, 15, 580, 390)), 60)).signals)

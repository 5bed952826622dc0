"""Small files that promise huge pictures: a header is enough to refuse them. Made by code, of each format."""

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

from PIL import Image

from argine.media.formats import HEIC_INSTALLED

SIDE = 13_000
"""13,000 x 13,000 are 169 million pixels."""


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png() -> bytes:
    """A whole and valid PNG, black and plain, that a decoder would unfold to 507 MB."""
    squeeze, line = zlib.compressobj(9, wbits=-15), bytes(1 + 3 * SIDE)
    hundred = squeeze.compress(line * 100) + squeeze.flush(zlib.Z_FULL_FLUSH)
    checksum = (len(line) * SIDE % 65521) << 16 | 1  # Adler-32 of nothing but zeros (RFC 1950)
    rows = b"\x78\xda" + hundred * (SIDE // 100) + b"\x03\0" + checksum.to_bytes(4)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def gif() -> bytes:
    data = bytearray(_small("GIF"))
    data[6:10] = struct.pack("<HH", SIDE, SIDE)
    frame = data.rindex(b",", 0, 900)
    data[frame + 5 : frame + 9] = struct.pack("<HH", SIDE, SIDE)
    return bytes(data)


def webp() -> bytes:
    """An animation, whose canvas is told first; its decoder takes memory for it as soon as it is opened."""
    data = bytearray(_small("WEBP", save_all=True, append_images=[_flat(90)], lossless=True))
    at = data.index(b"VP8X") + 12
    data[at : at + 6] = 2 * (SIDE - 1).to_bytes(3, "little")
    return bytes(data)


@cache
def tiff() -> bytes:
    buffer = BytesIO()
    Image.new("L", (SIDE, SIDE)).save(buffer, "TIFF", compression="tiff_adobe_deflate")
    return buffer.getvalue()


def bmp() -> bytes:
    data = bytearray(_small("BMP"))
    data[18:26] = struct.pack("<ii", SIDE, SIDE)
    return bytes(data)


def jpeg() -> bytes:
    data = bytearray(_small("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", SIDE, SIDE)
    return bytes(data)


def avif() -> bytes:
    return _with_other_extent(_small("AVIF"))


def heic() -> bytes:
    import pillow_heif  # noqa: PLC0415 - an extra

    buffer = BytesIO()
    pillow_heif.from_pillow(_flat(64)).save(buffer)
    return _with_other_extent(buffer.getvalue())


HUGE: dict[str, Callable[[], bytes]] = {
    made.__name__: made for made in (png, gif, webp, tiff, bmp, jpeg, avif, *((heic,) if HEIC_INSTALLED else ()))
}


def _with_other_extent(data: bytes) -> bytes:
    """Change the size that an ISO file tells of its pictures, in every `ispe` box (ISO 23008-12, 6.5.3)."""
    changed, at = bytearray(data), data.find(b"ispe")
    while at >= 0:
        changed[at + 8 : at + 16] = struct.pack(">II", SIDE, SIDE)
        at = data.find(b"ispe", at + 1)
    return bytes(changed)


def _flat(grey: int) -> Image.Image:
    return Image.new("RGB", (64, 64), (grey, grey, grey))


def _small(kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image = _flat(10).quantize(4) if kind == "GIF" else _flat(10)
    image.save(buffer, kind, **options)
    return buffer.getvalue()

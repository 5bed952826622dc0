"""Picture files of every format that is read, and ways to damage them. The same for the same number."""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image
from skimage import data

from argine.media.formats import HEIC_INSTALLED

Change = Callable[[bytearray, bytes, Random], None]
EDGES = (0, 1, 0x7F, 0x80, 0xFE, 0xFF)
HEAD = 400
"""So many bytes from the beginning lie the headers, where a change does most."""


def originals() -> list[bytes]:
    """One file of each kind: still and animated, of each pixel form that decoders have code of their own for."""
    photo = Image.fromarray(data.astronaut()).resize((168, 124))
    grey, palette, clear = photo.convert("L"), photo.quantize(64), photo.copy()
    clear.putalpha(grey)
    wide = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    exif = Image.Exif()
    exif[0x0112], exif[0x011A] = 6, 72.0
    stills = [
        _file(photo, "JPEG", exif=exif), _file(photo, "JPEG", progressive=True, optimize=True),
        _file(photo.convert("CMYK"), "JPEG"), _file(grey, "JPEG"), _file(clear, "PNG", exif=exif),
        _file(palette, "PNG"), _file(wide, "PNG"), _file(grey.convert("1"), "PNG"), _file(palette, "GIF"),
        _file(clear, "WEBP"), _file(photo, "WEBP", lossless=True), _file(photo, "AVIF", exif=exif), _file(photo, "BMP"),
        _file(palette, "BMP"), _file(photo, "TIFF", compression="tiff_lzw"), _file(photo, "TIFF", compression="jpeg"),
        _file(grey.convert("1"), "TIFF", compression="group4"), _file(wide, "TIFF"),
    ]  # fmt: skip
    more = [
        photo.transpose(Image.Transpose.ROTATE_180),
        photo.rotate(20),
        Image.fromarray(data.chelsea()).resize(photo.size),
    ]
    moving = [_file(photo, kind, save_all=True, append_images=more) for kind in ("GIF", "PNG", "WEBP", "AVIF", "TIFF")]
    return stills + moving + _heics(photo, clear, more)


def _heics(photo: Image.Image, clear: Image.Image, more: list[Image.Image]) -> list[bytes]:
    if not HEIC_INSTALLED:
        return []
    import pillow_heif  # noqa: PLC0415 - an extra

    def heic(*pictures: Image.Image) -> bytes:
        made = pillow_heif.HeifFile()
        for picture in pictures:
            made.add_from_pillow(picture)
        buffer = BytesIO()
        made.save(buffer, quality=50)
        return buffer.getvalue()

    return [heic(photo), heic(clear), heic(photo, *more)]


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def mutated(count: int, seed: int = 1) -> Iterator[bytes]:
    """Give so many damaged files; every original in turn."""
    return damaged(originals(), count, seed)


def damaged(files: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Damage each file in turn, in one to three ways."""
    chance = Random(seed)
    for number in range(count):
        changed = bytearray(files[number % len(files)])
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            chance.choice(CHANGES)(changed, chance.choice(files), chance)
        yield bytes(changed)


def _flip_bits(changed: bytearray, _other: bytes, chance: Random) -> None:
    for _ in range(chance.choice((1, 2, 8, 64))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)


def _damage_head(changed: bytearray, _other: bytes, chance: Random) -> None:
    for _ in range(chance.choice((1, 2, 4))):
        if changed:
            changed[chance.randrange(min(HEAD, len(changed)))] = chance.choice(EDGES)


def _stretch_number(changed: bytearray, _other: bytes, chance: Random) -> None:
    """Four bytes in the head, where sizes, counts and offsets are told, become another number."""
    at = chance.randrange(max(1, min(HEAD, len(changed)) - 4))
    number = chance.choice(
        (0, 1, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, chance.randrange(1 << 32))
    )
    changed[at : at + 4] = number.to_bytes(4, chance.choice(("big", "little")))


def _truncate(changed: bytearray, _other: bytes, chance: Random) -> None:
    del changed[chance.randrange(len(changed) + 1) :]


def _cut_out(changed: bytearray, _other: bytes, chance: Random) -> None:
    at = chance.randrange(len(changed) + 1)
    del changed[at : at + chance.choice((1, 4, 40, 400))]


def _repeat(changed: bytearray, _other: bytes, chance: Random) -> None:
    at = chance.randrange(len(changed) + 1)
    changed[at:at] = changed[at : at + chance.choice((1, 12, 100, 1000))] * chance.choice((1, 2, 50))


def _put_in(changed: bytearray, _other: bytes, chance: Random) -> None:
    at = chance.randrange(len(changed) + 1)
    changed[at:at] = chance.randbytes(chance.choice((1, 4, 40, 400)))


def _splice(changed: bytearray, other: bytes, chance: Random) -> None:
    """The beginning of one file, the end of another."""
    del changed[chance.randrange(len(changed) + 1) :]
    changed += other[chance.randrange(len(other)) :]


def _put_file_in(changed: bytearray, other: bytes, chance: Random) -> None:
    at, start = chance.randrange(len(changed) + 1), chance.randrange(len(other))
    part = other[start : start + chance.choice((16, 200, 4000))]
    changed[at : at + chance.choice((0, len(part)))] = part


def _other_head(changed: bytearray, other: bytes, chance: Random) -> None:
    """The first bytes of another format before the rest of this one."""
    length = chance.choice((4, 12, 32))
    changed[:length] = other[:length]


CHANGES: tuple[Change, ...] = (
    _flip_bits, _damage_head, _stretch_number, _truncate, _cut_out, _repeat, _put_in, _splice, _put_file_in,
    _other_head,
)  # fmt: skip

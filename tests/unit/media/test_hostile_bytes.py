"""What comes from strangers: every file ends in a picture or in one sentence, never in Pillow's own exceptions."""

import random
import struct
import warnings
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from argine.media import decode
from argine.media.errors import (
    DamagedMedia,
    EmptyMedia,
    MediaError,
    TooManyBytes,
    TooManyPixels,
    UnsupportedMedia,
)
from argine.media.formats import HEIC_INSTALLED
from argine.media.limits import Limits

Encode = Callable[..., bytes]
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def black(width: int, height: int) -> bytes:
    return chunk(b"IDAT", zlib.compress(bytes((3 * width + 1) * height)))


def refused(data: bytes, limits: Limits | None = None) -> MediaError:
    with pytest.raises(MediaError) as caught:
        decode.picture(data, limits or Limits())
    return caught.value


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", EmptyMedia),
        (b"\0", UnsupportedMedia),
        (b"hello, this is text", UnsupportedMedia),
        (b"%PDF-1.7", UnsupportedMedia),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedMedia),
        (b"8BPS\0\1" + bytes(40), UnsupportedMedia),
        (b"%!PS-Adobe-3.0 EPSF-3.0", UnsupportedMedia),
        (b"P6 1 1 255 abc", UnsupportedMedia),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", DamagedMedia if HEIC_INSTALLED else UnsupportedMedia),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", UnsupportedMedia),
        (b"\xff\xd8\xff", DamagedMedia),
        (b"\xff\xd8\xff\xd9", DamagedMedia),
        (b"\x89PNG\r\n\x1a\n", DamagedMedia),
        (b"GIF89a", DamagedMedia),
        (b"RIFF\0\0\0\0WEBP", DamagedMedia),
        (b"BM", DamagedMedia),
        (b"II*\0", DamagedMedia),
        (b"\0\0\0\x1cftypavif\0\0\0\0", DamagedMedia),
    ],
)
def test_what_is_no_whole_picture_is_named(data: bytes, kind: type[MediaError]) -> None:
    assert type(refused(data)) is kind


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.95])
def test_a_truncated_file_is_never_hashed_in_part(
    photo: Image.Image, encode: Encode, format_: str, part: float
) -> None:
    data = encode(photo, format_)
    assert type(refused(data[: int(len(data) * part)])) is DamagedMedia


def test_a_file_of_more_bytes_than_allowed_is_refused_unread() -> None:
    error = refused(b"\xff\xd8\xff" + bytes(3_000_000), Limits(max_bytes=2_000_000))
    assert type(error) is TooManyBytes
    assert "2 MB" in str(error)


@pytest.mark.parametrize(
    ("width", "height"), [(8001, 8001), (30_001, 1), (1, 30_001), (65_535, 65_535), (2**31 - 1, 2**31 - 1)]
)
def test_a_header_that_promises_too_many_pixels_is_enough(width: int, height: int) -> None:
    assert isinstance(refused(png(width, height, black(1, 1))), TooManyPixels | DamagedMedia)


def test_limits_are_inclusive() -> None:
    data = png(20, 10, black(20, 10))
    assert decode.picture(data, Limits(max_bytes=len(data), max_pixels=200, max_side=20)).width == 20
    assert type(refused(data, Limits(max_pixels=199))) is TooManyPixels
    assert type(refused(data, Limits(max_side=19))) is TooManyPixels
    assert type(refused(data, Limits(max_bytes=len(data) - 1))) is TooManyBytes


def test_a_gif_frame_that_grows_the_canvas_counts_in_full(encode: Encode) -> None:
    data = bytearray(encode(Image.new("P", (10, 10)), "GIF"))
    frame = data.rindex(b",", 0, 900)
    data[frame + 5 : frame + 9] = struct.pack("<HH", 60_000, 60_000)
    assert isinstance(refused(bytes(data)), TooManyPixels | DamagedMedia)


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_metadata_bomb_costs_no_memory(name: bytes) -> None:
    bomb = zlib.compress(bytes(50_000_000), 9)
    heads = {b"zTXt": b"a\0\0", b"iTXt": b"a\0\1\0\0\0", b"iCCP": b"a\0\0"}
    data = png(4, 4, chunk(name, heads[name] + bomb), black(4, 4))
    assert outcome(data) in {"picture", "damaged"}


def test_a_png_whose_checksum_is_wrong_is_damaged() -> None:
    data = bytearray(png(4, 4, black(4, 4)))
    data[29] ^= 1  # the first byte of IHDR's
    assert type(refused(bytes(data))) is DamagedMedia


def mutations(data: bytes, count: int) -> list[bytes]:
    chance = random.Random(data)
    return [mutated(data, chance) for _ in range(count)]


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    kind = chance.randrange(4)
    at = chance.randrange(len(changed))
    if kind == 0:
        del changed[at : at + chance.randrange(1, 40)]
    elif kind == 1:
        changed[at:at] = chance.randbytes(chance.randrange(1, 40))
    else:
        reach = len(changed) if kind == 2 else min(200, len(changed))
        for _ in range(chance.choice((1, 2, 8))):
            changed[chance.randrange(reach)] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
    return bytes(changed)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_mutated_file_gives_a_picture_or_a_media_error(photo: Image.Image, encode: Encode, format_: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x011A] = 6, 72.0
    small = photo.resize((48, 33))
    small = small.quantize(32) if format_ == "GIF" else small
    options = {"exif": exif} if format_ not in {"GIF", "BMP"} else {}
    outcomes = [outcome(data) for data in mutations(encode(small, format_, **options), 60)]
    assert {"picture", "damaged"} & set(outcomes)


def outcome(data: bytes) -> str:
    try:
        picture = decode.picture(data)
    except MediaError:
        return "damaged"
    assert picture.pixels.shape == (picture.height, picture.width, 3)
    return "picture"


def test_odd_resolutions_in_exif_do_not_hide_a_jpeg(photo: Image.Image, encode: Encode) -> None:
    exif = Image.Exif()
    exif[0x011A], exif[0x0128] = 72.0, 2
    data = encode(photo, "JPEG", exif=exif)
    data = data[:2] + data[20:]  # without the JFIF header, whose resolution would come first
    start, end = data.index(b"Exif\0\0") + 6, 4 + struct.unpack(">H", data[4:6])[0]
    chance = random.Random(5)
    for _ in range(200):
        changed = bytearray(data)
        for _ in range(3):
            changed[chance.randrange(start, end)] = chance.choice((0, 1, 255))
        assert decode.picture(bytes(changed)).format == "jpeg"


def test_no_warning_of_pillow_reaches_the_caller(photo: Image.Image, encode: Encode) -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\xff\xff" + bytes(4)
    data = encode(photo, "JPEG", exif=exif)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        decode.picture(data)
    assert caught == []


@pytest.mark.parametrize("kind", MediaError.__subclasses__())
def test_every_refusal_has_a_code_of_its_own(kind: type[MediaError]) -> None:
    assert kind.code.startswith(("picture_", "video_"))
    assert sum(other.code == kind.code for other in MediaError.__subclasses__()) == 1

"""Which files are read without being decoded, and which are left to the decoder."""

import struct

import pytest
from PIL import Image, ImageCms
from tests.jpegs import halved_downward, jpeg, photo

from argine.media.jpeg.query import coefficients
from argine.media.limits import DEFAULT_LIMITS, Limits

SIDE = 192
PHOTO = photo(500, 400)
PLAIN = jpeg(PHOTO)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> object:
    return coefficients(data, limits, SIDE)


def with_segment(marker: int, body: bytes, data: bytes = PLAIN) -> bytes:
    """Put a segment before all others but the first."""
    first = 4 + int.from_bytes(data[4:6]) - 2
    return data[: first + 2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body + data[first + 2 :]


def swapped_profile() -> bytes:
    """A profile in which red is blue."""
    profile = bytearray(SRGB)
    names = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}
    for at in range(132, 132 + 12 * struct.unpack(">I", profile[128:132])[0], 12):
        name = bytes(profile[at : at + 4])
        profile[at : at + 4] = names.get(name, name)
    return bytes(profile)


def changed(find: bytes, offset: int, new: bytes, data: bytes = PLAIN) -> bytes:
    at = data.index(find) + offset
    return data[:at] + new + data[at + len(new) :]


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        jpeg(PHOTO, subsampling=0),
        jpeg(PHOTO, subsampling=1),
        halved_downward(),
        jpeg(PHOTO.convert("L")),
        jpeg(PHOTO, restart_marker_rows=1),
        jpeg(PHOTO, icc_profile=SRGB),
        jpeg(PHOTO, icc_profile=b"no profile at all"),
        jpeg(PHOTO, comment=b"a comment"),
        with_segment(0xEE, b"Adobe\0\x64\0\0\0\0\1"),
        with_segment(0xE2, b"MPF\0"),
        changed(b"\xff\xc0", 1, b"\xc1"),
        PLAIN + b"what lies behind the end",
    ],
    ids=[
        "plain", "chroma whole", "halved across", "halved down", "grey", "restarts", "sRGB", "broken profile",
        "comment", "Adobe YCbCr", "other segment", "extended sequential", "bytes behind",
    ],
)  # fmt: skip
def test_a_plain_file_is_read(data: bytes) -> None:
    assert read(data) is not None


@pytest.mark.parametrize(
    "data",
    [
        jpeg(PHOTO, progressive=True),
        jpeg(PHOTO.convert("CMYK")),
        jpeg(PHOTO, keep_rgb=True),
        jpeg(PHOTO, icc_profile=swapped_profile()),
        jpeg(photo(500, 2 * SIDE - 1)),
        with_segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"),
        with_segment(0xEE, b"Adobe\0\x64\0\0\0\0\2"),
        with_segment(0xEE, b"Adobe\0\x64\0\0\0\0"),
        with_segment(0xDC, b"\1\0"),
        with_segment(0xCC, b"\0\1"),
        with_segment(0xDB, b"\x10" + b"\0\1" * 64),
        with_segment(0xDB, b"\0" + bytes(64)),
        with_segment(0xC4, b"\0" + bytes(16)),
        changed(b"\xff\xc4\0\x1f\0", 5, b"\3"),
        changed(b"\xff\xc0", 1, b"\xc9"),
        changed(b"\xff\xc0", 4, b"\x0c"),
        changed(b"\xff\xc0", 5, b"\0\0"),
        changed(b"\xff\xc0", 11, b"\x41"),
        changed(b"\xff\xc0", 14, b"\x21"),
        changed(b"\xff\xda", 5, b"\2"),
        changed(b"\xff\xda", 4 + 8, b"\1"),
        changed(b"\xff\xda", 4 + 2, b"\x22"),
        changed(b"JFIF", 0, b"JFXX", changed(b"\xff\xc0", 10, b"R", changed(b"\xff\xda", 5, b"R"))),
        PLAIN[: len(PLAIN) // 2],
        PLAIN[:300],
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xff" + PLAIN[3:],
        b"\xff\xd8" + b"\xff\xfe\0\2" * 600 + PLAIN[2:],
        jpeg(PHOTO).replace(b"\xff\xd8", b"\x89PNG", 1),
    ],
    ids=[
        "progressive", "CMYK", "RGB", "colours of its own", "small", "Adobe RGB", "Adobe YCCK", "Adobe, short",
        "lines later", "arithmetic tables", "16-bit quantiser", "quantiser of zeros", "no codes", "too many codes",
        "arithmetic", "12 bits", "no height", "a quarter of chroma", "more chroma than luma", "two in the scan",
        "not all coefficients", "no table", "unknown colours", "half", "head only", "three bytes", "fill bytes",
        "very many segments", "not a JPEG",
    ],
)  # fmt: skip
def test_any_other_is_left_to_the_decoder(data: bytes) -> None:
    assert read(data) is None


@pytest.mark.parametrize(
    "limits", [Limits(max_bytes=len(PLAIN) - 1), Limits(max_pixels=500 * 400 - 1), Limits(max_side=499)]
)
def test_a_file_over_the_limits_is_left_to_the_decoder_which_says_so(limits: Limits) -> None:
    assert read(PLAIN, limits) is None


def test_what_no_pixels_can_be_is_left_to_the_decoder() -> None:
    """A decoder cuts it off, so its picture would be another."""
    doubled = PLAIN
    for table in (0, 1):
        at = doubled.index(b"\xff\xdb\x00\x43" + bytes([table]))
        doubled = doubled[: at + 5] + b"\xff" * 64 + doubled[at + 69 :]
    assert read(PLAIN) is not None
    assert read(doubled) is None


@pytest.mark.parametrize(
    ("side", "shrunk", "kept"),
    [(384, 2, 10), (767, 2, 10), (768, 4, 6), (1535, 4, 6), (1536, 8, 3), (2399, 8, 3), (2400, 8, 1)],
)
def test_the_larger_the_picture_the_fewer_coefficients_are_read(side: int, shrunk: int, kept: int) -> None:
    found = coefficients(jpeg(PHOTO.resize((side + 9, side))), DEFAULT_LIMITS, SIDE)
    assert found is not None
    assert found.shrunk == shrunk
    assert len(found.blocks.luma.quantiser) == kept


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_orientation_is_read(turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    found = coefficients(jpeg(PHOTO, exif=exif), DEFAULT_LIMITS, SIDE)
    assert found is not None
    assert found.orientation == turn

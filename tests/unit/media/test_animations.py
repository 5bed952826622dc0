"""The frames of an animation behind the first: decoded one by one, within limits, and never a reason to fail."""

import struct
from collections.abc import Callable
from itertools import pairwise
from time import monotonic

import numpy as np
import pytest
from PIL import Image

from argine.media import decode
from argine.media.errors import DamagedMedia
from argine.media.formats import MOST_FRAMES
from argine.media.limits import Limits

Encode = Callable[..., bytes]
ANIMATED = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")
LOSSLESS: dict[str, dict[str, object]] = {"WEBP": {"lossless": True}}


@pytest.fixture(scope="module")
def frames(photo: Image.Image) -> list[Image.Image]:
    return [photo, photo.transpose(Image.Transpose.ROTATE_180), photo.convert("L").convert("RGB"), photo.rotate(30)]


@pytest.fixture
def animation(frames: list[Image.Image], encode: Encode) -> Callable[..., bytes]:
    def animated(format_: str, count: int = 4) -> bytes:
        shown = [frames[number % len(frames)] for number in range(count)]
        return encode(shown[0], format_, save_all=True, append_images=shown[1:], **LOSSLESS.get(format_, {}))

    return animated


@pytest.mark.parametrize("format_", ANIMATED)
def test_every_frame_is_decoded_as_it_is_shown(
    frames: list[Image.Image], animation: Callable[..., bytes], format_: str
) -> None:
    shown = list(decode.pictures(animation(format_)))
    assert [(picture.frame, picture.frame_count) for picture in shown] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    off = 0 if format_ in {"PNG", "WEBP", "TIFF"} else 12  # GIF has 256 colours, AVIF is lossy
    for picture, frame in zip(shown, frames, strict=True):
        assert np.abs(picture.pixels.astype(int) - np.asarray(frame, int)).mean() <= off


@pytest.mark.parametrize("format_", ["PNG", "GIF"])
def test_clear_parts_of_a_frame_lie_on_what_was_shown_before_and_that_on_white(encode: Encode, format_: str) -> None:
    below, above = (Image.new("RGBA", (40, 40)) for _ in range(2))
    below.paste((255, 0, 0, 255), (0, 0, 20, 40))
    above.paste((0, 0, 255, 255), (20, 0, 40, 20))
    options = {"disposal": 0, "blend": 1} if format_ == "PNG" else {}
    both = Image.alpha_composite(below, above)
    data = encode(below, format_, save_all=True, append_images=[above if format_ == "PNG" else both], **options)
    _, second = decode.pictures(data)
    assert [tuple(second.pixels[y, x]) for y, x in ((30, 10), (10, 30), (30, 30))] == [
        (255, 0, 0), (0, 0, 255), (255, 255, 255),
    ]  # fmt: skip


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"])
def test_a_still_picture_comes_alone(photo: Image.Image, encode: Encode, format_: str) -> None:
    (only,) = decode.pictures(encode(photo, format_))
    assert (only.frame, only.frame_count) == (1, 1)


@pytest.mark.parametrize("format_", ANIMATED)
def test_frames_end_where_their_pixels_together_are_more_than_allowed(
    animation: Callable[..., bytes], format_: str
) -> None:
    size = 301 * 200
    seen = list(decode.pictures(animation(format_, 12), Limits(max_animation_pixels=3 * size)))
    assert len(seen) == 1 + 3


def test_a_tiny_frame_counts_as_more_than_it_is(encode: Encode) -> None:
    dots = [Image.new("RGB", (2, 2), (number, 0, 255 - number)) for number in range(200)]
    data = encode(dots[0], "PNG", save_all=True, append_images=dots[1:])
    limits = Limits(max_animation_pixels=50 * decode.LEAST_FRAME_PIXELS)
    assert len(list(decode.pictures(data, limits))) == 1 + 50


@pytest.mark.parametrize("format_", ANIMATED)
def test_a_damaged_frame_ends_the_frames_and_the_first_is_kept(animation: Callable[..., bytes], format_: str) -> None:
    data = animation(format_)
    cut = data[: int(len(data) * 0.9)]
    try:
        seen = list(decode.pictures(cut))
    except DamagedMedia:
        assert format_ in {"AVIF", "WEBP", "TIFF"}  # of these a part is refused as a whole
        return
    assert 1 <= len(seen) < 4
    assert all(before.frame < after.frame for before, after in pairwise(seen))


def test_a_page_that_is_larger_than_allowed_ends_the_frames(photo: Image.Image, encode: Encode) -> None:
    data = encode(photo, "TIFF", save_all=True, append_images=[photo.resize((602, 400)), photo])
    assert len(list(decode.pictures(data, Limits(max_pixels=301 * 200)))) == 1


def test_a_gif_frame_that_grows_the_canvas_past_the_limit_ends_the_frames(
    frames: list[Image.Image], encode: Encode
) -> None:
    data = bytearray(encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100))
    control = data.index(b"\x21\xf9\x04", data.index(b"\x21\xf9\x04") + 8)
    assert data[control + 8] == ord(",")
    data[control + 13 : control + 17] = struct.pack("<HH", 60_000, 60_000)
    assert len(list(decode.pictures(bytes(data)))) == 1


def test_frames_are_counted_up_to_a_number_and_quickly(encode: Encode) -> None:
    dot = encode(Image.new("P", (1, 1)), "GIF")
    frame = dot[dot.rindex(b",", 0, 900) : -1]
    start = monotonic()
    (first, *rest) = decode.pictures(dot[:-1] + frame * 100_000 + b";", Limits(max_animation_pixels=1_000_000))
    assert first.frame_count == MOST_FRAMES
    assert len(rest) == 1_000_000 // decode.LEAST_FRAME_PIXELS
    assert monotonic() - start < 5


def test_pages_of_a_tiff_are_counted_up_to_a_number_and_quickly(encode: Encode) -> None:
    data = bytearray(encode(Image.new("L", (1, 1)), "TIFF"))
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    directory = bytes(data[at : at + 2 + 12 * count])
    for _ in range(20_000):
        struct.pack_into("<I", data, at + 2 + 12 * count, len(data))
        at = len(data)
        data += directory + bytes(4)
    start = monotonic()
    first = next(decode.pictures(bytes(data)))
    assert first.frame_count == MOST_FRAMES
    assert monotonic() - start < 10

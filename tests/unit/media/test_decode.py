import struct
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageCms

from argine.media import decode
from argine.signals import pdq

Encode = Callable[..., bytes]
LOSSLESS = {"PNG": {}, "WEBP": {"lossless": True}, "BMP": {}, "TIFF": {}}
NEAR = 2  # bits


def distance(data: bytes, expected: Image.Image) -> int:
    plain = pdq.hash_pixels(np.asarray(expected.convert("RGB")))
    return pdq.distance(pdq.hash_pixels(decode.picture(data).pixels), plain)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of_16_bits(samples: np.ndarray, colour_type: int) -> bytes:
    height, width = samples.shape[:2]
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in samples)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def with_chunk(png: bytes, name: bytes, body: bytes) -> bytes:
    return png[:33] + chunk(name, body) + png[33:]


def swapped_profile() -> bytes:
    """SRGB with its primaries in each other's places: whoever ignores it sees other colours."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    names = {b"rXYZ": b"gXYZ", b"gXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}
    for at in range(132, 132 + 12 * struct.unpack(">I", profile[128:132])[0], 12):
        name = bytes(profile[at : at + 4])
        profile[at : at + 4] = names.get(name, name)
    return bytes(profile)


@pytest.fixture
def fading(photo: Image.Image) -> Image.Image:
    """The photograph, opaque at the right and clear at the left."""
    alpha = np.tile(np.linspace(0, 255, photo.width).astype(np.uint8), (photo.height, 1))
    faded = photo.copy()
    faded.putalpha(Image.fromarray(alpha))
    return faded


def on_white(image: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))


@pytest.mark.parametrize("format_", LOSSLESS)
def test_a_lossless_file_gives_the_very_pixels(photo: Image.Image, encode: Encode, format_: str) -> None:
    picture = decode.picture(encode(photo, format_, **LOSSLESS[format_]))
    assert np.array_equal(picture.pixels, np.asarray(photo))
    assert picture.pixels.flags.c_contiguous
    assert (picture.format, picture.width, picture.height) == (format_.lower(), 301, 200)
    assert picture.frame_count == 1


@pytest.mark.parametrize("format_", ["JPEG", "WEBP", "AVIF"])
def test_a_lossy_file_hashes_like_its_source(photo: Image.Image, encode: Encode, format_: str) -> None:
    assert distance(encode(photo, format_, quality=95), photo) <= NEAR


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
def test_a_turned_picture_is_seen_upright(photo: Image.Image, encode: Encode, format_: str, orientation: int) -> None:
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = photo if orientation == 1 else photo.transpose(Image.Transpose(back[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(stored, format_, exif=exif, **({"quality": 95} if format_ == "JPEG" else {}))
    assert distance(data, photo) <= NEAR
    assert decode.picture(data).width == photo.width


def test_a_webp_is_not_turned_because_no_browser_does(photo: Image.Image, encode: Encode) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert distance(encode(photo, "WEBP", lossless=True, exif=exif), photo) == 0


def test_a_turned_avif_is_turned_once(photo: Image.Image, encode: Encode) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encode(photo.transpose(Image.Transpose.ROTATE_90), "AVIF", quality=95, exif=exif)
    assert distance(data, photo) <= NEAR


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0MM\0*\0\0\xff\xff", b"Exif\0\0II*\0" + b"\xff" * 40])
def test_a_broken_exif_block_is_ignored(photo: Image.Image, encode: Encode, exif: bytes) -> None:
    assert distance(encode(photo, "JPEG", quality=95, exif=exif), photo) <= NEAR


@pytest.mark.parametrize(("format_", "colours"), [("PNG", 256), ("PNG", 13), ("GIF", 64), ("TIFF", 64)])
def test_a_palette_is_looked_up(photo: Image.Image, encode: Encode, format_: str, colours: int) -> None:
    indexed = photo.quantize(colours)
    assert distance(encode(indexed, format_), indexed) == 0


def test_a_palette_with_clear_entries_lies_on_white(photo: Image.Image, encode: Encode) -> None:
    indexed = photo.quantize(64)
    data = encode(indexed, "PNG", transparency=bytes(range(0, 256, 4)))
    indexed.info["transparency"] = bytes(range(0, 256, 4))
    assert distance(data, on_white(indexed)) <= NEAR


def test_a_clear_colour_lies_on_white(photo: Image.Image, encode: Encode) -> None:
    framed = photo.copy()
    framed.paste((1, 2, 3), (0, 0, 100, 200))
    expected = photo.copy()
    expected.paste("white", (0, 0, 100, 200))
    assert distance(encode(framed, "PNG", transparency=(1, 2, 3)), expected) <= NEAR


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "TIFF"])
def test_transparency_lies_on_white(fading: Image.Image, encode: Encode, format_: str) -> None:
    assert distance(encode(fading, format_, **LOSSLESS[format_]), on_white(fading)) <= NEAR


def test_grey_with_alpha_lies_on_white(fading: Image.Image, encode: Encode) -> None:
    grey = fading.convert("LA")
    assert distance(encode(grey, "PNG"), on_white(grey)) <= NEAR


@pytest.mark.parametrize("format_", ["JPEG", "TIFF"])
def test_cmyk_hashes_like_rgb(photo: Image.Image, encode: Encode, format_: str) -> None:
    options = {"quality": 95} if format_ == "JPEG" else {}
    assert distance(encode(photo.convert("CMYK"), format_, **options), photo) <= NEAR


def test_a_profile_does_not_change_cmyk_as_browsers_ignore_it(photo: Image.Image, encode: Encode) -> None:
    data = encode(photo.convert("CMYK"), "JPEG", quality=95, icc_profile=swapped_profile())
    assert distance(data, photo) <= NEAR


@pytest.mark.parametrize("mode", ["L", "1"])
def test_grey_and_black_and_white_hash_like_their_rgb(photo: Image.Image, encode: Encode, mode: str) -> None:
    image = photo.convert(mode)
    assert distance(encode(image, "PNG"), image) == 0


@pytest.mark.parametrize("colour_type", [0, 2, 4, 6])
def test_16_bits_are_scaled_and_not_cut_off(photo: Image.Image, fading: Image.Image, colour_type: int) -> None:
    source = {0: photo.convert("L"), 2: photo, 4: fading.convert("LA"), 6: fading}[colour_type]
    data = png_of_16_bits(np.asarray(source).astype(np.uint16) * 257, colour_type)
    expected = on_white(source) if source.mode in {"LA", "RGBA"} else source
    assert distance(data, expected) <= NEAR


def test_every_16_bit_grey_is_rounded_to_the_nearest_of_256() -> None:
    samples = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    pixels = decode.picture(png_of_16_bits(samples, 0)).pixels
    assert np.array_equal(pixels[..., 0], np.rint(samples / 257).astype(np.uint8))


@pytest.mark.parametrize(("scale", "dtype"), [(1 / 255, np.float32), (1, np.float32), (16843009, np.int64)])
def test_32_bit_samples_take_the_scale_that_holds_them(
    photo: Image.Image, encode: Encode, scale: float, dtype: type
) -> None:
    grey = np.asarray(photo.convert("L")).astype(np.float64)
    wide = (grey * scale / (2 if dtype is np.int64 else 1)).astype(np.float32 if dtype != np.int64 else np.int32)
    assert distance(encode(Image.fromarray(wide), "TIFF"), photo.convert("L")) <= NEAR


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "TIFF"])
def test_an_embedded_profile_is_applied(photo: Image.Image, encode: Encode, format_: str) -> None:
    data = encode(photo, format_, icc_profile=swapped_profile(), **LOSSLESS[format_])
    red, green, blue = photo.split()
    shown = decode.picture(data).pixels.astype(int)
    expected = np.asarray(Image.merge("RGB", (green, blue, red)), int)
    assert np.abs(shown - expected).max() <= 2


@pytest.mark.parametrize("profile", [b"no profile", swapped_profile()[:200], b""])
def test_a_broken_profile_is_ignored(photo: Image.Image, encode: Encode, profile: bytes) -> None:
    assert np.array_equal(decode.picture(encode(photo, "PNG", icc_profile=profile)).pixels, np.asarray(photo))


def test_an_srgb_profile_leaves_the_pixels_alone(photo: Image.Image, encode: Encode) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(decode.picture(encode(photo, "PNG", icc_profile=profile)).pixels, np.asarray(photo))


def test_a_png_of_linear_light_is_brought_to_srgb(encode: Encode) -> None:
    grey = encode(Image.new("L", (8, 8), 55), "PNG")  # 55/255 of the light is sRGB 128
    linear = with_chunk(grey, b"gAMA", struct.pack(">I", 100_000))
    assert decode.picture(linear).pixels[0, 0].tolist() == [128, 128, 128]


@pytest.mark.parametrize("gamma", [45_455, 0])
def test_the_usual_gamma_and_none_change_nothing(photo: Image.Image, encode: Encode, gamma: int) -> None:
    data = with_chunk(encode(photo, "PNG"), b"gAMA", struct.pack(">I", gamma))
    assert np.array_equal(decode.picture(data).pixels, np.asarray(photo))


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP", "AVIF", "TIFF"])
def test_of_an_animation_the_first_frame_counts(photo: Image.Image, encode: Encode, format_: str) -> None:
    frames = [photo, photo.transpose(Image.Transpose.ROTATE_180), photo.convert("L").convert("RGB")]
    data = encode(frames[0], format_, save_all=True, append_images=frames[1:])
    assert decode.picture(data).frame_count == 3
    assert distance(data, photo) <= 10  # GIF and the lossy ones are quantised


def threads_of(data: bytes) -> Iterator[bool]:
    expected = decode.picture(data).pixels
    with ThreadPoolExecutor(8) as pool:
        yield from pool.map(lambda _: np.array_equal(decode.picture(data).pixels, expected), range(40))


def test_many_threads_decode_alike(photo: Image.Image, encode: Encode) -> None:
    assert all(threads_of(encode(photo, "PNG", icc_profile=swapped_profile())))

"""HEIC, an extra: as a browser that reads it shows it; without the extra, advice."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.unit.media.test_decode import NEAR, distance, on_white, swapped_profile

from argine.media import decode, formats
from argine.media.errors import DamagedMedia, UnsupportedMedia
from argine.signals.pool import HashPool, PoolLimits

pillow_heif = pytest.importorskip("pillow_heif", reason="needs the extra: pip install 'argine[heic]'")

Encode = Callable[..., bytes]


def heic(*images: Image.Image, **options: Any) -> bytes:
    made = pillow_heif.HeifFile()
    for image in images:
        made.add_from_pillow(image)
    buffer = BytesIO()
    made.save(buffer, **({"quality": 90} | options))
    return buffer.getvalue()


def test_a_heic_hashes_like_its_source(photo: Image.Image) -> None:
    data = heic(photo)
    picture = decode.picture(data)
    assert (picture.format, picture.width, picture.height, picture.frame_count) == ("heic", 301, 200, 1)
    assert distance(data, photo) <= NEAR


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_turned_heic_is_turned_once(photo: Image.Image, orientation: int) -> None:
    back = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = BytesIO()
    # Told as bytes, the orientation is written as HEIF's own `irot` too, as phones do; that is what counts.
    photo.transpose(back[orientation]).save(buffer, "HEIF", quality=90, exif=exif.tobytes())
    assert b"irot" in buffer.getvalue()
    assert distance(buffer.getvalue(), photo) <= NEAR
    assert decode.picture(buffer.getvalue()).width == photo.width


def test_transparency_lies_on_white(photo: Image.Image) -> None:
    alpha = np.tile(np.linspace(0, 255, photo.width).astype(np.uint8), (photo.height, 1))
    fading = photo.copy()
    fading.putalpha(Image.fromarray(alpha))
    assert distance(heic(fading), on_white(fading)) <= NEAR


def test_an_embedded_profile_is_applied(photo: Image.Image) -> None:
    tagged = photo.copy()
    tagged.info["icc_profile"] = swapped_profile()
    red, green, blue = photo.split()
    expected = np.asarray(Image.merge("RGB", (green, blue, red)), int)
    assert np.abs(decode.picture(heic(tagged)).pixels.astype(int) - expected).mean() < 5


def test_an_srgb_profile_changes_nothing(photo: Image.Image) -> None:
    tagged = photo.copy()
    tagged.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert distance(heic(tagged), photo) <= NEAR


def test_more_than_8_bits_are_scaled(photo: Image.Image) -> None:
    wide = Image.fromarray(np.asarray(photo.convert("L"), np.uint16) * 257)
    assert distance(heic(wide), photo.convert("L")) <= NEAR


def test_the_picture_that_the_file_names_comes_first_and_the_others_after(photo: Image.Image) -> None:
    others = [photo.transpose(Image.Transpose.ROTATE_180), photo.convert("L").convert("RGB")]
    data = heic(others[0], photo, others[1], primary_index=1)
    shown = list(decode.pictures(data))
    assert [(picture.frame, picture.frame_count) for picture in shown] == [(2, 3), (1, 3), (3, 3)]
    assert distance(data, photo) <= NEAR


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.95])
def test_a_truncated_heic_is_never_hashed_in_part(photo: Image.Image, part: float) -> None:
    data = heic(photo)
    with pytest.raises(DamagedMedia):
        decode.picture(data[: int(len(data) * part)])


def test_a_confined_process_reads_it_too(photo: Image.Image) -> None:
    pool, data = HashPool(PoolLimits(processes=1)), heic(photo)
    assert pool.hash_file_bytes(data).signals
    assert pool.hash_file_bytes(data) == pool.hash_file_bytes(data)
    pool.close()


def test_where_it_is_not_installed_the_refusal_says_what_to_install(
    photo: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "HEIC_INSTALLED", False)
    with pytest.raises(UnsupportedMedia, match=r"pip install 'argine\[heic\]'"):
        decode.picture(heic(photo))

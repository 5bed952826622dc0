import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from skimage import data

from argine.signals import SignalError
from argine.signals.patch import BANK_PATCHES, hash_pixels
from argine.signals.patch.grey import grey, working_size


def test_the_same_pixels_always_give_the_same_bytes() -> None:
    pixels = data.astronaut()
    assert hash_pixels(pixels) == hash_pixels(pixels.copy())
    assert hash_pixels(pixels) == hash_pixels(np.asfortranarray(pixels))


def test_a_larger_set_begins_with_the_smaller_one_where_there_is_enough_to_see() -> None:
    pixels = data.astronaut()
    assert hash_pixels(pixels, 300).first(BANK_PATCHES) == hash_pixels(pixels)


def test_letters_on_a_plain_ground_are_taken_only_where_there_is_little_else() -> None:
    photo, page = Image.fromarray(data.astronaut()), Image.new("RGB", (512, 900), "white")
    for row in range(520, 880, 30):
        ImageDraw.Draw(page).text((20, row), "look at this, everyone", "black", ImageFont.load_default(26))
    text_only = hash_pixels(np.asarray(page))
    page.paste(photo, (0, 0))
    both = hash_pixels(np.asarray(page))
    in_photo = both.y < 512 * 64 * 512 / 900
    assert len(text_only) > 20
    assert in_photo.mean() > 0.75


@pytest.mark.parametrize("level", [0, 127, 255])
@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (16, 16), (300, 400), (2000, 30)])
def test_a_flat_picture_has_no_patches(shape: tuple[int, int], level: int) -> None:
    assert len(hash_pixels(np.full((*shape, 3), level, np.uint8))) == 0


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 700), (700, 1), (2, 2), (5, 3), (15, 600), (17, 16), (511, 512), (513, 2)]
)
def test_a_picture_of_any_shape_is_hashed(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    patches = hash_pixels(noise)
    assert (patches.width, patches.height) == (shape[1], shape[0])
    assert len(patches) <= BANK_PATCHES


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)],
)
def test_pixels_of_another_form_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(SignalError):
        hash_pixels(pixels)


@pytest.mark.parametrize("limit", [0, -1, 1025])
def test_a_limit_out_of_range_is_refused(limit: int) -> None:
    with pytest.raises(SignalError):
        hash_pixels(data.coffee(), limit)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (4000, 3000), (512, 1), (1, 9000), (100, 37), (513, 512)])
def test_the_grey_picture_keeps_the_mean_and_has_a_long_side_of_512(width: int, height: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    plane = grey(pixels)
    assert plane.shape == working_size(width, height)[::-1]
    assert max(plane.shape) == 512
    if width * height > 10_000:
        assert plane.mean() == pytest.approx(float((pixels @ [0.299, 0.587, 0.114]).mean()), abs=1.0)


def test_a_slope_stays_a_slope_at_every_size() -> None:
    for width in (100, 300, 512, 700, 1024):
        slope = np.tile(np.linspace(0, 255, width).astype(np.uint8)[None, :, None], (width // 2, 1, 3))
        assert np.abs(grey(slope)[10] - np.linspace(0, 255, 512)).max() < 4

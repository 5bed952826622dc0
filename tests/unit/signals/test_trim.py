import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from argine.signals import SignalError, pdq
from argine.signals.trim import trim


def framed(pixels: np.ndarray, sides: tuple[int, int, int, int], colour: tuple[int, int, int]) -> np.ndarray:
    above, below, left, right = sides
    height, width = pixels.shape[:2]
    out = np.empty((height + above + below, width + left + right, 3), np.uint8)
    out[:] = colour
    out[above : above + height, left : left + width] = pixels
    return out


@pytest.mark.parametrize("sides", [(40, 40, 0, 0), (0, 0, 90, 90), (30, 60, 20, 0), (200, 200, 200, 200)])
@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 90)])
def test_bars_and_frames_of_any_colour_are_cut_off(
    sides: tuple[int, int, int, int], colour: tuple[int, int, int]
) -> None:
    pixels = data.coffee()
    inner = trim(framed(pixels, sides, colour))
    assert inner is not None
    assert np.array_equal(inner, pixels)


@pytest.mark.parametrize("quality", [90, 60, 30])
def test_bars_blurred_by_compression_are_cut_off(quality: int) -> None:
    file = io.BytesIO()
    Image.fromarray(framed(data.astronaut(), (64, 64, 32, 32), (0, 0, 0))).save(file, "JPEG", quality=quality)
    inner = trim(np.asarray(Image.open(file)))
    assert inner is not None
    assert pdq.distance(pdq.hash_pixels(np.ascontiguousarray(inner)), pdq.hash_pixels(data.astronaut())) <= 31


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_a_picture_without_bars_is_left_alone(name: str) -> None:
    assert trim(getattr(data, name)()) is None


def test_bars_of_two_colours_are_both_cut_off() -> None:
    inner = trim(framed(framed(data.coffee(), (20, 20, 20, 20), (0, 0, 0)), (0, 0, 50, 50), (255, 255, 255)))
    assert inner is not None
    assert np.array_equal(inner, data.coffee())


@pytest.mark.parametrize("shape", [(1, 1), (300, 200), (1, 500)])
def test_a_picture_of_one_colour_has_no_inner_picture(shape: tuple[int, int]) -> None:
    assert trim(np.full((*shape, 3), 90, np.uint8)) is None


def test_something_small_on_a_plain_ground_is_not_cut_out() -> None:
    page = np.full((400, 400, 3), 255, np.uint8)
    page[200:240, 200:240] = 0
    assert trim(page) is None


def test_pixels_of_another_form_are_refused() -> None:
    with pytest.raises(SignalError):
        trim(np.zeros((9, 9), np.uint8))

import numpy as np
import pytest
from skimage import data
from vectors.recipe import paint

from argine.signals import Signal, SignalError, exact, pdq
from argine.signals.pdq import MIN_SIDE


@pytest.mark.reference
@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket", "retina", "immunohistochemistry"])
def test_photographs_hash_exactly_like_the_reference(name: str) -> None:
    make = pytest.importorskip("vectors.make", reason="needs pip install -r requirements/reference.txt")
    pixels = np.ascontiguousarray(getattr(data, name)())
    assert pdq.hash_pixels(pixels) == Signal.parse("pdq", *make.reference(pixels))


@pytest.mark.reference
@pytest.mark.parametrize("noise", [0, 1, 2, 3, 255])
def test_even_flat_pictures_hash_exactly_like_the_reference(noise: int) -> None:
    make = pytest.importorskip("vectors.make", reason="needs pip install -r requirements/reference.txt")
    for seed in range(40):
        pixels = paint(20 + 7 * seed, 300 - 5 * seed, seed, shapes=0, slope=0, noise=noise)
        assert pdq.hash_pixels(pixels) == Signal.parse("pdq", *make.reference(pixels))


@pytest.mark.parametrize("shape", [(MIN_SIDE - 1, 500, 3), (500, MIN_SIDE - 1, 3), (1, 1, 3)])
def test_a_tiny_picture_gives_zeros_of_quality_zero_as_the_reference_does(shape: tuple[int, ...]) -> None:
    assert pdq.hash_pixels(np.full(shape, 200, np.uint8)) == Signal.parse("pdq", "0" * 64, 0)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((64, 64), np.uint8),
        np.zeros((64, 64, 4), np.uint8),
        np.zeros((64, 64, 3), np.float32),
        np.zeros((64, 64, 3), np.uint16),
    ],
)
def test_pixels_of_another_form_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(SignalError, match="uint8"):
        pdq.hash_pixels(pixels)


def test_the_pixels_are_left_as_they_are_whatever_their_layout() -> None:
    pixels = data.astronaut()
    before = pixels.copy()
    signal = pdq.hash_pixels(pixels)
    assert np.array_equal(pixels, before)
    assert pdq.hash_pixels(np.asfortranarray(pixels)) == signal
    assert pdq.hash_pixels(np.dstack([pixels, pixels])[..., :3]) == signal


def test_a_halved_copy_is_near_and_another_picture_is_far() -> None:
    pixels = data.astronaut()
    signal = pdq.hash_pixels(pixels)
    assert pdq.distance(signal, pdq.hash_pixels(pixels[::2, ::2])) <= 31
    assert pdq.distance(signal, pdq.hash_pixels(data.coffee())) > 80


def test_exact_signals_have_no_distance() -> None:
    with pytest.raises(SignalError, match="equal or not"):
        pdq.distance(exact.md5(b""), exact.md5(b""))

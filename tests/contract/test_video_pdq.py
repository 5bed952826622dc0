"""The compiled PDQ of frames gives the bits of the plain one, in all views; the signal's rows are what it makes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from argine.signals import SignalError, pdq
from argine.signals.video.quick_pdq import hash_frame

PHOTOS = ("astronaut", "coffee", "chelsea", "rocket")


def resized(name: str, width: int, height: int) -> np.ndarray:
    return np.asarray(Image.fromarray(getattr(data, name)()).resize((width, height)))


@given(st.sampled_from(PHOTOS), st.integers(1, 300), st.integers(1, 300))
def test_a_photograph_of_any_size_has_the_bits_of_the_oracle(name: str, width: int, height: int) -> None:
    rgb = resized(name, width, height)
    found, expected = hash_frame(rgb), pdq.hash_views(rgb)
    assert found.signal == expected[0]
    assert [code.tobytes() for code in found.codes] == [signal.value for signal in expected]


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (64, 64), (65, 63), (128, 129)])
@pytest.mark.parametrize("name", PHOTOS)
def test_sizes_of_films_too(name: str, size: tuple[int, int]) -> None:
    rgb = resized(name, *size)
    assert hash_frame(rgb).signal == pdq.hash_pixels(rgb)


@given(st.integers(0, 2**32 - 1), st.integers(5, 90), st.integers(5, 90))
def test_noise_too(seed: int, width: int, height: int) -> None:
    rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    assert [code.tobytes() for code in hash_frame(rgb).codes] == [signal.value for signal in pdq.hash_views(rgb)]


@pytest.mark.parametrize("wrong", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3))])
def test_other_arrays_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(SignalError):
        hash_frame(wrong)

"""The compiled PDQ gives the bits of the plain one, in all views, whatever the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data
from tests import plain_pdq

from argine.signals import pdq

PHOTOS = ("astronaut", "coffee", "chelsea", "rocket")


def resized(name: str, width: int, height: int) -> np.ndarray:
    return np.asarray(Image.fromarray(getattr(data, name)()).resize((width, height)))


@given(st.sampled_from(PHOTOS), st.integers(1, 300), st.integers(1, 300))
def test_a_photograph_of_any_size_has_the_bits_of_the_plain_one(name: str, width: int, height: int) -> None:
    rgb = resized(name, width, height)
    assert pdq.hash_views(rgb) == plain_pdq.hash_views(rgb)
    assert pdq.hash_pixels(rgb) == plain_pdq.hash_pixels(rgb)


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (64, 64), (65, 63), (128, 129)])
@pytest.mark.parametrize("name", PHOTOS)
def test_common_sizes_too(name: str, size: tuple[int, int]) -> None:
    rgb = resized(name, *size)
    assert pdq.hash_pixels(rgb) == pdq.hash_views(rgb)[0] == plain_pdq.hash_pixels(rgb)


@given(st.integers(0, 2**32 - 1), st.integers(5, 90), st.integers(5, 90))
def test_noise_too(seed: int, width: int, height: int) -> None:
    rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    assert pdq.hash_views(rgb) == plain_pdq.hash_views(rgb)


@given(st.integers(0, 2**32 - 1), st.integers(70, 400), st.integers(70, 400), st.sampled_from([2, 4, 8]))
def test_a_picture_shrunk_by_means_of_blocks_has_nearly_the_hash_of_the_whole(
    seed: int, width: int, height: int, shrunk: int
) -> None:
    """Blocks as large as a cell of the grid leave no room for where its centre lies: only smaller ones are asked."""
    width, height = width * shrunk, height * shrunk
    small = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (11, 13, 3), np.uint8))
    whole = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    blocks = whole.reshape(height // shrunk, shrunk, width // shrunk, shrunk, 3).mean(axis=(1, 3)).round()
    found = pdq.hash_views(blocks.astype(np.uint8), shrunk, (height, width))
    for one, other in zip(found, pdq.hash_views(whole), strict=True):
        assert pdq.distance(one, other) <= 12

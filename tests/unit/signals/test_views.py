import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data
from vectors.recipe import paint

from argine.signals import SignalError, pdq
from argine.signals.pdq import VIEWS, View


def laid(pixels: np.ndarray, view: View) -> np.ndarray:
    mirrored = pixels[:, ::-1] if view.mirrored else pixels
    return np.ascontiguousarray(np.rot90(mirrored, view.quarter_turns))


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket", "retina"])
def test_every_view_equals_the_hash_of_the_turned_pixels(name: str) -> None:
    pixels = getattr(data, name)()
    for view, signal in zip(VIEWS, pdq.hash_views(pixels), strict=True):
        assert pdq.distance(signal, pdq.hash_pixels(laid(pixels, view))) <= 2


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 300), st.integers(5, 300), st.integers(0, 99))
def test_the_first_view_is_the_picture_as_it_is(width: int, height: int, seed: int) -> None:
    pixels = paint(width, height, seed, shapes=9, slope=3, noise=9)
    assert pdq.hash_views(pixels)[0] == pdq.hash_pixels(pixels)


def test_a_tiny_picture_has_eight_views_of_quality_zero() -> None:
    assert {signal.quality for signal in pdq.hash_views(np.zeros((3, 9, 3), np.uint8))} == {0}


def test_pixels_of_another_form_are_refused() -> None:
    with pytest.raises(SignalError):
        pdq.hash_views(np.zeros((9, 9), np.uint8))

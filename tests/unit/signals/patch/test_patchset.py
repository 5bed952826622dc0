import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vectors.recipe import paint

from argine.signals import SignalError
from argine.signals.patch import PatchSet, hash_pixels
from argine.signals.patch_bytes import MAX_PATCHES, MAX_TEXT

VECTORS = json.loads((Path(__file__).parents[4] / "vectors" / "patch.json").read_text(encoding="utf-8"))

numbers = st.integers(0, 2**32 - 1)


def some_patches(count: int, seed: int = 0) -> PatchSet:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    x, y = rng.integers(0, 512 * 64, (2, count), dtype=np.uint16)
    scale, angle = rng.integers(0, 256, (2, count), dtype=np.uint8)
    return PatchSet(640, 480, codes, x, y, scale, angle)


@given(count=st.integers(0, 300), seed=numbers)
def test_a_patch_set_survives_its_binary_and_its_text_form(count: int, seed: int) -> None:
    patches = some_patches(count, seed)
    assert PatchSet.from_bytes(patches.to_bytes()) == patches
    assert PatchSet.parse(patches.text) == patches
    assert PatchSet.parse(patches.text).text == patches.text
    assert hash(PatchSet.parse(patches.text)) == hash(patches)


@given(st.binary(max_size=300))
def test_bytes_are_refused_or_read_and_written_alike(data: bytes) -> None:
    try:
        patches = PatchSet.from_bytes(data)
    except SignalError:
        return
    assert patches.to_bytes() == data


@given(st.text(max_size=80))
def test_text_is_refused_or_read_and_written_alike(text: str) -> None:
    try:
        patches = PatchSet.parse(text)
    except SignalError:
        return
    assert patches.text == text


@pytest.mark.parametrize("change", [lambda d: d[:-1], lambda d: d + b"\0", lambda d: b"\2" + d[1:], lambda d: d[:10]])
def test_another_length_or_version_is_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SignalError):
        PatchSet.from_bytes(change(some_patches(3).to_bytes()))


@pytest.mark.parametrize("text", ["=", "AQ==", "a b", "é", "AB\n", "A" * (MAX_TEXT + 1), "AQAAAAEAAAABAAF"])
def test_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(SignalError):
        PatchSet.parse(text)


def test_a_patch_outside_its_picture_is_refused() -> None:
    patches = some_patches(2)
    with pytest.raises(SignalError):
        PatchSet(640, 480, patches.codes, np.full(2, 40_000, np.uint16), patches.y, patches.scale, patches.angle)


@pytest.mark.parametrize("count", [MAX_PATCHES + 1, 5000])
def test_more_patches_than_a_set_may_have_are_refused(count: int) -> None:
    with pytest.raises(SignalError):
        some_patches(count)


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (1 << 21, 5)])
def test_sides_out_of_range_are_refused(width: int, height: int) -> None:
    with pytest.raises(SignalError):
        PatchSet.empty(width, height)


def test_the_first_patches_are_kept_in_their_order() -> None:
    patches = some_patches(9)
    assert patches.first(4).to_bytes()[11:] == patches.to_bytes()[11 : 11 + 4 * 38]
    assert patches.first(100) == patches


def test_its_description_tells_nothing_of_the_picture() -> None:
    assert repr(some_patches(3)) == "PatchSet(3 patches)"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['width']}x{vector['height']}-{vector['seed']}")
def test_patches_equal_every_vector(vector: dict[str, int]) -> None:
    recipe = {name: vector[name] for name in ("width", "height", "seed", "shapes", "slope", "noise")}
    patches = hash_pixels(paint(**recipe))
    assert len(patches) == vector["patches"]
    assert hashlib.sha256(patches.text.encode()).hexdigest() == vector["sha256"]

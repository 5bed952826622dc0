"""PDQ made of a JPEG's coefficients is that of its pixels, but for a few bits; errors stay the decoder's."""

import os
import sys
from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.jpegs import halved_downward, jpeg, photo
from tests.mutations import CHANGES

from argine.media import decode
from argine.media.errors import MediaError
from argine.media.jpeg.query import Coefficients, coefficients
from argine.media.limits import DEFAULT_LIMITS
from argine.signals import Signal, SignalType, exact, pdq, pdq_blocks
from argine.signals.hasher import PDQ_SIDE, hash_file_bytes, hash_query
from argine.signals.trim import trim
from argine.signals.warm import warm_up

PDQ = {SignalType.PDQ}
NAMES = ("astronaut", "coffee", "chelsea", "rocket", "retina")
NEAR = 6
MUTATED = int(os.environ.get("ARGINE_TEST_JPEGS", "1500"))


def read(data: bytes) -> Coefficients:
    found = coefficients(data, DEFAULT_LIMITS, PDQ_SIDE)
    assert found is not None
    return found


def drift(data: bytes) -> int:
    return pdq.distance(pdq_blocks.hash_views(read(data))[0], pdq.hash_pixels(decode.picture(data).pixels))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("quality", "subsampling"), [(30, 2), (75, 1), (98, 0)])
@pytest.mark.parametrize("size", [(817, 611), (1100, 1633)])
def test_it_is_that_of_the_whole_picture(name: str, quality: int, subsampling: int, size: tuple[int, int]) -> None:
    assert drift(jpeg(photo(*size, name), quality=quality, subsampling=subsampling)) <= NEAR


@settings(max_examples=25, deadline=None)
@given(
    st.integers(384, 900),
    st.integers(384, 900),
    st.integers(30, 98),
    st.sampled_from((0, 1, 2)),
    st.sampled_from(NAMES),
)
def test_it_is_that_of_the_whole_picture_of_any_size(
    width: int, height: int, quality: int, subsampling: int, name: str
) -> None:
    assert drift(jpeg(photo(width, height, name), quality=quality, subsampling=subsampling)) <= NEAR


@pytest.mark.parametrize(
    "data", [jpeg(photo(640, 480).convert("L")), halved_downward(), jpeg(photo(640, 480), restart_marker_blocks=3)]
)
def test_it_is_that_of_a_picture_in_another_form(data: bytes) -> None:
    assert drift(data) <= NEAR


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("quality", [30, 75, 98])
def test_pixels_that_are_cut_off_at_black_and_white_change_little(name: str, quality: int) -> None:
    """Hard contrast: most pixels lie at an end of the scale, and a coefficient does not know where that is."""
    levels = np.asarray(photo(700, 500, name), np.float32)
    glaring = np.clip((levels - 128) * 6 + 128, 0, 255).astype(np.uint8)
    assert drift(jpeg(Image.fromarray(glaring), quality=quality)) <= NEAR


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("quality", [30, 75, 98])
def test_colours_as_strong_as_can_be_change_little(name: str, quality: int) -> None:
    """Red, green and blue are cut off one by one, which changes their brightness."""
    parts = np.array(photo(700, 500, name).convert("HSV"))
    parts[..., 1] = 255
    assert drift(jpeg(Image.fromarray(parts, "HSV").convert("RGB"), quality=quality)) <= NEAR


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("size", [(817, 611), (401, 500)])
def test_a_turned_picture_has_the_views_of_its_pixels(turn: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    data = jpeg(photo(*size, "coffee"), exif=exif, quality=90)
    found, expected = pdq_blocks.hash_views(read(data)), pdq.hash_views(decode.picture(data).pixels)
    assert [pdq.distance(a, b) <= NEAR for a, b in zip(found, expected, strict=True)] == [True] * 8
    assert abs((found[0].quality or 0) - (expected[0].quality or 0)) <= 1


FRAMES = {
    "black above and below": ((60, 60), (0, 0), 0),
    "white at the sides": ((0, 0), (75, 33), 255),
    "grey all around": ((20, 30), (40, 50), 90),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize(("subsampling", "size"), [(2, (640, 500)), (0, (640, 500)), (2, (1000, 1210))])
def test_the_views_without_plain_bars_are_those_of_the_picture_within(
    frame: tuple[tuple[int, int], tuple[int, int], int], turn: int, subsampling: int, size: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    down, across, grey = frame
    within = np.asarray(photo(*size, "coffee"))
    framed = Image.fromarray(np.pad(within, (down, across, (0, 0)), constant_values=grey))
    found = pdq_blocks.hash_views_without_bars(read(jpeg(framed, quality=90, exif=exif, subsampling=subsampling)))
    expected = pdq.hash_views(decode.picture(jpeg(Image.fromarray(within), quality=95, exif=exif)).pixels)
    assert max(pdq.distance(a, b) for a, b in zip(found, expected, strict=True)) <= 4 * NEAR


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_without_bars_has_no_more_views(name: str) -> None:
    data = jpeg(photo(700, 500, name), quality=90)
    picture = decode.picture(data, least_side=PDQ_SIDE)
    assert bool(pdq_blocks.hash_views_without_bars(read(data))) == (trim(picture.pixels) is not None)


def test_a_query_for_pdq_alone_is_made_of_coefficients() -> None:
    data = jpeg(photo(700, 500), quality=90)
    asked = hash_query(data, types={*PDQ, SignalType.MD5})
    assert asked.signals == (asked.views[0], exact.md5(data))
    assert asked.views == pdq_blocks.hash_views(read(data)) + pdq_blocks.hash_views_without_bars(read(data))
    assert asked.unhashable is None
    assert asked.animation is None


def test_a_query_for_patches_is_made_of_pixels() -> None:
    data = jpeg(photo(700, 500), quality=90)
    assert hash_query(data).views[:8] == pdq.hash_views(decode.picture(data).pixels)


def test_a_flat_picture_is_unhashable_in_the_same_words() -> None:
    data = jpeg(Image.new("RGB", (700, 500), "teal"))
    assert hash_query(data, types=PDQ) == hash_query(
        jpeg(Image.new("RGB", (700, 500), "teal"), progressive=True), types=PDQ
    )
    assert "flat" in str(hash_query(data, types=PDQ).unhashable)


def test_after_the_warm_up_nothing_is_compiled() -> None:
    """A confined process may make no new code."""
    warm_up()
    before = {name: len(loop.signatures) for name, loop in compiled()}
    framed = Image.fromarray(np.pad(np.asarray(photo(900, 800, "coffee")), ((50, 50), (70, 70), (0, 0))))
    for image in (photo(640, 480), framed, framed.convert("L"), photo(1601, 2050), framed.resize((2700, 2500))):
        for options in ({}, {"subsampling": 0}, {"restart_marker_rows": 1}, {"optimize": True}, {"progressive": True}):
            hash_query(jpeg(image, **options), types=PDQ)
        hash_query(jpeg(image))
        hash_file_bytes(jpeg(image))
    assert {name: len(loop.signatures) for name, loop in compiled()} == before


def compiled() -> list[tuple[str, Any]]:
    """Every loop of the signals and of the decoders."""
    modules = [
        (name, module) for name, module in sys.modules.items() if name.startswith(("argine.signals", "argine.media"))
    ]
    return [
        (f"{name}.{loop}", found)
        for name, module in sorted(modules)
        for loop, found in vars(module).items()
        if hasattr(found, "signatures") and hasattr(found, "py_func")
    ]


def _flip_behind_the_head(changed: bytearray, _other: bytes, chance: Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 5))):
        if len(changed) > 700:
            changed[chance.randrange(650, len(changed))] ^= 1 << chance.randrange(8)


def mutated(count: int) -> list[bytes]:
    """Damaged plain JPEG files; half of them have a bit changed in the scan, which is read most often."""
    chance, exif = Random(count), Image.Exif()
    exif[0x0112] = 6
    picture = photo(400, 386)
    files = [jpeg(picture, quality=quality, subsampling=kind) for quality in (40, 90) for kind in (0, 1, 2)]
    files += [jpeg(picture, exif=exif, restart_marker_rows=2), jpeg(picture, restart_marker_blocks=5, optimize=True)]
    files += [jpeg(picture.convert("L")), jpeg(photo(500, 390, "coffee"), quality=97)]
    made = []
    for _ in range(count):
        changed = bytearray(chance.choice(files))
        for _ in range(chance.choice((1, 1, 2))):
            change = chance.choice(CHANGES) if chance.random() < 0.5 else _flip_behind_the_head
            change(changed, chance.choice(files), chance)
        made.append(bytes(changed))
    return made


def outcome(data: bytes) -> tuple[str, Signal | None, Signal | None]:
    """What is made of a file in both ways."""
    found = coefficients(data, DEFAULT_LIMITS, PDQ_SIDE)
    views = pdq_blocks.hash_views(found) + pdq_blocks.hash_views_without_bars(found) if found else ()
    try:
        whole = pdq.hash_pixels(decode.picture(data).pixels)
    except MediaError:
        return ("read, refused by the decoder" if views else "refused by both"), None, None
    return ("read", views[0], whole) if views else ("decoded", None, whole)


def test_damaged_files_end_as_they_do_in_the_decoder() -> None:
    """Never read where the decoder refuses; where both read, near one another. ARGINE_TEST_JPEGS sets how many."""
    kinds, distances = Counter[str](), []
    for data in mutated(MUTATED):
        kind, found, whole = outcome(data)
        kinds[kind] += 1
        if found and whole:
            distances.append(pdq.distance(found, whole))
    assert kinds["read, refused by the decoder"] == 0
    assert min(kinds["read"], kinds["decoded"], kinds["refused by both"]) >= MUTATED // 100
    assert np.median(distances) <= 2
    assert np.quantile(distances, 0.999) <= 31
    assert max(distances) <= 64

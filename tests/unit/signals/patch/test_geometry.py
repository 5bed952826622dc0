from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from skimage import data

from argine.signals.patch import (
    QUERY_PATCHES,
    Agreement,
    Located,
    PatchSet,
    Query,
    Rectangle,
    Strength,
    agreement,
    compare,
    hash_pixels,
    strength_in,
    strength_of,
)

NAMES = ("astronaut", "coffee", "chelsea", "rocket")
BANK = {name: hash_pixels(getattr(data, name)()) for name in NAMES}


def edited(name: str, edit: Callable[[Image.Image], Image.Image]) -> Agreement:
    copy = np.asarray(edit(Image.fromarray(getattr(data, name)())).convert("RGB"))
    return agreement(BANK[name], hash_pixels(np.ascontiguousarray(copy), QUERY_PATCHES))


def shown(found: Agreement) -> tuple[float, ...]:
    return found.region.left, found.region.top, found.region.right, found.region.bottom


def framed(image: Image.Image) -> Image.Image:
    frame = Image.new("RGB", (image.width + 160, image.height + 240), (200, 30, 60))
    frame.paste(image, (80, 60))
    return frame


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_agrees_with_itself_in_place(name: str) -> None:
    found = agreement(BANK[name], BANK[name])
    assert found.count > 40
    assert (found.distance, found.error, found.rotation_degrees) == (0, pytest.approx(0, abs=1e-6), pytest.approx(0))
    assert (found.scale, found.shift) == (pytest.approx(1), pytest.approx((0, 0), abs=1e-6))
    assert strength_of(found) is Strength.BLOCK


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("degrees", [-135, -30, 4, 17, 90])
def test_a_turn_is_found_within_two_degrees(name: str, degrees: int) -> None:
    found = edited(name, lambda image: image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True))
    assert found.rotation_degrees == pytest.approx(degrees, abs=2)
    assert not found.mirrored
    assert strength_of(found) is not Strength.NONE


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scale", [0.4, 0.7, 1.5])
def test_a_scale_is_found_within_a_twentieth(name: str, scale: float) -> None:
    found = edited(name, lambda image: image.resize((round(image.width * scale), round(image.height * scale))))
    assert found.scale == pytest.approx(scale, rel=0.05)
    assert shown(found) == pytest.approx((0, 0, 1, 1), abs=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_a_crop_shows_its_region(name: str) -> None:
    found = edited(name, lambda image: image.crop((image.width // 4, 0, image.width, 3 * image.height // 4)))
    assert strength_of(found) is not Strength.NONE
    assert shown(found) == pytest.approx((0.25, 0, 1, 0.75), abs=0.03)


@pytest.mark.parametrize("name", NAMES)
def test_a_mirror_image_is_found_as_one(name: str) -> None:
    found = edited(name, lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(-20))
    assert found.mirrored
    assert found.rotation_degrees == pytest.approx(20, abs=2)


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_is_seen_through(name: str) -> None:
    found = edited(name, framed)
    assert strength_of(found) is Strength.BLOCK
    width, height = BANK[name].width, BANK[name].height
    corner, opposite = found.outline[0], found.outline[2]
    assert corner == pytest.approx((80 / (width + 160), 60 / (height + 240)), abs=0.02)
    assert opposite == pytest.approx(((80 + width) / (width + 160), (60 + height) / (height + 240)), abs=0.02)


@pytest.mark.parametrize("bank", NAMES)
@pytest.mark.parametrize("query", NAMES)
def test_different_pictures_do_not_agree(bank: str, query: str) -> None:
    found = agreement(BANK[bank], hash_pixels(getattr(data, query)(), QUERY_PATCHES))
    assert (strength_of(found) is Strength.NONE) == (bank != query)


def test_nothing_agrees_with_a_flat_picture() -> None:
    flat = PatchSet.empty(300, 200)
    assert agreement(BANK["coffee"], flat) == agreement(flat, BANK["coffee"]) == agreement(flat, flat) == Agreement(0)


def test_one_pattern_repeated_counts_its_spots_once() -> None:
    tile = np.asarray(Image.fromarray(data.astronaut()).resize((64, 64)))
    tiled = hash_pixels(np.ascontiguousarray(np.tile(tile, (8, 8, 1))))
    single = hash_pixels(np.ascontiguousarray(tile))
    assert agreement(single, tiled).count <= len(single)
    assert agreement(tiled, single).count <= len(single)


def test_patches_in_one_point_agree_once() -> None:
    one = BANK["coffee"].first(1)
    many = PatchSet(
        one.width, one.height, *(np.repeat(c, 50, axis=0) for c in (one.codes, one.x, one.y, one.scale, one.angle))
    )
    assert agreement(many, many).count == 1
    assert strength_of(agreement(many, many)) is Strength.NONE


def test_a_copy_agrees_in_the_parts_that_it_shows_and_in_no_other() -> None:
    found = edited("astronaut", lambda image: image.crop((0, 0, image.width, image.height // 2)))
    upper, lower = Rectangle(0, 0, 1, 0.5), Rectangle(0, 0.7, 1, 1)
    assert strength_in(found, upper) is strength_of(found) is not Strength.NONE
    assert strength_in(found, lower) is Strength.NONE


def test_a_replaced_part_does_not_agree_and_the_rest_does() -> None:
    forged = data.astronaut().copy()
    forged[40:240, 150:350] = data.coffee()[100:300, 200:400]
    found = agreement(hash_pixels(forged), hash_pixels(data.astronaut(), QUERY_PATCHES))
    face, rest = Rectangle(0.3, 0.08, 0.68, 0.47), Rectangle(0, 0.5, 1, 1)
    assert strength_in(found, face) is Strength.NONE
    assert strength_in(found, rest) is strength_of(found) is Strength.BLOCK


INNER, OUTER = [(0.5, 0.5 + 0.01 * n) for n in range(8)], [(0.1, 0.1 * n) for n in range(10)]
RIM = [(0.4, 0.4 + 0.02 * n) for n in range(10)]
PART = Rectangle(0.4, 0.4, 0.6, 0.6)


@pytest.mark.parametrize(
    ("agreed", "due", "expected"),
    [
        (INNER + OUTER, INNER + OUTER, Strength.BLOCK),
        (INNER[:5] + OUTER, INNER + OUTER, Strength.BLOCK),  # more than half of what agrees around
        (INNER[:3] + OUTER, INNER + OUTER, Strength.NONE),
        (INNER[:3] + OUTER[:4], INNER + OUTER, Strength.BLOCK),  # a hard edit: less agrees around, too
        (OUTER, INNER + OUTER, Strength.NONE),  # the forgery's source
        (RIM + OUTER, INNER + RIM + OUTER, Strength.NONE),  # and of that the surroundings of the face
        (INNER[:1] + OUTER, INNER[:1] + OUTER, Strength.REVIEW),  # one patch is never beyond doubt
        (RIM[:1] + OUTER, RIM[:2] + OUTER, Strength.NONE),  # half of two is too little
        (OUTER, OUTER, Strength.NONE),  # the part is not shown
        ([(0.5, 0.36), *OUTER], [(0.5, 0.36), *OUTER], Strength.REVIEW),  # no patch in the part, but beside it
        (INNER, INNER, Strength.BLOCK),  # nothing else is shown
        (RIM[:2], INNER + RIM + OUTER, Strength.NONE),  # nothing agrees around, and next to nothing in the part
    ],
)
def test_what_agrees_in_a_marked_part_decides(
    agreed: list[tuple[float, float]], due: list[tuple[float, float]], expected: Strength
) -> None:
    found = Agreement(60, 60, distance=10.0, error=0.0, places=tuple(agreed), due=tuple(due))
    assert strength_in(found, PART) is expected


def test_a_marked_part_never_proves_more_than_the_whole() -> None:
    found = Agreement(3, 60, distance=60.0, places=tuple(INNER[:3]), due=tuple(INNER))
    assert strength_of(found) is strength_in(found, PART) is Strength.NONE


def test_a_comparison_is_the_same_however_often_it_is_made() -> None:
    bank, query = Located(BANK["rocket"]), Query(BANK["rocket"])
    assert len({compare(bank, query) for _ in range(3)}) == 1


def test_damaged_numbers_are_compared_without_fault() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        codes = np.repeat(rng.integers(0, 256, (3, 32), dtype=np.uint8), 40, axis=0)
        x, y = rng.integers(0, 512 * 64, (2, 120), dtype=np.uint16)
        scale, angle = rng.integers(0, 256, (2, 120), dtype=np.uint8)
        patches = PatchSet(1 << 20, 1, codes, x, y, scale, angle)
        found = agreement(patches, patches)
        assert np.isfinite([found.error, found.scale, *found.shift, *np.ravel(found.outline)]).all()

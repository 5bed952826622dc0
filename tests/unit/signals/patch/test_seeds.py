import numpy as np
from PIL import Image
from skimage import data

from argine.index import HammingIndex
from argine.signals.patch import (
    QUERY_PATCHES,
    SEED_BITS,
    SEED_RADIUS,
    Located,
    Query,
    bank_seeds,
    candidates,
    hash_pixels,
    query_seeds,
    seeded,
)

NAMES = ("coffee", "chelsea", "astronaut", "rocket")


def index_of_all() -> HammingIndex:
    index = HammingIndex(SEED_BITS)
    for key, name in enumerate(NAMES):
        codes = bank_seeds(hash_pixels(getattr(data, name)()))
        index.add(np.full(len(codes), key, np.uint64), codes)
    return index


def test_an_edited_copy_leads_to_its_original_first() -> None:
    index = index_of_all()
    for key, name in enumerate(NAMES):
        copy = Image.fromarray(getattr(data, name)()).transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(12)
        patches = hash_pixels(np.asarray(copy), QUERY_PATCHES)
        found = index.search(query_seeds(patches), SEED_RADIUS)
        assert candidates(found.query, found.key, len(patches))[0] == key


def test_what_is_seeded_stands_before_all_that_is_not() -> None:
    query = hash_pixels(data.coffee(), QUERY_PATCHES)
    assert seeded(Located(hash_pixels(data.coffee())), Query(query))
    assert not seeded(Located(hash_pixels(data.rocket())), Query(query))


def test_a_patch_votes_once_for_a_picture_and_the_two_views_do_not_add_up() -> None:
    rows = np.array([0, 0, 0, 1, 5, 6, 2, 7])
    keys = np.array([9, 9, 9, 9, 8, 8, 8, 3], np.uint64)
    assert candidates(rows, keys, patches=5).tolist() == [8, 9, 3]
    assert candidates(np.array([0, 5]), np.array([4, 4], np.uint64), patches=5, singles=0).tolist() == []


def test_of_single_votes_those_of_the_strongest_patches_are_tried() -> None:
    rows, keys = np.array([7, 3, 12, 1]), np.array([70, 30, 20, 10], np.uint64)
    assert candidates(rows, keys, patches=10, singles=3).tolist() == [10, 20, 30]


def test_no_hit_gives_no_candidate() -> None:
    assert candidates(np.empty(0, np.int64), np.empty(0, np.uint64), patches=0).tolist() == []

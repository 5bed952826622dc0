import numpy as np
import pytest
from skimage import data

from argine.bench.edits import EDITS, Chance, Edit

NAMES = [edit.name for edit in EDITS]
FAMILIES = {
    *(
        "recompress",
        "resize",
        "colour",
        "blur",
        "noise",
        "crop",
        "rotate",
        "mirror",
        "border",
        "letterbox",
        "screenshot",
    ),
    *("text", "overlay", "watermark", "collage", "inset", "region", "perspective", "stretch", "rephotograph", "combo"),
}


def test_there_are_forty_edits_at_least_in_every_family_and_each_is_named_after_its_own() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 40
    assert {edit.family for edit in EDITS} == FAMILIES
    assert all(edit.name.startswith(f"{edit.family}_") for edit in EDITS)


@pytest.mark.parametrize("edit", EDITS, ids=NAMES)
def test_an_edit_is_repeatable_and_leaves_the_original_as_it_is(edit: Edit) -> None:
    original, other = np.ascontiguousarray(data.chelsea()[::2, ::2]), np.ascontiguousarray(data.coffee()[::2, ::2])
    kept = original.copy()
    one, again = (edit.apply(original, Chance(np.random.default_rng(3), other)) for _ in range(2))
    assert np.array_equal(original, kept)
    assert np.array_equal(one, again)
    assert one.dtype == np.uint8
    assert one.shape[2:] == (3,)
    assert not np.array_equal(one, original)


@pytest.mark.parametrize("edit", EDITS, ids=NAMES)
@pytest.mark.parametrize("size", [(64, 90), (90, 33)])
def test_an_edit_bears_small_pictures(edit: Edit, size: tuple[int, int]) -> None:
    rng = np.random.default_rng(4)
    small = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    assert edit.apply(small, Chance(rng, small)).size > 0

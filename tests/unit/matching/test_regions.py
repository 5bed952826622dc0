"""The form of a marked part: checked, rounded, kept, written and read back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argine.matching.regions import LEAST_SIDE, MOST_AREA, RegionError, from_units, parse, region_of, text_of, units
from argine.signals.patch import Rectangle

side = st.floats(0, 1)


@given(left=side, top=side, right=side, bottom=side)
def test_what_is_accepted_is_the_same_after_keeping_and_after_writing(
    left: float, top: float, right: float, bottom: float
) -> None:
    try:
        region = region_of(left, top, right, bottom)
    except RegionError:
        return
    assert from_units(units(region)) == region
    assert parse(text_of(region)) == region
    assert abs(region.left - left) <= 1e-4


@pytest.mark.parametrize(
    ("sides", "word"),
    [
        ((-0.1, 0, 0.5, 0.5), "within the picture"),
        ((0, 0, 1.1, 0.5), "within the picture"),
        ((math.nan, 0, 0.5, 0.5), "within the picture"),
        ((0, math.inf, 0.5, 0.5), "within the picture"),
        ((0.5, 0, 0.5, 0.5), "at least 2%"),
        ((0.5, 0, 0.4, 0.5), "at least 2%"),
        ((0, 0, 0.0199, 0.5), "at least 2%"),
        ((0, 0, 1, 1), "nothing is marked"),
        ((0, 0, 0.95, 0.96), "nothing is marked"),
    ],
)
def test_what_is_no_part_of_a_picture_is_refused(sides: tuple[float, float, float, float], word: str) -> None:
    with pytest.raises(RegionError, match=word):
        region_of(*sides)


def test_the_limits_themselves_are_accepted() -> None:
    assert region_of(0.5, 0.5, 0.5 + LEAST_SIDE, 0.5 + LEAST_SIDE)
    assert region_of(0, 0, MOST_AREA, 1)


def test_a_part_is_written_as_it_is_typed() -> None:
    assert parse("0.2, 0.1,0.3,0.4") == Rectangle(0.2, 0.1, 0.5, 0.5)
    assert text_of(Rectangle(0.2, 0.1, 0.5, 0.5)) == "0.2,0.1,0.3,0.4"


@pytest.mark.parametrize(
    "kept",
    ["nonsense", 5, {}, [], [1, 2, 3], [0, 0, 5000, "5000"], [0, 0, 0.5, 0.5], [True, 0, 5000, 5000], [0, 0, 0, 0]],
)
def test_a_damaged_row_is_refused(kept: object) -> None:
    with pytest.raises(RegionError):
        from_units(kept)

"""Outlines of marked parts: numbers for a drawing, whatever picture or signals an entry has."""

import pytest
from tests.factories import random_signals
from tests.forgery import FORGED_PART, forged_signals

from argine.desk.banks import marks
from argine.desk.banks.models import BankEntry, EntrySignal
from argine.desk.banks.operations import REMOVED, add_entry, create_default_banks
from argine.desk.console.match_words import outline
from argine.desk.core.actor import SYSTEM
from argine.signals.patch import Rectangle
from argine.signals.types import Signal, SignalType

pytestmark = pytest.mark.django_db


def entry_with(signals: list[Signal], region: Rectangle | None) -> BankEntry:
    create_default_banks()
    return add_entry(REMOVED, signals, origin="test", by=SYSTEM, region=region)


def test_the_frame_is_as_wide_as_the_picture_and_the_part_lies_in_it() -> None:
    mark = marks.of(entry_with(forged_signals(), FORGED_PART))
    assert mark is not None
    assert mark.frame == (100, 66.7)
    assert mark.part == (33.3, 16.7, 30, 30)
    assert (mark.left, mark.top, mark.width, mark.height) == (33.33, 25, 30, 45)
    assert mark.patches > 3


def test_without_patches_the_frame_is_a_square() -> None:
    mark = marks.of(entry_with(random_signals(), FORGED_PART))
    assert mark is not None
    assert (mark.frame, mark.patches) == ((100, 100), 0)


def test_nothing_marked_or_nothing_readable_is_no_mark() -> None:
    entry = entry_with(forged_signals(), None)
    assert marks.of(entry) is None
    entry.region = "nonsense"
    assert marks.of(entry) is marks.part_of(entry) is None


def test_a_patch_set_that_cannot_be_opened_leaves_the_part_to_be_seen() -> None:
    entry = entry_with(forged_signals(), FORGED_PART)
    EntrySignal.objects.filter(type=SignalType.PATCH).update(value=b"\x01" * 60)
    mark = marks.of(BankEntry.objects.get(pk=entry.pk))
    assert mark is not None
    assert mark.patches == 0


SQUARE = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
HALF = Rectangle(0.25, 0.5, 0.75, 1.0)


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        (SQUARE, "25.0,50.0 75.0,50.0 75.0,100.0 25.0,100.0"),
        (
            [(1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)],
            "75.0,50.0 25.0,50.0 25.0,100.0 75.0,100.0",
        ),  # in the mirror
        ([(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5)], "75.0,100.0 125.0,100.0 125.0,150.0 75.0,150.0"),
        ([(0.5, 0.5)] * 4, ""),
    ],
)
def test_the_part_lies_in_the_match_where_the_picture_lies(corners: list[tuple[float, float]], expected: str) -> None:
    drawn = outline({"outline": corners, "aspect": 1.0}, HALF)
    assert drawn is not None
    assert drawn.marked == expected


def test_in_perspective_the_middle_of_the_part_is_where_the_diagonals_cross() -> None:
    tilted = [(0.0, 0.0), (1.0, 0.0), (0.75, 1.0), (0.25, 1.0)]
    drawn = outline({"outline": tilted, "aspect": 1.0}, Rectangle(0.5, 0.5, 1.0, 1.0))
    assert drawn is not None
    assert drawn.marked.startswith("50.0,66.7 ")


def test_a_match_without_a_marked_part_is_drawn_as_before() -> None:
    drawn = outline({"outline": SQUARE, "aspect": 1.0})
    assert drawn is not None
    assert drawn.marked == ""

"""The measurement of entries that are bound to a marked part."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from argine.bench import regions
from argine.bench.edits import Chance
from argine.bench.edits.compose import forged
from argine.bench.recall import Task
from argine.matching import Verdict

SOURCE, OTHER = data.coffee(), data.astronaut()


@pytest.mark.parametrize("part", regions.PARTS)
def test_a_forgery_differs_from_its_source_where_it_says_and_nowhere_else(part: int) -> None:
    made = forged(SOURCE, Chance(np.random.default_rng(1), OTHER), part / 100)
    rows, columns = np.nonzero((made.pixels != SOURCE).any(axis=2))
    height, width = SOURCE.shape[:2]
    soft = 0.1  # of the edge
    assert made.left - soft < columns.min() / width < columns.max() / width < made.right + soft
    assert made.top - soft < rows.min() / height < rows.max() / height < made.bottom + soft
    assert (made.right - made.left) * (made.bottom - made.top) == pytest.approx(part / 100 * 4 / np.pi, rel=0.01)


def test_the_mark_is_rough_but_holds_most_of_the_part() -> None:
    made = forged(SOURCE, Chance(np.random.default_rng(1), OTHER), 0.15)
    marks = [regions.marked(made, np.random.default_rng(seed)) for seed in range(20)]
    assert len(set(marks)) == 20
    for mark in marks:
        assert abs(mark.left - made.left) <= 0.101 * (made.right - made.left)
        assert mark.holds((made.left + made.right) / 2, (made.top + made.bottom) / 2)


def test_source_and_copy_of_a_picture_are_told_apart(tmp_path: Path) -> None:
    for name, pixels in (("source.png", SOURCE), ("other.png", OTHER)):
        Image.fromarray(pixels).save(tmp_path / name)
    task = Task(tmp_path / "source.png", tmp_path / "other.png", (), 1)
    assert regions.verdicts_of(task) == regions.verdicts_of(task)
    (row, *_) = regions.table([regions.verdicts_of(task)]).values()
    assert (row["n"], row["source_not_blocked"], row["copy_matched"]) == (1, 1.0, 1.0)


def test_verdicts_are_counted_as_the_table_says() -> None:
    one = {"source": Verdict.BLOCK, "source_copy": Verdict.ALLOW, "copy": Verdict.REVIEW}
    two = {"source": Verdict.REVIEW, "source_copy": Verdict.BLOCK, "copy": Verdict.UNHASHABLE}
    row = regions.table([{5: one}, {5: two}])["5"]
    assert row["intervals"].keys() == {"source_not_blocked", "copy_matched"}
    assert {name: value for name, value in row.items() if name != "intervals"} == {
        "n": 2,
        "source_not_blocked": 0.5,
        "source_not_matched": 0.0,
        "source_copy_not_blocked": 0.5,
        "copy_blocked": 0.0,
        "copy_matched": 0.5,
    }

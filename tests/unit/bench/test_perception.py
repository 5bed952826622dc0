"""Our side of the package's benchmark; the package itself is not among what the tests install."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from skimage import data

from argine.bench import perception
from argine.cli.bench.perception import command


@pytest.mark.parametrize("name", perception.OURS)
def test_a_copy_is_nearer_than_another_picture(name: str, tmp_path: Path) -> None:
    hasher = perception.OURS[name]
    for file, pixels in (("a", data.astronaut()), ("b", data.astronaut()[::2, ::2]), ("c", data.coffee())):
        Image.fromarray(np.ascontiguousarray(pixels)).save(tmp_path / f"{file}.png")
    told = hasher.compute_parallel([str(tmp_path / f"{file}.png") for file in "abc"], max_workers=1)
    original, copy, other = (str(one["hash"]) for one in told)
    assert hasher.distance(copy, original) < hasher.distance(other, original)


def test_a_mirror_image_is_near_in_one_of_the_eight_views_only() -> None:
    original, mirrored = (
        perception.views_text(np.ascontiguousarray(p)) for p in (data.coffee(), data.coffee()[:, ::-1])
    )
    assert perception.nearest_view(mirrored, original) <= 2
    assert perception.as_it_is(mirrored, original) > 80


@pytest.mark.parametrize("name", perception.EDITS)
def test_every_edit_gives_a_picture(name: str) -> None:
    chance = perception.Chance(np.random.default_rng(1), data.coffee())
    made = perception.EDITS[name](data.astronaut(), chance)
    assert made.dtype == np.uint8
    assert made.ndim == 3


@pytest.mark.skipif(perception.INSTALLED, reason="the package is installed")
def test_without_the_package_the_command_says_what_to_install(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--images", str(tmp_path)])
    assert "pip install 'perception[benchmarking]'" in str(result.exception or result.output)

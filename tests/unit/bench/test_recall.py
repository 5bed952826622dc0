import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from skimage import data

from argine.bench import recall
from argine.bench.edits import EDITS
from argine.bench.pairs import count_pairs, number_of_pairs, traced
from argine.bench.wilson import wilson
from argine.cli.main import main


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "hardneg" / "cats").mkdir(parents=True)
    for name in ("chelsea", "coffee", "rocket"):
        Image.fromarray(getattr(data, name)()).resize((320, 240)).save(folder / f"{name}.png")
    for turn in range(2):
        Image.fromarray(data.chelsea()).rotate(turn).save(folder / "hardneg" / "cats" / f"{turn}.png")
    (folder / "notes.txt").write_text("no picture")
    return folder


def run(*words: str) -> dict[str, object]:
    result = CliRunner().invoke(main, ["bench", "recall", *words], standalone_mode=False)
    assert result.exception is None, result.output
    return json.loads(Path(words[words.index("--json") + 1]).read_text(encoding="utf-8"))


def test_the_report_has_the_form_that_is_promised(images: Path, tmp_path: Path) -> None:
    report = run("--images", str(images), "--edits", "mirror,crop_keep_9", "--json", str(tmp_path / "a.json"))
    assert set(report) == {"pictures", "pairs", "edits", "false_positives", "groups", "regions"}
    assert {name: row["n"] for name, row in report["regions"].items()} == {"5": 3, "15": 3, "30": 3}
    assert (report["pictures"], report["pairs"]) == (3, 3)
    assert report["false_positives"] == {"block": 0, "review": 0, "pairs": 3}
    assert report["groups"] == {"cats": {"pictures": 2, "block": 1, "review": 0, "pairs": 1}}
    mirror = report["edits"]["mirror_across"]
    assert (mirror["family"], mirror["n"], mirror["pdq"]) == ("mirror", 3, 0.0)
    assert (mirror["pdq_views"], mirror["patch"], mirror["verdict"]) == (1.0, 1.0, 1.0)
    assert set(report["edits"]) == {"mirror_across", "mirror_down", "crop_keep_95", "crop_keep_90"}


def test_a_run_can_be_repeated_and_cut_short(images: Path, tmp_path: Path) -> None:
    words = ("--images", str(images), "--edits", "noise_25", "--limit", "2", "--json")
    assert run(*words, str(tmp_path / "a.json")) == run(*words, str(tmp_path / "b.json"))


def test_other_processes_find_the_same(images: Path) -> None:
    paths = sorted(images.glob("*.png"))
    work = recall.tasks(paths, [edit for edit in EDITS if edit.name == "rotate_5"], seed=1)
    assert list(recall.measure(work, jobs=2)) == list(recall.measure(work, jobs=1))


def test_a_folder_without_pictures_is_said_to_be_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["bench", "recall", "--images", str(tmp_path)])
    assert result.exit_code == 3
    assert "0 pictures" in result.output


def test_an_unknown_signal_is_refused(images: Path) -> None:
    result = CliRunner().invoke(main, ["bench", "recall", "--images", str(images), "--signals", "pdq,guess"])
    assert result.exit_code == 2


def test_different_pictures_are_compared_once_each(images: Path) -> None:
    traces = [traced(path) for path in sorted(images.glob("*.png"))]
    assert count_pairs(traces) == {"block": 0, "review": 0, "pairs": number_of_pairs(traces)}


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 0, 0, 1), (0, 10, 0, 0.278), (10, 10, 0.722, 1), (50, 100, 0.404, 0.596)]
)
def test_intervals_are_those_of_the_tables(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=0.001)

import json
from pathlib import Path

from click.testing import CliRunner
from PIL import Image
from skimage import data

from argine.cli.main import main


def test_every_stage_is_timed_and_written(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(data.chelsea()).save(folder / "a.png")
    (folder / "notes.txt").write_text("no picture")
    target = tmp_path / "speed.json"
    result = CliRunner().invoke(
        main, ["bench", "hash", "--images", str(folder), "--rounds", "1", "--json", str(target)]
    )
    assert result.exit_code == 0
    report = json.loads(target.read_text(encoding="utf-8"))
    assert report["pictures"] == 1
    assert {"decode", "pdq", "patch, for a bank"} <= set(report["stages"])
    assert all(stage["pictures_per_second"] > 0 for stage in report["stages"].values())


def test_a_folder_without_pictures_is_said_to_be_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["bench", "hash", "--images", str(tmp_path)])
    assert result.exit_code == 3
    assert "no picture" in result.output


def test_the_whole_check_is_timed_in_a_bank_whose_patches_are_drawn_from_half_of_the_pictures(tmp_path: Path) -> None:
    for name in ("chelsea", "coffee"):
        Image.fromarray(getattr(data, name)()).save(tmp_path / f"{name}.png")
    target = tmp_path / "speed.json"
    words = ["bench", "hash", "--images", str(tmp_path), "--rounds", "1", "--bank", "30", "--json", str(target)]
    assert CliRunner().invoke(main, words).exit_code == 0
    stages = json.loads(target.read_text(encoding="utf-8"))["stages"]
    assert stages["file to verdict, 30 pictures banked"]["milliseconds"] > stages["decode, for a query"]["milliseconds"]

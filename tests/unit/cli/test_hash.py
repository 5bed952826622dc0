import hashlib
import json
import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from argine.cli import output
from argine.cli.exits import Exit
from argine.cli.hash import hash_path, write_text
from argine.cli.main import main
from argine.media.limits import DEFAULT_LIMITS
from argine.signals.hasher import ALL_TYPES


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["hash", *map(str, words)])


def lines(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_picture_gives_one_json_line_with_all_its_signals(astronaut: Path) -> None:
    result = run(astronaut, "--json")
    (record,) = lines(result)
    assert result.exit_code == Exit.OK
    assert list(record) == ["path", "signals", "unhashable"]
    assert record["path"] == str(astronaut)
    assert record["unhashable"] is None
    signals = {signal["type"]: signal for signal in record["signals"]}
    assert len(signals["pdq"]["value"]) == 64
    assert 50 <= signals["pdq"]["quality"] <= 100
    assert signals["sha256"] == {
        "type": "sha256",
        "value": hashlib.sha256(astronaut.read_bytes()).hexdigest(),
        "quality": None,
    }
    assert signals["md5"]["value"] == hashlib.md5(astronaut.read_bytes()).hexdigest()


def test_the_frames_of_an_animation_are_told_behind_its_first(
    astronaut: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "moving.png"
    with Image.open(astronaut) as image:
        image.save(path, save_all=True, append_images=[image.transpose(Image.Transpose.ROTATE_180), image.copy()])
    (record,) = lines(run(path))
    assert {name: record["animation"][name] for name in ("total", "hashed", "left_out", "first")} == {
        "total": 3, "hashed": 2, "left_out": 0, "first": 1,
    }  # fmt: skip
    (frame,) = record["animation"]["frames"]
    assert (frame["frame"], [signal["type"] for signal in frame["signals"]]) == (2, ["pdq"])
    write_text(hash_path(path, ALL_TYPES))
    assert "  animation of 3 frames, 2 hashed\n  frame 2\n    pdq     " in capsys.readouterr().out


def test_only_the_signals_asked_for_are_made(astronaut: Path) -> None:
    (record,) = lines(run(astronaut, "--signals", "sha256, pdq"))
    assert sorted(signal["type"] for signal in record["signals"]) == ["pdq", "sha256"]


def test_an_unknown_signal_type_is_refused_by_name(astronaut: Path) -> None:
    result = run(astronaut, "--signals", "pdq,phash")
    assert result.exit_code == Exit.USAGE
    assert "unknown: phash. Known are pdq, patch, sha256, md5, video." in result.stderr


def test_a_flat_picture_is_said_to_be_unhashable_and_that_is_no_error(flat: Path) -> None:
    result = run(flat)
    (record,) = lines(result)
    assert result.exit_code == Exit.OK
    assert record["unhashable"].startswith("flat: quality")
    assert "pdq" not in {signal["type"] for signal in record["signals"]}


def test_bad_files_do_not_stop_the_others_and_the_exit_code_tells(
    astronaut: Path, broken: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    result = run(broken, tmp_path / "absent", empty, astronaut)
    records = lines(result)
    assert result.exit_code == Exit.BAD_INPUT
    assert ["error" in record for record in records] == [True, True, True, False]
    assert records[1]["error"] == "No such file or directory."


def test_the_exact_signals_of_a_broken_picture_are_still_made(broken: Path) -> None:
    (record,) = lines(run(broken))
    assert [signal["type"] for signal in record["signals"]] == ["sha256", "md5"]


def test_a_file_that_is_no_picture_is_fine_when_only_exact_signals_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("words")
    result = run(tmp_path / "text", "--signals", "md5")
    assert result.exit_code == Exit.OK
    assert "error" not in lines(result)[0]


def test_folders_are_walked_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    records = lines(run(tmp_path, "--signals", "md5"))
    assert [Path(record["path"]).relative_to(tmp_path).as_posix() for record in records] == ["a", "b/1", "b/2"]


def test_a_file_larger_than_a_picture_may_be_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(DEFAULT_LIMITS.max_bytes + 1)
    assert "up to" in hash_path(path, ALL_TYPES)["error"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert hash_path(tmp_path / "pipe", ALL_TYPES)["error"] == "This is no ordinary file."


def test_any_file_name_gives_valid_json(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n\x1b[31m"))
    path.write_bytes(b"x")
    result = run(path, "--signals", "md5")
    assert lines(result)[0]["path"] == str(path)
    assert result.stdout.isascii()


def test_a_person_reads_text(astronaut: Path, flat: Path, broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (astronaut, flat, broken):
        write_text(hash_path(path, ALL_TYPES))
    text = click.unstyle(capsys.readouterr().out)
    assert "  quality 100\n" in text
    assert "  unhashable: flat" in text
    assert "  error: " in text


@pytest.mark.parametrize(("flag", "terminal", "json_wanted"), [(0, 1, 0), (1, 1, 1), (0, 0, 1), (1, 0, 1)])
def test_json_is_for_who_asks_and_for_machines(
    monkeypatch: pytest.MonkeyPatch, flag: int, terminal: int, json_wanted: int
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: bool(terminal))
    assert output.wants_json(as_json=bool(flag)) == bool(json_wanted)


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_hands_on_every_item_and_shows_only_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: bool
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    assert list(output.progress(range(20), "Hashing")) == list(range(20))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert ("Hashing" in captured.err) is terminal

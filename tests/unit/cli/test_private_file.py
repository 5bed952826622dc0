from pathlib import Path

import pytest

from argine.cli.private_file import writing


def test_a_file_appears_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with writing(path) as file:
        file.write("text à la carte")
        assert not path.exists()
    assert path.read_text("utf-8") == "text à la carte"
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_interrupted_leaves_what_was_there_before(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError), writing(path) as file:
        file.write(str(1 / 0))
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_without_a_path_standard_output_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with writing(None) as file:
        file.write("text")
    assert capsys.readouterr().out == "text"

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.forgery import FORGED_PART, forgery, jpeg, source

from argine.cli.compare import describe, describe_part
from argine.cli.exits import Exit
from argine.cli.main import main
from argine.matching.regions import text_of

ZERO = "0" * 64


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["compare", "--json", *map(str, words)])


def bits(count: int) -> str:
    """Write a PDQ that is `count` bits away from zero."""
    return f"{(1 << count) - 1:064x}"


@pytest.mark.parametrize(
    ("distance", "code"), [(0, Exit.OK), (31, Exit.OK), (32, Exit.DIFFERENT), (256, Exit.DIFFERENT)]
)
def test_two_pdq_are_the_same_up_to_31_bits(distance: int, code: Exit) -> None:
    result = run(ZERO, bits(distance).upper())
    assert result.exit_code == code
    assert json.loads(result.stdout) == {
        "distance": distance,
        "threshold": 31,
        "same": code is Exit.OK,
        "identical": None,
        "unhashable": None,
    }


def test_a_halved_and_recompressed_copy_is_the_same_picture_in_another_file(astronaut: Path, half_size: Path) -> None:
    result = run(astronaut, half_size)
    assert result.exit_code == Exit.OK
    assert json.loads(result.stdout)["identical"] is False


def test_two_different_pictures_are_different(astronaut: Path, cat: Path) -> None:
    result = run(astronaut, cat)
    assert result.exit_code == Exit.DIFFERENT
    assert json.loads(result.stdout)["distance"] > 31


def test_a_file_can_be_compared_with_a_pdq(astronaut: Path) -> None:
    result = run(astronaut, ZERO)
    assert result.exit_code == Exit.DIFFERENT
    assert json.loads(result.stdout)["identical"] is None


def test_a_file_is_identical_to_itself_even_if_it_is_flat(flat: Path) -> None:
    result = run(flat, flat)
    assert result.exit_code == Exit.OK
    assert json.loads(result.stdout)["identical"] is True


def test_a_flat_picture_is_never_silently_different(flat: Path, astronaut: Path) -> None:
    result = run(astronaut, flat)
    assert result.exit_code == Exit.BAD_INPUT
    assert json.loads(result.stdout)["same"] is None
    assert result.stderr.startswith("argine: These cannot be compared by look: flat: quality")


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ("nothing", "nothing: No such file or directory."),
        ("g" * 64, "digits 0-9 and a-f only"),
        ("0" * 63, "0: No such"),
    ],
)
def test_what_is_neither_a_file_nor_a_pdq_is_refused_in_one_line(side: str, message: str) -> None:
    result = run(ZERO, side)
    assert result.exit_code == Exit.BAD_INPUT
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_at_a_terminal_the_line_is_written_and_the_exit_code_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("argine.cli.compare.wants_json", lambda as_json: as_json)
    result = CliRunner().invoke(main, ["compare", ZERO, bits(40)])
    assert result.exit_code == Exit.DIFFERENT
    assert result.stdout == "different pictures: distance 40 of 256 bits, threshold 31\n"


@pytest.mark.parametrize(
    ("same", "distance", "identical", "text"),
    [
        (True, 0, True, "same picture: distance 0 of 256 bits, threshold 31; the files are identical"),
        (True, 4, False, "same picture: distance 4 of 256 bits, threshold 31; the files differ"),
        (False, 99, None, "different pictures: distance 99 of 256 bits, threshold 31"),
        (True, None, True, "same picture: unhashable: flat; the files are identical"),
    ],
)
def test_a_person_reads_one_line(same: bool, distance: int | None, identical: bool | None, text: str) -> None:
    result = {"distance": distance, "threshold": 31, "same": same, "identical": identical, "unhashable": "flat"}
    assert describe(result) == text


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forgery")
    (folder / "forgery.jpg").write_bytes(jpeg(forgery()))
    (folder / "copy.jpg").write_bytes(jpeg(forgery().crop((20, 15, 580, 390)), 60))
    (folder / "source.jpg").write_bytes(jpeg(source()))
    return folder


@pytest.mark.parametrize(
    ("name", "same", "identical", "words"),
    [
        ("copy.jpg", True, False, "spots agree, in the marked part too"),
        ("forgery.jpg", True, True, "the files are identical"),
        ("source.jpg", False, False, "the marked part does not agree"),
    ],
)
def test_with_a_marked_part_a_copy_is_the_same_and_its_source_is_not(
    files: Path, name: str, same: bool, identical: bool, words: str
) -> None:
    result = run(files / "forgery.jpg", files / name, "--region", text_of(FORGED_PART))
    told = json.loads(result.stdout)
    assert (told["same"], told["identical"]) == (same, identical)
    assert result.exit_code == (Exit.OK if same else Exit.DIFFERENT)
    assert words in describe_part(told)


@pytest.mark.parametrize(
    "text", ["", "1,2", "a,b,c,d", "0,0,2,2", "0,0,1,1", "0,0,0.001,0.5", "0.5,0.5,0.6,0.1", "nan,0,1,1"]
)
def test_a_part_that_is_none_is_refused(files: Path, text: str) -> None:
    assert run(files / "forgery.jpg", files / "copy.jpg", "--region", text).exit_code == Exit.USAGE

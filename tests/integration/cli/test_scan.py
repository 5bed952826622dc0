"""`argine scan` over the tables of a test. Hashing in this process, which is quicker, but for one of them."""

import json
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from PIL import Image
from skimage import data
from tests.clips import film, frames

from argine.cli.exits import Exit
from argine.desk.banks.models import BankEntry, Sighting
from argine.desk.banks.operations import LAWFUL, REMOVED, withdraw_entry
from argine.desk.core.actor import SHELL
from argine.desk.core.crypto import SealError, unseal_bytes
from argine.scan import hashing

Run = Callable[..., Result]
CONFINED = "test_copies_are_found_and_what_cannot_be_checked_is_told"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Stored files: a part of the cat, the coffee cup, something that is no picture."""
    folder = tmp_path / "library"
    (folder / "2026").mkdir(parents=True)
    cat = Image.fromarray(data.chelsea())
    cat.crop((40, 30, 420, 280)).save(folder / "2026" / "part.jpg")
    Image.fromarray(data.coffee()).resize((300, 200)).save(folder / "coffee.png")
    (folder / "note.txt").write_text("no picture")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "report.jsonl"


@pytest.fixture
def scan(run: Run, desk: None, library: Path, out: Path) -> Run:
    def go(*words: object) -> Result:
        return run("scan", library, "--out", out, "--workers", 1, *words)

    return go


@pytest.fixture(autouse=True)
def unconfined(request: pytest.FixtureRequest, settings: Any) -> None:
    if request.node.name != CONFINED:
        settings.CONFIG = replace(settings.CONFIG, sandbox="off")


def report(out: Path) -> dict[str, Any]:
    return {record["id"]: record for record in map(json.loads, out.read_text("utf-8").splitlines())}


def bank(run: Run, library: Path, name: str, to: str = REMOVED) -> None:
    assert run("bank", "add", to, library.parent / name).exit_code == Exit.OK


@pytest.fixture
def cat(run: Run, desk: None, tmp_path: Path, library: Path) -> Path:
    Image.fromarray(data.chelsea()).save(tmp_path / "cat.png")
    Image.fromarray(data.coffee()).save(tmp_path / "cup.png")
    return tmp_path / "cat.png"


def test_copies_are_found_and_what_cannot_be_checked_is_told(
    scan: Run, run: Run, cat: Path, library: Path, out: Path
) -> None:
    bank(run, library, "cat.png")
    result = scan()
    assert result.exit_code == Exit.BAD_INPUT
    assert "1 to be kept out, 0 to be reviewed, 1 not checked." in result.stderr
    found = report(out)
    assert set(found) == {"2026/part.jpg", "note.txt"}
    assert found["2026/part.jpg"]["verdict"] == "block"
    assert found["2026/part.jpg"]["matches"][0]["bank"] == REMOVED
    assert "not a picture" in found["note.txt"]["error"]


def test_without_copies_it_ends_with_one(scan: Run, library: Path) -> None:
    (library / "note.txt").unlink()
    assert scan().exit_code == Exit.DIFFERENT


def test_what_was_hashed_is_compared_with_a_grown_bank_without_being_read_again(
    scan: Run, run: Run, cat: Path, library: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan()
    assert set(report(out)) == {"note.txt"}
    bank(run, library, "cat.png")
    monkeypatch.setattr(hashing, "read", lambda *_: pytest.fail("nothing may be read again"))
    assert scan("--resume").exit_code == Exit.BAD_INPUT
    assert report(out)["2026/part.jpg"]["verdict"] == "block"


def test_a_withdrawn_entry_and_one_known_to_be_lawful_leave_the_report(
    scan: Run, run: Run, cat: Path, library: Path, out: Path
) -> None:
    bank(run, library, "cat.png")
    bank(run, library, "cup.png")
    scan()
    assert {"2026/part.jpg", "coffee.png"} <= set(report(out))
    withdraw_entry(BankEntry.objects.order_by("created_at")[0], erase=False, by=SHELL)
    bank(run, library, "cup.png", LAWFUL)
    scan("--resume")
    assert set(report(out)) == {"note.txt"}


def test_only_new_files_are_hashed_when_it_goes_on(scan: Run, run: Run, cat: Path, library: Path, out: Path) -> None:
    bank(run, library, "cat.png")
    scan()
    Image.fromarray(data.chelsea()[:, ::-1]).save(library / "mirrored.jpg")
    result = scan("--resume")
    assert "4 files, 1 of them to be hashed." in result.stderr
    assert report(out)["mirrored.jpg"]["verdict"] == "block"


def test_a_match_is_put_before_the_console_once(scan: Run, run: Run, cat: Path, library: Path) -> None:
    bank(run, library, "cat.png")
    scan("--record")
    assert {sighting.content_id for sighting in Sighting.objects.all()} == {"2026/part.jpg"}
    count = Sighting.objects.count()
    scan("--resume", "--record")
    assert Sighting.objects.count() == count


def test_without_record_nothing_is_kept_in_the_desk(scan: Run, run: Run, cat: Path, library: Path) -> None:
    bank(run, library, "cat.png")
    scan()
    assert not Sighting.objects.exists()


def test_kept_signals_are_sealed(scan: Run, out: Path) -> None:
    scan()
    with sqlite3.connect(out.with_name("report.jsonl.book")) as book:
        (blob,) = book.execute("SELECT signals FROM file WHERE content_id = 'coffee.png'").fetchone()
    with pytest.raises(SealError):
        unseal_bytes(blob, "elsewhere")
    with pytest.raises(zlib.error):
        zlib.decompress(blob)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "go on with it by --resume"),
        (("--resume", "--bank", REMOVED), "begun with another --bank"),
        (("--resume", "--signals", "pdq"), "begun with another --signals"),
    ],
)
def test_another_scan_does_not_take_a_books_place(scan: Run, words: tuple[str, ...], said: str) -> None:
    scan()
    result = scan(*words)
    assert result.exit_code == Exit.REFUSED
    assert said in result.stderr


def test_there_must_be_something_to_go_on_with(scan: Run) -> None:
    assert "There is no scan to go on with" in scan("--resume").stderr


def test_a_place_that_is_not_there_is_told(run: Run, desk: None, out: Path) -> None:
    result = run("scan", out.parent / "absent", "--out", out)
    assert result.exit_code != Exit.FAULT
    assert "There is no folder and no list at" in result.stderr


def test_ray_that_is_not_installed_is_told(scan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_name: str) -> None:
        raise ModuleNotFoundError

    monkeypatch.setattr("argine.cli.desk.scan.importlib", SimpleNamespace(import_module=absent))
    result = scan("--ray", "local")
    assert (result.exit_code, "Ray is not installed" in result.stderr) == (Exit.REFUSED, True)


def test_a_copy_of_a_banked_film_is_found(scan: Run, run: Run, cat: Path, library: Path, out: Path) -> None:
    (library.parent / "clip.mp4").write_bytes(film(frames(1, 6.0)))
    (library / "copy.mp4").write_bytes(film(frames(1, 6.0), codec="mpeg4", gop=12))
    bank(run, library, "clip.mp4")
    scan()
    assert report(out)["copy.mp4"]["verdict"] == "block"

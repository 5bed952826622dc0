"""Films on the command line: hashed, banked, checked, handed on; vPDQ's text forms in and out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests import clips
from tests.factories import every_fault

from argine.cli.exits import Exit
from argine.desk.banks.models import Bank, BankEntry, EntrySignal, Sighting
from argine.desk.banks.operations import REMOVED
from argine.desk.banks.queries import film_of
from argine.signals.types import SignalType
from argine.signals.video import VideoSignal, vpdq

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    (folder / "whole.mp4").write_bytes(clips.film(clips.frames(1, 8)))
    (folder / "part.webm").write_bytes(clips.film(clips.frames(1, 4, 3), "libvpx", "webm"))
    (folder / "other.mp4").write_bytes(clips.film(clips.frames(2, 4)))
    (folder / "broken.mp4").write_bytes(clips.film(clips.frames(2, 4))[:400])
    clips.Image.fromarray(clips.frame(1, 4.5)).save(folder / "still.png")
    return folder


def test_a_film_is_hashed_and_its_frames_written_on_demand(run: Run, told: Told, films: Path) -> None:
    (record,) = told(run("hash", films / "whole.mp4"))
    assert {signal["type"] for signal in record["signals"]} == {"sha256", "md5"}
    assert record["film"]["seconds"] == pytest.approx(8, abs=0.2)
    assert "views" not in record["film"]
    (record,) = told(run("hash", "--signals", "video", films / "whole.mp4"))
    ((signal),) = record["signals"]
    assert signal["type"] == "video"


def test_a_film_is_told_in_words(run: Run, terminal: None, films: Path) -> None:
    assert "film of 7.9 s, 320 x 240:" in run("hash", films / "whole.mp4").stdout


def test_a_film_that_cannot_be_read_is_told_and_does_not_stop_the_others(run: Run, told: Told, films: Path) -> None:
    result = run("hash", films / "broken.mp4", films / "other.mp4")
    assert result.exit_code == Exit.BAD_INPUT
    broken, other = told(result)
    assert "damaged" in broken["error"]
    assert {signal["type"] for signal in broken["signals"]} == {"sha256", "md5"}
    assert "error" not in other


@pytest.mark.usefixtures("desk")
class TestInADesk:
    @pytest.fixture(autouse=True)
    def banked(self, run: Run, films: Path) -> None:
        run("bank", "add", REMOVED, films / "whole.mp4")

    def test_a_film_is_one_entry(self) -> None:
        entry = BankEntry.objects.prefetch_related("signals").get()
        assert {row.type for row in entry.signals.all()} == {"video", "sha256", "md5"}
        film = film_of(entry)
        assert film is not None
        assert film.patches

    def test_parts_and_stills_match_and_where_is_told(self, run: Run, told: Told, terminal: None, films: Path) -> None:
        part, other, still = told(run("check", films / "part.webm", films / "other.mp4", films / "still.png", "--json"))
        assert (part["verdict"], other["verdict"], still["verdict"]) == ("block", "allow", "block")
        (where,) = part["matches"][0]["parts"]
        assert where["entry_from"] - where["file_from"] == pytest.approx(3, abs=1)
        assert "of the entry" in run("check", films / "part.webm").stdout

    def test_a_recorded_match_is_a_sighting_with_its_times(self, run: Run, films: Path) -> None:
        run("check", films / "part.webm", "--record")
        assert Sighting.objects.get().found["times"]["segments"]

    def test_adding_the_same_again_adds_nothing(self, run: Run, told: Told, films: Path) -> None:
        (record,) = told(run("bank", "add", REMOVED, films / "whole.mp4"))
        assert record["note"] == "is there already"

    def test_an_export_has_the_frames_without_patches_and_matches_elsewhere(
        self, run: Run, told: Told, films: Path, tmp_path: Path
    ) -> None:
        file = tmp_path / "bank.jsonl"
        run("bank", "export", REMOVED, "-o", file)
        entry = json.loads(file.read_text().splitlines()[1])
        value = next(signal["value"] for signal in entry["signals"] if signal["type"] == "video")
        assert len(value) < 10_000
        assert told(run("bank", "import", REMOVED, file))[0]["already"] == 1
        run("bank", "create", "elsewhere")
        assert told(run("bank", "import", "elsewhere", file))[0]["added"] == 1
        (record,) = told(run("check", "--bank", "elsewhere", films / "part.webm"))
        assert record["verdict"] == "block"
        assert every_fault() == []

    def test_a_damaged_film_in_a_list_is_a_bad_line(self, run: Run, told: Told, tmp_path: Path) -> None:
        file = tmp_path / "bank.jsonl"
        value = VideoSignal(1000, 0, 0, vpdq.from_text("[]").rows).signal().text
        lines = [{"signals": [{"type": "video", "value": text, "quality": None}]} for text in (value + "AAAA", "A", "")]
        file.write_text("\n".join(map(json.dumps, lines)))
        result = run("bank", "import", REMOVED, file)
        assert (result.exit_code, told(result)[0]["bad"]) == (Exit.BAD_INPUT, 3)

    def test_vpdq_goes_out_and_comes_in(self, run: Run, told: Told, films: Path, tmp_path: Path) -> None:
        (record,) = told(run("hash", "--vpdq", films / "whole.mp4"))
        text = tmp_path / "film.vpdq"
        text.write_text(json.dumps(record["vpdq"]))
        run("bank", "create", "theirs")
        (added,) = told(run("bank", "add", "theirs", "--vpdq", text))
        assert added["types"] == ["video"]
        (checked,) = told(run("check", "--bank", "theirs", films / "part.webm"))
        assert checked["verdict"] == "block"

    def test_what_is_no_vpdq_is_told(self, run: Run, told: Told, films: Path, tmp_path: Path) -> None:
        text, flat = tmp_path / "a", tmp_path / "b"
        text.write_text("nothing of the kind")
        flat.write_text(f'["{"0" * 64},3,0.0"]')
        result = run("bank", "add", REMOVED, "--vpdq", text, flat, films / "still.png")
        assert result.exit_code == Exit.BAD_INPUT
        assert all(record["entry"] is None and record["error"] for record in told(result))
        assert run("bank", "add", REMOVED, "--vpdq", "--exact-only", text).exit_code == Exit.USAGE

    def test_thresholds_are_shown_changed_and_logged(self, run: Run, told: Told, films: Path) -> None:
        (record,) = told(run("bank", "thresholds", REMOVED))
        assert record == {
            "bank": REMOVED, "pdq_threshold": 31, "film_frames": 1, "film_query_percent": 0, "film_entry_percent": 0,
        }  # fmt: skip
        run("bank", "thresholds", REMOVED, "--film-entry-percent", 90)
        assert told(run("check", films / "part.webm"))[0]["verdict"] == "allow"
        assert told(run("check", films / "whole.mp4"))[0]["verdict"] == "block"
        assert run("bank", "thresholds", REMOVED, "--film-entry-percent", 90).exit_code != Exit.OK
        assert run("bank", "thresholds", "nowhere").exit_code != Exit.OK
        assert every_fault() == []

    def test_thresholds_changed_behind_the_logs_back_are_found(self) -> None:
        Bank.objects.filter(pk=REMOVED).update(film_frames=50)
        assert [fault.where for fault in every_fault()] == [f"bank:{REMOVED}"]

    def test_erasing_leaves_nothing(self, run: Run, told: Told, films: Path) -> None:
        run("bank", "withdraw", "--erase", BankEntry.objects.get().id)
        assert EntrySignal.objects.filter(type=SignalType.VIDEO).count() == 0
        (record,) = told(run("check", films / "part.webm"))
        assert record["verdict"] == "allow"
        assert every_fault() == []

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from tests.factories import make_case, make_sighting, random_signals
from tests.forgery import FORGED_PART, forgery, jpeg

from argine.cli.exits import Exit
from argine.desk.audit.models import Entry
from argine.desk.banks.models import Bank, BankEntry, EntrySignal
from argine.desk.banks.operations import REMOVED, add_entry
from argine.desk.core.actor import SYSTEM
from argine.matching.regions import text_of

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("desk")
PDQ = "f" * 32 + "0" * 32


def test_a_bank_is_made_and_listed_with_kind_threshold_and_count(run: Run, told: Told) -> None:
    made = run("bank", "create", "partners", "--name", "From partners", "--kind", "review", "--threshold", 20)
    assert made.exit_code == Exit.OK
    add_entry("partners", random_signals(), origin="test", by=SYSTEM)
    listed = {record["bank"]: record for record in told(run("bank", "list"))}
    assert set(listed) == {"reported", "removed", "lawful", "partners"}
    assert listed["partners"] == {
        "bank": "partners", "kind": "review", "threshold": 20, "entries": 1, "name": "From partners",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["no spaces"], Exit.USAGE),
        (["x" * 41], Exit.USAGE),
        (["x", "--name", "two\nlines"], Exit.USAGE),
        (["x", "--threshold", "64"], Exit.USAGE),
        (["x", "--kind", "maybe"], Exit.USAGE),
        (["removed"], Exit.REFUSED),
    ],
)
def test_a_bank_that_cannot_be_is_refused_and_nothing_is_made(run: Run, words: list[str], code: Exit) -> None:
    before = Bank.objects.count()
    assert run("bank", "create", *words).exit_code == code
    assert Bank.objects.count() == before


def test_a_folder_is_banked_with_one_entry_a_file(run: Run, told: Told, pictures: Path) -> None:
    result = run("bank", "add", REMOVED, pictures)
    assert result.exit_code == Exit.OK
    assert [record["types"] for record in told(result)] == [["pdq", "patch", "sha256", "md5"]] * 2
    assert {str(entry.id) for entry in BankEntry.objects.all()} == {record["entry"] for record in told(result)}
    assert set(Entry.objects.filter(event="bank.entry.added").values_list("by", flat=True)) == {"shell"}


def test_an_animation_is_banked_with_every_frame_that_differs(run: Run, told: Told, moving: Path) -> None:
    (record,) = told(run("bank", "add", REMOVED, moving))
    assert record["types"] == ["pdq", "patch", "sha256", "md5"]
    assert EntrySignal.objects.filter(entry_id=record["entry"], type="pdq").count() == 2
    (again,) = told(run("bank", "add", REMOVED, moving))
    assert again["note"] == "is there already"


def test_adding_the_same_picture_again_adds_nothing(run: Run, told: Told, pictures: Path) -> None:
    run("bank", "add", REMOVED, pictures)
    again = run("bank", "add", REMOVED, pictures)
    assert again.exit_code == Exit.OK
    assert {record["note"] for record in told(again)} == {"is there already"}
    assert BankEntry.objects.count() == 2


def test_a_flat_picture_is_banked_by_its_exact_signals_and_that_is_said(run: Run, told: Told, flat: Path) -> None:
    result = run("bank", "add", REMOVED, flat)
    (record,) = told(result)
    assert result.exit_code == Exit.OK
    assert record["types"] == ["sha256", "md5"]
    assert record["note"].startswith("only identical copies will match: flat")


def test_files_that_are_no_pictures_are_told_one_by_one_and_do_not_stop_the_others(
    run: Run, told: Told, broken: Path, pictures: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    result = run("bank", "add", REMOVED, broken, tmp_path / "absent", empty, pictures / "cat.png")
    assert result.exit_code == Exit.BAD_INPUT
    assert ["error" in record for record in told(result)] == [True, True, True, False]
    assert BankEntry.objects.count() == 1


def test_a_video_is_banked_by_its_bytes_when_that_is_asked_for(run: Run, told: Told, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(b"moving pictures")
    (tmp_path / "empty").touch()
    result = run("bank", "add", REMOVED, tmp_path, "--exact-only")
    assert result.exit_code == Exit.BAD_INPUT
    assert [(record["types"], record.get("error")) for record in told(result)] == [
        ([], "The file is empty."),
        (["sha256", "md5"], None),
    ]


def test_signals_made_elsewhere_become_one_entry(run: Run, told: Told) -> None:
    words = ["--signal", f"pdq:{PDQ}:80", "--signal", f"sha256:{'a' * 64}"]
    (record,) = told(run("bank", "add", REMOVED, *words))
    rows = EntrySignal.objects.filter(entry_id=record["entry"]).order_by("type").values_list("type", "quality")
    assert list(rows) == [("pdq", 80), ("sha256", None)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], Exit.USAGE),
        (["--signal", "pdq:12"], Exit.USAGE),
        (["--signal", f"phash:{PDQ}"], Exit.USAGE),
        (["--signal", f"pdq:{PDQ}:high"], Exit.USAGE),
        (["--signal", f"pdq:{PDQ}:10"], Exit.BAD_INPUT),
    ],
)
def test_signals_that_are_none_or_match_nothing_are_refused(run: Run, words: list[str], code: Exit) -> None:
    assert run("bank", "add", REMOVED, *words).exit_code == code
    assert not BankEntry.objects.exists()


def test_an_unknown_bank_is_refused_in_one_line(run: Run, pictures: Path) -> None:
    result = run("bank", "add", "nowhere", pictures)
    assert (result.exit_code, result.stdout) == (Exit.REFUSED, "")
    assert result.stderr == "argine: There is no bank 'nowhere'. `argine bank list` shows those that there are.\n"


def test_entries_are_shown_newest_first_with_their_case_and_types(run: Run, told: Told, pictures: Path) -> None:
    case = make_case().case
    run("bank", "add", "reported", pictures / "cat.png")
    newest, oldest = told(run("bank", "show", "reported"))
    assert (newest["origin"], newest["case"], newest["types"]) == ("shell", None, ["md5", "patch", "pdq", "sha256"])
    assert (oldest["case"], oldest["state"]) == (str(case.id), "live")
    assert len(told(run("bank", "show", "reported", "--limit", 1))) == 1


def test_withdrawn_entries_are_shown_on_demand_only(run: Run, told: Told) -> None:
    entry = add_entry(REMOVED, random_signals(), origin="test", by=SYSTEM)
    assert run("bank", "withdraw", entry.id).exit_code == Exit.OK
    assert told(run("bank", "show", REMOVED)) == []
    assert [record["state"] for record in told(run("bank", "show", REMOVED, "--withdrawn"))] == ["withdrawn"]


def test_one_wrong_id_does_not_stop_the_withdrawal_of_others(run: Run, told: Told) -> None:
    entry = add_entry(REMOVED, random_signals(), origin="test", by=SYSTEM)
    result = run("bank", "withdraw", "nonsense", uuid4(), entry.id, "--erase")
    assert result.exit_code == Exit.BAD_INPUT
    assert [record["withdrawn"] for record in told(result)] == [False, False, True]
    assert not EntrySignal.objects.exists()


def test_an_entry_of_a_case_is_not_erased_apart_from_its_case(run: Run, told: Told) -> None:
    case = make_case().case
    entry = BankEntry.objects.get(case_id=case.id)
    (record,) = told(run("bank", "withdraw", entry.id, "--erase"))
    assert record["error"].startswith("It belongs to a case")
    assert entry.signals.exists()
    assert run("log", "verify").exit_code == Exit.OK


def test_an_export_tells_nothing_of_cases_or_people(run: Run, tmp_path: Path) -> None:
    submission = make_case(contact="person@example.org")
    path = tmp_path / "out.jsonl"
    result = run("bank", "export", "reported", "-o", path)
    text = path.read_text()
    header, entry = (json.loads(line) for line in text.splitlines())
    assert (result.exit_code, result.stdout) == (Exit.OK, "")
    assert (header["format"], header["kind"], header["threshold"], header["entries"]) == (
        "argine-bank/1", "review", 31, 1,
    )  # fmt: skip
    assert set(entry) == {"entry", "origin", "created_at", "signals"}
    assert entry["origin"] == "notice"
    for secret in (str(submission.case.id), str(submission.notice.id), "person@example.org"):
        assert secret not in text
    assert path.stat().st_mode & 0o077 == 0


def test_a_person_reads_tables(run: Run, terminal: None, pictures: Path, flat: Path, broken: Path) -> None:
    added = run("bank", "add", REMOVED, pictures, flat, broken)
    assert "cat.png: entry " in added.stdout
    assert "flat.png: only identical copies will match" in added.stdout
    assert "broken.png: not banked: " in added.stdout
    assert "removed   block     31         3" in run("bank", "list").stdout
    shown = run("bank", "show", REMOVED).stdout
    assert shown.splitlines()[0].split() == ["ENTRY", "CREATED", "ORIGIN", "CASE", "STATE", "SIGNALS", "REGION"]
    entry = BankEntry.objects.first()
    assert entry is not None
    assert run("bank", "withdraw", entry.id).stdout == f"{entry.id}: withdrawn\n"
    assert "Made the bank more, of kind block" in run("bank", "create", "more").stdout


@pytest.fixture
def forged_file(tmp_path: Path) -> Path:
    path = tmp_path / "forgery.jpg"
    path.write_bytes(jpeg(forgery()))
    return path


def test_a_forgery_is_banked_with_its_altered_part_and_its_source_passes(
    run: Run, told: Told, forged_file: Path, coffee: Path, tmp_path: Path
) -> None:
    (record,) = told(run("bank", "add", REMOVED, forged_file, "--region", text_of(FORGED_PART)))
    assert "note" not in record
    (shown,) = told(run("bank", "show", REMOVED))
    assert shown["region"] == text_of(FORGED_PART)
    (tmp_path / "copy.jpg").write_bytes(jpeg(forgery().crop((20, 15, 580, 390)), 60))
    asked = told(run("check", tmp_path / "copy.jpg", coffee))
    assert [answer["verdict"] for answer in asked] == ["block", "allow"]
    assert {match["region_bound"] for match in asked[0]["matches"]} == {True}


def test_a_mark_is_set_and_taken_away_with_a_reason(run: Run, told: Told, forged_file: Path, coffee: Path) -> None:
    (added,) = told(run("bank", "add", REMOVED, forged_file))
    assert told(run("check", coffee))[0]["verdict"] == "block"
    marked = run("bank", "mark", added["entry"], "--region", text_of(FORGED_PART), "--reason", "The source is lawful.")
    assert told(marked) == [{"entry": added["entry"], "region": text_of(FORGED_PART)}]
    assert told(run("check", coffee))[0]["verdict"] == "allow"
    assert run("bank", "mark", added["entry"], "--clear", "--reason", "It is all made.").exit_code == Exit.OK
    assert told(run("check", coffee))[0]["verdict"] == "block"
    assert run("log", "verify").exit_code == Exit.OK


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--reason", "x"], Exit.USAGE),
        (["--clear", "--region", "0,0,0.5,0.5", "--reason", "x"], Exit.USAGE),
        (["--clear"], Exit.USAGE),
        (["--clear", "--reason", "x"], Exit.REFUSED),
        (["--region", "0,0,0.5,0.5", "--reason", " "], Exit.REFUSED),
        (["--region", "0,0,1,1", "--reason", "x"], Exit.USAGE),
    ],
)
def test_a_mark_that_cannot_be_is_refused(run: Run, words: list[str], code: Exit) -> None:
    entry = add_entry(REMOVED, random_signals(), origin="test", by=SYSTEM)
    assert run("bank", "mark", entry.id, *words).exit_code == code
    assert BankEntry.objects.get().region is None


@pytest.mark.parametrize("which", ["folder", "two files", "a file and signals"])
def test_a_part_belongs_to_one_picture(run: Run, pictures: Path, forged_file: Path, which: str) -> None:
    both = [forged_file, pictures / "cat.png"]
    files = {"folder": [pictures], "two files": both, "a file and signals": [forged_file]}
    signal = ["--signal", f"pdq:{PDQ}"] if which == "a file and signals" else []
    result = run("bank", "add", REMOVED, *files[which], *signal, "--region", "0,0,0.5,0.5")
    assert (result.exit_code, BankEntry.objects.count()) == (Exit.USAGE, 0)


def test_a_part_without_patches_is_said_to_match_identical_copies_only(run: Run, told: Told) -> None:
    (record,) = told(run("bank", "add", REMOVED, "--signal", f"pdq:{PDQ}:100", "--region", "0,0,0.5,0.5"))
    assert record["note"].startswith("only identical copies will match")


def test_a_wrong_entry_is_undone_and_what_it_stopped_is_listed(run: Run, told: Told) -> None:
    signals = random_signals()
    entry = add_entry(REMOVED, signals, origin="test", by=SYSTEM)
    make_sighting(signals, content_id="post-7")
    result = run("bank", "undo", entry.id)
    assert result.exit_code == Exit.OK
    assert [record["content_id"] for record in told(result)] == ["post-7"]
    assert run("bank", "undo", entry.id).exit_code == Exit.REFUSED
    assert run("bank", "undo", "nonsense").exit_code == Exit.BAD_INPUT

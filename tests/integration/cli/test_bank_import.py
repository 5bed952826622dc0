import json
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from click.testing import Result
from tests.factories import random_signals

from argine.cli.desk import bank_import
from argine.cli.exits import Exit
from argine.desk.audit.models import Entry
from argine.desk.banks.live import BANKS
from argine.desk.banks.models import BankEntry, EntrySignal
from argine.desk.banks.operations import REMOVED, add_entries, add_entry, create_bank, withdraw_entry
from argine.desk.banks.queries import find_entry
from argine.desk.core.actor import SYSTEM
from argine.desk.core.errors import InvalidError
from argine.matching import BankKind

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("desk")
HEX = "0123456789abcdef" * 4


def write(path: Path, *lines: str | bytes) -> Path:
    path.write_bytes(b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines))
    return path


def entry_line(**changes: object) -> str:
    return json.dumps({"signals": [{"type": "pdq", "value": HEX, "quality": 100}], **changes})


def header(**changes: object) -> str:
    told = {"format": "argine-bank/1", "bank": "x", "kind": "block", "threshold": 31, "entries": 1, **changes}
    return json.dumps(told)


def test_an_export_imported_into_another_bank_gives_the_same_matches(
    run: Run, told: Told, pictures: Path, half_cat: Path, coffee: Path, flat: Path, tmp_path: Path
) -> None:
    run("bank", "add", REMOVED, pictures, flat)
    run("bank", "create", "other")
    run("bank", "export", REMOVED, "-o", tmp_path / "bank")
    (counts,) = told(run("bank", "import", "other", tmp_path / "bank"))
    assert (counts["added"], counts["bad"]) == (3, 0)
    asked = [pictures, half_cat, coffee, flat]
    matches = [
        [
            # Patch sets stay in the desk that made them.
            [(m["signal_type"], m["distance"]) for m in record["matches"] if m["signal_type"] != "patch"]
            for record in told(result)
        ]
        for result in (run("check", *asked, "--bank", bank) for bank in (REMOVED, "other"))
    ]
    assert matches[0] == matches[1]
    assert [bool(found) for found in matches[0]] == [True, True, True, False, True]


def test_importing_twice_adds_nothing(run: Run, told: Told, tmp_path: Path) -> None:
    for _ in range(3):
        add_entry(REMOVED, random_signals(), origin="test", by=SYSTEM)
    run("bank", "create", "other")
    run("bank", "export", REMOVED, "-o", tmp_path / "bank")
    first, second = (told(run("bank", "import", "other", tmp_path / "bank"))[0] for _ in range(2))
    assert (first["added"], first["already"]) == (3, 0)
    assert (second["added"], second["already"]) == (0, 3)
    assert BankEntry.objects.filter(bank_id="other").count() == 3


def test_every_bad_line_is_told_by_its_number_and_the_good_ones_are_taken(run: Run, told: Told, tmp_path: Path) -> None:
    bad = [
        "{", "[]", "words", "{}", '{"signals": []}', '{"signals": [1]}', '{"signals": [{"type": "pdq"}]}',
        '{"signals": [{"type": "pdq", "value": "12"}]}', f'{{"signals": [{{"type": "sift", "value": "{HEX}"}}]}}',
        f'{{"signals": [{{"type": "pdq", "value": "{HEX}", "quality": true}}]}}',
        f'{{"signals": [{{"type": "pdq", "value": "{HEX}", "quality": 101}}]}}',
        f"pdq {HEX} 10", f"pdq {HEX}00", f"sha256 {HEX} 50", b"\xff\xfe", b"x" * 70_000, "[" * 30_000,
    ]  # fmt: skip
    path = write(tmp_path / "list", *bad, "", "# a note", f"sha256 {HEX}")
    result = run("bank", "import", REMOVED, path)
    assert result.exit_code == Exit.BAD_INPUT
    (counts,) = told(result)
    assert (counts["added"], counts["bad"]) == (1, len(bad))
    numbers = [int(line.split(":")[0].removeprefix("line ")) for line in result.stderr.splitlines()]
    assert numbers == list(range(1, len(bad) + 1))


def test_a_file_of_another_format_is_refused_whole(run: Run, tmp_path: Path) -> None:
    for first in (header(format="argine-bank/2"), header(kind="maybe"), header(threshold="31")):
        result = run("bank", "import", REMOVED, write(tmp_path / "bank", first, entry_line()))
        assert (result.exit_code, result.stdout) == (Exit.BAD_INPUT, "")
    assert not BankEntry.objects.exists()


def test_what_is_known_to_be_lawful_is_never_imported_as_something_to_block(
    run: Run, told: Told, tmp_path: Path
) -> None:
    path = write(tmp_path / "bank", header(kind="negative"), entry_line())
    refused = run("bank", "import", REMOVED, path)
    assert refused.exit_code == Exit.REFUSED
    assert "from a bank of kind negative" in refused.stderr
    assert told(run("bank", "import", REMOVED, path, "--any-kind"))[0]["added"] == 1


def test_another_threshold_or_count_than_the_file_tells_is_said(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "bank", header(threshold=20, entries=5), entry_line())
    result = run("bank", "import", REMOVED, path)
    assert result.exit_code == Exit.OK
    assert "matched up to 20 bits, this one up to 31" in result.stderr
    assert "tells of 5 entries, but there are 1" in result.stderr


@pytest.mark.parametrize(
    ("line", "types"),
    [
        (f"pdq {HEX}", ["pdq"]),
        (f"PDQ,{HEX.upper()}", ["pdq"]),
        (f"pdq:{HEX},80\r", ["pdq"]),
        (f"\ufeff{HEX}", ["pdq"]),
        (f"sha256\t{HEX}", ["sha256"]),
        (f"md5 {HEX[:32]}", ["md5"]),
        (entry_line(path="a.jpg", unhashable=None), ["pdq"]),
    ],
)
def test_hash_lists_are_read_as_the_field_writes_them(run: Run, tmp_path: Path, line: str, types: list[str]) -> None:
    assert run("bank", "import", REMOVED, write(tmp_path / "list", line)).exit_code == Exit.OK
    assert list(EntrySignal.objects.values_list("type", flat=True)) == types


def test_what_a_bare_hash_is_can_be_told(run: Run, tmp_path: Path) -> None:
    run("bank", "import", REMOVED, write(tmp_path / "list", HEX), "--bare", "sha256", "--origin", "partner-a")
    row = EntrySignal.objects.select_related("entry").get()
    assert (row.type, row.entry.origin) == ("sha256", "partner-a")


def test_the_lines_of_argine_hash_can_be_piped_in(run: Run, told: Told, pictures: Path) -> None:
    made = run("hash", pictures)
    assert told(run("bank", "import", REMOVED, "-", input=made.stdout))[0]["added"] == 2


def test_a_dry_run_counts_and_adds_nothing(run: Run, told: Told, tmp_path: Path) -> None:
    (counts,) = told(run("bank", "import", REMOVED, write(tmp_path / "list", HEX, HEX), "--dry-run"))
    assert (counts["dry_run"], counts["added"], counts["already"]) == (True, 1, 1)
    assert not BankEntry.objects.exists()


def test_what_was_withdrawn_here_does_not_come_back_by_an_import(run: Run, told: Told, tmp_path: Path) -> None:
    path = write(tmp_path / "list", HEX)
    run("bank", "import", REMOVED, path)
    withdraw_entry(BankEntry.objects.get(), erase=False, by=SYSTEM)
    (counts,) = told(run("bank", "import", REMOVED, path))
    assert (counts["added"], counts["withdrawn"]) == (0, 1)


def test_many_bad_lines_are_counted_but_not_all_listed(run: Run, told: Told, tmp_path: Path) -> None:
    result = run("bank", "import", REMOVED, write(tmp_path / "list", *["nonsense"] * 300))
    assert told(result)[0]["bad"] == 300
    assert len(result.stderr.splitlines()) == bank_import.MOST_TOLD + 1


def test_a_large_list_is_imported_in_batches_with_one_log_entry_each_and_is_live(
    run: Run, told: Told, tmp_path: Path
) -> None:
    lines = [f"pdq {number:064x} 100" for number in range(5500)]
    begun = perf_counter()
    (counts,) = told(run("bank", "import", REMOVED, write(tmp_path / "list", *lines)))
    assert perf_counter() - begun < 20
    assert counts["added"] == 5500
    assert Entry.objects.filter(event="bank.entries.added").count() == 6
    assert len(BANKS.matcher()) == 5500
    assert run("log", "verify").exit_code == Exit.OK


def test_a_person_reads_the_counts_in_one_line(run: Run, terminal: None, tmp_path: Path) -> None:
    result = run("bank", "import", REMOVED, write(tmp_path / "list", HEX))
    assert result.stdout == "1 added, 0 there already, 0 withdrawn here before, 0 bad lines.\n"


def test_a_batch_stays_verifiable_when_its_entries_are_moved_withdrawn_or_erased(run: Run) -> None:
    first, second, *_ = add_entries(REMOVED, [random_signals() for _ in range(4)], origin="test", by=SYSTEM)
    withdraw_entry(find_entry(first), erase=False, by=SYSTEM)
    withdraw_entry(find_entry(second), erase=True, by=SYSTEM)
    withdraw_entry(find_entry(second), erase=True, by=SYSTEM)
    assert run("log", "verify").exit_code == Exit.OK


@pytest.mark.parametrize("pictures", [[], [[]], [[random_signals()[0]], []]])
def test_a_batch_without_signals_is_refused_whole(pictures: list) -> None:
    create_bank("b", "b", BankKind.BLOCK, by=SYSTEM)
    with pytest.raises(InvalidError):
        add_entries("b", pictures, origin="test", by=SYSTEM)
    assert not BankEntry.objects.exists()


PART = {"left": 0.2, "top": 0.1, "right": 0.5, "bottom": 0.45}


def test_a_marked_part_travels_with_its_entry(run: Run, told: Told, tmp_path: Path) -> None:
    run("bank", "import", REMOVED, write(tmp_path / "a", entry_line(region=PART), f"sha256 {HEX}"))
    kept = [region for region in BankEntry.objects.values_list("region", flat=True) if region]
    assert (kept, BankEntry.objects.count()) == ([[2000, 1000, 5000, 4500]], 2)
    run("bank", "create", "other")
    run("bank", "export", REMOVED, "-o", tmp_path / "b")
    assert [json.loads(line).get("region") for line in (tmp_path / "b").read_text().splitlines()[1:]] in (
        [PART, None],
        [None, PART],
    )
    run("bank", "import", "other", tmp_path / "b")
    assert BankEntry.objects.filter(bank_id="other", region=[2000, 1000, 5000, 4500]).count() == 1
    assert run("log", "verify").exit_code == Exit.OK


@pytest.mark.parametrize(
    "region",
    [
        "0,0,1,1",
        [0, 0, 0.5, 0.5],
        {},
        {**PART, "left": "0.2"},
        {**PART, "left": True},
        {**PART, "right": 5},
        {"left": 0, "top": 0, "right": 1, "bottom": 1},
    ],
)
def test_a_damaged_part_makes_a_bad_line_and_nothing_else(run: Run, told: Told, tmp_path: Path, region: object) -> None:
    result = run("bank", "import", REMOVED, write(tmp_path / "a", entry_line(region=region)))
    assert (result.exit_code, told(result)[0]["bad"]) == (Exit.BAD_INPUT, 1)
    assert not BankEntry.objects.exists()

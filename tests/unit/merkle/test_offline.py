"""A stranger with a receipt, a checkpoint that was kept and one file tells the true log from every forged one."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.unit.merkle.logs import (
    KEY,
    LOG,
    NOTICE,
    ORIGIN,
    STRANGER,
    WITNESS_KEY,
    Log,
    entry,
    private,
    true_entries,
)

from argine.merkle import note, offline
from argine.merkle.cosignature import WitnessKey, cosign
from argine.merkle.growth import Growth
from argine.merkle.note import VerifierKey
from argine.merkle.one_file import NAME, one_file

SRC = Path(offline.__file__).parents[2]
PROGRAM = sys.modules.setdefault("argine_verify", ModuleType("argine_verify"))
exec(compile(one_file(), NAME, "exec"), PROGRAM.__dict__)
ONE_FILE = PROGRAM.main
TRUE = Log(true_entries(11))
KEPT = TRUE.checkpoint(7)

Program = Callable[[list[str]], int]
Files = dict[str, Any]


@pytest.fixture(params=["the package", "the one file"])
def program(request: pytest.FixtureRequest) -> Program:
    """Both say the same, of everything below."""
    return offline.main if request.param == "the package" else ONE_FILE


def words(folder: Path, files: Files) -> list[str]:
    """Write the files and return the command line that names them."""
    said = [] if "key" in files else ["--key", KEY.text()]
    for number, (option, value) in enumerate((o, v) for o, vs in files.items() for v in vs):
        path = folder / f"{option}-{number}"
        if option in {"key", "witness"}:
            said += [f"--{option}", value.text()]
            continue
        text = value.text() if isinstance(value, Growth) else value if isinstance(value, str) else json.dumps(value)
        path.write_text(text, encoding="utf-8")
        said += [str(path)] if option == "receipt" else [f"--{option}", str(path)]
    return said


TRUE_SETS: dict[str, Files] = {
    "a receipt alone": {"receipt": [TRUE.case_receipt()]},
    "a receipt of any entry": {"receipt": [TRUE.entry_receipt(8) | {"log_key": "x"}]},
    "and a checkpoint of the same size": {"receipt": [TRUE.case_receipt()], "checkpoint": [TRUE.checkpoint()]},
    "and an older checkpoint": {"receipt": [TRUE.case_receipt()], "checkpoint": [KEPT], "proof": [TRUE.growth(7)]},
    "and a newer one": {
        "receipt": [TRUE.entry_receipt(4, size=6)], "checkpoint": [TRUE.checkpoint()], "proof": [TRUE.growth(6)],
    },
    "and a chain of them": {
        "receipt": [TRUE.case_receipt()], "checkpoint": [KEPT, TRUE.checkpoint(3)],
        "proof": [TRUE.growth(3, 7), TRUE.growth(7)],
    },
    "two checkpoints without a receipt": {"checkpoint": [KEPT, TRUE.checkpoint()], "proof": [TRUE.growth(7)]},
    "cosigned by a witness": {"receipt": [TRUE.entry_receipt(checkpoint=TRUE.cosigned())], "witness": [WITNESS_KEY]},
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE_SETS)
def test_what_is_true_holds(program: Program, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert program(words(tmp_path, TRUE_SETS[name])) == 0
    assert "All holds" in capsys.readouterr().out


# What an operator makes who holds the log's key and rewrites the past: every hash, head and proof is brought into line.
def without(index: int) -> Log:
    kept = [dict(e) for number, e in enumerate(true_entries(12)) if number != index]
    return Log([e | {"index": number} for number, e in enumerate(kept)])


def reordered() -> Log:
    entries = true_entries(11)
    entries[2], entries[3] = entries[3] | {"index": 2}, entries[2] | {"index": 3}
    return Log(entries)


def back_dated() -> Log:
    entries = true_entries(11)
    entries[4]["at"] = "2025-12-01T00:00:00.000000Z"
    return Log(entries)


def inserted() -> Log:
    entries = [*true_entries(5), entry(5, note="slipped in"), *true_entries(11)[5:]]
    return Log([e | {"index": number} for number, e in enumerate(entries)])


def rewritten(index: int = 5) -> Log:
    entries = true_entries(11)
    entries[index] |= {"by": "staff:9"}
    return Log(entries)


def replaced_from(index: int) -> Log:
    return Log([*true_entries(index), *(entry(number, shown="to others") for number in range(index, 11))])


def other_face() -> Log:
    return replaced_from(7)


def shown_with(log: Log) -> Files:
    """The receipt that a forged log gives, its best proof, and the checkpoint of the true one that somebody kept."""
    return {"receipt": [log.case_receipt()], "checkpoint": [KEPT], "proof": [log.growth(7)]}


def altered(receipt: dict[str, Any], **changes: object) -> dict[str, Any]:
    return receipt | {"log": receipt["log"] | changes}


OTHER_TEXT = json.dumps(json.loads(TRUE.case_receipt()["log"]["entry"]) | {"at": "2020-01-01T00:00:00.000000Z"},
                        separators=(",", ":"), sort_keys=True)  # fmt: skip
FOREIGN = Log(true_entries(11), key=STRANGER)
FORGED_SETS: dict[str, Files] = {
    "an entry deleted": shown_with(without(5)),
    "the last entries deleted, others in their place": shown_with(replaced_from(6)),
    "two entries reordered": shown_with(reordered()),
    "an entry back-dated": shown_with(back_dated()),
    "an entry inserted": shown_with(inserted()),
    "an entry rewritten": shown_with(rewritten()),
    "another face, at the same size": {"receipt": [TRUE.case_receipt()], "checkpoint": [other_face().checkpoint()]},
    "another face, at another size": {
        "receipt": [TRUE.case_receipt()], "checkpoint": [other_face().checkpoint(9)], "proof": [TRUE.growth(9)],
    },
    "another face, with that face's own proof": {
        "receipt": [TRUE.case_receipt()], "checkpoint": [other_face().checkpoint(9)], "proof": [other_face().growth(9)],
    },
    "two faces in two receipts": {"receipt": [TRUE.case_receipt(), other_face().case_receipt()]},
    "the receipt's notice altered": {"receipt": [TRUE.case_receipt(notice=NOTICE | {"statement": "It is not."})]},
    "the receipt's salt altered": {"receipt": [TRUE.case_receipt(salt="00" * 32)]},
    "the receipt's entry altered": {"receipt": [altered(TRUE.case_receipt(), entry=OTHER_TEXT)]},
    "the receipt's place altered": {"receipt": [altered(TRUE.case_receipt(), index=5)]},
    "the receipt's path altered": {"receipt": [altered(TRUE.case_receipt(), inclusion=[])]},
    "the receipt's checkpoint of another log": {
        "receipt": [altered(TRUE.case_receipt(), checkpoint=back_dated().checkpoint())],
    },
    "a foreign key": {"receipt": [FOREIGN.case_receipt()]},
    "a foreign key under a checkpoint": {"receipt": [TRUE.case_receipt()], "checkpoint": [FOREIGN.checkpoint()]},
    "another log's name with the same key": {
        "receipt": [TRUE.case_receipt()], "key": [VerifierKey("other", KEY.public)],
    },
    "a proof that leaves a hash out": {
        "receipt": [TRUE.case_receipt()], "checkpoint": [KEPT],
        "proof": [Growth(7, TRUE.growth(7).proof[1:], TRUE.checkpoint())],
    },
    "no cosignature where one is asked for": {"receipt": [TRUE.case_receipt()], "witness": [WITNESS_KEY]},
    "a cosignature by somebody else": {
        "receipt": [TRUE.entry_receipt(checkpoint=TRUE.cosigned())],
        "witness": [WitnessKey(WITNESS_KEY.name, private(9).public_key().public_bytes_raw())],
    },
    "a cosignature over another checkpoint": {
        "receipt": [TRUE.entry_receipt(checkpoint=TRUE.checkpoint() + TRUE.cosigned(7).splitlines(keepends=True)[-1])],
        "witness": [WITNESS_KEY],
    },
    "a cosignature dated back": {
        "receipt": [TRUE.entry_receipt(
            checkpoint=TRUE.checkpoint()
            + cosign(note.parse(TRUE.checkpoint()).text, WITNESS_KEY, 1, lambda _: LOG.sign(b"x")).line()
        )],
        "witness": [WITNESS_KEY],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED_SETS)
def test_what_is_forged_does_not_hold(
    program: Program, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program(words(tmp_path, FORGED_SETS[name])) == 6
    told = capsys.readouterr().out
    assert "DOES NOT HOLD" in told
    assert "All holds" not in told


def test_a_forger_without_a_kept_checkpoint_is_not_found_which_is_why_somebody_keeps_one(
    program: Program, tmp_path: Path
) -> None:
    assert program(words(tmp_path, {"receipt": [back_dated().case_receipt()]})) == 0


MISSING_SETS: dict[str, Files] = {
    "no proof between two sizes": {"receipt": [TRUE.case_receipt()], "checkpoint": [KEPT]},
    "a proof between other sizes": {"receipt": [TRUE.case_receipt()], "checkpoint": [KEPT], "proof": [TRUE.growth(6)]},
    "no receipt but something else": {"receipt": ["[1]"]},
    "a name twice": {"receipt": ['{"format": "argine-receipt/1", "format": "x"}']},
}


@pytest.mark.parametrize("name", MISSING_SETS)
def test_what_cannot_be_told_is_said_so(
    program: Program, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program(words(tmp_path, MISSING_SETS[name])) == 2
    assert "Cannot tell" in capsys.readouterr().out


def test_the_missing_proof_is_named_by_its_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offline.main(words(tmp_path, MISSING_SETS["no proof between two sizes"]))
    assert "/api/v1/log/consistency?old=7&new=11" in capsys.readouterr().out


@pytest.mark.parametrize("key", ["x", WITNESS_KEY.text(), "@/nowhere"])
def test_a_key_that_is_none_tells_nothing(program: Program, key: str) -> None:
    assert program(["--key", key]) == 2


def test_what_comes_from_a_file_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = true_entries(11)
    entries[8] |= {"event": "\x1b[2J\x1b[32mAll good"}
    assert offline.main(words(tmp_path, {"receipt": [Log(entries).entry_receipt(8)]})) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_the_one_file_is_made_of_the_sources_with_nothing_installed() -> None:
    command = [sys.executable, "-S", "-m", "argine.merkle.one_file"]
    made = subprocess.run(command, capture_output=True, text=True, check=True, cwd=SRC, env={"PYTHONPATH": str(SRC)})
    assert made.stdout == one_file()


def test_the_one_file_runs_alone_with_the_standard_library(tmp_path: Path) -> None:
    """In an empty folder, isolated, without site-packages."""
    alone = tmp_path / NAME
    alone.write_text(one_file(), encoding="utf-8")
    for files, code in ((TRUE_SETS["and an older checkpoint"], 0), (FORGED_SETS["an entry back-dated"], 6)):
        command = [sys.executable, "-I", "-S", alone, *words(tmp_path, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env={})
        assert (done.returncode, done.stderr) == (code, "")
    assert ORIGIN in done.stdout or "DOES NOT HOLD" in done.stdout

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.factories import make_case

from argine.cli import exits
from argine.cli.exits import Exit
from argine.desk.audit import queries as log
from argine.desk.audit.operations import sign_head
from argine.desk.cases.queries import receipt
from argine.desk.core import keys
from argine.merkle import note
from argine.merkle.checkpoint import Checkpoint
from argine.merkle.cosignature import cosign
from argine.merkle.one_file import one_file

Run = Callable[..., Result]
Told = Callable[[Result], list[dict[str, Any]]]
Receipt = dict[str, Any]

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def case_receipt() -> Receipt:
    return json.loads(json.dumps(receipt(make_case(statement="It was taken at home, à la maison.").notice)))


@pytest.fixture
def entry_receipt(case_receipt: Receipt) -> Receipt:
    return {**log.receipt(0), "log_key": log.verifier_key().text()}


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def signed(size: int, root: bytes) -> str:
    key = keys.log_key(log.settings.KEYS)
    text = Checkpoint(log.origin(), size, root).text()
    return note.sign(text, log.origin(), key.public_key().public_bytes_raw(), key.sign)


def test_the_receipts_of_a_case_and_of_an_entry_hold(
    run: Run, told: Told, case_receipt: Receipt, entry_receipt: Receipt, tmp_path: Path
) -> None:
    files = [write(tmp_path / "a", case_receipt), write(tmp_path / "b", entry_receipt)]
    for words in (["receipt", "verify", *files], ["receipt", "verify", *files, "--key", log.verifier_key().text()]):
        result = run(*words)
        of_case, of_entry = told(result)
        assert result.exit_code == Exit.OK
        assert (of_case["event"], of_entry["index"], of_case["problem"]) == ("case.notice.received", 0, None)
        assert of_case["own_key"] is ("--key" not in words)


def altered(value: Receipt) -> dict[str, Receipt]:
    """Every way to change one thing in a case receipt."""
    found: dict[str, Receipt] = {}

    def change(name: str, do: Callable[[Receipt], object]) -> None:
        other = copy.deepcopy(value)
        do(other)
        assert other != value, name
        found[name] = other

    for field in value["notice"]:
        change(f"notice.{field}", lambda other, field=field: other["notice"].update({field: "other"}))
        change(f"without notice.{field}", lambda other, field=field: other["notice"].pop(field))
    change("one more fact", lambda other: other["notice"].update(more=True))
    change("salt", lambda other: other.update(salt="0" * 64))
    change("salt of broken text", lambda other: other.update(salt="\ud800"))
    change("no salt", lambda other: other.pop("salt"))
    change("notice is no object", lambda other: other.update(notice=[]))
    for old, new in (("case.notice.received", "case.opened"), ("reporter", "system"), ("commitment", "committed")):
        entry = value["log"]["entry"].replace(old, new)
        change(f"log.entry {old}", lambda other, entry=entry: other["log"].update(entry=entry))
    change("log.index", lambda other: other["log"].update(index=other["log"]["index"] + 1))
    change("log.inclusion", lambda other: other["log"]["inclusion"].reverse())
    change(
        "log.checkpoint",
        lambda other: other["log"].update(checkpoint=value["log"]["checkpoint"].replace("\n", "1\n", 1)),
    )
    change("log_key", lambda other: other.update(log_key="nonsense"))
    return found


def test_a_case_receipt_in_which_anything_was_altered_does_not_hold(
    run: Run, told: Told, case_receipt: Receipt, tmp_path: Path
) -> None:
    changes = altered(case_receipt)
    files = [tmp_path / str(number) for number in range(len(changes))]
    for path, value in zip(files, changes.values(), strict=True):
        path.write_text(json.dumps(value))
    result = run("receipt", "verify", *files)
    assert result.exit_code == Exit.ALTERED
    assert [name for name, record in zip(changes, told(result), strict=True) if record["ok"]] == []


def test_the_entry_of_something_else_is_no_proof_of_a_notice(
    run: Run, case_receipt: Receipt, entry_receipt: Receipt, tmp_path: Path
) -> None:
    case_receipt["log"] = log.receipt(0)
    result = run("receipt", "verify", write(tmp_path / "r", case_receipt))
    assert result.exit_code == Exit.ALTERED
    assert "log entry of a notice" in result.stdout


def test_one_bad_receipt_does_not_hide_the_good_ones(
    run: Run, told: Told, case_receipt: Receipt, entry_receipt: Receipt, tmp_path: Path
) -> None:
    case_receipt["notice"]["statement"] = "other"
    files = [write(tmp_path / "a", case_receipt), write(tmp_path / "b", entry_receipt)]
    assert [record["ok"] for record in told(run("receipt", "verify", *files))] == [False, True]


def test_another_key_than_the_one_that_signed_is_refused(run: Run, case_receipt: Receipt, tmp_path: Path) -> None:
    own = log.verifier_key()
    other = type(own)("argine-log/other", own.public).text()
    (tmp_path / "key").write_text(other)
    path = write(tmp_path / "r", case_receipt)
    for key in (other, f"@{tmp_path / 'key'}"):
        assert run("receipt", "verify", path, "--key", key).exit_code == Exit.ALTERED
    assert run("receipt", "verify", path, "--key", "nonsense").exit_code == Exit.BAD_INPUT


def test_without_any_key_a_receipt_is_not_believed(run: Run, tmp_path: Path) -> None:
    sign_head()
    assert run("receipt", "verify", write(tmp_path / "r", log.receipt(0))).exit_code == Exit.USAGE


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"\xff", b'{"format": "other"}', b'{"format": 1, "format": 1}', b"[" * 100_000]
)
def test_what_is_no_receipt_is_told_from_one_that_does_not_hold(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "r").write_bytes(content)
    result = run("receipt", "verify", tmp_path / "r")
    assert (result.exit_code, result.stdout) == (Exit.BAD_INPUT, "")


def test_a_fact_that_stands_there_twice_is_refused(run: Run, case_receipt: Receipt, tmp_path: Path) -> None:
    path = write(tmp_path / "r", case_receipt)
    path.write_text(path.read_text().replace('"notice": {', '"notice": {"statement": "shown to a person", ', 1))
    assert run("receipt", "verify", path).exit_code == Exit.BAD_INPUT


def test_a_kept_checkpoint_of_the_same_size_must_have_the_same_root(
    run: Run, told: Told, entry_receipt: Receipt, tmp_path: Path
) -> None:
    path = write(tmp_path / "r", entry_receipt)
    head = log.head()
    for name, size, root, code in (
        ("same", head.size, head.root, Exit.OK),
        ("other face", head.size, b"x" * 32, Exit.ALTERED),
        ("other size", head.size + 1, b"x" * 32, Exit.BAD_INPUT),
    ):
        (tmp_path / name).write_text(signed(size, root))
        result = run("receipt", "verify", path, "--checkpoint", tmp_path / name)
        assert result.exit_code == code, name
    assert run("receipt", "verify", path, "--checkpoint", path).exit_code == Exit.ALTERED


def test_a_person_reads_what_was_shown_and_what_was_not(
    run: Run, terminal: None, case_receipt: Receipt, tmp_path: Path
) -> None:
    good = write(tmp_path / "good", case_receipt)
    assert "Compare it with the one that the desk publishes" in run("receipt", "verify", good).stdout
    assert "own" not in run("receipt", "verify", good, "--key", log.verifier_key().text()).stdout
    case_receipt["salt"] = "x"
    bad = run("receipt", "verify", write(tmp_path / "bad", case_receipt)).stdout
    assert "does not hold. The log committed to another notice" in bad


def test_a_receipt_is_checked_without_django_or_any_package_of_the_desk(case_receipt: Receipt, tmp_path: Path) -> None:
    path = write(tmp_path / "r", case_receipt)
    code = (
        "import sys; from argine.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code, *sys.modules, file=sys.stderr)"
    )
    words = [sys.executable, "-c", code, "receipt", "verify", str(path)]
    environment = {**os.environ, "PYTHONPATH": str(Path(exits.__file__).parents[2])}
    ended = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)
    exit_code, *modules = ended.stderr.split()
    assert exit_code == "0"
    assert not {"django", "numpy", "PIL", "cryptography", "socket.socket", "argine.desk.boot"} & set(modules)
    assert list(tmp_path.iterdir()) == [path]


def test_a_receipt_is_held_against_an_older_checkpoint_with_the_logs_proof(
    run: Run, told: Told, case_receipt: Receipt, tmp_path: Path
) -> None:
    first, later, proof = write(tmp_path / "a", case_receipt), tmp_path / "later", tmp_path / "proof"
    make_case()
    later.write_text(run("log", "checkpoint").stdout)
    old = log.open_signed(case_receipt["log"]["checkpoint"], [log.verifier_key()]).size
    without = run("receipt", "verify", first, "--checkpoint", later)
    assert (without.exit_code, f"consistency?old={old}" in without.stderr) == (Exit.BAD_INPUT, True)
    assert run("log", "consistency", old, "-o", proof).exit_code == Exit.OK
    assert run("receipt", "verify", first, "--checkpoint", later, "--proof", proof).exit_code == Exit.OK
    proof.write_text(proof.read_text().replace(f"old {old}", f"old {old - 1}"))
    assert run("receipt", "verify", first, "--checkpoint", later, "--proof", proof).exit_code == Exit.BAD_INPUT


def test_a_receipt_must_bear_the_witness_that_is_asked_for(
    run: Run, told: Told, case_receipt: Receipt, tmp_path: Path
) -> None:
    path, key = write(tmp_path / "a", case_receipt), keys.witness_key(log.settings.KEYS)
    bare = run("receipt", "verify", path, "--witness", log.witness_key().text())
    assert (bare.exit_code, told(bare)[0]["witnesses"]) == (Exit.ALTERED, {})
    signed = case_receipt["log"]["checkpoint"]
    case_receipt["log"]["checkpoint"] += cosign(
        note.parse(signed).text, log.witness_key(), 1_800_000_000, key.sign
    ).line()
    held = run("receipt", "verify", write(path, case_receipt), "--witness", log.witness_key().text())
    assert held.exit_code == Exit.OK
    assert told(held)[0]["witnesses"] == {log.witness_key().name: "2027-01-15 08:00 UTC"}


def test_the_program_for_those_without_argine_is_written_out(run: Run, tmp_path: Path) -> None:
    assert run("receipt", "program", "-o", tmp_path / "verify.py").exit_code == Exit.OK
    assert (tmp_path / "verify.py").read_text(encoding="utf-8") == run("receipt", "program").stdout == one_file()
    words = [sys.executable, "-I", "-S", tmp_path / "verify.py", "--help"]
    assert "--checkpoint" in subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_the_key_as_a_witness_is_told_at_the_shell(run: Run) -> None:
    assert run("log", "key", "--witness").stdout == log.witness_key().text() + "\n"

"""Everything is lost but the backup: the desk comes back, and what people and platforms had from it still holds."""

import json
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.functional.running_desk import NO_UPLOADS, URL, Person, RunningDesk, whole_run_server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("story")]

STATEMENT = "It was taken at home, and I never agreed."


def argine(desk: RunningDesk, *words: object) -> None:
    done = desk.command(*map(str, words))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_desk_that_was_lost_comes_back_from_its_backup(tmp_path: Path) -> None:
    backup, receipt = tmp_path / "backup", tmp_path / "receipt.json"
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("words that are kept elsewhere")
    signal = {"type": "pdq", "value": secrets.token_hex(32), "quality": 100}

    desk = RunningDesk(tmp_path / "data", {**NO_UPLOADS})
    desk.start()
    person = Person(desk.base)
    code = person.report(statement=STATEMENT, signals=json.dumps([{"signals": [signal]}]))
    person.open(code)
    receipt.write_text(json.dumps(person.get_json("/receipt.json")))
    log_key, key = desk.api("log/key")[1].strip(), desk.key
    asked = {"signals": [signal], "content": {"id": "post-7"}}
    assert desk.api("check", asked)[1]["verdict"] == "review"
    # While it runs, and then the machine is gone.
    argine(desk, "backup", backup, "--passphrase-file", passphrase)
    desk.kill()
    shutil.rmtree(desk.data)
    if server := whole_run_server():
        desk.environment[URL] = server.new_database()

    argine(desk, "restore", backup, "--passphrase-file", passphrase)
    desk.start()
    verified = desk.verify()
    assert verified.returncode == 0, verified.stdout
    # The person's code opens the case, what was sealed reads as before, the key of the platform is good, banks match.
    again = Person(desk.base)
    again.open(code)
    assert STATEMENT in again.get("/receipt/")
    assert desk.api("check", asked, key=key)[1]["verdict"] == "review"
    # The receipt from before still holds, and the log as it is now goes on from it.
    assert desk.api("log/key")[1].strip() == log_key
    verifier = tmp_path / "argine_verify.py"
    verifier.write_text(again.get("/receipt/argine_verify.py"))
    words = [sys.executable, "-I", "-S", verifier, receipt, "--key", log_key]
    old = int(json.loads(receipt.read_text())["log"]["checkpoint"].split("\n")[1])
    kept, proof = tmp_path / "kept", tmp_path / "proof"
    kept.write_text(desk.api("log/checkpoint")[1])
    proof.write_text(desk.api(f"log/consistency?old={old}&new={kept.read_text().splitlines()[1]}")[1])
    told = subprocess.run([*words, "--checkpoint", kept, "--proof", proof], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert desk.stop() == 0

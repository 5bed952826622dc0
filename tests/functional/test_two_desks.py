"""Two desks as their operators run them: one cosigns the other's log, and refuses it once it was rolled back."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from time import monotonic, sleep

import pytest
from tests.functional.running_desk import NO_UPLOADS, Person, RunningDesk

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("story")]

PATIENCE_S = 60
ADDRESS = "https://forum.example/1"


def until(found: Callable[[], object]) -> None:
    end = monotonic() + PATIENCE_S
    while not found():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.5)


def rows(desk: RunningDesk, query: str) -> list[tuple[object, ...]]:
    with closing(connect(f"file:{desk.data / 'argine.sqlite3'}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


@pytest.fixture
def helpline(tmp_path: Path) -> Iterator[RunningDesk]:
    desk = RunningDesk(tmp_path / "helpline", {**NO_UPLOADS})
    desk.start()
    yield desk
    desk.kill()


@pytest.fixture
def platform(tmp_path: Path, helpline: RunningDesk) -> Iterator[RunningDesk]:
    """A desk that the helpline witnesses: each operator was given the other's key."""
    _, witness = helpline.api("witness/key")
    desk = RunningDesk(tmp_path / "platform")
    desk.environment = {
        **NO_UPLOADS, "ARGINE_WEBHOOK_PRIVATE": "yes",
        "ARGINE_WITNESSES": f"{witness.strip()} {helpline.base}/api/v1/witness",
    }  # fmt: skip
    desk.start()
    _, key = desk.api("log/key")
    helpline.stop()
    helpline.environment = {**NO_UPLOADS, "ARGINE_WITNESSED_LOGS": key.strip()}
    helpline.start()
    yield desk
    desk.kill()


def test_a_receipt_bears_the_witness_and_a_rolled_back_log_is_refused(
    helpline: RunningDesk, platform: RunningDesk, tmp_path: Path
) -> None:
    # The helpline was not set when the desk first asked: it is asked again after a restart's first new head.
    with closing(connect(platform.data / "argine.sqlite3")) as database, database:
        database.execute("DELETE FROM audit_witness")
    Person(platform.base).report(addresses=ADDRESS)
    until(lambda: rows(platform, "SELECT 1 FROM audit_cosignature"))
    platform.stop()
    early = tmp_path / "early"
    shutil.copytree(platform.data, early)
    platform.start()

    person = Person(platform.base)
    code = person.report(addresses=ADDRESS, statement="The second report.")
    with closing(connect(platform.data / "argine.sqlite3")) as database, database:
        database.execute("UPDATE audit_witness SET asked_at = '2026-01-01'")
    until(lambda: len(rows(platform, "SELECT 1 FROM audit_cosignature")) > 1)
    person.open(code)
    receipt, key = tmp_path / "receipt.json", platform.api("log/key")[1].strip()
    receipt.write_text(json.dumps(person.get_json("/receipt.json")))
    _, witness = helpline.api("witness/key")
    verifier = tmp_path / "argine_verify.py"
    verifier.write_text(person.get("/receipt/argine_verify.py"))
    words = [sys.executable, "-I", "-S", verifier, receipt, "--key", key, "--witness", witness.strip()]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert "The witness argine-witness/" in told.stdout

    platform.kill()
    shutil.rmtree(platform.data)
    shutil.copytree(early, platform.data)
    (platform.data / "checkpoint.txt").unlink(missing_ok=True)
    platform.start()
    Person(platform.base).report(addresses=ADDRESS, statement="In place of the second report.")
    with closing(connect(platform.data / "argine.sqlite3")) as database, database:
        database.execute("UPDATE audit_witness SET asked_at = '2026-01-01'")
    until(lambda: rows(platform, "SELECT 1 FROM audit_witness WHERE problem = 'conflict'"))

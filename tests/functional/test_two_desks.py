"""Two desks as their operators run them: one cosigns the other's log, and refuses it once it was rolled back."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.functional.running_desk import NO_UPLOADS, URL, Person, RunningDesk, whole_run_server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("story")]

PATIENCE_S = 60
ADDRESS = "https://forum.example/1"


ASKED_LONG_AGO = "UPDATE audit_witness SET asked_at = '2026-01-01'"


def until(found: Callable[[], object]) -> None:
    end = monotonic() + PATIENCE_S
    while not found():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.5)


def kept_aside(desk: RunningDesk, place: Path) -> Callable[[], None]:
    """Keep all that a stopped desk has; return what puts it back in place of what it has then."""
    shutil.copytree(desk.data, place)
    server, url = whole_run_server(), ""
    if server is not None:
        url = server.copy_of(desk.environment[URL])

    def put_back() -> None:
        shutil.rmtree(desk.data)
        shutil.copytree(place, desk.data)
        if url:
            desk.environment[URL] = url

    return put_back


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
    helpline.environment |= {"ARGINE_WITNESSED_LOGS": key.strip()}
    helpline.start()
    yield desk
    desk.kill()


def test_a_receipt_bears_the_witness_and_a_rolled_back_log_is_refused(
    helpline: RunningDesk, platform: RunningDesk, tmp_path: Path
) -> None:
    # The helpline was not set when the desk first asked: it is asked again after a restart's first new head.
    platform.sql("DELETE FROM audit_witness")
    Person(platform.base).report(addresses=ADDRESS)
    until(lambda: platform.sql("SELECT 1 FROM audit_cosignature"))
    platform.stop()
    put_back = kept_aside(platform, tmp_path / "early")
    platform.start()

    person = Person(platform.base)
    code = person.report(addresses=ADDRESS, statement="The second report.")
    platform.sql(ASKED_LONG_AGO)
    until(lambda: len(platform.sql("SELECT 1 FROM audit_cosignature")) > 1)
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
    put_back()
    (platform.data / "checkpoint.txt").unlink(missing_ok=True)
    platform.start()
    Person(platform.base).report(addresses=ADDRESS, statement="In place of the second report.")
    platform.sql(ASKED_LONG_AGO)
    until(lambda: platform.sql("SELECT 1 FROM audit_witness WHERE problem = 'conflict'"))

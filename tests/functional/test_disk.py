"""A running desk whose disk really fills up, and one that starts on a disk that is read-only."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.functional.running_desk import NO_UPLOADS, Person, RunningDesk, children

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("disk")]

# A name space of its own, so that nobody but the desk has that disk and none of it stays.
UNSHARE = ("unshare", "--map-root-user", "--mount")
MIB = 48
FAULTS = os.environ.get("ARGINE_FAULTS") == "all"


def may_mount(folder: Path) -> bool:
    words = [*UNSHARE, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    with suppress(OSError):
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    return False


@dataclass
class OwnDisk:
    """A desk whose data folder is a disk of its own, which is seen from here through the desk's process."""

    desk: RunningDesk

    @property
    def folder(self) -> Path:
        assert self.desk.process is not None
        return Path(f"/proc/{self.desk.process.pid}/root{self.desk.data}")

    def fill(self) -> None:
        with (self.folder / "filler").open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    def make_room(self) -> None:
        (self.folder / "filler").unlink()

    def argine(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in the desk's own name space."""
        assert self.desk.process is not None
        enter = ["nsenter", "--target", str(self.desk.process.pid), "--user", "--mount", "--preserve-credentials"]
        line = [*enter, sys.executable, "-m", "argine", *words, "--data", str(self.desk.data)]
        environment = {name: value for name, value in os.environ.items() if name != "ARGINE_DATA"}
        return subprocess.run(line, capture_output=True, text=True, check=False, cwd=Path.cwd(), env=environment)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[OwnDisk]:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    if not may_mount(data):
        pytest.skip("this machine lets tests mount nothing")
    mount = f'mount -t tmpfs -o size={MIB}m,mode=700 tmpfs "{data}" && exec "$@"'
    desk = RunningDesk(data, {**NO_UPLOADS, "ARGINE_TRUST_PROXY": "yes"}, wrapper=(*UNSHARE, "sh", "-c", mount, "sh"))
    desk.start()
    yield OwnDisk(desk)
    if desk.process is not None and desk.process.poll() is None:
        desk.stop()


def test_on_a_full_disk_nothing_is_acknowledged_nothing_lost_and_everybody_is_told(disk: OwnDisk) -> None:
    desk = disk.desk
    code = Person(desk.base).report(where_hint="the page before")
    disk.fill()
    status, page = Person(desk.base).post("/report/", "/report/", said("x" * 50_000))
    assert (status, "Nothing can be taken now" in page) == (503, True)
    # What is there is still read.
    assert Person(desk.base).get("/")
    told = disk.argine("doctor", "--json")
    checks = {line["check"]: line for line in map(json.loads, told.stdout.splitlines())}
    assert checks["Disk"]["level"] == "bad"
    assert "Make room" in checks["Disk"]["to_do"]
    assert desk.process is not None
    assert desk.process.poll() is None
    disk.make_room()
    wait_until_taken(desk)
    assert Person(desk.base).open(code)
    verified = disk.argine("log", "verify")
    assert verified.returncode == 0, verified.stderr
    assert any("disk_full" in line for line in desk.said)
    assert not any("Traceback" in line for line in desk.said)


def said(statement: str) -> dict[str, str]:
    return {"under_18": "no", "capacity": "depicted_person", "nature": "real", "no_consent": "on",
            "good_faith": "on", "signature": "A. Person", "statement": statement[:5000],
            "addresses": "\n".join(f"https://a.example/{n:0900}" for n in range(30))}  # fmt: skip


def wait_until_taken(desk: RunningDesk) -> None:
    end = monotonic() + 30
    while monotonic() < end:
        status, _ = Person(desk.base).post("/report/", "/report/", said("after"))
        if status == 200:
            return
        sleep(0.5)
    raise AssertionError("the desk does not go on once there is room")


def test_a_desk_does_not_start_on_a_disk_that_is_read_only_and_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    desk = RunningDesk(data, {**NO_UPLOADS})
    desk.start()
    assert desk.stop() == 0
    if not may_mount(tmp_path):
        pytest.skip("this machine lets tests mount nothing")
    again = f'mount --bind "{data}" "{data}" && mount -o remount,ro,bind "{data}" && exec "$@"'
    for words, text in ((("up", "--port", str(desk.port)), "Read-only"), (("doctor",), "read-only")):
        line = [*UNSHARE, "sh", "-c", again, "sh", sys.executable, "-m", "argine", *words, "--data", str(data)]
        found = subprocess.run(line, capture_output=True, text=True, check=False, env=desk._environment(), timeout=60)
        assert found.returncode != 0
        assert "Traceback" not in found.stderr
        assert text.lower() in (found.stderr + found.stdout).lower(), found.stderr + found.stdout


@pytest.mark.skipif(not FAULTS, reason="takes more than a minute; ARGINE_FAULTS=all asks for it")
def test_a_web_process_that_hangs_is_ended_and_another_takes_its_place(tmp_path: Path) -> None:
    desk = RunningDesk(tmp_path / "data")
    desk.start()
    code = Person(desk.base).report(where_hint="the page before")
    assert desk.process is not None
    web = next(pid for pid in children(desk.process.pid) if b"serve.web" in Path(f"/proc/{pid}/cmdline").read_bytes())
    hung = next(iter(children(web)))
    os.kill(hung, signal.SIGSTOP)
    end = monotonic() + 120
    while hung in children(web) and monotonic() < end:
        sleep(1)
    assert hung not in children(web)
    assert Person(desk.base).open(code)
    assert desk.stop() == 0

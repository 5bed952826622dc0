"""The supervisor: what falls is started again, later and later; all ends together; nothing outlives its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from argine.desk.serve import supervisor
from argine.desk.serve.supervisor import Child, Supervisor

SLEEPER = """
import sys, time
from pathlib import Path
with Path(sys.argv[1]).open("a") as file:
    file.write("started\\n")
time.sleep(60)
"""
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPER
FALLER = "import sys\nfrom pathlib import Path\nPath(sys.argv[1]).open('a').write('started\\n')\nsys.exit(3)\n"


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "it did not come to pass"
        sleep(0.01)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LOOK_EVERY_S", 0.01), ("GRACE_S", 0.6), ("LONGEST_WAIT_S", 0.2)):
        monkeypatch.setattr(supervisor, name, value)


class Room:
    """A supervisor over small programs, watched in a thread as `argine up` does."""

    def __init__(self, folder: Path, **programs: str) -> None:
        commands = {}
        for name, source in programs.items():
            (folder / f"{name}_program.py").write_text(source)
            commands[name] = [f"{name}_program", str(folder / name)]
        self.folder, self.done = folder, Event()
        self.supervisor = Supervisor(commands, {"PYTHONPATH": str(folder)})
        for child in self.supervisor.children:
            child.wait_s = 0.01
        self.supervisor.start()
        self.thread = Thread(target=self.supervisor.watch, args=(self.done,))
        self.thread.start()

    def starts(self, name: str) -> int:
        file = self.folder / name
        return file.read_text().count("started") if file.exists() else 0

    def child(self, name: str) -> Child:
        return next(child for child in self.supervisor.children if child.name == name)

    def close(self) -> None:
        self.done.set()
        self.thread.join(10)
        self.supervisor.stop()


@pytest.fixture
def rooms(quick: None, tmp_path: Path) -> Iterator[Callable[..., Room]]:
    opened: list[Room] = []

    def open_room(**programs: str) -> Room:
        opened.append(Room(tmp_path, **programs))
        return opened[-1]

    yield open_room
    for room in opened:
        room.close()


def pid(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def test_a_child_that_is_killed_is_started_again_and_its_sibling_is_left_alone(rooms: Callable[..., Room]) -> None:
    room = rooms(web=SLEEPER, ticker=SLEEPER)
    until(lambda: room.starts("web") == room.starts("ticker") == 1)
    sibling = pid(room.child("ticker"))
    os.kill(pid(room.child("web")), signal.SIGKILL)
    until(lambda: room.starts("web") == 2)
    assert (pid(room.child("ticker")), room.starts("ticker")) == (sibling, 1)


def test_a_child_that_keeps_falling_is_started_later_and_later_up_to_a_bound(
    rooms: Callable[..., Room], caplog: pytest.LogCaptureFixture
) -> None:
    room = rooms(worker=FALLER)
    until(lambda: room.starts("worker") >= 3)
    assert 0.01 < room.child("worker").wait_s <= 0.2
    assert "The worker ended with code 3; starting it again" in caplog.text


def test_stopping_ends_all_children_by_asking_and_a_deaf_one_by_force(rooms: Callable[..., Room]) -> None:
    room = rooms(web=SLEEPER, worker=STUBBORN)
    until(lambda: room.starts("web") == room.starts("worker") == 1)
    processes = [child.process for child in room.supervisor.children]
    room.close()
    assert all(child.process is None for child in room.supervisor.children)
    assert [process.returncode for process in processes if process] == [-signal.SIGTERM, -signal.SIGKILL]


def test_a_child_that_ran_steadily_is_started_again_soon(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STEADY_S", 0.0)
    child = Child("web", ["no_such_module_at_all"], wait_s=20.0)
    child.process = subprocess.Popen([sys.executable, "-c", ""])
    child.process.wait()
    child.started = monotonic() - 1
    child.look({})
    assert child.again_at - monotonic() <= supervisor.FIRST_WAIT_S


def test_a_child_that_hangs_is_ended_by_force_and_started_again(
    quick: None, monkeypatch: pytest.MonkeyPatch, rooms: Callable[..., Room], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervisor, "YOUNG_S", 0.1)
    monkeypatch.setattr(supervisor, "ASK_EVERY_S", 0.05)
    room = rooms(worker=STUBBORN, ticker=STUBBORN)
    until(lambda: room.starts("worker") == room.starts("ticker") == 1)
    child = room.child("worker")
    first, hangs = pid(child), True
    os.kill(first, signal.SIGSTOP)  # it neither works nor hears
    child.is_silent = lambda: hangs
    until(lambda: "gives no sign of life" in caplog.text)
    hangs = False
    until(lambda: room.starts("worker") == 2)
    assert pid(child) != first
    assert room.starts("ticker") == 1


def test_a_child_is_not_asked_while_it_is_young_and_one_silence_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    child = Child("worker", [], is_silent=lambda: bool(asked.append(1)) or len(asked) == 1)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        child.process, child.started = process, monotonic()
        child.look({})
        assert asked == []
        child.started = monotonic() - supervisor.YOUNG_S - 1
        child.look({})
        child.look({})
        assert asked == [1]  # the next time in a minute
        child.asked_at -= supervisor.ASK_EVERY_S
        child.look({})
        assert (asked, process.poll()) == ([1, 1], None)
        process.kill()


LIFELINE = """
import sys, time
from argine.desk.serve import lifeline
stop = lifeline.stop_event()
lifeline.hold()
print("ready", flush=True)
print("ended" if stop.wait(60) else "forgotten", flush=True)
"""


@pytest.mark.parametrize("way", ["the parent ends", "SIGTERM", "SIGINT"])
def test_a_child_ends_in_order_when_its_parent_is_gone_or_it_is_asked_to(way: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LIFELINE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if way == "the parent ends":
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, way))
        assert process.stdout.readline() == "ended\n"
        assert process.wait(10) == 0

"""What a confined process can still do, tried from inside one."""

import subprocess
import sys

import pytest

from argine.media.confine import Confinement, Level, filter_program

TRIES = """
import ctypes, mmap, os, socket, sys
import numpy as np
from argine.media.confine import MIB, confine
from threading import Thread

def outcome(attempt):
    try:
        attempt()
    except (OSError, PermissionError, MemoryError, ValueError, RuntimeError) as error:
        return type(error).__name__
    return "done"

known = os.open("/etc/hostname", os.O_RDONLY)
reached = confine(300 * MIB, threads="threads" in sys.argv)
attempts = {
    "open": lambda: open("/etc/hostname"),
    "write a file": lambda: open("/tmp/argine-must-not-be", "w"),
    "list": lambda: os.listdir("/"),
    "socket": socket.socket,
    "program": lambda: os.execv("/bin/true", ["true"]),
    "fork": os.fork,
    "a thread": lambda: Thread(target=len, args=("",)).start(),
    "kill": lambda: os.kill(os.getppid(), 0),
    "new code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
    "much memory": lambda: np.ones(600 * MIB, np.uint8),
    "some memory": lambda: np.ones(20 * MIB, np.uint8),
    "an open file": lambda: os.read(known, 10),
}
for name, attempt in attempts.items():
    os.write(1, f"{name}: {outcome(attempt)}\\n".encode())
os.write(1, f"level: {reached.level}\\n".encode())
"""
FORBIDDEN = ("open", "write a file", "list", "socket", "program", "fork", "kill", "new code")


def tries(*words: str) -> dict[str, str]:
    run = subprocess.run([sys.executable, "-c", TRIES, *words], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return dict(line.split(": ") for line in run.stdout.splitlines())


@pytest.fixture(scope="module")
def tried() -> dict[str, str]:
    return tries()


@pytest.fixture
def fully(tried: dict[str, str]) -> dict[str, str]:
    if tried["level"] != Level.FULL:
        pytest.skip("this kernel has no Landlock or no seccomp")
    return tried


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_fully_confined_process_cannot(fully: dict[str, str], what: str) -> None:
    assert fully[what] == "PermissionError"


def test_a_fully_confined_process_cannot_start_a_thread(fully: dict[str, str]) -> None:
    assert fully["a thread"] == "RuntimeError"


def test_where_threads_are_left_nothing_else_is(fully: dict[str, str]) -> None:
    threaded = tries("threads")
    assert threaded["a thread"] == "done"
    assert {threaded[what] for what in FORBIDDEN} == {"PermissionError"}


@pytest.mark.parametrize("what", ["some memory", "an open file"])
def test_a_confined_process_still_has(tried: dict[str, str], what: str) -> None:
    assert tried[what] == "done"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux holds a process to its address space")
def test_a_confined_process_cannot_take_more_memory_than_it_was_given(tried: dict[str, str]) -> None:
    assert tried["much memory"] == "MemoryError"


@pytest.mark.parametrize(
    ("landlock", "seccomp", "level"),
    [(0, False, "process"), (3, False, "partial"), (0, True, "partial"), (1, True, "full")],
)
def test_the_level_says_what_was_reached(landlock: int, seccomp: bool, level: str) -> None:
    assert Confinement(landlock, seccomp).level == level


@pytest.mark.parametrize("threads", [False, True])
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_jump_of_the_filter_ends_inside_it(machine: str, threads: bool) -> None:
    program = filter_program(machine, threads=threads)
    words = [program[start : start + 8] for start in range(0, len(program), 8)]
    for place, word in enumerate(words):
        code, if_true, if_false = int.from_bytes(word[:2], "little"), word[2], word[3]
        if code != 0x06:
            assert place + 1 + max(if_true, if_false) < len(words)


def run_filter(machine: str, architecture: int, call: int, argument: int, *, threads: bool = False) -> int:
    """What the kernel would answer: the filter's language, as far as the filter speaks it."""
    program = filter_program(machine, threads=threads)
    seen = {0: call, 4: architecture, 16: argument, 32: argument}
    held = place = 0
    while True:
        code = int.from_bytes(program[place * 8 : place * 8 + 2], "little")
        if_true, if_false = program[place * 8 + 2], program[place * 8 + 3]
        value = int.from_bytes(program[place * 8 + 4 : place * 8 + 8], "little")
        place += 1
        match code:
            case 0x20:
                held = seen[value]
            case 0x06:
                return value
            case _:
                holds = {0x15: held == value, 0x45: bool(held & value), 0x35: held >= value}[code]
                place += if_true if holds else if_false


ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000
X86, ARM = 0xC000003E, 0xC00000B7


@pytest.mark.parametrize(
    ("machine", "architecture", "call", "protection", "answer"),
    [
        ("x86_64", X86, 0, 0, ALLOW),  # read
        ("x86_64", X86, 334, 0, ALLOW),  # rseq, the last of the list
        ("x86_64", X86, 257, 0, REFUSE),  # openat
        ("x86_64", X86, 41, 0, REFUSE),  # socket
        ("x86_64", X86, 59, 0, REFUSE),  # execve
        ("x86_64", X86, 9, 3, ALLOW),  # mmap to read and write
        ("x86_64", X86, 9, 5, REFUSE),  # mmap to execute
        ("x86_64", X86, 10, 1, ALLOW),  # mprotect
        ("x86_64", X86, 10, 4, REFUSE),
        ("x86_64", X86, 0x40000000, 0, REFUSE),  # read by another numbering
        ("x86_64", ARM, 0, 0, KILL),
        ("aarch64", ARM, 63, 0, ALLOW),  # read
        ("aarch64", ARM, 56, 0, REFUSE),  # openat
        ("aarch64", ARM, 222, 4, REFUSE),  # mmap to execute
        ("aarch64", ARM, 222, 3, ALLOW),
    ],
)
def test_the_filter_answers(machine: str, architecture: int, call: int, protection: int, answer: int) -> None:
    assert run_filter(machine, architecture, call, protection) == answer


THREAD, PROCESS = 0x3D0F00, 0x1200011  # the flags of glibc's pthread_create and fork
ENOSYS = 0x00050026


@pytest.mark.parametrize(
    ("machine", "architecture", "call", "flags", "answer"),
    [
        ("x86_64", X86, 56, THREAD, ALLOW),
        ("x86_64", X86, 56, PROCESS, REFUSE),
        ("x86_64", X86, 57, 0, REFUSE),  # fork
        ("x86_64", X86, 435, THREAD, ENOSYS),  # clone3
        ("x86_64", X86, 0, 0, ALLOW),
        ("x86_64", X86, 41, 0, REFUSE),
        ("x86_64", X86, 9, 5, REFUSE),
        ("aarch64", ARM, 220, THREAD, ALLOW),
        ("aarch64", ARM, 220, PROCESS, REFUSE),
        ("aarch64", ARM, 435, THREAD, ENOSYS),
    ],
)
def test_a_filter_that_leaves_threads_answers(
    machine: str, architecture: int, call: int, flags: int, answer: int
) -> None:
    assert run_filter(machine, architecture, call, flags, threads=True) == answer


@pytest.mark.parametrize("call", [56, 435])
def test_a_filter_that_does_not_refuses_them(call: int) -> None:
    assert run_filter("x86_64", X86, call, THREAD) == REFUSE

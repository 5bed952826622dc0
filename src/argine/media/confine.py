"""Taking away from a process all that a decoder of pictures does not need: files, network, programs, new code.

A decoder reads what strangers send, and decoders have had faults that run code. So the process that decodes gives up,
for good, everything but reading its input and answering: no_new_privs, resource limits, Landlock (no file, no TCP
connection, no signal to others) and a seccomp filter (only the calls named below; no new executable memory). Each is
used where the kernel has it; what was reached is told, so that an operator sees it. A decoder that cannot do without
a thread of its own, as that of HEIC, may be left that: a thread is held by all that holds its process.

Source: Linux man pages prctl(2), landlock(7), seccomp(2).
"""

import ctypes
import platform
import resource
import struct
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MIB = 1024 * 1024
OPEN_FILES = 16

_PR_SET_NO_NEW_PRIVS = 38
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
_RULESET_VERSION = 1
# Rights that each version of Landlock added to what it can take away.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
_NET_RIGHTS, _NET_SINCE = 0b11, 4
_SCOPES, _SCOPES_SINCE = 0b11, 6


class Level(StrEnum):
    """How much is taken away. `process`: a process of its own with limits, and no more."""

    FULL = "full"
    PARTIAL = "partial"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class Confinement:
    """What was reached: Landlock's version (0: none), and whether the system-call filter stands."""

    landlock: int
    seccomp: bool

    @property
    def level(self) -> Level:
        if self.landlock and self.seccomp:
            return Level.FULL
        return Level.PARTIAL if self.landlock or self.seccomp else Level.PROCESS


def confine(extra_memory: int, *, threads: bool = False) -> Confinement:
    """Give up, in this process and for good, what a decoder does not need. Only one thread may run.

    Args:
        extra_memory: bytes of address space that may still be taken.
        threads: leave the process the right to start threads of its own; never another process.
    """
    _limit(extra_memory)
    if not sys.platform.startswith("linux"):
        return Confinement(landlock=0, seccomp=False)
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return Confinement(_landlock(library), _seccomp(library, threads=threads))


def _limit(extra_memory: int) -> None:
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    # macOS does not enforce it, and has no /proc to ask how much is used.
    statm = Path("/proc/self/statm")
    if statm.exists():
        used = int(statm.read_text().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, used + extra_memory)


def _lower(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (limit, limit))


def _landlock(library: ctypes.CDLL) -> int:
    """Take away all files, TCP and, where it can be, signals to others; return Landlock's version, or 0."""
    version = int(library.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _RULESET_VERSION))
    if version < 1:
        return 0
    files = max(bits for since, bits in _FILE_RIGHTS.items() if since <= version)
    rights = [(1 << files) - 1]
    rights += [_NET_RIGHTS] if version >= _NET_SINCE else []
    rights += [_SCOPES] if version >= _SCOPES_SINCE else []
    ruleset = struct.pack(f"={len(rights)}Q", *rights)
    handle = int(library.syscall(_LANDLOCK_CREATE_RULESET, ruleset, ctypes.c_size_t(len(ruleset)), 0))
    if handle < 0:
        return 0
    refused = library.syscall(_LANDLOCK_RESTRICT_SELF, handle, 0)
    return 0 if refused else version


# The calls that remain: memory, its own threads' locks, time, chance, and reading and writing what is open.
# By machine: the number of the architecture in audit.h, the numbers of the calls, that of seccomp, and those that
# start threads.
_CALLS = {
    "x86_64": (
        0xC000003E,
        {
            "read": 0, "write": 1, "close": 3, "poll": 7, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11,
            "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25,
            "madvise": 28, "nanosleep": 35, "getpid": 39, "sendto": 44, "recvfrom": 45, "exit": 60,
            "gettimeofday": 96, "getrusage": 98, "sigaltstack": 131, "gettid": 186, "futex": 202,
            "sched_getaffinity": 204, "restart_syscall": 219, "clock_gettime": 228, "clock_nanosleep": 230,
            "exit_group": 231, "tgkill": 234, "ppoll": 271, "set_robust_list": 273, "getrandom": 318,
            "membarrier": 324, "rseq": 334,
        },
        317,
        {"clone": 56, "clone3": 435},
    ),
    "aarch64": (
        0xC00000B7,
        {
            "close": 57, "lseek": 62, "read": 63, "write": 64, "ppoll": 73, "exit": 93, "exit_group": 94, "futex": 98,
            "set_robust_list": 99, "nanosleep": 101, "clock_gettime": 113, "clock_nanosleep": 115,
            "sched_getaffinity": 123, "sched_yield": 124, "restart_syscall": 128, "tgkill": 131, "sigaltstack": 132,
            "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "getrusage": 165, "gettimeofday": 169,
            "getpid": 172, "gettid": 178, "sendto": 206, "recvfrom": 207, "brk": 214, "munmap": 215, "mremap": 216,
            "mmap": 222, "mprotect": 226, "madvise": 233, "getrandom": 278, "membarrier": 283, "rseq": 293,
        },
        277,
        {"clone": 220, "clone3": 435},
    ),
}  # fmt: skip
_MAY_MAKE_CODE = ("mmap", "mprotect")
_PROT_EXEC = 4

# Words of the filter's language (linux/filter.h, linux/seccomp.h) and places in what it looks at.
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000  # refused calls answer EPERM
_UNKNOWN = 0x00050026  # ENOSYS: the C library then tries the older call, whose flags a filter can see
_AT_CALL, _AT_ARCHITECTURE, _AT_FLAGS, _AT_PROTECTION = 0, 4, 16, 32
_CLONE_THREAD = 0x00010000
_OTHER_ABI = 0x40000000
_SET_FILTER, _ALL_THREADS = 1, 1

_Word = tuple[int, int, int, int]


def filter_program(machine: str, *, threads: bool = False) -> bytes:
    """The seccomp filter of a machine as the kernel reads it: 8 bytes a word.

    Args:
        machine: as `platform.machine` names it.
        threads: whether `clone` may start a thread.

    Raises:
        KeyError: no table of calls for this machine.
    """
    architecture, calls, _, starting = _CALLS[machine]
    goals = dict.fromkeys(calls.values(), "allow") | {calls[name]: "code" for name in _MAY_MAKE_CODE}
    if threads:
        goals |= {starting["clone"]: "thread", starting["clone3"]: "unknown"}
    # Where the comparisons, of which the first word after them is number 0, lead to.
    ends: list[_Word] = [
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _AT_PROTECTION),
        (_ANY_BIT, 0, 1, _PROT_EXEC),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _AT_FLAGS),
        (_ANY_BIT, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _UNKNOWN),
    ]
    places = {"refuse": 0, "code": 1, "allow": 4, "thread": 5, "unknown": 9}
    count = len(goals)
    words: list[_Word] = [
        (_LOAD, 0, 0, _AT_ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_CALL),
        (_AT_LEAST, count + places["refuse"], 0, _OTHER_ABI),
    ]
    words += [
        (_EQUAL, count - place - 1 + places[goal], 0, number) for place, (number, goal) in enumerate(goals.items())
    ]
    return b"".join(struct.pack("=HBBI", *word) for word in words + ends)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("words", ctypes.c_char_p))


def _seccomp(library: ctypes.CDLL, *, threads: bool) -> bool:
    machine = platform.machine()
    if machine not in _CALLS:
        return False
    words = filter_program(machine, threads=threads)
    program = _Program(len(words) // 8, words)
    call = _CALLS[machine][2]
    return int(library.syscall(call, _SET_FILTER, _ALL_THREADS, ctypes.byref(program))) == 0

"""What a benchmark ran on: numbers without it say nothing."""

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_KIB = 1024
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PROCESSORS = Path("/proc/cpuinfo")
_MEMORY = Path("/proc/meminfo")
_OWN_MEMORY = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it ran. `load` is that of the minute before; `versions` are by the name of the package."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    load: float
    versions: dict[str, str]

    def __str__(self) -> str:
        packages = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return (
            f"{self.cores} x {self.processor}, {self.memory_gib:.0f} GiB, {self.system}; {packages}; "
            f"load {self.load:.1f} when it began"
        )


def describe(*packages: str) -> Machine:
    """Describe this machine and the versions of these packages, of those that are installed."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    versions = {"python": platform.python_version()}
    versions |= {name: found for name in packages if (found := _version(name))}
    return Machine(
        _field(_PROCESSORS, "model name") or platform.machine(),
        os.cpu_count() or 1,
        int((_field(_MEMORY, "MemTotal") or "0 kB").split()[0]) / _KIB**2,
        f"{platform.system()} {platform.machine()}",
        load,
        versions,
    )


def free_memory() -> int:
    """Say how many bytes of memory are free; 0 where the system does not tell."""
    return int((_field(_MEMORY, "MemAvailable") or "0 kB").split()[0]) * _KIB


def own_memory() -> int:
    """Say how many bytes of memory this process holds; 0 where the system does not tell."""
    if not _OWN_MEMORY.exists():
        return 0
    return int(_OWN_MEMORY.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def private_memory(pid: int) -> int:
    """Say how many bytes of memory a process shares with no other; 0 where the system does not tell."""
    return _mapped(pid, "Private_")


def share_of_memory(pid: int) -> int:
    """Say how many bytes of memory a process takes; 0 where the system does not tell.

    What several share counts for each in equal parts ("proportional set size", proc(5)): the shares of all together are
    what they take of the machine. What a process has for itself would also grow when another parts from what they
    shared.
    """
    return _mapped(pid, "Pss:")


def _mapped(pid: int, kind: str) -> int:
    lines = _lines(Path(f"/proc/{pid}/smaps_rollup"))
    return sum(int(line.split()[1]) * _KIB for line in lines if line.startswith(kind))


def descendants(pid: int) -> list[int]:
    """List the processes that a process started, and those that they started; none where the system does not tell."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")  # one for each thread
    children = [int(word) for path in lists for line in _lines(path) for word in line.split()]
    return [one for child in children for one in (child, *descendants(child))]


def processor_seconds(pid: int) -> float:
    """Say how long processors have worked for a process and all its descendants; 0 where the system does not tell."""
    return sum(_ticks(one) for one in (pid, *descendants(pid))) / _TICKS


def processor_seconds_of(roles: Mapping[str, Iterable[int]]) -> dict[str, float]:
    """Say how long processors have worked for processes, each without its descendants, by what they are grouped by."""
    return {role: sum(map(_ticks, pids)) / _TICKS for role, pids in roles.items()}


def _ticks(pid: int) -> int:
    lines = _lines(Path(f"/proc/{pid}/stat"))
    # Behind the name, which may hold anything, in brackets; user and system time are the 14th and 15th of all fields.
    return sum(map(int, lines[0].rpartition(")")[2].split()[11:13])) if lines else 0


def _lines(path: Path) -> list[str]:
    """Read a file of a process that may be gone."""
    try:
        return path.read_text("utf-8").splitlines()
    except OSError:
        return []


def _field(path: Path, name: str) -> str:
    if not path.exists():
        return ""
    for line in path.read_text("utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""

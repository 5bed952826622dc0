"""`argine bench live`: how soon a change of a large bank counts in every process, and what it costs them."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any, TypedDict

import click
import numpy as np

from argine.bench import sections
from argine.bench.machine import describe, private_memory
from argine.cli.bench.http import MIB, environment, filled
from argine.cli.exits import CommandError, Exit
from argine.desk.core import time

SEED = 1_000_000  # far from the seed of the bank
READY = "ready\n"
QUIET_S = 4.0
"""Seconds in which the readers are alone."""


class Numbers(TypedDict):
    """What was seen; times in milliseconds."""

    n: int
    readers: int
    lookups_a_second: float
    quiet_p50: float
    quiet_p99: float
    changes_p99: float
    bulk_p99: float
    added_median: float
    added_most: float
    withdrawn_median: float
    withdrawn_most: float
    own_mib: list[int]


@click.command
@click.option(
    "--n", "count", default=1_000_000, show_default=True, type=click.IntRange(1), help="Pictures in the bank."
)
@click.option("--readers", default=4, show_default=True, type=click.IntRange(1, 64), help="Processes that look up.")
@click.option("--rate", default=1000, show_default=True, type=click.IntRange(1), help="Look-ups a second of each.")
@click.option("--changes", default=20, show_default=True, type=click.IntRange(2), help="Entries added and withdrawn.")
@click.option("--bulk", default=5000, show_default=True, type=click.IntRange(1, 10_000), help="Then so many at once.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
def command(
    count: int, readers: int, rate: int, changes: int, bulk: int, json_path: Path | None, write: Path | None
) -> None:
    """Let processes look codes up in a bank that they share, while another one changes it."""
    machine = describe("django", "numpy", "numba")
    with filled(count) as folder:
        found = measure(folder, count, readers, rate, changes, bulk)
    text = told(found)
    click.echo(text)
    if json_path is not None:
        json_path.write_text(json.dumps({"machine": str(machine), **found}, indent=1) + "\n", "utf-8")
    if write is not None:
        words = f"argine bench live --n {count} --readers {readers} --rate {rate} --changes {changes} --bulk {bulk}"
        about = f"## A bank of {count:,} pictures that changes\n\n`{words}`, {time.now():%Y-%m-%d}. {machine}."
        sections.write_section(write, f"live-{count}", f"{about}\n\n{text}")


def measure(folder: Path, count: int, readers: int, rate: int, changes: int, bulk: int) -> Numbers:
    """Start everything, wait for its end, and count.

    The readers are alone for some seconds; then entries are added, one in each half second, then many at once, then
    the first ones are withdrawn.
    """
    asked = [start(folder, "read") for _ in range(readers)]
    writer = start(folder, "write")
    for process in (*asked, writer):
        wait_for(process)
    begin, every = monotonic() + 0.5, 0.5
    first = begin + QUIET_S
    end = first + 2 * every * changes + 8.0
    task = {"rate": rate, "changes": [SEED + number for number in range(changes)], "every": every, "bulk": bulk}
    for process in asked:
        send(process, {**task, "begin": begin, "end": end})
    send(writer, {**task, "begin": first, "end": end})
    written = answer_of(writer)
    memory = [round(private_memory(process.pid) / MIB) for process in asked]
    seen = [answer_of(process) for process in asked]
    times = np.array([pair for one in seen for pair in one["lookups"]])
    at, took = times[:, 0], times[:, 1] * 1e3
    during = (at >= written["bulk"][0]) & (at <= written["bulk"][1] + 2.0)
    quiet, changing = at < first, (at >= first) & ~during
    added = delays(seen, written, "added")
    gone = delays(seen, written, "gone")
    return Numbers(
        n=count, readers=readers, lookups_a_second=len(times) / (end - begin) / readers,
        quiet_p50=percentile(took[quiet], 50), quiet_p99=percentile(took[quiet], 99),
        changes_p99=percentile(took[changing], 99), bulk_p99=percentile(took[during], 99),
        added_median=percentile(added, 50), added_most=percentile(added, 100),
        withdrawn_median=percentile(gone, 50), withdrawn_most=percentile(gone, 100), own_mib=memory,
    )  # fmt: skip


def start(folder: Path, role: str) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "argine.cli.bench.live_process", role]
    return subprocess.Popen(  # noqa: S603 - ourselves
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**environment(), "ARGINE_DATA": str(folder)},
    )


def wait_for(process: "subprocess.Popen[str]") -> None:
    """Wait until a process has its banks.

    Raises:
        CommandError: it failed.
    """
    assert process.stdout is not None  # noqa: S101 - asked for above
    if process.stdout.readline() != READY:
        raise CommandError("A process of the benchmark failed; what it said stands above.", Exit.FAULT)


def send(process: "subprocess.Popen[str]", task: dict[str, object]) -> None:
    assert process.stdin is not None  # noqa: S101 - asked for above
    process.stdin.write(json.dumps(task) + "\n")
    process.stdin.flush()


def answer_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a process says at its end: `Seen` of a reader, `Written` of the writer, in JSON's own types.

    Raises:
        CommandError: it failed.
    """
    said, _ = process.communicate()
    if process.returncode:
        raise CommandError("A process of the benchmark failed; what it said stands above.", Exit.FAULT)
    found: dict[str, Any] = json.loads(said)
    return found


def delays(
    seen: Sequence[dict[str, Any]], written: dict[str, Any], what: str
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """Milliseconds from the commit of each change to its being seen by each reader.

    Raises:
        CommandError: a reader never saw one.
    """
    missed = [change for one in seen for change in written[what] if change not in one[what]]
    if missed:
        raise CommandError(f"{len(missed)} changes ({what}) were not seen in time.", Exit.FAULT)
    return np.array([(one[what][change] - at) * 1e3 for one in seen for change, at in written[what].items()])


def percentile(values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", part: float) -> float:
    return float(np.percentile(values, part)) if len(values) else 0.0


def told(found: Numbers) -> str:
    """The numbers in a table and two sentences."""
    rows = [
        ["look-ups, nothing changes", f"{found['quiet_p50']:.2f}", f"{found['quiet_p99']:.2f}"],
        ["look-ups while entries come and go", "", f"{found['changes_p99']:.2f}"],
        ["look-ups while many are added at once", "", f"{found['bulk_p99']:.2f}"],
    ]
    return (
        f"{found['readers']} processes, {found['lookups_a_second']:.0f} look-ups a second in each, each with a look at "
        "the change feed. "
        f"An added entry was found {found['added_median']:.0f} ms (median) and at most {found['added_most']:.0f} ms "
        f"after its commit, a withdrawn one was gone after {found['withdrawn_median']:.0f} and at most "
        f"{found['withdrawn_most']:.0f} ms. Memory of each process's own, in MiB: "
        f"{', '.join(map(str, found['own_mib']))}.\n\n{sections.table(['', 'p50 ms', 'p99 ms'], rows)}"
    )

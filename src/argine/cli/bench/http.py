"""`argine bench http`: a desk of its own over a bank of any size, asked over HTTP."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from argine.bench import http, sections
from argine.bench.index.data import random_codes
from argine.bench.machine import descendants, describe, private_memory
from argine.cli.exits import CommandError, Exit
from argine.desk.core import time
from argine.matching import snapshot
from argine.matching.stock import Columns

BANK = "removed"
MIB = 1 << 20
START_S = 120.0
WEB = b"argine.desk.serve.web"
HEAD = ["request", "clients", "a second", "p50 ms", "p99 ms", "processor ms", "part of the rate of nothing"]


@click.command
@click.option(
    "--n", "count", default=1_000_000, show_default=True, type=click.IntRange(1), help="Pictures in the bank."
)
@click.option(
    "--images", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Send a photograph of it."
)
@click.option("--seconds", default=5.0, show_default=True, help="Of each kind of request.")
@click.option("--clients", default="1", show_default=True, help="How many at a time; several numbers with commas.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--hma", is_flag=True, help="Ask by the addresses of HMA's API too.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
def command(  # noqa: PLR0913 - click hands over every option
    count: int,
    images: Path | None,
    seconds: float,
    clients: str,
    workers: int,
    json_path: Path | None,
    write: Path | None,
    *,
    hma: bool,
) -> None:
    """Start a desk with a bank of random pictures and ask it, beside a request that does nothing.

    Everything runs on this machine: the desk and its clients share the processors.
    """
    machine = describe("django", "gunicorn", "numpy", "numba")
    picture = None if images is None else http.largest(images)
    try:
        with filled(count) as folder, running(folder, workers) as desk:
            key = (folder / "keys" / "platform-api.key").read_text("utf-8").strip()
            asked = http.questions(key, picture) + (http.hma_questions(key, picture) if hma else [])
            first = http.ask(desk.port, desk.pid, asked[1], 1, 0)["p99"] / 1e3 + desk.started_s
            numbers = [int(number) for number in clients.split(",")]
            rates = [
                http.ask(desk.port, desk.pid, question, number, seconds) for number in numbers for question in asked
            ]
            memory = [round(private_memory(pid) / MIB) for pid in desk.web_processes()]
    except http.WrongAnswerError as error:
        raise CommandError(str(error), Exit.UNREACHABLE) from None
    rows = [row(rate, rates) for rate in rates]
    show(rows)
    told = f"First check answered {first:.1f} s after the start. Own memory of the web processes in MiB: {memory}."
    click.echo(told)
    if json_path is not None:
        found = {"n": count, "rates": rates, "own_mib": memory, "first_check_s": first}
        json_path.write_text(json.dumps({"machine": str(machine), **found}, indent=1) + "\n", "utf-8")
    if write is not None:
        more = (" --images DIR" if images else "") + (" --hma" if hma else "")
        words = f"argine bench http --n {count} --clients {clients} --seconds {seconds:g} --workers {workers}{more}"
        text = (
            f"## Over HTTP: a bank of {count:,} pictures\n\n`{words}`, {time.now():%Y-%m-%d}. {machine}.\n\n"
            f"Desk and clients share this machine. {told}\n\n{sections.table(HEAD, rows)}"
        )
        sections.write_section(write, f"http-{count}", text)


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that runs: its port, how long its start took in seconds, the web server's first process, that of all."""

    port: int
    started_s: float
    pid: int
    top: int

    def web_processes(self) -> list[int]:
        """Those that answer: they are started by the first."""
        return [pid for pid in descendants(self.pid) if WEB in command_line(pid)]


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@contextmanager
def running(folder: Path, workers: int) -> Iterator[Desk]:
    """Start a desk over a folder and stop it at the end."""
    port, begun = free_port(), monotonic()
    words = [
        sys.executable,
        "-m",
        "argine",
        "up",
        "--data",
        str(folder),
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()) as process:  # noqa: S603 - ourselves
        try:
            while not answers(port):
                if process.poll() is not None or monotonic() - begun > START_S:
                    raise CommandError("The desk did not start; try `argine up` by itself.", Exit.UNREACHABLE)
                sleep(0.05)
            web = next(pid for pid in descendants(process.pid) if WEB in command_line(pid))
            yield Desk(port, monotonic() - begun, web, process.pid)
        finally:
            process.send_signal(signal.SIGINT)


@contextmanager
def filled(count: int) -> Iterator[Path]:
    """The folder of a desk that has so many pictures in its bank and does not run; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="argine-bench-"))
    try:
        make(folder, count)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make(folder: Path, count: int) -> None:
    """Make a desk that has so many pictures in its bank."""
    begin(folder)
    fill(folder, count)


def begin(folder: Path) -> None:
    """Make a desk's database and keys by a command that writes, in a third of the time that a start takes.

    Raises:
        CommandError: it failed; what it said is in the message.
    """
    words = [sys.executable, "-m", "argine", "staff", "invite", "--role", "operator", "--data", str(folder)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, env=environment())  # noqa: S603 - ourselves
    if ended.returncode:
        raise CommandError(f"The desk could not be made: {ended.stderr.strip()}", Exit.FAULT)


def environment() -> dict[str, str]:
    """What this process was told, less what names another desk and its settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ARGINE_")}


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fill(folder: Path, count: int) -> None:
    """Put random pictures into the bank of what was decided, as the files that a desk of that size has.

    Their rows in the database are left out: no check that finds nothing reads them, and millions take long to write.
    """
    ids = np.random.default_rng(2).bytes(16 * count)
    codes = random_codes(count, 1)
    stock = Columns.of(ids, np.zeros(count, np.uint16), (BANK,), {}).stock
    (folder / "index").mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / "argine.sqlite3")) as database:
        (newest,) = database.execute("SELECT MAX(seq) FROM banks_change").fetchone()
    snapshot.save(folder / "index" / "1", Columns(stock, np.arange(count), codes), str(newest))


def row(rate: http.Rate, rates: list[http.Rate]) -> list[str]:
    base = next(one for one in rates if one["clients"] == rate["clients"])
    return [
        rate["name"],
        str(rate["clients"]),
        f"{rate['a_second']:.1f}",
        f"{rate['p50']:.2f}",
        f"{rate['p99']:.2f}",
        f"{rate['processor']:.2f}",
        f"{rate['a_second'] / base['a_second']:.2f}",
    ]


def show(rows: list[list[str]]) -> None:
    shown = Table(*HEAD)
    for cells in rows:
        shown.add_row(*cells)
    Console().print(shown)

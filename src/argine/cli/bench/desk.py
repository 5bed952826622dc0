"""`argine bench desk`: a desk of its own with thousands of open cases, asked as staff ask it."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import urlencode

import click
import numpy as np

from argine.bench import http, sections
from argine.bench.http import Question
from argine.bench.machine import describe
from argine.cli.bench.http import Desk, begin, environment, running
from argine.cli.exits import CommandError, Exit
from argine.desk.core import time

LOGIN, QUEUE = "/console/login/", "/console/"
WARM_S, WARM_TRIES, WARM_CLIENTS = 5.0, 4, 4
WARMED = {"queue: open", "search by pdq", "case page"}
"""What is asked before anything is measured, by several clients, so that each process has read its banks and pages."""
TABS = ("open", "received", "second", "waiting", "removal", "appeals", "again", "closed")
FILTERS = (("kind", "notice"), ("claimed", "free"), ("left", "late"), ("left", "none"), ("language", "it"))
LAWS = ("us-tida-s3", "eu-dsa-16")
FOUND = 302
BUSY = (
    "Where the load is above the number of cores, each has to wait for others: *processor ms* then says what the desk "
    "itself needs, and a machine without other work answers in little more than that."
)
HEAD = ["what", "p50 ms", "p95 ms", "p99 ms", "processor ms", "goal of p95"]
GOALS = {"queue": 200, "search": 200, "case": 200, "dashboard": 500, "ticker": 1000}


class Line(TypedDict):
    """How long one thing took, in milliseconds. `goal` is the most that its 95th percentile may be; 0 for none.

    `processor` is the time that processors worked for it, on average: on a busy machine it says more.
    """

    name: str
    p50: float
    p95: float
    p99: float
    processor: float
    goal: int


@click.command
@click.option("--n", "count", default=10_000, show_default=True, type=click.IntRange(10), help="Open cases.")
@click.option("--seconds", default=5.0, show_default=True, help="Of each page.")
@click.option("--times", default=20, show_default=True, type=click.IntRange(1), help="Notices and passes measured.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
def command(count: int, seconds: float, times: int, workers: int, json_path: Path | None, write: Path | None) -> None:
    """Fill a desk with open cases, and half as many closed ones, and ask for its pages; then let it work.

    Everything runs on this machine: the desk and its one client share the processors.
    """
    machine = describe("django", "gunicorn")
    folder = Path(tempfile.mkdtemp(prefix="argine-bench-"))
    try:
        lines, told = measure(folder, count, seconds, times, workers)
    except http.WrongAnswerError as error:
        raise CommandError(str(error), Exit.UNREACHABLE) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = f"{told}\n\n{sections.table(HEAD, [cells(line) for line in lines])}"
    click.echo(text)
    if json_path is not None:
        found = {"machine": str(machine), "n": count, "lines": lines}
        json_path.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if write is not None:
        words = f"argine bench desk --n {count} --seconds {seconds:g} --times {times} --workers {workers}"
        about = f"## A desk with {count:,} open cases\n\n`{words}`, {time.now():%Y-%m-%d}. {machine}."
        sections.write_section(write, f"desk-{count}", f"{about}\n\n{text}")


def measure(folder: Path, count: int, seconds: float, times: int, workers: int) -> tuple[list[Line], str]:
    """Fill the desk, ask for each page for some seconds, then receive notices and let clocks pass."""
    begin(folder)
    desk = in_folder(folder, "fill", {"count": count})
    with running(folder, workers) as served:
        asked = [*pages(desk, log_in(served.port, desk))]
        for question in asked:
            if question.name in WARMED:
                warm(served, question)
        rates = [http.ask(served.port, served.pid, question, 1, seconds) for question in asked]
    lines = [page_line(rate) for rate in rates]
    worked = in_folder(folder, "measure", {"count": times})
    lines += [
        line("a notice received", worked["submit"], 0),
        line("a pass of the ticker, nothing to do", worked["first"], GOALS["ticker"]),
        line("passes of the ticker, a minute apart", worked["minute"], GOALS["ticker"]),
        line("the pass after an hour of standstill", worked["hour"], 0),
    ]
    return lines, f"{desk['open']:,} open cases of {desk['all']:,}. Pages over HTTP, by one client. {BUSY}"


def warm(served: Desk, question: Question) -> None:
    """Ask for a while: a process reads its banks in its first seconds, on a busy machine in its first minutes."""
    for _ in range(WARM_TRIES):
        try:
            http.ask(served.port, served.pid, question, WARM_CLIENTS, WARM_S)
        except TimeoutError:
            continue
        return


def in_folder(folder: Path, role: str, task: dict[str, object]) -> dict[str, Any]:
    """Run a role of `desk_process` over a folder and return what it says: its `Filled` or `Measured`.

    Raises:
        CommandError: it failed.
    """
    words = [sys.executable, "-m", "argine.cli.bench.desk_process", role]
    ended = subprocess.run(  # noqa: S603 - ourselves
        words, input=json.dumps(task) + "\n", stdout=subprocess.PIPE, text=True, check=False,
        env={**environment(), "ARGINE_DATA": str(folder)},
    )  # fmt: skip
    if ended.returncode:
        raise CommandError("A process of the benchmark failed; what it said stands above.", Exit.FAULT)
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def log_in(port: int, desk: dict[str, Any]) -> dict[str, str]:
    return http.log_in(port, LOGIN, {"login": desk["email"], "password": desk["password"]})


def pages(desk: dict[str, Any], cookies: dict[str, str]) -> Sequence[Question]:
    """Every filter of the queue, its last page, both laws, the search, a case."""
    head = {"Cookie": http.cookie_head(cookies)}
    form = {**head, "Content-Type": "application/x-www-form-urlencoded"}
    today = time.now().date()
    long = f"from={today - timedelta(days=120)}&to={today}&law={LAWS[0]}"
    token = cookies["csrftoken"]
    return [
        *(Question(f"queue: {tab}", "GET", f"{QUEUE}?state={tab}", head, bytes) for tab in TABS),
        *(Question(f"queue: open, law {law}", "GET", f"{QUEUE}?law={law}", head, bytes) for law in LAWS),
        Question("queue: open, last page", "GET", f"{QUEUE}?page=9999", head, bytes),
        *(
            Question(f"queue: open, {name}={value}", "GET", f"{QUEUE}?{name}={value}", head, bytes)
            for name, value in FILTERS
        ),
        *(
            Question(f"search by {name}", "POST", f"{QUEUE}search", form, _sought(token, str(desk[name])), FOUND)
            for name in ("number", "address", "sha256", "pdq")
        ),
        Question("search by host", "POST", f"{QUEUE}search", form, _sought(token, "forum.example")),
        Question("dashboard: 30 days", "GET", f"{QUEUE}dashboard", head, bytes),
        Question("dashboard: 120 days, law us-tida-s3", "GET", f"{QUEUE}dashboard?{long}", head, bytes),
        Question("case page", "GET", f"{QUEUE}cases/{desk['case']}", head, bytes),
    ]


def _sought(token: str, text: str) -> Callable[[], bytes]:
    body = urlencode({"csrfmiddlewaretoken": token, "text": text}).encode()
    return lambda: body


def page_line(rate: http.Rate) -> Line:
    goal = GOALS.get(rate["name"].partition(":")[0].partition(" ")[0], 0)
    return Line(
        name=rate["name"], p50=rate["p50"], p95=rate["p95"], p99=rate["p99"], processor=rate["processor"], goal=goal
    )


def line(name: str, took: Sequence[tuple[float, float]], goal: int) -> Line:
    p50, p95, p99 = map(float, np.percentile([whole for whole, _ in took], [50, 95, 99]))
    worked = float(np.mean([processor for _, processor in took]))
    return Line(name=name, p50=p50, p95=p95, p99=p99, processor=worked, goal=goal)


def cells(row: Line) -> list[str]:
    numbers = [f"{number:.0f}" for number in (row["p50"], row["p95"], row["p99"], row["processor"])]
    return [row["name"], *numbers, str(row["goal"]) if row["goal"] else ""]

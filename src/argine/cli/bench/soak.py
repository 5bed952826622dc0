"""`argine bench soak`: a desk of its own under a steady mixed load, watched for growth of memory and of times."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TypedDict

import click

from argine.bench import http, sections, soak
from argine.bench.machine import descendants, describe, share_of_memory
from argine.cli.bench.http import MIB, command_line, filled, running
from argine.cli.exits import CommandError, Exit
from argine.desk.core import time

MOST_GROWTH = 5.0
"""Percent by which the memory of a process may grow after the warm-up."""
READINGS = 5
"""How often memory is read after the warm-up, at equal distances."""
ROLES = {
    b"serve.web": "web", b"background\0ticker": "ticker", b"background\0worker": "worker",
    b"background\0courier": "courier", b"argine\0up": "supervisor", b"signals.child": "hashing",
}  # fmt: skip


class Found(TypedDict):
    """What is written as JSON. `read_at` are the minutes at which memory was read."""

    read_at: list[float]
    minutes: list[soak.Minute]
    processes: list[soak.Growth]
    reports: int
    wrong: list[str]


@click.command
@click.option("--minutes", default=60, show_default=True, type=click.IntRange(1), help="How long.")
@click.option("--warm-up", default=0, type=click.IntRange(0), help="Minutes of it before memory counts; 0: a third.")
@click.option("--rate", default=50, show_default=True, type=click.IntRange(1), help="Requests a second, altogether.")
@click.option("--clients", default=4, show_default=True, type=click.IntRange(1, 64), help="How many send them.")
@click.option("--n", "count", default=100_000, show_default=True, type=click.IntRange(1), help="Pictures in the bank.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - click hands over every option
    context: click.Context,
    minutes: int,
    warm_up: int,
    rate: int,
    clients: int,
    count: int,
    workers: int,
    json_path: Path | None,
    write: Path | None,
) -> None:
    """Check uploads by signals and files, open pages and report, at a steady rate; watch every process meanwhile.

    The exit code is 1 if something was answered wrongly, or a process, or all together, grew by more than 5 percent
    after the warm-up. What processes share counts for each in equal parts.
    """
    machine = describe("django", "gunicorn", "numpy", "numba")
    warm_up = warm_up or max(1, minutes // 3)
    with filled(count) as folder:
        found = _soak(folder, workers, minutes, warm_up, (rate, clients))
    text = told(found)
    click.echo(text)
    if json_path is not None:
        json_path.write_text(json.dumps({"machine": str(machine), **found}, indent=1) + "\n", "utf-8")
    if write is not None:
        words = f"--minutes {minutes} --warm-up {warm_up} --rate {rate} --clients {clients} --n {count}"
        about = f"## {minutes} minutes of steady load\n\n`argine bench soak {words}`, {time.now():%Y-%m-%d}. {machine}."
        sections.write_section(write, "soak", f"{about}\n\n{text}")
    context.exit(Exit.OK if is_steady(found) else Exit.DIFFERENT)


def _soak(folder: Path, workers: int, minutes: int, warm_up: int, pace: tuple[int, int]) -> Found:
    with running(folder, workers) as desk:
        key = (folder / "keys" / "platform-api.key").read_text("utf-8").strip()
        load = soak.Load(_parts(key), *pace)
        soak.warm(desk.port, load)
        readings: list[dict[str, float]] = []
        end = Event()
        times = [warm_up + (minutes - warm_up) * part / READINGS for part in range(READINGS + 1)]
        watcher = Thread(target=_read_at, args=(times[:-1], lambda: readings.append(memory(desk.top)), end))
        watcher.start()
        seen = soak.press(desk.port, load, minutes * soak.MINUTE_S)
        end.set()
        watcher.join()
        readings.append(memory(desk.top))
    if not seen.times:
        raise CommandError("The desk answered nothing.", Exit.UNREACHABLE)
    return Found(
        read_at=times,
        minutes=soak.minutes(seen.times),
        processes=soak.growths(readings),
        reports=seen.reports,
        wrong=seen.wrong,
    )


def _read_at(times: Sequence[float], read: Callable[[], None], end: Event) -> None:
    """Read the memory so many minutes after now, until the end."""
    begin = monotonic()
    for minute in times:
        if end.wait(max(0.0, begin + minute * soak.MINUTE_S - monotonic())):
            return
        read()


def _parts(key: str) -> list[tuple[int, http.Question]]:
    """Mostly checks that find nothing, as on a platform; some of files; now and then a page."""
    bearer = {"Authorization": f"Bearer {key}"}
    as_json, as_file = ({**bearer, "Content-Type": f"application/{kind}"} for kind in ("json", "octet-stream"))
    picture = http.jpeg(None, *http.SIDES["0.5"])
    return [
        (70, http.Question("a check by signals", "POST", http.CHECK, as_json, lambda: http.signals(8))),
        (15, http.Question("a check of a file", "POST", http.CHECK, as_file, lambda: picture)),
        (5, http.Question("the first page", "GET", "/", {}, bytes)),
        (5, http.Question("the page for a code", "GET", "/status/", {}, bytes)),
        (5, http.Question("the decisions", "GET", "/api/v1/decisions", bearer, bytes)),
    ]


def memory(top: int) -> dict[str, float]:
    """The memory of each process of a desk, in MiB, by its role and number."""
    return {f"{role} {pid}": share_of_memory(pid) / MIB for role, pids in by_role(top).items() for pid in pids}


def by_role(top: int) -> dict[str, list[int]]:
    """The processes of a desk."""
    found: dict[str, list[int]] = defaultdict(list)
    for pid in (top, *descendants(top)):
        with suppress(OSError):  # it has just ended
            words = command_line(pid)
            found[next((name for mark, name in ROLES.items() if mark in words), "other")].append(pid)
    return found


def is_steady(found: Found) -> bool:
    return not found["wrong"] and all(one["percent"] <= MOST_GROWTH for one in found["processes"])


def told(found: Found) -> str:
    by_minute = [
        [str(one["minute"]), str(one["requests"]), f"{one['p50']:.2f}", f"{one['p99']:.2f}"] for one in found["minutes"]
    ]
    by_process = [
        [one["name"].split(" ")[0], *(f"{mib:.1f}" for mib in one["mib"]), f"{one['percent']:+.1f}"]
        for one in found["processes"]
    ]
    when = [f"MiB at minute {minute:g}" for minute in found["read_at"]]
    wrong = ", ".join(sorted(set(found["wrong"]))[:5]) or "none"
    return (
        f"{sum(one['requests'] for one in found['minutes']):,} requests and {found['reports']} reports; "
        f"wrong answers: {len(found['wrong'])} ({wrong}).\n\n"
        f"{sections.table(['minute', 'requests', 'p50 ms', 'p99 ms'], by_minute)}\n\n"
        f"{sections.table(['process', *when, 'percent'], by_process)}"
    )

"""`argine bench load`: as many mixed upload checks as a desk of its own can answer, by signals and of pictures."""

import io
import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from time import process_time
from typing import TypedDict

import click
from PIL import Image

from argine.bench import http, load, sections, soak
from argine.bench.machine import describe, processor_seconds_of
from argine.cli.bench.http import Desk, filled, running
from argine.cli.bench.soak import by_role, memory
from argine.cli.exits import CommandError, Exit
from argine.cli.files import spread
from argine.cli.hash import SignalTypes, Types
from argine.desk.core import time
from argine.signals.hasher import ALL_TYPES

SIDE = (1440, 1080)
MOST_PICTURES = 50
WARM_S = 5.0
MINUTE_S = 60.0
LEAST_PART = 0.005
CLIENT = "clients of the benchmark"


class Found(TypedDict):
    """What is written as JSON. `processor` is in seconds, by the role of the process."""

    seconds: float
    kinds: list[load.Kind]
    minutes: list[soak.Minute]
    processes: list[soak.Growth]
    processor: dict[str, float]
    wrong: dict[str, int]


@click.command
@click.option("--minutes", default=10.0, show_default=True, type=click.FloatRange(0, min_open=True), help="How long.")
@click.option(
    "--n", "count", default=1_000_000, show_default=True, type=click.IntRange(1), help="Pictures in the bank."
)
@click.option("--images", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Send photographs of it.")
@click.option("--pictures", default=20, show_default=True, type=click.IntRange(0, 100), help="Of a hundred checks.")
@click.option("--signals", "types", default=",".join(sorted(ALL_TYPES)), type=SignalTypes(), help="Made of pictures.")
@click.option("--clients", default=4, show_default=True, type=click.IntRange(1, 64), help="How many ask at a time.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - click hands over every option
    context: click.Context,
    minutes: float,
    count: int,
    images: Path | None,
    pictures: int,
    types: Types,
    clients: int,
    workers: int,
    json_path: Path | None,
    write: Path | None,
) -> None:
    """Ask a desk about uploads without a pause: most by their signals, the others as JPEG files of 1440 x 1080 pixels.

    The pictures are photographs of a folder, or drawn by code. Nothing that is asked is in the bank, as with nearly all
    uploads. Desk and clients share this machine. The exit code is 1 if anything was answered wrongly.
    """
    machine, files = describe("django", "gunicorn", "numpy", "numba"), _files(images)
    with filled(count) as folder, running(folder, workers) as desk:
        key = (folder / "keys" / "platform-api.key").read_text("utf-8").strip()
        found = _load(desk, shares(key, files, pictures, types), clients, minutes)
    text = told(found)
    click.echo(text)
    if json_path is not None:
        json_path.write_text(json.dumps({"machine": str(machine), **found}, indent=1) + "\n", "utf-8")
    if write is not None:
        names = ",".join(sorted(types))
        words = (
            f"argine bench load --minutes {minutes:g} --n {count} --pictures {pictures} --signals {names}"
            f" --clients {clients} --workers {workers}"
        )
        head = f"## Mixed upload checks for {minutes:g} minutes, pictures hashed to {names}"
        about = f"`{words}`, {time.now():%Y-%m-%d}. {machine}.\n\n{_told_of(files, images)}"
        sections.write_section(write, f"load-{names}", f"{head}\n\n{about}\n\n{text}")
    context.exit(Exit.DIFFERENT if found["wrong"] else Exit.OK)


def _files(images: Path | None) -> list[bytes]:
    """The pictures to send, each a JPEG of the same size."""
    if images is None:
        return [http.jpeg(None, *SIDE)]
    paths = http.photographs(images)
    if not paths:
        raise CommandError(f"There are no JPEG or PNG files in {images}.", Exit.USAGE)
    return [http.jpeg(Image.open(io.BytesIO(path.read_bytes())), *SIDE) for path in spread(paths, MOST_PICTURES)]


def _told_of(files: Sequence[bytes], images: Path | None) -> str:
    kind = "drawn by code" if images is None else "photographs"
    size = f"{SIDE[0]} x {SIDE[1]} pixels, {sum(map(len, files)) // len(files) // 1024} KiB on average"
    return f"Pictures: {len(files)} of {size}, {kind}. Desk and clients share this machine."


def shares(key: str, files: Sequence[bytes], pictures: int, types: Types) -> list[load.Share]:
    """What is asked: signals in eight views, as a platform's own hasher sends them, and whole files in their turn."""
    bearer = {"Authorization": f"Bearer {key}"}
    as_json = {**bearer, "Content-Type": "application/json"}
    as_file = {**bearer, "Content-Type": "application/octet-stream", "Argine-Signals": ",".join(sorted(types))}
    in_turn = cycle(files)
    return [
        (100 - pictures, http.Question("by signals", "POST", http.CHECK, as_json, partial(http.signals, 8))),
        (pictures, http.Question("of a picture", "POST", http.CHECK, as_file, lambda: next(in_turn))),
    ]


def _load(desk: Desk, asked: Sequence[load.Share], clients: int, minutes: float) -> Found:
    seconds = minutes * MINUTE_S
    load.press(desk.port, asked, clients, min(WARM_S, seconds))
    first, worked, own = memory(desk.top), processor_seconds_of(by_role(desk.top)), process_time()
    answers = load.press(desk.port, asked, clients, seconds)
    if all(answer.wrong for answer in answers):
        raise CommandError("The desk answered nothing as it should.", Exit.UNREACHABLE)
    spent = processor_seconds_of(by_role(desk.top))
    return Found(
        seconds=seconds,
        kinds=load.kinds(answers, seconds),
        minutes=soak.minutes([(answer.began, answer.took) for answer in answers]),
        processes=soak.growths([first, memory(desk.top)]),
        processor={role: spent[role] - worked.get(role, 0.0) for role in spent} | {CLIENT: process_time() - own},
        wrong=dict(Counter(f"{answer.name}: {answer.wrong}" for answer in answers if answer.wrong)),
    )


def told(found: Found) -> str:
    """The numbers in tables: by kind of check, by minute, and what processors and memory were used for."""
    by_kind = [
        [one["name"], f"{one['requests']:,}", f"{one['a_second']:.1f}", f"{one['p50']:.1f}", f"{one['p99']:.1f}"]
        for one in found["kinds"]
    ]
    by_minute = [
        [str(one["minute"]), f"{one['requests']:,}", f"{one['p50']:.1f}", f"{one['p99']:.1f}"]
        for one in found["minutes"]
    ]
    memories = [[one["name"].split(" ")[0], *(f"{mib:.1f}" for mib in one["mib"])] for one in found["processes"]]
    wrong = ", ".join(f"{times} x {what}" for what, times in found["wrong"].items()) or "none"
    return "\n\n".join(
        (
            f"Wrong answers: {wrong}.",
            sections.table(["check", "requests", "a second", "p50 ms", "p99 ms"], by_kind),
            sections.table(["process", "processor seconds", "part of them"], _parts(found["processor"])),
            sections.table(["process", "MiB at the begin", "at the end"], memories),
            sections.table(["minute", "requests", "p50 ms", "p99 ms"], by_minute),
        )
    )


def _parts(processor: dict[str, float]) -> list[list[str]]:
    """By role, most first: those that did next to nothing are left out."""
    whole = sum(processor.values()) or 1.0
    rows = sorted(processor.items(), key=lambda pair: -pair[1])
    return [[role, f"{spent:.1f}", f"{spent / whole:.0%}"] for role, spent in rows if spent / whole >= LEAST_PART]

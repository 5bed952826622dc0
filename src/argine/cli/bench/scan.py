"""`argine bench scan`: a whole scan beside the bare hashing of the same files by the same processes."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import TypedDict

import click
import numpy as np
from PIL import Image

from argine.bench import sections
from argine.bench.machine import describe
from argine.cli.bench.http import make
from argine.cli.exits import CommandError, Exit
from argine.cli.hash import SignalTypes, Types
from argine.cli.output import progress
from argine.desk.core import time
from argine.signals.hasher import ALL_TYPES
from argine.signals.pool import HashPool, PoolLimits

SIDE = (640, 480)
DRAWN = 64  # different pictures: the others are their links, which are read and hashed all the same
ENDED = (Exit.OK, Exit.DIFFERENT)


@click.command
@click.option("--files", "count", default=20_000, show_default=True, type=click.IntRange(10), help="Files to scan.")
@click.option(
    "--n", "banked", default=1_000_000, show_default=True, type=click.IntRange(1), help="Pictures in the bank."
)
@click.option("--workers", default=os.cpu_count() or 1, type=click.IntRange(1, 512), help="Hashing processes.")
@click.option("--signals", "types", default=",".join(sorted(ALL_TYPES)), type=SignalTypes(), help="Which to make.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Keep the results in this document.")
def command(count: int, banked: int, workers: int, types: Types, json_path: Path | None, write: Path | None) -> None:
    """Scan JPEG files of 640 x 480 pixels that are drawn by code, beside decoding, and hashing, them and nothing else.

    The scan is the command itself: its start, the listing, the bank, sealing and book-keeping are in its time.
    """
    machine = describe("numpy", "numba", "pillow")
    folder = Path(tempfile.mkdtemp(prefix="argine-bench-"))
    try:
        files = _draw(folder / "library", count)
        make(folder / "data", banked)
        decoded = _timed(lambda: _decode_all(files, workers), count)
        bare = _timed(lambda: _hash_all(files, workers, types), count)
        whole = _timed(lambda: _scan(folder, workers, types), count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows = [
        _row("read and decoded by Pillow, nothing else", decoded, decoded, bare),
        _row("read and hashed, nothing else", bare, decoded, bare),
        _row("`argine scan`, all of it", whole, decoded, bare),
    ]
    table = sections.table(["way", "files a second", "of decoding", "of hashing", "processor ms a file"], rows)
    click.echo(table)
    if json_path is not None:
        found = {"files": count, "n": banked, "workers": workers, "decoded": decoded, "bare": bare, "scan": whole}
        json_path.write_text(json.dumps({"machine": str(machine), **found}, indent=1) + "\n", "utf-8")
    if write is not None:
        names = ",".join(sorted(types))
        words = f"argine bench scan --files {count} --n {banked} --workers {workers} --signals {names}"
        head = f"## Scanning a library: {count:,} files, {names}\n\n`{words}`, {time.now():%Y-%m-%d}. {machine}."
        sections.write_section(write, f"scan-{names}", f"{head}\n\n{table}")


class Way(TypedDict):
    """How one way fared: what went by on the clock, and how long processors worked for a file, in milliseconds."""

    a_second: float
    processor_ms: float


def _timed(do: Callable[[], float], count: int) -> Way:
    """Do something that says how long it took, in seconds, and whose processes have ended when it is over."""
    before = _worked()
    took = do()
    return Way(a_second=count / took, processor_ms=(_worked() - before) * 1e3 / count)


def _worked() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _row(name: str, way: Way, *others: Way) -> list[str]:
    parts = (f"{way['a_second'] / other['a_second']:.2f}" for other in others)
    return [name, f"{way['a_second']:.1f}", *parts, f"{way['processor_ms']:.2f}"]


def _draw(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    rng = np.random.default_rng(5)
    for number in range(min(DRAWN, count)):
        coarse = Image.fromarray(rng.integers(0, 256, (24, 32, 3), np.uint8))
        smooth = np.asarray(coarse.resize(SIDE, Image.Resampling.BICUBIC), np.int16)
        noisy = (smooth + rng.integers(-9, 10, smooth.shape)).clip(0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / f"{number:06}.jpg", quality=90)
    for number in range(DRAWN, count):
        os.link(folder / f"{number % DRAWN:06}.jpg", folder / f"{number:06}.jpg")
    return sorted(folder.iterdir())


def _decode_all(files: Sequence[Path], workers: int) -> float:
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(_decode, files[: 2 * workers]))  # starts the processes
        begun = perf_counter()
        list(progress(pool.map(_decode, files, chunksize=16), "Decoding", len(files)))
        return perf_counter() - begun


def _decode(path: Path) -> None:
    with Image.open(BytesIO(path.read_bytes())) as picture:
        picture.load()


def _hash_all(files: Sequence[Path], workers: int, types: Types) -> float:
    pool = HashPool(PoolLimits(workers, 60.0))

    def one(path: Path) -> None:
        pool.hash_query(path.read_bytes(), types)

    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(one, files[: 2 * workers]))  # starts the processes
        begun = perf_counter()
        list(progress(threads.map(one, files), "Hashing", len(files)))
        took = perf_counter() - begun
    pool.close()
    return took


def _scan(folder: Path, workers: int, types: Types) -> float:
    words = ["scan", folder / "library", "--out", folder / "report", "--workers", workers, "--data", folder / "data"]
    command_line = [sys.executable, "-m", "argine", *map(str, words), "--signals", ",".join(types)]
    begun = perf_counter()
    ended = subprocess.run(command_line, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    if ended.returncode not in ENDED:
        raise CommandError(f"The scan failed: {ended.stderr[-300:]}", Exit.FAULT)
    return perf_counter() - begun

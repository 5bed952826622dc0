"""The results as Markdown."""

import math
import os
from datetime import datetime
from pathlib import Path

from argine.bench.index.growth import Size
from argine.bench.index.measure import Result
from argine.bench.machine import Machine
from argine.bench.sections import table

_AIM = 100_000_000
_GIB = 1 << 30


def comparison(results: list[Result], missing: list[str], radius: int) -> str:
    """Compare the engines; the first is Argine."""
    ours = results[0]
    most = max(ours.rate)
    head = [
        "",
        "build s",
        "bytes a code",
        "one query p50 us",
        "p99 us",
        "processor us",
        "in a batch us",
        "a second, 1 thread",
    ]
    head += [f"{most} threads"] if most > 1 else []
    head += ["times Argine (processor)", f"least recall, 0..{radius}"]
    rows = [_row(result, ours, most) for result in results]
    text = table(head, rows)
    return "\n\n".join([text, *(f"Not installed, so not measured: {name}." for name in missing)])


def growth(sizes: list[Size]) -> str:
    """Tell how cost grows."""
    head = ["codes", "build s", "bytes a code", "p50 us", "p99 us", "FAISS flat p50 us", "times (processor)"]
    rows = [
        [
            f"{size.count:,}",
            f"{size.build_s:.2f}",
            f"{size.bytes_a_code:.1f}",
            f"{size.p50_us:.1f}",
            f"{size.p99_us:.1f}",
            "" if math.isnan(size.peer_p50_us) else f"{size.peer_p50_us:.0f}",
            "" if math.isnan(size.peer_cpu_us) else f"{size.peer_cpu_us / size.cpu_us:.0f}",
        ]
        for size in sizes
    ]
    needed = sizes[-1].bytes_a_code * _AIM / _GIB
    return f"{table(head, rows)}\n\nAt the bytes a code of the last row, {_AIM:,} codes take {needed:.1f} GiB."


def growth_section(command: str, machine: Machine, when: datetime, parts: list[str]) -> str:
    """Put the parts about growth together under what was run, where and when."""
    about = f"`{command}`, {when:%Y-%m-%d}. {machine}.\n\nRandom codes of 256 bits, one query at a time on one core."
    return "\n\n".join(["## Index: how cost grows with the number of codes", about, *parts])


def section(command: str, machine: Machine, when: datetime, count: int, parts: list[str]) -> str:
    """Put the parts about one size together under what was run, where and when."""
    about = (
        f"`{command}`, {when:%Y-%m-%d}. {machine}.\n\n{count:,} random codes of 256 bits; one core unless said so. "
        "Single queries are random codes, which find nothing, as nearly all real ones do; recall is over planted "
        "neighbours, half of them with the changed bits spread evenly over the chunks, the worst case."
    )
    return "\n\n".join(["## Index: near codes", about, *parts])


def picture(path: Path, document: Path) -> str:
    """Show a plot in a document."""
    return f"![Latency by number of codes]({Path(os.path.relpath(path, document.parent)).as_posix()})"


def _row(result: Result, ours: Result, most: int) -> list[str]:
    cells = [result.name, f"{result.build_s:.2f}", f"{result.bytes_a_code:.1f}", f"{result.p50_us:,.1f}"]
    cells += [f"{result.p99_us:,.1f}", f"{result.cpu_us:,.1f}", f"{result.batch_us:,.1f}", f"{result.rate[1]:,.0f}"]
    cells += [f"{result.rate[most]:,.0f}"] if most > 1 else []
    return [*cells, f"{result.cpu_us / ours.cpu_us:,.0f}", f"{min(result.recall):.3f}"]

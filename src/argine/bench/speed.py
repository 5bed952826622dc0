"""How fast pictures become signals, stage by stage, in one process."""

import io
import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import TypedDict

import numpy as np
from PIL import Image

from argine.media import decode
from argine.signals import patch, pdq
from argine.signals.hasher import QUERY_SIDE, hash_query
from argine.signals.types import SignalType

try:
    import pdqhash

    INSTALLED = True
except ImportError:
    INSTALLED = False


class Stage(TypedDict):
    """One stage over all pictures: the middle time, and what the mean time amounts to."""

    milliseconds: float
    pictures_per_second: float
    megapixels_per_second: float


class Timed(TypedDict):
    """Seconds that each stage took for one picture."""

    megapixels: float
    seconds: dict[str, float]


def timed(path: Path, rounds: int) -> Timed:
    """Time each stage of one file: the best of some rounds, for other programs only ever slow one down.

    Raises:
        OSError: the file cannot be read.
        MediaError: it is no picture.
    """
    data = path.read_bytes()
    pixels = decode.picture(data).pixels
    stages: dict[str, Callable[[], object]] = {
        "decode": lambda: decode.picture(data),
        "decode, for a query": lambda: decode.picture(data, least_side=QUERY_SIDE),
        "pdq": lambda: pdq.hash_pixels(pixels),
        "file to pdq, for a query": lambda: hash_query(data, types={SignalType.PDQ}),
        "pdq in eight views": lambda: pdq.hash_views(pixels),
        "patch, for a bank": lambda: patch.hash_pixels(pixels),
        "patch, for a query": lambda: patch.hash_pixels(pixels, patch.QUERY_PATCHES),
        "file to all signals, for a query": lambda: hash_query(data),
    }
    if INSTALLED:
        stages["Pillow and pdqhash"] = lambda: peer(data)
    seconds = {name: min(_seconds(stage) for _ in range(rounds)) for name, stage in stages.items()}
    return {"megapixels": pixels.shape[0] * pixels.shape[1] / 1e6, "seconds": seconds}


def peer(data: bytes) -> object:
    """Do what the exchanges' client does with a file."""
    return pdqhash.compute(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))


def summed(rows: Sequence[Timed]) -> dict[str, Stage]:
    """Bring the times of all pictures together, by stage."""
    megapixels = sum(row["megapixels"] for row in rows)
    return {name: _stage([row["seconds"][name] for row in rows], megapixels) for name in _names(rows)}


def _names(rows: Iterable[Timed]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row["seconds"]))


def _stage(seconds: Sequence[float], megapixels: float) -> Stage:
    total = sum(seconds)
    return {
        "milliseconds": 1000 * statistics.median(seconds),
        "pictures_per_second": len(seconds) / total,
        "megapixels_per_second": megapixels / total,
    }


def _seconds(stage: Callable[[], object]) -> float:
    start = perf_counter()
    stage()
    return perf_counter() - start


def drift(path: Path) -> int:
    """Bits by which the `pdq` of a file moves when it is shrunk while it is decoded; 0 where there is none."""
    data = path.read_bytes()
    views = hash_query(data, types={SignalType.PDQ}).views
    return pdq.distance(pdq.hash_pixels(decode.picture(data).pixels), views[0]) if views else 0

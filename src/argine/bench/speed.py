"""How fast pictures become signals, stage by stage, in one process."""

import io
import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import TypedDict
from uuid import UUID

import numpy as np
import numpy.typing as npt
from PIL import Image

from argine.matching import Bank, BankEntry, BankKind, Matcher, Verdict, decide
from argine.media import decode
from argine.signals import patch, pdq
from argine.signals.hasher import QUERY_SIDE, hash_query
from argine.signals.types import Signal, SignalType

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


def timed(path: Path, rounds: int, bank: Matcher | None = None) -> Timed:
    """Time each stage of one file: the best of some rounds, for other programs only ever slow one down.

    Args:
        path: the file.
        rounds: of each stage.
        bank: what the whole check is made against; without one that stage is left out.

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
    if bank is not None:
        stages[f"file to verdict, {len(bank)} pictures banked"] = lambda: verdict_of(data, bank)
    if INSTALLED:
        stages["Pillow and pdqhash"] = lambda: peer(data)
    seconds = {name: min(_seconds(stage) for _ in range(rounds)) for name, stage in stages.items()}
    return {"megapixels": pixels.shape[0] * pixels.shape[1] / 1e6, "seconds": seconds}


def verdict_of(data: bytes, bank: Matcher) -> Verdict:
    """Do the whole check of an upload: hash, look up, decide."""
    hashed = hash_query(data)
    return decide(bank.match(hashed.signals, views=hashed.views), hashable=hashed.unhashable is None)


def bank_like(paths: Sequence[Path], count: int, seed: int) -> Matcher:
    """A bank of made-up pictures whose patches are like those of real ones.

    Each picture has a random `pdq` and patches drawn from all of the given pictures', a few bits of each changed: so
    chance brings a query's patches to as many of them as it would in a bank of so many photographs.

    Raises:
        ValueError: the pictures have no patches at all.
    """
    rng, matcher = np.random.default_rng(seed), Matcher()
    matcher.put_bank(Bank("b", "Made up", BankKind.BLOCK))
    sets = [patch.hash_pixels(decode.picture(path.read_bytes()).pixels) for path in paths]
    pool = np.concatenate([one.codes for one in sets])
    if not len(pool):
        raise ValueError("these pictures have no patches to draw from")
    for start in range(0, count, _AT_ONCE):
        matcher.put_entries(_entry(pool, rng) for _ in range(start, min(count, start + _AT_ONCE)))
    return matcher


_AT_ONCE = 5000
_PLACES = 512 * 48


def _entry(pool: npt.NDArray[np.uint8], rng: np.random.Generator) -> BankEntry:
    picked = pool[rng.integers(0, len(pool), patch.BANK_PATCHES)]
    changed = np.bitwise_and.reduce(rng.integers(0, 256, (4, *picked.shape), np.uint8))  # one bit of sixteen
    x, y = (rng.integers(0, _PLACES, len(picked)).astype(np.uint16) for _ in range(2))
    scale, angle = (rng.integers(20, 200, len(picked)).astype(np.uint8) for _ in range(2))
    patches = patch.PatchSet(640, 480, picked ^ changed, x, y, scale, angle)
    signals = (Signal(SignalType.PDQ, rng.bytes(32), 100), Signal(SignalType.PATCH, patches.to_bytes()))
    return BankEntry(str(UUID(bytes=rng.bytes(16))), "b", signals)


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
    """Bits by which the `pdq` of a file moves when it is not decoded whole for a query; 0 where there is none."""
    data = path.read_bytes()
    views = hash_query(data, types={SignalType.PDQ}).views
    return pdq.distance(pdq.hash_pixels(decode.picture(data).pixels), views[0]) if views else 0

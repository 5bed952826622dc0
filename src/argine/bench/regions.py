"""Entries that are bound to a marked part: is the lawful source of a forgery left alone, and the forgery still found?

Of each picture a part is replaced, as a face is put on somebody else's picture. The forgery is banked with its part
marked, roughly, as a hand marks it. Asked about are the source, untouched and as a smaller copy of it, and such a
copy of the forgery. All goes the way of an upload: bytes, signals, matcher, verdict.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypedDict

import numpy as np

from argine.bench.edits import Chance
from argine.bench.edits.compose import Forgery, forged
from argine.bench.edits.kinds import Pixels
from argine.bench.edits.pixel_values import encoded
from argine.bench.edits.shape import crop
from argine.bench.recall import Task, in_processes
from argine.bench.speed import verdict_of
from argine.bench.traces import pixels_of
from argine.bench.wilson import wilson
from argine.matching import Bank, BankEntry, BankKind, Matcher, Verdict
from argine.matching.regions import region_of
from argine.signals.hasher import hash_file_bytes
from argine.signals.patch import Rectangle

PARTS = (5, 15, 30)
"""Percent of the picture's area that are replaced."""

TOO_FAR, TOO_NEAR = 0.10, 0.03
"""How far off a side is marked at most, outwards and inwards, in parts of the part's width or height."""

CROP_KEEPS, QUALITY, BANKED_QUALITY = 0.90, 60, 95
BANK = Bank("forgeries", "Forgeries", BankKind.BLOCK)

Verdicts = dict[int, dict[str, Verdict]]
"""By percent replaced: what was answered about `source`, `source_copy` and `copy`."""


class RegionRow(TypedDict):
    """What came of one size of part: fractions of `n` pictures, and 95 % intervals of the first and the last.

    Attributes:
        n: how many pictures there are.
        source_not_blocked: the source, untouched, is not blocked.
        source_not_matched: nor does it come to review.
        source_copy_not_blocked: the source, cropped by 10 % and compressed, is not blocked.
        copy_blocked: the forgery, cropped by 10 % and compressed, is blocked.
        copy_matched: it is blocked or comes to review.
    """

    n: int
    source_not_blocked: float
    source_not_matched: float
    source_copy_not_blocked: float
    copy_blocked: float
    copy_matched: float
    intervals: dict[str, tuple[float, float]]


def measure(work: Sequence[Task], jobs: int) -> Iterator[Verdicts]:
    """Forge every picture, in as many processes as asked for."""
    return in_processes(verdicts_of, work, jobs)


def verdicts_of(task: Task) -> Verdicts:
    """Forge one picture in every size of part, and ask."""
    source, other = pixels_of(task.path), pixels_of(task.other)
    return {part: _asked(task, source, other, part) for part in PARTS}


def _asked(task: Task, source: Pixels, other: Pixels, part: int) -> dict[str, Verdict]:
    chance = Chance(np.random.default_rng([task.seed, zlib.crc32(task.path.name.encode()), part]), other)
    forgery = forged(source, chance, part / 100)
    matcher = Matcher()
    matcher.put_bank(BANK)
    signals = hash_file_bytes(encoded(forgery.pixels, BANKED_QUALITY)).signals
    matcher.put_entry(BankEntry("forgery", BANK.id, signals, marked(forgery, chance.rng)))
    asked = {
        "source": task.path.read_bytes(),
        "source_copy": encoded(crop(CROP_KEEPS)(source, chance), QUALITY),
        "copy": encoded(crop(CROP_KEEPS)(forgery.pixels, chance), QUALITY),
    }
    return {name: verdict_of(data, matcher) for name, data in asked.items()}


def marked(forgery: Forgery, rng: np.random.Generator) -> Rectangle:
    """Mark the replaced part as a hand does: rather too much of it than too little."""
    left, top, right, bottom = forgery[1:]
    off = rng.uniform(-TOO_NEAR, TOO_FAR, 4) * (right - left, bottom - top, right - left, bottom - top)
    sides = (left - off[0], top - off[1], right + off[2], bottom + off[3])
    return region_of(*(float(min(1.0, max(0.0, side))) for side in sides))


FOUND = {Verdict.BLOCK, Verdict.REVIEW}


def table(measured: Iterable[Verdicts]) -> dict[str, RegionRow]:
    """Count the verdicts into a row for each size of part, by its percent."""
    counted: dict[int, Counter[str]] = {part: Counter() for part in PARTS}
    for verdicts in measured:
        for part, answers in verdicts.items():
            counted[part].update(_told(answers))
    return {str(part): _row(count) for part, count in counted.items()}


def _told(answers: dict[str, Verdict]) -> Iterator[str]:
    told = {
        "n": True,
        "source_not_blocked": answers["source"] is not Verdict.BLOCK,
        "source_not_matched": answers["source"] not in FOUND,
        "source_copy_not_blocked": answers["source_copy"] is not Verdict.BLOCK,
        "copy_blocked": answers["copy"] is Verdict.BLOCK,
        "copy_matched": answers["copy"] in FOUND,
    }
    return (name for name, yes in told.items() if yes)


def _row(count: Counter[str]) -> RegionRow:
    n = count["n"]
    names = ("source_not_blocked", "copy_matched")
    return {
        "n": n,
        "source_not_blocked": count["source_not_blocked"] / max(n, 1),
        "source_not_matched": count["source_not_matched"] / max(n, 1),
        "source_copy_not_blocked": count["source_copy_not_blocked"] / max(n, 1),
        "copy_blocked": count["copy_blocked"] / max(n, 1),
        "copy_matched": count["copy_matched"] / max(n, 1),
        "intervals": {name: wilson(count[name], n) for name in names},
    }

"""Argine's signals in the benchmark of the package `perception` (Thorn), whose published table the field quotes.

Its rule: every copy is compared with every original; for each kind of edit and hasher the distance is chosen at which
99.99 % of what is called a copy is one; recall at that distance is told. Argine's own rule is stricter, one threshold
for all edits, and is what `argine bench recall` measures.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from argine.bench.edits import overlay, pixel_values, shape
from argine.bench.edits.kinds import Chance, Change, Pixels, pixels_of
from argine.signals import patch, pdq

try:
    from perception import benchmarking, hashers

    INSTALLED = True
except ImportError:
    INSTALLED = False

PRECISION = 99.99
Table = dict[str, dict[str, float]]
"""Recall, 0 to 1, by edit and hasher."""


def vignette(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
    """Darken towards the corners."""
    y, x = (np.linspace(-1, 1, side)[:, None] for side in rgb.shape[:2])
    light = np.exp(-(y**2 + x.T**2) / 0.72)[:, :, None]
    return np.asarray(rgb * light, np.uint8)


EDITS: dict[str, Change] = {
    "blur2": pixel_values.filtered(ImageFilter.GaussianBlur(2)),
    "crop0.05": shape.crop(0.90, central=True),
    "gamma": pixel_values.gamma(1.8),
    "jpeg95": pixel_values.recompress(95),
    "mirror": shape.mirror,
    "noise0.2": pixel_values.noise(25),
    "pad0.2": overlay.border(0.2, 0),
    "resize0.5": pixel_values.scale(0.5),
    "rotate4": shape.rotate(4, expand=False),
    "vignette": vignette,
    "watermark": overlay.watermark(0.6),
}


@dataclass(frozen=True, slots=True)
class Hasher:
    """One of our signals in the shape that the package asks for.

    `compute` makes a text of a picture; `distance` compares that of a copy with that of an original.
    """

    compute: Callable[[Pixels], str]
    distance: Callable[[str, str], float]
    hash_length: int = 0
    dtype: str = "str"
    distance_metric: str = "custom"
    returns_multiple: bool = False

    def compute_parallel(self, filepaths: Sequence[str], **_: object) -> list[dict[str, str | None]]:
        """Hash files; the package hands on how to show progress, and how many threads to use."""
        return [{"filepath": path, "hash": self.compute(read(path)), "error": None} for path in filepaths]


def read(path: str) -> Pixels:
    with Image.open(path) as image:
        return np.ascontiguousarray(pixels_of(image))


def views_text(rgb: Pixels) -> str:
    return pdq.codes(pdq.hash_views(rgb)).tobytes().hex()


def as_it_is(copy: str, original: str) -> float:
    """Bits in which the pictures as they are differ."""
    return float((_bits(copy)[0] ^ _bits(original)[0]).bit_count())


def nearest_view(copy: str, original: str) -> float:
    """Bits in which the nearest view of the copy differs from the original."""
    return float(min((view ^ _bits(original)[0]).bit_count() for view in _bits(copy)))


@lru_cache(maxsize=100_000)
def _bits(text: str) -> tuple[int, ...]:
    return tuple(int(text[start : start + 64], 16) for start in range(0, len(text), 64))


def patches_text(rgb: Pixels) -> str:
    return base64.b64encode(patch.hash_pixels(rgb, patch.QUERY_PATCHES).to_bytes()).decode("ascii")


def disagreement(copy: str, original: str) -> float:
    """One part of one more than the patches that agree: 1 where none does, less the more do."""
    return 1 / (1 + patch.compare(_located(original), _asked(copy)).count)


def _set(text: str) -> patch.PatchSet:
    return patch.PatchSet.from_bytes(base64.b64decode(text))


@lru_cache(maxsize=10_000)
def _located(text: str) -> patch.Located:
    return patch.Located(_set(text).first(patch.BANK_PATCHES))


@lru_cache(maxsize=8)
def _asked(text: str) -> patch.Query:
    return patch.Query(_set(text))


OURS: Mapping[str, Hasher] = {
    "pdq": Hasher(views_text, as_it_is),
    "pdq_views": Hasher(views_text, nearest_view),
    "patch": Hasher(patches_text, disagreement),
}


def measure(paths: Sequence[Path], folder: Path, seed: int) -> Table:
    """Run the package's benchmark.

    Args:
        paths: pictures.
        folder: where it may write originals and copies.
        seed: makes the edits' chance.
    """
    dataset = benchmarking.BenchmarkImageDataset.from_tuples([(str(path), "pictures") for path in paths])
    rng = np.random.default_rng(seed)
    changes = {name: _change(edit, rng) for name, edit in EDITS.items()}
    copies = dataset.transform({"noop": lambda image: image, **changes}, storage_dir=str(folder))
    theirs = {"phash": hashers.PHash(), "dhash": hashers.DHash()}
    hashes = copies.compute_hashes({**OURS, **theirs})
    distances = {name: hasher.distance for name, hasher in OURS.items()}
    found = hashes.compute_threshold_recall(precision_threshold=PRECISION, custom_distance_metrics=distances)
    table: Table = {}
    for (_category, edit, hasher), row in found.iterrows():
        if edit != "noop":
            table.setdefault(edit, {})[hasher] = float(row["recall"]) / 100
    return table


def _change(edit: Change, rng: np.random.Generator) -> Callable[[Pixels], Pixels]:
    def change(image: Pixels) -> Pixels:
        return np.ascontiguousarray(edit(image, Chance(rng, image)))

    return change

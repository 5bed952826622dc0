"""Write the vectors again: `python -m vectors.make`.

The expected PDQ comes from the reference implementation (`pip install -r requirements/reference.txt`), the exact
hashes from Python's standard library; none from Argine, which is what the vectors test.
"""

import hashlib
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pdqhash

from vectors.recipe import Pixels, paint, some_bytes

FOLDER = Path(__file__).parent

SIZES = (
    *((5, 5), (5, 300), (300, 5), (7, 64), (63, 65), (64, 64), (65, 63), (127, 128), (128, 127), (129, 130)),
    *((1, 1), (4, 200), (200, 4), (192, 256), (255, 257), (300, 201), (511, 64), (640, 480), (16, 900)),
)
GROUNDS = ((0, 24, 0), (6, 0, 0), (9, 5, 0), (12, 3, 24), (0, 0, 255), (0, 0, 0), (0, 0, 3))
LENGTHS = (0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 65537)


def main() -> None:
    pictures = [_picture(*size, *ground) for size in SIZES for ground in GROUNDS]
    _write("pdq", pictures)
    _write("exact", [_exact(length) for length in LENGTHS])
    _write("distance", _distances([vector["pdq"] for vector in pictures if vector["quality"] > 0][::5]))


def _picture(width: int, height: int, shapes: int, slope: int, noise: int) -> dict[str, Any]:
    recipe = {"width": width, "height": height, "seed": width + 3 * height + shapes}
    recipe |= {"shapes": shapes, "slope": slope, "noise": noise}
    text, quality = reference(paint(**recipe))
    return {**recipe, "pdq": text, "quality": quality}


def reference(pixels: Pixels) -> tuple[str, int]:
    bits, quality = pdqhash.compute(pixels)
    return np.packbits(bits.astype(np.uint8)).tobytes().hex(), quality


def _exact(length: int) -> dict[str, Any]:
    data = some_bytes(length)
    md5 = hashlib.md5(data, usedforsecurity=False)
    return {"length": length, "sha256": hashlib.sha256(data).hexdigest(), "md5": md5.hexdigest()}


def _distances(texts: list[str]) -> list[dict[str, Any]]:
    pairs = [(a, b) for a, b in combinations(texts, 2)][::7]
    return [{"a": a, "b": b, "distance": (int(a, 16) ^ int(b, 16)).bit_count()} for a, b in pairs]


def _write(name: str, vectors: list[dict[str, Any]]) -> None:
    lines = ",\n".join(f"  {json.dumps(vector)}" for vector in vectors)
    (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()

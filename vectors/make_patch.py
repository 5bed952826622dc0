"""Write `patch.json` again: `python -m vectors.make_patch`.

There is no second implementation to take the expected patches from: these vectors hold the two of Argine, in Python and
in the browser, to each other and to what is stored already. They change only with the version of the patch set.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from argine.signals.patch import hash_pixels
from vectors.recipe import paint

FILE = Path(__file__).parent / "patch.json"

SIZES = ((1, 1), (40, 20), (64, 64), (255, 257), (300, 201), (511, 300), (512, 512), (513, 200), (640, 480), (900, 16))
GROUNDS = ((0, 24, 0), (9, 5, 0), (40, 3, 24), (25, 0, 3), (0, 0, 255), (0, 0, 0))


def main() -> None:
    lines = ",\n".join(f"  {json.dumps(_vector(*size, *ground))}" for size in SIZES for ground in GROUNDS)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _vector(width: int, height: int, shapes: int, slope: int, noise: int) -> dict[str, Any]:
    """Make a recipe with its number of patches and the SHA-256 of their text."""
    recipe = {"width": width, "height": height, "seed": width + 3 * height + shapes}
    recipe |= {"shapes": shapes, "slope": slope, "noise": noise}
    patches = hash_pixels(paint(**recipe))
    return {**recipe, "patches": len(patches), "sha256": hashlib.sha256(patches.text.encode()).hexdigest()}


if __name__ == "__main__":
    main()

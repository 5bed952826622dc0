"""What others use, measured in the same run: pHash and dHash of the package `imagehash`, where it is installed."""

from argine.bench.edits.kinds import Pixels, image_of

try:
    import imagehash

    INSTALLED = True
except ImportError:
    INSTALLED = False

LIMIT = 10
"""Differing bits of 64 up to which two pictures are commonly called alike."""


def hashes(rgb: Pixels) -> dict[str, int]:
    """64 bits by name; empty without the package."""
    if not INSTALLED:
        return {}
    image = image_of(rgb)
    return {"phash": int(str(imagehash.phash(image)), 16), "dhash": int(str(imagehash.dhash(image)), 16)}

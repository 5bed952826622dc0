"""What an edit is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Chance:
    """What an edit may draw on besides the picture itself.

    Attributes:
        rng: seeded by the caller, so that a run can be repeated.
        other: uint8[h, w, 3], another picture: the neighbour in a collage, the content of a replaced region.
    """

    rng: np.random.Generator
    other: Pixels


Change = Callable[[Pixels, Chance], Pixels]


@dataclass(frozen=True, slots=True)
class Edit:
    """One way in which copies differ from their original.

    Attributes:
        name: starts with its family.
        family: what kind of edit it is.
        apply: uint8[h, w, 3] and chance in, uint8[h', w', 3] out; the input is left as it is.
    """

    name: str
    family: str
    apply: Change


def image_of(rgb: Pixels) -> Image.Image:
    return Image.fromarray(rgb)


def pixels_of(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("RGB"))


def resized(rgb: Pixels, width: int, height: int) -> Pixels:
    """Resample to a size in pixels."""
    return pixels_of(image_of(rgb).resize((max(width, 1), max(height, 1)), Image.Resampling.LANCZOS))

"""Edits that move points: crop, turn, mirror, stretch, perspective."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageOps

from argine.bench.edits.kinds import Chance, Change, Pixels, image_of, pixels_of, resized


def crop(keep: float, *, central: bool = False) -> Change:
    """Keep a part of each side, at any place or in the middle."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        height, width = (max(1, round(side * keep)) for side in rgb.shape[:2])
        spare = np.array([rgb.shape[0] - height, rgb.shape[1] - width])
        top, left = spare // 2 if central else chance.rng.integers(0, spare + 1)
        return np.ascontiguousarray(rgb[top : top + height, left : left + width])

    return change


def crop_side(part: float) -> Change:
    """Cut a part off one side."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        turns = int(chance.rng.integers(4))
        turned = np.rot90(rgb, turns)
        kept = turned[: max(1, round(len(turned) * (1 - part)))]
        return np.ascontiguousarray(np.rot90(kept, -turns))

    return change


def crop_square(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
    """The middle square, as profile pictures are cut."""
    side = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    return np.ascontiguousarray(rgb[top : top + side, left : left + side])


def rotate(degrees: float, *, expand: bool) -> Change:
    """Turn either way, on the same canvas or on one that holds all of it; the corners are black."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        angle = degrees * (1 if chance.rng.random() < 0.5 else -1)  # noqa: PLR2004 - either way
        return pixels_of(image_of(rgb).rotate(angle, Image.Resampling.BICUBIC, expand=expand))

    return change


def rotate_and_fill(degrees: float) -> Change:
    """Turn and cut the largest upright part without corners, as phone editors do."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        height, width = rgb.shape[:2]
        angle = math.radians(degrees)
        part = 1 / (math.cos(angle) + max(height / width, width / height) * math.sin(angle))
        turned = pixels_of(image_of(rgb).rotate(degrees, Image.Resampling.BICUBIC))
        return crop(part, central=True)(turned, chance)

    return change


def quarter(turns: int) -> Change:
    def change(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
        return np.ascontiguousarray(np.rot90(rgb, turns))

    return change


def mirror(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
    return pixels_of(ImageOps.mirror(image_of(rgb)))


def flip(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
    return pixels_of(ImageOps.flip(image_of(rgb)))


def stretch(across: float, down: float) -> Change:
    def change(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
        return resized(rgb, round(rgb.shape[1] * across), round(rgb.shape[0] * down))

    return change


def perspective(part: float, *, fill: bool = False) -> Change:
    """Move each corner inwards by a third to the whole of a part of its side.

    Filled, what is left over is cut away and not black.
    """

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        height, width = rgb.shape[:2]
        inward = chance.rng.uniform(part / 3, part, (4, 2)) * (width, height)
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
        moved = corners + inward * [[1, 1], [-1, 1], [-1, -1], [1, -1]]
        source, target = (moved, corners) if fill else (corners, moved)
        return warped(rgb, solve(target, source))

    return change


def solve(target: Pixels | np.ndarray, source: np.ndarray) -> Sequence[float]:
    """The eight numbers of the projection that takes target points to source points, as Pillow wants them."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    numbers: list[float] = np.linalg.solve(np.array(rows, float), np.array(values, float)).tolist()
    return numbers


def warped(rgb: Pixels, numbers: Sequence[float]) -> Pixels:
    height, width = rgb.shape[:2]
    size = (width, height)
    return pixels_of(image_of(rgb).transform(size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC))

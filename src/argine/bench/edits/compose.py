"""Edits that join the picture with another one, or photograph it from a screen."""

import math
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from argine.bench.edits.kinds import Chance, Change, Pixels, image_of, pixels_of, resized
from argine.bench.edits.pixel_values import noise, saved
from argine.bench.edits.shape import perspective


def collage_two(*, upright: bool) -> Change:
    """Side by side (or one above the other) with another picture of the same size."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        other = resized(chance.other, rgb.shape[1], rgb.shape[0])
        pair = [rgb, other] if chance.rng.random() < 0.5 else [other, rgb]  # noqa: PLR2004 - either order
        return np.concatenate(pair, axis=0 if upright else 1)

    return change


def collage_four(rgb: Pixels, chance: Chance) -> Pixels:
    """One of four pictures in a square with white lines between; the others are parts of another one."""
    height, width = rgb.shape[:2]
    line = max(2, width // 80)
    page = np.full((2 * height + line, 2 * width + line, 3), 255, np.uint8)
    other = resized(chance.other, 2 * width, 2 * height)
    page[:height, :width], page[:height, -width:] = other[:height, :width], other[:height, -width:]
    page[-height:, :width], page[-height:, -width:] = other[-height:, :width], other[-height:, -width:]
    top, left = (int(chance.rng.integers(2)) * (side + line) for side in (height, width))
    page[top : top + height, left : left + width] = rgb
    return page


def inset(part: float) -> Change:
    """The picture, as wide as a part of the whole, upon another one."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        height, width = rgb.shape[:2]
        page = resized(chance.other, width, height).copy()
        small = resized(rgb, round(width * part), round(height * part))
        spare = (height - len(small), width - small.shape[1])
        top, left = (int(chance.rng.integers(0, side + 1)) for side in spare)
        page[top : top + len(small), left : left + small.shape[1]] = small
        return page

    return change


def region(part: float) -> Change:
    """Replace an ellipse of a part of the area by another picture's content, with a soft edge."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        return forged(rgb, chance, part).pixels

    return change


class Forgery(NamedTuple):
    """A picture of which a part was replaced, and the sides of that part in fractions of width and height."""

    pixels: Pixels
    left: float
    top: float
    right: float
    bottom: float


def forged(rgb: Pixels, chance: Chance, part: float) -> Forgery:
    """Do what `region` does, and tell where."""
    height, width = rgb.shape[:2]
    tall = math.sqrt(part * height * width / math.pi * 1.2)
    wide = tall / 1.2
    y, x = chance.rng.uniform(0.3, 0.7, 2) * (height, width)
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).ellipse((x - wide, y - tall, x + wide, y + tall), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(max(tall / 10, 1)))
    pixels = pixels_of(Image.composite(image_of(resized(chance.other, width, height)), image_of(rgb), mask))
    return Forgery(pixels, (x - wide) / width, (y - tall) / height, (x + wide) / width, (y + tall) / height)


def rephotograph(rgb: Pixels, chance: Chance) -> Pixels:
    """Photographed from a screen: its pixel grid beats with the camera's, a slight angle, uneven light, noise."""
    height, width = rgb.shape[:2]
    big = resized(rgb, 2 * width, 2 * height).astype(np.float64)
    y, x = np.mgrid[: 2 * height, : 2 * width]
    pitch = chance.rng.uniform(2.1, 2.6)
    for channel in range(3):
        big[..., channel] *= 0.85 + 0.15 * np.cos(2 * math.pi * (x / pitch + channel / 3))
    big *= (0.92 + 0.08 * np.cos(2 * math.pi * y / pitch))[..., None]
    big *= (0.75 + 0.35 * (x / (2 * width) * 0.6 + y / (2 * height) * 0.4))[..., None]
    screen = np.clip(big, 0, 255).astype(np.uint8)
    seen = resized(perspective(0.04)(screen, chance), round(width * 0.93), round(height * 0.93))
    return saved(noise(4)(seen, chance), 75)


def after(*changes: Change) -> Change:
    """One edit after the other."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        for one in changes:
            rgb = one(rgb, chance)
        return rgb

    return change

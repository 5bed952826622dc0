"""Edits that leave every point where it is: compression, size, colour, blur, noise."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from argine.bench.edits.kinds import Chance, Change, Pixels, image_of, pixels_of, resized


def recompress(quality: int, form: str = "JPEG") -> Change:
    """Save at a quality (1 to 100) and read back."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001 - every edit is called alike
        return saved(rgb, quality, form)

    return change


def saved(rgb: Pixels, quality: int, form: str = "JPEG") -> Pixels:
    return pixels_of(Image.open(io.BytesIO(encoded(rgb, quality, form))))


def encoded(rgb: Pixels, quality: int, form: str = "JPEG") -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    image_of(rgb).save(file, form, quality=quality)
    return file.getvalue()


def recompress_repeatedly(rgb: Pixels, chance: Chance) -> Pixels:
    """Five generations, each of another quality and a few pixels smaller, as it passes from app to app."""
    for _ in range(5):
        height, width = rgb.shape[:2]
        rgb = saved(resized(rgb, width - 3, height - 3), int(chance.rng.integers(40, 85)))
    return rgb


def scale(factor: float) -> Change:
    def change(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
        return resized(rgb, round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))

    return change


def scale_to(long_side: int) -> Change:
    def change(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
        factor = long_side / max(rgb.shape[:2])
        return resized(rgb, round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))

    return change


def enhance(kind: Callable[[Image.Image], ImageEnhance._Enhance], factor: float) -> Change:
    """Brightness, contrast or saturation by a factor."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
        return pixels_of(kind(image_of(rgb)).enhance(factor))

    return change


def gamma(exponent: float) -> Change:
    table = (255 * (np.arange(256) / 255) ** exponent + 0.5).astype(np.uint8)

    def change(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
        return pixels_of(image_of(rgb).point(table.tolist() * 3))

    return change


def greyed(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
    return pixels_of(image_of(rgb).convert("L"))


def sepia(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
    mix = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
    changed: Pixels = np.clip(rgb @ mix.T, 0, 255).astype(np.uint8)
    return changed


def tinted(rgb: Pixels, chance: Chance) -> Pixels:
    """Another white balance: each channel its own gain."""
    return np.clip(rgb * chance.rng.uniform(0.75, 1.25, 3), 0, 255).astype(np.uint8)


def equalized(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
    return pixels_of(ImageOps.equalize(image_of(rgb)))


def posterized(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
    return pixels_of(image_of(rgb).quantize(16))


def filtered(how: ImageFilter.Filter) -> Change:
    def change(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
        return pixels_of(image_of(rgb).filter(how))

    return change


def noise(sigma: float) -> Change:
    """Gaussian noise, sigma in grey values of 255."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        return np.clip(rgb + chance.rng.normal(0, sigma, rgb.shape), 0, 255).astype(np.uint8)

    return change


def salt(part: float) -> Change:
    """Set a part of the pixels to black or white."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        out = rgb.copy()
        hit = chance.rng.random(rgb.shape[:2])
        out[hit < part / 2] = 0
        out[hit > 1 - part / 2] = 255
        return out

    return change

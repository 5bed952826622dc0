"""Edits that put things over or around the picture."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from argine.bench.edits.kinds import Chance, Change, Pixels, image_of, pixels_of, resized

_WORDS = ("example", "follow me", "look at this", "part two", "wow", "share", "24h only", "@someone")


def border(part: float, grey: int | None = None) -> Change:
    """A frame on all sides, as wide as a part of the shorter side; any colour unless a grey is given."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        colour = chance.rng.integers(0, 256, 3) if grey is None else np.full(3, grey)
        wide = max(1, round(min(rgb.shape[:2]) * part))
        return framed(rgb, wide, wide, colour.astype(np.uint8))

    return change


def framed(rgb: Pixels, above: int, beside: int, colour: Pixels) -> Pixels:
    height, width = rgb.shape[:2]
    out = np.empty((height + 2 * above, width + 2 * beside, 3), np.uint8)
    out[:] = colour
    out[above : above + height, beside : beside + width] = rgb
    return out


def letterbox(part: float, *, upright: bool = False) -> Change:
    """Black bars above and below (or beside), each a part of the side."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
        above, beside = round(rgb.shape[0] * part), round(rgb.shape[1] * part)
        return framed(rgb, 0 if upright else above, beside if upright else 0, np.zeros(3, np.uint8))

    return change


def letterbox_blurred(rgb: Pixels, chance: Chance) -> Pixels:  # noqa: ARG001
    """The picture upon its own blurred enlargement, as stories show a wide picture upright."""
    height, width = rgb.shape[:2]
    tall = max(round(width * 16 / 9), height + height // 2)
    back = image_of(resized(rgb, round(width * tall / height), tall)).filter(ImageFilter.GaussianBlur(width / 25))
    left = (back.width - width) // 2
    out = pixels_of(back.crop((left, 0, left + width, tall))).copy()
    top = (tall - height) // 2
    out[top : top + height] = rgb
    return out


def screenshot(*, dark: bool) -> Change:
    """A phone's screen with a status line, a name, buttons and a caption around the picture."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        width = 540
        shown = resized(rgb, width, round(rgb.shape[0] * width / rgb.shape[1]))
        height = max(round(width * 19.5 / 9), len(shown) + 260)
        back, ink = ((18, 18, 20), (235, 235, 235)) if dark else ((255, 255, 255), (20, 20, 20))
        page = Image.new("RGB", (width, height), back)
        top = (height - len(shown)) // 3 + 60
        page.paste(image_of(shown), (0, min(top, height - len(shown) - 120)))
        chrome(page, ink, min(top, height - len(shown) - 120), len(shown), chance)
        return pixels_of(page)

    return change


def chrome(page: Image.Image, ink: tuple[int, int, int], top: int, tall: int, chance: Chance) -> None:
    """Draw what a phone and an app draw around a picture of `tall` rows."""
    draw = ImageDraw.Draw(page)
    small, large = ImageFont.load_default(18), ImageFont.load_default(24)
    draw.text((20, 10), "12:47", ink, small)
    draw.rectangle((page.width - 70, 12, page.width - 30, 28), outline=ink)
    draw.ellipse((16, top - 56, 56, top - 16), fill=tuple(int(c) for c in chance.rng.integers(0, 256, 3)))
    draw.text((70, top - 48), word(chance), ink, large)
    for i in range(4):
        draw.ellipse((20 + 60 * i, top + tall + 16, 56 + 60 * i, top + tall + 52), outline=ink, width=4)
    for i in range(3):
        draw.text((20, top + tall + 66 + 24 * i), f"{word(chance)} {word(chance)} {word(chance)}", ink, small)


def word(chance: Chance) -> str:
    return _WORDS[int(chance.rng.integers(len(_WORDS)))]


def text_band(part: float, places: Sequence[str]) -> Change:
    """A white band with words over a part of the height, at the top, the bottom or both."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        image = image_of(rgb)
        draw = ImageDraw.Draw(image)
        tall = round(image.height * part)
        font = ImageFont.load_default(max(10, round(tall * 0.5)))
        for place in places:
            top = 0 if place == "top" else image.height - tall
            draw.rectangle((0, top, image.width, top + tall), fill=(255, 255, 255))
            draw.text((image.width * 0.04, top + tall * 0.2), f"{word(chance)} {word(chance)}", (0, 0, 0), font)
        return pixels_of(image)

    return change


def meme(rgb: Pixels, chance: Chance) -> Pixels:
    """Large outlined words straight upon the picture, above and below."""
    image = image_of(rgb)
    draw = ImageDraw.Draw(image)
    size = max(12, image.width // 9)
    font = ImageFont.load_default(size)
    for top in (image.height * 0.03, image.height * 0.95 - size):
        words = f"{word(chance)} {word(chance)}".upper()
        draw.text((image.width * 0.05, top), words, (255, 255, 255), font, stroke_width=3, stroke_fill=(0, 0, 0))
    return pixels_of(image)


def emoji(count: int, part: float) -> Change:
    """Round yellow faces, each as wide as a part of the shorter side."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        image = image_of(rgb)
        size = min(image.size) * part
        for _ in range(count):
            face(ImageDraw.Draw(image), chance.rng.uniform(0, 1, 2) * (np.array(image.size) - size), size)
        return pixels_of(image)

    return change


def face(draw: ImageDraw.ImageDraw, corner: np.ndarray, size: float) -> None:
    x, y = corner
    draw.ellipse((x, y, x + size, y + size), fill=(255, 205, 50), outline=(180, 120, 0), width=2)
    for eye in (0.3, 0.62):
        draw.ellipse((x + size * eye, y + size * 0.3, x + size * (eye + 0.1), y + size * 0.45), fill=(60, 30, 0))
    draw.arc(
        (x + size * 0.25, y + size * 0.3, x + size * 0.75, y + size * 0.8), 20, 160, (60, 30, 0), max(1, int(size / 18))
    )


def logo(rgb: Pixels, chance: Chance) -> Pixels:
    """An opaque badge in a corner."""
    image = image_of(rgb)
    wide, tall = image.width // 4, image.height // 8
    x = int(chance.rng.choice([8, image.width - wide - 8]))
    y = int(chance.rng.choice([8, image.height - tall - 8]))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((x, y, x + wide, y + tall), tall // 3, fill=(200, 20, 40))
    draw.text(
        (x + wide * 0.1, y + tall * 0.2), word(chance), (255, 255, 255), ImageFont.load_default(max(9, tall // 2))
    )
    return pixels_of(image)


def watermark(opacity: float, *, tiled: bool = False) -> Change:
    """Words in white over the middle, or slanted all over."""

    def change(rgb: Pixels, chance: Chance) -> Pixels:
        height, width = rgb.shape[:2]
        layer = Image.new("L", (2 * width, 2 * height))
        draw = ImageDraw.Draw(layer)
        font = ImageFont.load_default(max(10, width // (14 if tiled else 7)))
        rows = range(0, 2 * height, max(1, height // 5)) if tiled else [height - width // 14]
        for top in rows:
            draw.text(
                (width // 20 if tiled else int(0.7 * width), top),
                (word(chance) + "   ") * (8 if tiled else 1),
                255,
                font,
            )
        layer = layer.rotate(30 if tiled else 0).crop(
            (width // 2, height // 2, width // 2 + width, height // 2 + height)
        )
        part = (np.asarray(layer, float) / 255 * opacity)[..., None]
        return (rgb * (1 - part) + 255 * part).astype(np.uint8)

    return change

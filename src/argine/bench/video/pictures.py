"""What is done to each frame of an edited film. All are drawn by code."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from argine.bench.video.clips import Pixels, resized

Change = Callable[[Pixels, float], Pixels]
"""Pixels and their time in seconds to pixels."""

_WORDS = ("wait for it", "who is this", "look at that", "link in bio", "part two soon", "share this now")


def unchanged(rgb: Pixels, _time: float) -> Pixels:
    return rgb


def scaled(factor: float) -> Change:
    return lambda rgb, _time: resized(rgb, round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))


def barred(across: float, down: float, colour: int = 0) -> Change:
    """Plain bars at the sides, above and below, in parts of the frame."""

    def change(rgb: Pixels, _time: float) -> Pixels:
        height, width = rgb.shape[:2]
        x, y = round(width * across), round(height * down)
        return np.pad(rgb, ((y, y), (x, x), (0, 0)), constant_values=colour)

    return change


def cropped(part: float, *, corner: bool = False) -> Change:
    """So much of each side cut away: half at either end, or all at one."""

    def change(rgb: Pixels, _time: float) -> Pixels:
        height, width = rgb.shape[:2]
        x, y = round(width * part), round(height * part)
        left, top = (0, 0) if corner else (x // 2, y // 2)
        return rgb[top : top + height - y, left : left + width - x]

    return change


def mirrored(rgb: Pixels, _time: float) -> Pixels:
    return rgb[:, ::-1]


def quarter_turned(times: int) -> Change:
    return lambda rgb, _time: np.rot90(rgb, times)


def slanted(degrees: float) -> Change:
    """Turned a little, then cut so that no corner is empty."""

    def change(rgb: Pixels, _time: float) -> Pixels:
        height, width = rgb.shape[:2]
        turned = np.asarray(Image.fromarray(rgb).rotate(degrees, Image.Resampling.BILINEAR))
        cut = abs(np.sin(np.radians(degrees)))
        x, y = round(height * cut / 2), round(width * cut / 2)
        return turned[y : height - y, x : width - x]

    return change


def _font(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(8, height))


def with_logo(rgb: Pixels, _time: float) -> Pixels:
    """A badge in the upper right corner, an eighth of the width."""
    image = Image.fromarray(rgb)
    draw, (width, height) = ImageDraw.Draw(image), image.size
    left, top = round(width * 0.84), round(height * 0.04)
    draw.rectangle((left, top, round(width * 0.97), top + round(height * 0.11)), (230, 30, 60))
    draw.text((left + 4, top + 2), "TV 8", (255, 255, 255), _font(round(height * 0.07)))
    return np.asarray(image)


def with_subtitles(rgb: Pixels, time: float) -> Pixels:
    """Two lines at the bottom, other ones each two seconds."""
    image = Image.fromarray(rgb)
    draw, (width, height) = ImageDraw.Draw(image), image.size
    number = int(time / 2)
    for line in range(2):
        text = _WORDS[(number + 3 * line) % len(_WORDS)]
        place = (width / 2, height * (0.83 + 0.08 * line))
        draw.text(place, text, (255, 255, 255), _font(round(height * 0.06)), anchor="mm", stroke_width=2,
                  stroke_fill=(0, 0, 0))  # fmt: skip
    return np.asarray(image)


def in_picture(part: float) -> Change:
    """The film small in a corner of something else that moves."""

    def change(rgb: Pixels, time: float) -> Pixels:
        height, width = rgb.shape[:2]
        page = _moving_page(width, height, time)
        inner = resized(rgb, round(width * part), round(height * part))
        top, left = round(height * 0.9) - inner.shape[0], round(width * 0.95) - inner.shape[1]
        page[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
        return page

    return change


def _moving_page(width: int, height: int, time: float) -> Pixels:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = [120 + 60 * np.sin(x / k + time * 2) + 50 * np.cos(y / (k + 9) - time) for k in (17.0, 23.0, 31.0)]
    return np.stack(waves, axis=-1).astype(np.uint8)


def screen_recorded(rgb: Pixels, time: float) -> Pixels:
    """As seen when a phone's screen is recorded: bars of the system, buttons, dimmer and softer."""
    height, width = rgb.shape[:2]
    page = Image.new("RGB", (width, round(width * 1.9)), (18, 18, 22))
    soft = Image.fromarray(rgb).filter(ImageFilter.GaussianBlur(0.6)).point(lambda level: int(level * 0.92))
    top = (page.height - height) // 2
    page.paste(soft, (0, top))
    draw = ImageDraw.Draw(page)
    font = _font(round(width * 0.04))
    draw.text((12, 8), f"21:{int(time) % 60:02d}", (240, 240, 240), font)
    draw.text((12, top + height + 14), "@someone  Follow", (240, 240, 240), font)
    draw.rectangle((0, page.height - 8, width * min(1.0, time / 30), page.height), (240, 240, 240))
    for number in range(3):
        left = round(width * (0.1 + 0.3 * number))
        draw.ellipse((left, page.height - 60, left + 36, page.height - 24), outline=(240, 240, 240), width=3)
    return np.asarray(page)


def brightened(rgb: Pixels, _time: float) -> Pixels:
    return np.clip(rgb.astype(np.int16) * 5 // 4 + 10, 0, 255).astype(np.uint8)

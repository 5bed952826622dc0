"""All edits, in families."""

from PIL import ImageEnhance, ImageFilter

from argine.bench.edits import compose, overlay, pixel_values, shape
from argine.bench.edits.compose import after
from argine.bench.edits.kinds import Change, Edit

_JPEG_60 = pixel_values.recompress(60)

_FAMILIES: dict[str, dict[str, Change]] = {
    "recompress": {
        "jpeg_70": pixel_values.recompress(70),
        "jpeg_30": pixel_values.recompress(30),
        "jpeg_10": pixel_values.recompress(10),
        "webp_30": pixel_values.recompress(30, "WEBP"),
        "five_times": pixel_values.recompress_repeatedly,
    },
    "resize": {
        "half": pixel_values.scale(0.5),
        "quarter": pixel_values.scale(0.25),
        "double": pixel_values.scale(2.0),
        "to_256": pixel_values.scale_to(256),
    },
    "colour": {
        "brighter": pixel_values.enhance(ImageEnhance.Brightness, 1.4),
        "darker": pixel_values.enhance(ImageEnhance.Brightness, 0.5),
        "more_contrast": pixel_values.enhance(ImageEnhance.Contrast, 1.6),
        "less_contrast": pixel_values.enhance(ImageEnhance.Contrast, 0.5),
        "saturated": pixel_values.enhance(ImageEnhance.Color, 2.0),
        "gamma": pixel_values.gamma(1.8),
        "grey": pixel_values.greyed,
        "sepia": pixel_values.sepia,
        "tint": pixel_values.tinted,
        "equalize": pixel_values.equalized,
        "posterize": pixel_values.posterized,
    },
    "blur": {
        "1": pixel_values.filtered(ImageFilter.GaussianBlur(1)),
        "2": pixel_values.filtered(ImageFilter.GaussianBlur(2)),
        "4": pixel_values.filtered(ImageFilter.GaussianBlur(4)),
        "median": pixel_values.filtered(ImageFilter.MedianFilter(5)),
        "sharpen": pixel_values.filtered(ImageFilter.UnsharpMask(2, 250, 0)),
    },
    "noise": {"10": pixel_values.noise(10), "25": pixel_values.noise(25), "salt_2": pixel_values.salt(0.02)},
    "crop": {
        "keep_95": shape.crop(0.95),
        "keep_90": shape.crop(0.90),
        "keep_80": shape.crop(0.80),
        "keep_70": shape.crop(0.70),
        "keep_60": shape.crop(0.60),
        "keep_50": shape.crop(0.50),
        "keep_50_middle": shape.crop(0.50, central=True),
        "side_20": shape.crop_side(0.20),
        "side_40": shape.crop_side(0.40),
        "square": shape.crop_square,
    },
    "rotate": {
        "1": shape.rotate(1, expand=False),
        "2": shape.rotate(2, expand=False),
        "5": shape.rotate(5, expand=False),
        "10_expanded": shape.rotate(10, expand=True),
        "15": shape.rotate(15, expand=False),
        "30_expanded": shape.rotate(30, expand=True),
        "45": shape.rotate(45, expand=False),
        "45_expanded": shape.rotate(45, expand=True),
        "7_filled": shape.rotate_and_fill(7),
        "90": shape.quarter(1),
        "180": shape.quarter(2),
    },
    "mirror": {"across": shape.mirror, "down": shape.flip},
    "border": {
        "5": overlay.border(0.05),
        "20": overlay.border(0.20),
        "10_black": overlay.border(0.10, 0),
        "40_white": overlay.border(0.40, 255),
    },
    "letterbox": {
        "bars_15": overlay.letterbox(0.15),
        "pillars_30": overlay.letterbox(0.30, upright=True),
        "blurred": overlay.letterbox_blurred,
    },
    "screenshot": {"light": overlay.screenshot(dark=False), "dark": overlay.screenshot(dark=True)},
    "text": {
        "band_10": overlay.text_band(0.10, ["bottom"]),
        "band_20": overlay.text_band(0.20, ["bottom"]),
        "bands_two": overlay.text_band(0.15, ["top", "bottom"]),
        "meme": overlay.meme,
    },
    "overlay": {
        "emoji_one_30": overlay.emoji(1, 0.30),
        "emoji_five_15": overlay.emoji(5, 0.15),
        "logo": overlay.logo,
    },
    "watermark": {"middle": overlay.watermark(0.6), "tiled": overlay.watermark(0.35, tiled=True)},
    "collage": {
        "two_beside": compose.collage_two(upright=False),
        "two_above": compose.collage_two(upright=True),
        "four": compose.collage_four,
    },
    "inset": {"50": compose.inset(0.5), "40": compose.inset(0.4)},
    "region": {"5": compose.region(0.05), "15": compose.region(0.15), "30": compose.region(0.30)},
    "perspective": {
        "5": shape.perspective(0.05),
        "10": shape.perspective(0.10),
        "10_filled": shape.perspective(0.10, fill=True),
        "15": shape.perspective(0.15),
        "25": shape.perspective(0.25),
    },
    "stretch": {
        "110": shape.stretch(1.10, 1.0),
        "125": shape.stretch(1.25, 1.0),
        "150": shape.stretch(1.0, 1.5),
    },
    "rephotograph": {"moire": compose.rephotograph},
    "combo": {
        "crop_mirror_jpeg": after(shape.crop(0.80), shape.mirror, pixel_values.recompress(40)),
        "rotate_text_half": after(
            shape.rotate(5, expand=False), overlay.text_band(0.15, ["bottom"]), pixel_values.scale(0.5)
        ),
        "shot_crop_jpeg": after(overlay.screenshot(dark=True), shape.crop(0.90), _JPEG_60),
        "border_emoji_blur": after(
            overlay.border(0.1), overlay.emoji(3, 0.2), pixel_values.filtered(ImageFilter.GaussianBlur(1.5))
        ),
        "perspective_bright_jpeg": after(
            shape.perspective(0.06), pixel_values.enhance(ImageEnhance.Brightness, 1.3), _JPEG_60
        ),
        "stretch_crop_jpeg": after(shape.stretch(1.15, 1.0), shape.crop(0.85), _JPEG_60),
        "collage_mirror_jpeg": after(shape.mirror, compose.collage_two(upright=False), _JPEG_60),
        "crop_watermark_grey": after(shape.crop(0.70), overlay.watermark(0.5), pixel_values.greyed),
    },
}

EDITS = tuple(
    Edit(f"{family}_{name}", family, change) for family, edits in _FAMILIES.items() for name, change in edits.items()
)
"""Every edit once."""

"""Any pixel form that a picture file may hold to 8-bit RGB on white, as a browser shows it."""

from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

_TO_8_BITS = ((np.arange(65536) * 255 + 32767) // 65535).astype(np.uint8)
_FULL_SCALES = (1.0, 255.0, 65535.0, 4294967295.0)
_NEAR_SRGB = 2  # levels of 255: less than JPEG itself moves them
_SRGB_KNEE = 0.0031308
_GAMMA_TOLERANCE = 0.05  # as in libpng: 1/2.2, which most PNG files name, stands for sRGB


def to_rgb(image: Image.Image) -> Image.Image:
    """A loaded Pillow image of any mode to mode RGB.

    Args:
        image: with its `info`; colour profile, gamma and transparent colour are read from there.

    Raises:
        ValueError: Pillow has no way from the image's mode to RGB, as for Lab in a TIFF.
    """
    colour, alpha = _split(_eight_bits(image))
    rgb = _to_srgb(colour, image.info)
    rgb = rgb if rgb.mode == "RGB" else rgb.convert("RGB")  # converting to the same would copy
    if alpha is None:
        return rgb
    page = Image.new("RGB", rgb.size, "white")
    page.paste(rgb, mask=alpha)
    return page


def _split(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colour (L, RGB or CMYK) and, where there is one, alpha."""
    if image.mode == "LA":
        return image.getchannel("L"), image.getchannel("A")
    if image.has_transparency_data:
        whole = image.convert("RGBA")
        return whole.convert("RGB"), whole.getchannel("A")
    return (image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")), None


def _eight_bits(image: Image.Image) -> Image.Image:
    """Wide samples scaled to 0..255. Pillow itself would cut them off at 255."""
    if image.mode.startswith("I;16"):
        return Image.fromarray(_TO_8_BITS[np.asarray(image)])
    if image.mode in {"I", "F"}:
        return Image.fromarray(_from_free_scale(np.asarray(image)))
    return image


def _from_free_scale(samples: npt.NDArray[np.int32] | npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """32-bit samples do not say what white is: take the least usual full scale that holds them all."""
    finite = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    peak = float(finite.max(initial=0.0))
    scale = next((scale for scale in _FULL_SCALES if peak <= scale), peak)
    levels: npt.NDArray[np.float32] = np.clip(finite * np.float32(255 / scale), 0, 255)
    return np.rint(levels).astype(np.uint8)


def _to_srgb(colour: Image.Image, info: dict[str | tuple[int, int], Any]) -> Image.Image:
    """Apply what the file says of its colours; like browsers nothing for CMYK, and a profile before a gamma."""
    if colour.mode == "CMYK":
        return colour
    if profile := info.get("icc_profile"):
        return _from_profile(colour, profile)
    if (gamma := info.get("gamma")) and "srgb" not in info:
        return _from_gamma(colour, gamma)
    return colour


def has_other_colours(image: Image.Image) -> bool:
    """Tell whether an opened JPEG's profile changes its colours, so that these must be made to hash it."""
    profile: bytes | None = image.info.get("icc_profile")
    return profile is not None and _transform(profile, image.mode) is not None


def _from_profile(colour: Image.Image, profile: bytes) -> Image.Image:
    """Apply an ICC profile; one that is broken or of another kind of colour is ignored."""
    transform = _transform(profile, colour.mode)
    try:
        return colour if transform is None else ImageCms.applyTransform(colour, transform) or colour
    except (ImageCms.PyCMSError, OSError, ValueError):
        return colour


def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The way from a profile to sRGB; None where it is broken, of another kind of colour, or as good as sRGB."""
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), mode, "RGB"
        )
        return None if _changes_little(transform, mode) else transform
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _changes_little(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether a profile is as good as sRGB, found by trying it on 216 colours; most are."""
    probe = _probe().convert(mode)
    after = ImageCms.applyTransform(probe, transform)
    steps = np.asarray(after, np.int16) - np.asarray(probe.convert("RGB"), np.int16)
    return int(np.abs(steps).max()) <= _NEAR_SRGB


def _from_gamma(colour: Image.Image, gamma: float) -> Image.Image:
    """Apply the gAMA of a PNG (PNG 1.2, 4.2.2.1): sample = light ** gamma."""
    if abs(gamma * 2.2 - 1) < _GAMMA_TOLERANCE:
        return colour
    light = np.linspace(0, 1, 256) ** (1 / gamma)
    levels = np.rint(255 * _encoded(light)).astype(int).tolist()
    return colour.point(levels * len(colour.getbands()))


def _encoded(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Linear light, 0 to 1, to an sRGB sample, 0 to 1 (IEC 61966-2-1)."""
    return np.where(light <= _SRGB_KNEE, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _probe() -> Image.Image:
    levels = np.arange(0, 256, 51, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1)
    return Image.fromarray(cube.reshape(-1, 6, 3))

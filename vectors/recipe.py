"""Pictures drawn from whole numbers alone, so that `recipe.js` draws the same ones to the last bit."""

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

_PER_SHAPE = 8


def paint(width: int, height: int, seed: int, shapes: int, slope: int, noise: int) -> Pixels:
    """Slopes, rectangles, ellipses and noise.

    Args:
        width: in pixels.
        height: in pixels.
        seed: chooses everything that is chosen.
        shapes: number of rectangles and ellipses.
        slope: steepness of the ground, in levels on 16 pixels.
        noise: largest level added to a sample.

    Returns:
        uint8[height, width, 3].
    """
    picture = _ground(width, height, seed, slope)
    for shape in range(shapes):
        _draw(picture, draws(seed, 3 + shape * _PER_SHAPE, _PER_SHAPE).tolist())
    grain = draws(seed ^ 0x5EED, 0, picture.size).reshape(picture.shape) % (noise + 1)
    return ((picture + grain) & 255).astype(np.uint8)


def some_bytes(length: int) -> bytes:
    """Bytes to hash, different for each length."""
    return (draws(length, 0, length) & 255).astype(np.uint8).tobytes()


def draws(seed: int, first: int, count: int) -> npt.NDArray[np.int64]:
    """The numbers `first` to `first + count - 1` of a seed's endless row, each 0 to 65535."""
    x = (np.arange(first, first + count, dtype=np.uint64) + np.uint64(seed * 7919)).astype(np.uint32)
    x = (x ^ (x >> 16)) * np.uint32(0x21F0AAAD)
    x = (x ^ (x >> 15)) * np.uint32(0x735A2D97)
    return ((x ^ (x >> 15)) >> 16).astype(np.int64)


def _ground(width: int, height: int, seed: int, slope: int) -> npt.NDArray[np.int64]:
    y, x, channel = np.ogrid[:height, :width, :3]
    rise = x * (channel + 1) + y * (3 - channel)
    return draws(seed, 0, 3) + (rise * slope) // 16


def _draw(picture: npt.NDArray[np.int64], chosen: list[int]) -> None:
    height, width, _ = picture.shape
    kind, x0, y0, half_width, half_height, *colour = chosen
    across = 1 + half_width % (width // 3 + 1)
    down = 1 + half_height % (height // 3 + 1)
    y, x = np.ogrid[:height, :width]
    dx, dy = np.abs(x - x0 % width), np.abs(y - y0 % height)
    if kind % 2:
        inside = (dx <= across) & (dy <= down)
    else:
        inside = dx**2 * down**2 + dy**2 * across**2 <= (across * down) ** 2
    picture[inside] = [level & 255 for level in colour]

"""The coefficients that are read are those of the picture that Pillow decodes."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from tests.jpegs import halved_downward, jpeg, photo

from argine.media.jpeg.coefficients import Blocks, read_blocks
from argine.media.jpeg.header import UnusualError, read_header
from argine.media.jpeg.transform import BLOCK, LEVEL, ZIGZAG, cosines

DIAGONALS = 8

KINDS = {
    "chroma whole": jpeg(photo(168, 124), subsampling=0, quality=80),
    "chroma halved across": jpeg(photo(168, 124), subsampling=1, quality=80),
    "chroma halved": jpeg(photo(168, 124), subsampling=2, quality=80),
    "chroma halved down": halved_downward(128),
    "grey": jpeg(photo(168, 124).convert("L"), quality=80),
    "fine": jpeg(photo(168, 124), quality=98),
    "coarse": jpeg(photo(168, 124), quality=20),
    "own tables": jpeg(photo(168, 124), quality=85, optimize=True),
    "restarts by row": jpeg(photo(168, 124), quality=80, restart_marker_rows=1),
    "restarts by block": jpeg(photo(168, 124), quality=80, restart_marker_blocks=1),
    "restarts by blocks": jpeg(photo(168, 124), quality=80, restart_marker_blocks=7),
    "no whole blocks": jpeg(photo(161, 113), quality=80),
    "one block": jpeg(photo(8, 8), quality=80),
    "one pixel": jpeg(photo(1, 1), quality=80),
    "thin": jpeg(photo(900, 3), quality=80),
}


def blocks_of(data: bytes, diagonals: int = DIAGONALS) -> Blocks:
    return read_blocks(data, read_header(data), diagonals)


def luma_of(data: bytes) -> np.ndarray:
    """Pillow's luma, whole blocks only."""
    image = Image.open(BytesIO(data))
    image.draft("L", image.size)
    pixels = np.asarray(image)
    assert pixels.ndim == 2
    return pixels[: pixels.shape[0] // BLOCK * BLOCK, : pixels.shape[1] // BLOCK * BLOCK].astype(np.float32)


def transformed(pixels: np.ndarray) -> np.ndarray:
    """float32[down, across, 8, 8]: each block's coefficients."""
    height, width = pixels.shape
    blocks = pixels.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).swapaxes(1, 2) - LEVEL
    table = cosines(BLOCK, BLOCK)
    return np.asarray(table.T @ blocks @ table)


@pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)
def test_the_coefficients_are_those_of_the_pixels_but_for_their_rounding(data: bytes) -> None:
    luma, expected = blocks_of(data).luma, transformed(luma_of(data))
    down, across = expected.shape[:2]
    unclipped = (expected[..., 0, 0] > -900) & (expected[..., 0, 0] < 900)
    for k, (v, u) in enumerate(ZIGZAG):
        found = luma.coefficients[k, :down, :across] * luma.quantiser[k]
        assert np.median(np.abs(found - expected[..., v, u])[unclipped]) < 1.0 if unclipped.any() else True


@pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("diagonals", [1, 2, 3, 4])
def test_fewer_coefficients_are_the_first_of_all(data: bytes, diagonals: int) -> None:
    few, all_ = blocks_of(data, diagonals), blocks_of(data)
    for some, whole in zip((few.luma, *few.chroma), (all_.luma, *all_.chroma), strict=True):
        assert len(some.coefficients) == len(some.quantiser) == diagonals * (diagonals + 1) // 2
        assert (some.coefficients == whole.coefficients[: len(some.coefficients)]).all()


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("chroma whole", (1, 1)),
        ("chroma halved across", (1, 2)),
        ("chroma halved down", (2, 1)),
        ("chroma halved", (2, 2)),
    ],
)
def test_chroma_is_as_large_as_the_header_says(kind: str, size: tuple[int, int]) -> None:
    assert blocks_of(KINDS[kind]).chroma_size == size


def test_chroma_is_that_of_the_pixels() -> None:
    data = jpeg(photo(160, 120), subsampling=0, quality=90)
    pixels = np.asarray(Image.open(BytesIO(data)).convert("YCbCr"), np.float32)
    for plane, channel in zip(blocks_of(data).chroma, (1, 2), strict=True):
        means = pixels[..., channel].reshape(15, 8, 20, 8).mean(axis=(1, 3))
        assert np.abs(plane.coefficients[0] * plane.quantiser[0] / BLOCK + LEVEL - means).max() < 2


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2] + b"\xff\xd9"


def without_end(data: bytes) -> bytes:
    return data[:-2]


def longer(data: bytes) -> bytes:
    return data[:-2] + b"\x12\x34\xff\xd9"


def other_marker(data: bytes) -> bytes:
    at = len(data) - 100
    return data[:at] + b"\xff\xda" + data[at:]


def unasked_restart(data: bytes) -> bytes:
    at = len(data) - 100
    return data[:at] + b"\xff\xd0" + data[at:]


@pytest.mark.parametrize("change", [cut, without_end, longer, other_marker, unasked_restart])
@pytest.mark.parametrize("kind", ["chroma halved", "grey", "restarts by row"])
def test_data_that_do_not_fit_are_left_to_the_decoder(change: object, kind: str) -> None:
    assert callable(change)
    with pytest.raises(UnusualError):
        blocks_of(change(KINDS[kind]))


def test_restarts_out_of_order_are_left_to_the_decoder() -> None:
    data = KINDS["restarts by row"].replace(b"\xff\xd1", b"\xff\xd2", 1)
    with pytest.raises(UnusualError):
        blocks_of(data)

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from skimage import data

from argine.media.errors import EmptyMedia, TooManyPixels, UnsupportedMedia
from argine.media.limits import Limits
from argine.signals import Signal, SignalType, exact, patch, pdq
from argine.signals.hasher import HashedFile, hash_file_bytes, hash_query
from argine.signals.types import PICTURE_TYPES


def png(pixels: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


PHOTO = data.astronaut()
FILE = png(PHOTO)


def test_a_file_has_all_its_signals_in_one_order() -> None:
    patches = Signal(SignalType.PATCH, patch.hash_pixels(PHOTO).to_bytes())
    expected = (pdq.hash_pixels(PHOTO), patches, exact.sha256(FILE), exact.md5(FILE))
    assert hash_file_bytes(FILE) == HashedFile(expected, unhashable=None)
    assert [signal.type for signal in expected] == [kind for kind in SignalType if kind in PICTURE_TYPES]


def test_a_query_has_more_patches_than_a_bank_keeps_and_every_view() -> None:
    kept, asked = hash_file_bytes(FILE), hash_query(FILE)
    assert asked.views == pdq.hash_views(PHOTO)
    assert [signal.type for signal in asked.signals] == [kind for kind in SignalType if kind in PICTURE_TYPES]
    assert len(asked.signals[1].value) > len(kept.signals[1].value)
    assert (asked.signals[0], asked.signals[2:]) == (kept.signals[0], kept.signals[2:])


def test_a_query_in_a_frame_has_the_views_without_it_too() -> None:
    framed = np.pad(PHOTO, ((60, 60), (0, 0), (0, 0)))
    assert hash_query(png(framed)).views[8:] == pdq.hash_views(PHOTO)


def test_a_flat_query_is_unhashable_and_keeps_its_exact_signals() -> None:
    flat = png(np.full((64, 64, 3), 99, np.uint8))
    asked = hash_query(flat)
    assert asked.unhashable is not None
    assert (asked.signals, asked.views) == ((exact.sha256(flat), exact.md5(flat)), ())


@pytest.mark.parametrize("types", [{SignalType.PDQ}, {SignalType.MD5}, {SignalType.SHA256, SignalType.PDQ}, set()])
def test_only_what_was_asked_for_is_made(types: set[SignalType]) -> None:
    assert {signal.type for signal in hash_file_bytes(FILE, types).signals} == types


@pytest.mark.parametrize(("content", "refusal"), [(b"a text", UnsupportedMedia), (b"", EmptyMedia)])
def test_exact_signals_alone_need_no_picture(content: bytes, refusal: type[Exception]) -> None:
    exact_types = {SignalType.SHA256, SignalType.MD5}
    assert hash_file_bytes(content, exact_types).signals == (exact.sha256(content), exact.md5(content))
    with pytest.raises(refusal):
        hash_file_bytes(content)


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.full((300, 300, 3), 128, np.uint8), "flat: quality 0 of 100, 50 needed"),
        ((PHOTO // 16).astype(np.uint8), "flat: quality 24 of 100, 50 needed"),
        (PHOTO[:4], "too small: 512 x 4 pixels, 5 x 5 needed"),
    ],
)
def test_a_picture_that_pdq_cannot_tell_is_said_to_be_unhashable(pixels: np.ndarray, reason: str) -> None:
    file = png(pixels)
    hashed = hash_file_bytes(file)
    assert hashed.unhashable == reason
    assert hashed.signals == (exact.sha256(file), exact.md5(file))
    assert hash_file_bytes(file, {SignalType.MD5}).unhashable is None


def test_the_limits_of_the_caller_hold() -> None:
    with pytest.raises(TooManyPixels):
        hash_file_bytes(FILE, limits=Limits(max_pixels=100))


def test_known_answers_of_the_standards_hold() -> None:
    assert exact.md5(b"abc") == Signal.parse("md5", "900150983cd24fb0d6963f7d28e17f72")
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert exact.sha256(b"abc") == Signal.parse("sha256", abc)

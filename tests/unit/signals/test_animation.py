"""Which frames of an animation are hashed."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from argine.media import decode
from argine.media.limits import Limits
from argine.signals import Signal, SignalType, pdq
from argine.signals.animation import Animation, FrameChoice, places
from argine.signals.hasher import HashedFile, hash_file_bytes, hash_query

SIZE = (320, 240)
CAT, ASTRONAUT, COFFEE = (
    Image.fromarray(pixels).resize(SIZE) for pixels in (data.chelsea(), data.astronaut(), data.coffee())
)
FLAT = Image.new("RGB", SIZE, (40, 90, 40))


def animated(*frames: Image.Image, kind: str = "PNG") -> bytes:
    file = BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


def shades(count: int) -> list[Image.Image]:
    """Frames that differ enough from one another, each in its place."""
    return [CAT.rotate(360 * number / count) for number in range(count)]


def animation_of(hashed: HashedFile) -> Animation:
    assert hashed.animation is not None
    return hashed.animation


@pytest.mark.parametrize("kind", ["PNG", "AVIF", "TIFF"])
def test_frames_that_look_alike_are_hashed_once(kind: str) -> None:
    hashed = hash_query(
        animated(CAT, CAT.point(lambda v: min(255, v + 1)), ASTRONAUT, CAT, ASTRONAUT, COFFEE, kind=kind)
    )
    found = animation_of(hashed)
    assert (found.total, found.hashed, found.left_out) == (6, 3, 0)
    assert [frame.number for frame in found.frames] == [3, 6]
    assert [signal.type for signal in found.frames[0].signals] == [SignalType.PDQ, SignalType.PATCH]
    assert found.frames[0].views[:8] == pdq.hash_views(np.asarray(ASTRONAUT)) or kind == "AVIF"


def test_the_signals_of_the_first_frame_are_those_of_the_file() -> None:
    hashed = hash_file_bytes(animated(CAT, ASTRONAUT))
    assert hashed.signals[0] == pdq.hash_pixels(np.asarray(CAT))
    assert hashed.every_signal == (*hashed.signals, *animation_of(hashed).frames[0].signals)


def test_a_still_picture_and_an_animation_of_one_picture_have_no_further_frames() -> None:
    assert hash_query(animated(CAT)).animation is None
    found = animation_of(hash_query(animated(CAT, CAT, CAT, kind="TIFF")))
    assert (found.total, found.hashed, found.left_out, found.frames) == (3, 1, 0, ())


def test_a_flat_first_frame_does_not_make_an_animation_unhashable() -> None:
    hashed = hash_query(animated(FLAT, ASTRONAUT))
    assert hashed.unhashable is None
    assert [signal.type for signal in hashed.signals] == [SignalType.SHA256, SignalType.MD5]
    assert [frame.number for frame in animation_of(hashed).frames] == [2]


def test_an_animation_whose_frames_are_all_flat_is_unhashable() -> None:
    dark = Image.new("RGB", SIZE, (10, 10, 10))
    assert hash_query(animated(FLAT, dark)).unhashable == "flat: quality 0 of 100, 50 needed"


def test_of_many_different_frames_some_are_hashed_and_the_others_counted() -> None:
    found = animation_of(hash_query(animated(*shades(24)), Limits(max_frames=6)))
    assert found.hashed == 6
    assert found.left_out >= 24 - 6 - 3
    assert [frame.number for frame in found.frames][:2] == [2, 3]  # at once
    assert found.frames[-1].number > 16  # spread


def test_where_one_frame_is_allowed_no_other_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_further", None)  # it would fail if it were called
    found = animation_of(hash_query(animated(CAT, ASTRONAUT), Limits(max_frames=1)))
    assert (found.hashed, found.left_out, found.frames) == (1, 1, ())


def test_frames_that_are_too_large_together_are_counted_as_left_out() -> None:
    size = SIZE[0] * SIZE[1]
    found = animation_of(hash_query(animated(CAT, ASTRONAUT, COFFEE), Limits(max_animation_pixels=size)))
    assert (found.total, found.hashed, found.left_out) == (3, 2, 1)


def test_only_the_types_asked_for_are_made_of_frames_too() -> None:
    found = animation_of(hash_file_bytes(animated(CAT, ASTRONAUT), {SignalType.PDQ}))
    assert [signal.type for signal in found.frames[0].signals] == [SignalType.PDQ]
    assert hash_file_bytes(animated(CAT, ASTRONAUT), {SignalType.MD5}).animation is None


@given(total=st.integers(1, 5000), most=st.integers(1, 100))
def test_places_grow_with_what_was_seen_and_end_at_the_limit(total: int, most: int) -> None:
    given_out = [places(seen, total, most) for seen in range(1, total + 1)]
    assert given_out == sorted(given_out)
    assert given_out[0] >= (most + 1) // 2
    assert given_out[-1] == most


@given(st.lists(st.tuples(st.binary(min_size=32, max_size=32), st.integers(0, 100)), min_size=1, max_size=60))
def test_never_more_frames_are_taken_than_allowed_and_every_frame_is_accounted_for(
    codes: list[tuple[bytes, int]],
) -> None:
    first, *others = (Signal(SignalType.PDQ, code, quality) for code, quality in codes)
    choice = FrameChoice(len(codes), 5, first)
    taken = [choice.takes(signal) for signal in others]
    assert choice.hashed == first.hashable + sum(taken) <= 5
    assert 0 <= choice.left_out <= sum(signal.hashable for signal in others) - sum(taken)

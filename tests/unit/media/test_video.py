"""Frames of a video: as a browser shows them, by the written rule, in bounded memory."""

import gc
import tracemalloc
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from av import VideoFrame
from tests import clips

from argine.media.errors import (
    DamagedMedia,
    EmptyMedia,
    MediaError,
    NoPictures,
    TooLong,
    TooManyBytes,
    TooManyPixels,
    UnsupportedMedia,
)
from argine.media.video import BANK_RULE, CHECK_RULE, FrameRule, ShownFrame, VideoLimits, frames
from argine.media.video.colours import BRIGHTNESS, BT601, BT709, OTHER_BRIGHTNESS
from argine.media.video.container import kind_of
from argine.media.video.shown import laid, matrix_of, on_white
from argine.signals import pdq

WRAPPED = [("libx264", "mp4"), ("libx264", "mov"), ("libx264", "matroska"), ("libvpx", "webm"), ("mpeg4", "avi"),
           ("libx264", "mpegts")]  # fmt: skip


@pytest.fixture(scope="module")
def long_film() -> bytes:
    """30 s, a key frame every 10 s."""
    return clips.film(clips.frames(1, 30), gop=100)


def shown(data: bytes, rule: FrameRule = CHECK_RULE, limits: VideoLimits | None = None) -> list[ShownFrame]:
    return list(frames(data, rule, limits or VideoLimits()))


def away(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.mark.parametrize(("codec", "container"), WRAPPED)
def test_each_wrapping_gives_a_frame_a_second_and_each_new_scene(codec: str, container: str) -> None:
    found = shown(clips.film(clips.frames(1, 6), codec, container))
    times = [one.time for one in found]
    assert times == sorted(times)
    for second in range(6):
        assert any(abs(time - second) <= 0.21 for time in times), times
    for one in found:
        nearest = min(away(one.pixels, clips.frame(1, one.time + shift)) for shift in (-0.1, 0.0, 0.1))
        assert nearest < 12


def test_a_gif_is_a_film_too() -> None:
    file = BytesIO()
    first, *rest = [clips.Image.fromarray(one) for one in clips.frames(1, 3)]
    first.save(file, "GIF", save_all=True, append_images=rest, duration=100, loop=0)
    found = shown(file.getvalue())
    assert {0.0, 1.0, 2.0} <= {round(one.time, 1) for one in found}
    assert away(found[0].pixels, clips.frame(1, 0)) < 20


def test_a_short_look_leaves_no_part_longer_than_the_gap(long_film: bytes) -> None:
    rule = FrameRule(full_until=5, gap=4)
    times = [one.time for one in shown(long_film, rule)]
    assert max(later - sooner for sooner, later in pairwise([*times, 29.9])) <= 4 + 0.3
    assert len(times) < len(shown(long_film, FrameRule(full_until=60)))


def test_a_short_look_with_a_wide_gap_sees_the_key_frames_only(long_film: bytes) -> None:
    times = [one.time for one in shown(long_film, FrameRule(full_until=5, gap=60))]
    assert times[0] == 0
    assert all(time % 3 < 0.2 or time % 10 < 0.2 for time in times)  # scenes may bring key frames of their own


def test_what_a_short_look_sees_is_what_a_full_look_sees(long_film: bytes) -> None:
    full = {one.time: one.pixels for one in shown(long_film, FrameRule(every=0.1, full_until=60))}
    short = shown(long_film, FrameRule(full_until=5, gap=4))
    same = [one for one in short if one.time in full]
    assert len(same) >= 0.8 * len(short)
    assert all((one.pixels == full[one.time]).all() for one in same)


def test_a_bank_looks_more_often_than_a_check() -> None:
    data = clips.film(clips.frames(1, 6))
    assert len(shown(data, BANK_RULE)) >= 2 * len(shown(data)) - 2


def test_nothing_is_decoded_after_the_reader_stops(long_film: bytes) -> None:
    told: list[float] = []
    for number, _ in enumerate(frames(long_film, FrameRule(full_until=60), VideoLimits(), told.append)):
        if number == 3:
            break
    assert told
    assert max(told) < 0.4


def test_progress_rises_to_the_end(long_film: bytes) -> None:
    told: list[float] = []
    assert list(frames(long_film, progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.slow
def test_memory_does_not_grow_with_the_length() -> None:
    peaks = []
    for seconds in (10, 60):
        data = clips.film(clips.frames(1, seconds), gop=20)
        tracemalloc.start()
        for _ in frames(data, FrameRule(full_until=100)):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0] + 100_000


def frames_alive() -> int:
    return sum(type(one) is VideoFrame for one in gc.get_objects())  # asks nothing of objects of others


def test_frames_are_freed_at_once_not_when_circles_are_next_looked_for() -> None:
    data = clips.film(clips.frames(1, 4))
    gc.collect()
    before = frames_alive()
    gc.disable()
    try:
        for _ in frames(data, FrameRule(every=0.1)):
            pass
        left = frames_alive() - before
    finally:
        gc.enable()
    assert left <= 3  # the first, whose side data was asked for, and the last


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((1, 0, 0, 1), lambda rgb: rgb),
        ((0, 1, -1, 0), lambda rgb: np.rot90(rgb, -1)),
        ((-1, 0, 0, -1), lambda rgb: np.rot90(rgb, 2)),
        ((0, -1, 1, 0), np.rot90),
        ((-1, 0, 0, 1), lambda rgb: rgb[:, ::-1]),
    ],
)
def test_a_film_is_turned_and_mirrored_as_its_header_says(matrix: tuple[int, int, int, int], expected: object) -> None:
    data = clips.turned(clips.film(clips.frames(1, 1)), matrix)
    (first, *_) = shown(data)
    wanted = expected(clips.frame(1, 0))  # type: ignore[operator]  # a table of functions
    assert first.pixels.shape == wanted.shape
    assert away(first.pixels, wanted) < 8


def test_pixels_that_are_not_square_are_stretched() -> None:
    data = clips.film(clips.frames(1, 1), sample_aspect_ratio=clips.Fraction(4, 3))
    (first, *_) = shown(data)
    assert first.pixels.shape == (240, 427, 3)


@pytest.mark.parametrize(
    ("tag", "height", "matrix"), [(2, 719, 5), (2, 720, 1), (1, 200, 1), (6, 1080, 6), (9, 720, 9)]
)
def test_the_tag_decides_on_colour_and_without_it_the_height(tag: int, height: int, matrix: int) -> None:
    assert matrix_of(tag, height) == matrix


@pytest.mark.parametrize("tagged", [1, 5])
def test_tagged_colours_come_back(tagged: int) -> None:
    data = clips.film(clips.frames(1, 1), colorspace=tagged, color_primaries=tagged, color_trc=1)
    assert away(shown(data)[0].pixels, clips.frame(1, 0)) < 6


def test_a_tag_without_primaries_and_transfer_says_nothing_as_in_browsers() -> None:
    (first, *_) = frames(clips.film(clips.frames(1, 1), colorspace=1))
    assert first.other_brightness == OTHER_BRIGHTNESS[BT601]


def test_only_a_film_that_names_no_standard_has_another_brightness() -> None:
    tall = (np.resize(one, (720, 320, 3)) for one in clips.frames(1, 1))
    assert next(frames(clips.film(tall))).other_brightness == OTHER_BRIGHTNESS[BT709]
    tagged = clips.film(clips.frames(1, 1), colorspace=1, color_primaries=1, color_trc=1)
    assert next(frames(tagged)).other_brightness is None


def test_shown_by_one_standard_the_brightness_of_the_other_is_a_mean_of_the_colours() -> None:
    assert np.allclose(OTHER_BRIGHTNESS[BT709], (0.2126, 0.7152, 0.0722))  # what BT.709 itself calls brightness
    assert np.allclose(np.sum([*OTHER_BRIGHTNESS.values()], axis=1), 1)
    assert BRIGHTNESS == pdq.BRIGHTNESS


def test_transparent_pixels_lie_on_white() -> None:
    assert on_white(np.array([[[10, 20, 30, 0], [10, 20, 30, 255]]], np.uint8)).tolist() == [
        [[255, 255, 255], [10, 20, 30]]
    ]


def test_a_slanted_matrix_changes_nothing() -> None:
    rgb = clips.frame(1, 0)
    assert laid(rgb, (1, 1, -1, 1)) is rgb


def refused(data: bytes, limits: VideoLimits | None = None) -> MediaError:
    with pytest.raises(MediaError) as caught:
        shown(data, limits=limits)
    return caught.value


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", EmptyMedia),
        (b"a text that is long enough to be looked at" * 20, UnsupportedMedia),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/passwd\n#EXT-X-ENDLIST\n", UnsupportedMedia),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", UnsupportedMedia),
        (b"\xff\xd8\xff" + bytes(100), UnsupportedMedia),
        (b"\0\0\0\x18ftypisom" + bytes(200), DamagedMedia),
        (b"\x1aE\xdf\xa3" + bytes(300), DamagedMedia),
        (b"RIFF\0\0\0\0AVI " + bytes(300), DamagedMedia),
        (b"GIF89a" + bytes(10), DamagedMedia),
        (b"\x47" + bytes(187) + b"\x47" + bytes(187), MediaError),
    ],
)
def test_hostile_bytes_are_refused_in_one_line(data: bytes, kind: type[MediaError]) -> None:
    error = refused(data)
    assert isinstance(error, kind)
    assert "\n" not in str(error)


def test_sound_alone_is_no_film() -> None:
    assert isinstance(refused(clips.sound()), NoPictures)


def test_a_play_list_is_never_recognised_whatever_it_is_called() -> None:
    assert kind_of(b"#EXTM3U") is None


def test_limits_hold(long_film: bytes) -> None:
    assert isinstance(refused(long_film, VideoLimits(max_bytes=1000)), TooManyBytes)
    assert isinstance(refused(long_film, VideoLimits(max_pixels=1000)), TooManyPixels)
    assert isinstance(refused(long_film, VideoLimits(max_side=319)), TooManyPixels)
    assert isinstance(refused(long_film, VideoLimits(max_seconds=10)), TooLong)
    assert isinstance(refused(long_film, VideoLimits(max_packets=50)), TooLong)
    assert isinstance(refused(long_film, VideoLimits(max_frames=3)), TooLong)


def test_a_header_that_claims_an_absurd_length_changes_nothing() -> None:
    data = clips.film(clips.frames(1, 2))
    at = data.index(b"mvhd") + 4 + 16
    absurd = data[:at] + b"\xff\xff\xff\xf0" + data[at + 4 :]
    assert [one.time for one in shown(absurd)] == [one.time for one in shown(data)]


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_film_that_breaks_off_is_shown_as_far_as_it_goes(part: float) -> None:
    data = clips.film(clips.frames(1, 6), container="matroska", gop=10)
    found = shown(data[: round(part * len(data))])
    assert 0 < len(found) <= len(shown(data))


def test_damage_in_the_middle_ends_in_frames_or_a_refusal() -> None:
    data = bytearray(clips.film(clips.frames(1, 4), gop=10))
    rng = np.random.default_rng(2)
    for _ in range(40):
        broken = bytearray(data)
        for at in rng.integers(0, len(data), 30):
            broken[at] = int(rng.integers(0, 256))
        try:
            shown(bytes(broken), FrameRule(every=0.5))
        except MediaError:
            continue

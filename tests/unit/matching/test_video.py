"""Which part of which film appears where: alignment in time, views, stills, thresholds, news."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests import clips

from argine.matching.video import Means, VideoMatch, VideoMatcher, VideoThresholds
from argine.matching.video.align import Pairs, segments
from argine.media.video import BANK_RULE
from argine.signals import pdq
from argine.signals.video import VideoSignal, vpdq
from argine.signals.video.hasher import BANK_PATCHING, CHECK_PATCHING, hash_video
from argine.signals.video.signal import ROW

Pixels = clips.Pixels
SECONDS = 18


@pytest.fixture(scope="module")
def matcher() -> VideoMatcher:
    matcher = VideoMatcher()
    matcher.put_bank("bank")
    for seed in (1, 2, 3):
        film = clips.film(clips.frames(seed, SECONDS))
        matcher.put_entry(f"film {seed}", "bank", hash_video(film, rule=BANK_RULE).signal)
    return matcher


def asked(matcher: VideoMatcher, film: bytes, *, patches: bool = False) -> list[VideoMatch]:
    hashed = hash_video(film, patching=CHECK_PATCHING if patches else None)
    return matcher.match(hashed.signal, hashed.views)


def signal_of(times: list[float], codes: np.ndarray) -> VideoSignal:
    rows = np.zeros(len(times), ROW)
    rows["start"] = rows["end"] = np.round(np.array(times) * 1000)
    rows["quality"], rows["code"] = 100, codes
    return VideoSignal(int(rows["end"].max(initial=0)), 320, 240, rows)


def test_a_film_is_found_whole_and_no_other(matcher: VideoMatcher) -> None:
    (match,) = asked(matcher, clips.film(clips.frames(2, SECONDS), gop=12))
    assert match.entry == "film 2"
    assert match.query_share > 0.9
    assert match.entry_share > 0.9
    assert (match.mirrored, match.quarter_turns, match.means) == (False, 0, Means.PDQ)


@pytest.mark.parametrize("start", [0.0, 4.4, 13.7])
def test_a_cut_is_placed_within_half_a_second(matcher: VideoMatcher, start: float) -> None:
    (match,) = asked(matcher, clips.film(clips.frames(1, 4, start)))
    (part,) = match.segments
    assert abs(part.entry_from - part.query_from - start) <= 0.5
    assert abs(part.entry_until - part.query_until - start) <= 0.5


@pytest.mark.parametrize("speed", [0.75, 0.9, 1.1, 1.5])
def test_another_speed_is_told(matcher: VideoMatcher, speed: float) -> None:
    film = clips.film(clips.frame(3, 2 + speed * number / 10) for number in range(100))
    (match,) = asked(matcher, film)
    part = max(match.segments, key=lambda one: one.frames)
    assert abs(part.speed - speed) < 0.08
    assert abs(part.entry_from - (2 + speed * part.query_from)) <= 0.6


def test_pieces_of_two_films_are_told_apart(matcher: VideoMatcher) -> None:
    pictures = [*clips.frames(1, 5, 10), *clips.frames(9, 5), *clips.frames(2, 5, 3)]
    found = {match.entry: match for match in asked(matcher, clips.film(pictures))}
    assert set(found) == {"film 1", "film 2"}
    (first,), (second,) = found["film 1"].segments, found["film 2"].segments
    assert first.query_until <= 5.1
    assert second.query_from >= 9.9
    assert abs(second.entry_from - (second.query_from - 10 + 3)) <= 0.5


def test_pieces_in_another_order_are_told_one_by_one(matcher: VideoMatcher) -> None:
    pictures = [*clips.frames(1, 9, 12), *clips.frames(1, 9, 0)]
    (match,) = asked(matcher, clips.film(pictures))
    starts = [round(part.entry_from - part.query_from) for part in match.segments]
    assert starts == [12, -9]


@pytest.mark.parametrize(
    ("change", "mirrored", "turns"),
    [
        (lambda rgb: rgb[:, ::-1], True, 0),
        (lambda rgb: np.rot90(rgb, 2), False, 2),
        (np.rot90, False, 3),
        (lambda rgb: np.pad(rgb, ((50, 50), (0, 0), (0, 0))), False, 0),
        (lambda rgb: np.pad(rgb, ((0, 0), (80, 80), (0, 0)), constant_values=255)[:, ::-1], True, 0),
    ],
)
def test_mirrored_turned_and_barred_copies_are_found(
    matcher: VideoMatcher, change: Callable[[Pixels], Pixels], mirrored: bool, turns: int
) -> None:
    (match, *others) = asked(matcher, clips.film(change(one) for one in clips.frames(1, 6, 6)))
    assert not others
    assert match.entry == "film 1"
    assert match.mirrored is mirrored
    assert match.quarter_turns == turns


def test_a_still_from_a_film_finds_it_and_says_when(matcher: VideoMatcher) -> None:
    views = pdq.hash_views(np.ascontiguousarray(clips.frame(2, 13.5)))
    (match,) = matcher.match(VideoSignal.of_still([views[0]]), pdq.codes(views)[None])
    assert match.entry == "film 2"
    assert abs(match.segments[0].entry_from - 13.5) <= 0.6


def test_a_film_that_shows_a_picture_of_the_bank_is_found() -> None:
    matcher = VideoMatcher()
    matcher.put_bank("pictures")
    picture = pdq.hash_pixels(np.ascontiguousarray(clips.frame(2, 14.0)))
    matcher.put_entry("picture", "pictures", VideoSignal.of_still([picture]))
    (match,) = asked(matcher, clips.film(clips.frames(2, SECONDS)))
    assert match.entry == "picture"
    assert any(abs(part.query_from - 14) < 0.3 for part in match.segments)


def textured(seed: int, seconds: float) -> list[Pixels]:
    """Frames with corners, for patches."""
    grain = np.random.default_rng(seed).integers(0, 256, (40, 50, 3), np.uint8)
    page = np.kron(grain, np.ones((8, 8, 1), np.uint8))
    return [page[k : k + 240, k : k + 320] for k in (int(number) for number in np.arange(seconds * 10) / 4)]


def test_a_crop_is_found_by_patches_and_placed() -> None:
    matcher = VideoMatcher()
    matcher.put_bank("bank")
    frames = textured(5, 6)
    matcher.put_entry("film", "bank", hash_video(clips.film(frames), rule=BANK_RULE, patching=BANK_PATCHING).signal)
    film = clips.film(one[40:200, 60:270] for one in frames[20:50])
    assert asked(matcher, film) == []
    (match,) = asked(matcher, film, patches=True)
    assert match.means is Means.PATCH
    assert match.frames >= 2


def test_hashes_that_others_made_by_vpdq_are_matched(matcher: VideoMatcher) -> None:
    theirs = vpdq.from_text(vpdq.to_text(hash_video(clips.film(clips.frames(3, 12))).signal))
    assert [match.entry for match in matcher.match(theirs)] == ["film 3"]
    other = VideoMatcher()
    other.put_bank("theirs")
    other.put_entry("theirs", "theirs", theirs)
    assert [match.entry for match in asked(other, clips.film(clips.frames(3, 12), "libvpx", "webm"))] == ["theirs"]


def test_untagged_hd_meets_the_hashes_of_those_who_take_it_for_the_other_standard() -> None:
    """Both ways round, and nearer than the 31 bits within which the one standard may meet the other by luck."""
    film = clips.film(map(clips.tall, clips.frames(3, 4)))
    shown = [pdq.hash_pixels(one) for one in clips.shown_by_601(film)][:: clips.RATE // 2]
    theirs = signal_of([number / 2 for number in range(len(shown))], pdq.codes(shown))
    matcher = VideoMatcher()
    matcher.put_bank("near", VideoThresholds(frame_bits=6, aligned_bits=6))
    matcher.put_entry("theirs", "near", theirs)
    (match,) = asked(matcher, film)
    assert match.query_share == 1
    matcher.withdraw("theirs")
    matcher.put_entry("ours", "near", hash_video(film, rule=BANK_RULE).signal)
    (match,) = matcher.match(theirs)
    assert match.query_share > 0.9
    matcher.put_entry("ours", "near", vpdq.from_text(vpdq.to_text(hash_video(film, rule=BANK_RULE).signal)))
    assert matcher.match(theirs)


@pytest.mark.parametrize(
    ("thresholds", "found"),
    [
        (VideoThresholds(), True),
        (VideoThresholds(least_frames=4), True),
        (VideoThresholds(least_frames=9), False),
        (VideoThresholds(least_query_share=0.3), True),
        (VideoThresholds(least_query_share=0.8), False),
        (VideoThresholds(least_entry_share=0.15), True),
        (VideoThresholds(least_entry_share=0.5), False),
        (VideoThresholds(frame_bits=0, aligned_bits=0), False),
    ],
)
def test_each_bank_has_thresholds_of_its_own(thresholds: VideoThresholds, found: bool) -> None:
    matcher = VideoMatcher()
    matcher.put_bank("bank", thresholds)
    matcher.put_entry("film", "bank", hash_video(clips.film(clips.frames(1, SECONDS)), rule=BANK_RULE).signal)
    film = clips.film([*clips.frames(1, 5, 3.2), *clips.frames(9, 5)], gop=7)
    assert bool(asked(matcher, film)) is found


def test_entries_come_are_replaced_and_go() -> None:
    matcher = VideoMatcher()
    with pytest.raises(ValueError, match="put the bank"):
        matcher.put_entry("one", "bank", signal_of([0.0], np.zeros((1, 32), np.uint8)))
    matcher.put_bank("bank")
    code = np.arange(32, dtype=np.uint8)[None]
    matcher.put_entry("one", "bank", signal_of([0.0], code))
    matcher.put_entry("one", "bank", signal_of([7.0], ~code))
    assert len(matcher) == 1
    assert matcher.match(signal_of([0.0], code)) == []
    assert matcher.match(signal_of([0.0], ~code), banks=frozenset({"other"})) == []
    (match,) = matcher.match(signal_of([0.0], ~code))
    assert match.segments[0].entry_from == pytest.approx(7.0)
    matcher.withdraw("one")
    matcher.withdraw("one")
    assert matcher.match(signal_of([0.0], ~code)) == []


def test_flat_frames_take_no_part() -> None:
    matcher = VideoMatcher()
    matcher.put_bank("bank")
    code = np.arange(32, dtype=np.uint8)[None]
    signal = signal_of([0.0], code)
    signal.rows["quality"] = 49
    matcher.put_entry("flat", "bank", signal)
    assert matcher.match(signal_of([0.0], code)) == []
    assert matcher.match(signal) == []


@pytest.mark.parametrize("wrong", [{"frame_bits": -1}, {"aligned_bits": 20}, {"aligned_bits": 257}, {"least_frames": 0},
                                   {"least_query_share": 1.1}, {"least_entry_share": -0.1}])  # fmt: skip
def test_thresholds_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|lie"):
        VideoThresholds(**wrong)  # type: ignore[arg-type]  # a table


@given(
    speed=st.sampled_from([0.5, 0.75, 1.0, 1.25, 2.0]) | st.floats(0.55, 1.9),
    offset=st.floats(0, 100),
    count=st.integers(6, 40),
    seed=st.integers(0, 2**20),
)
def test_alignment_finds_any_speed_and_offset_among_noise(speed: float, offset: float, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    query = np.arange(count, dtype=float)
    noise = rng.integers(0, count, count)
    pairs = Pairs(
        np.concatenate([np.arange(count), noise]),
        np.concatenate([query, query[noise]]),
        np.concatenate([speed * query + offset + rng.uniform(-0.2, 0.2, count), rng.uniform(0, 200, count)]),
        np.concatenate([rng.integers(0, 25, count), rng.integers(20, 48, count)]).astype(float),
    )
    best = max(segments(pairs, 31, 48), key=lambda one: one.frames)
    assert best.frames >= 0.8 * count
    for there, here in ((best.entry_from, best.query_from), (best.entry_until, best.query_until)):
        assert abs(there - (speed * here + offset)) <= 1.0


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 60), st.integers(0, 48)), max_size=40))
def test_segments_never_overlap_in_the_query_and_each_has_a_near_frame(found: list[tuple[int, float, int]]) -> None:
    query = np.array([one[0] for one in found], np.int64)
    pairs = Pairs(
        query, query.astype(float), np.array([one[1] for one in found]), np.array([float(one[2]) for one in found])
    )
    parts = segments(pairs, 31, 48)
    assert sum(part.frames for part in parts) <= len(set(query.tolist()))
    assume(parts)
    assert all(part.query_from <= part.query_until and part.entry_from >= 0 for part in parts)
    assert all(sooner.query_from <= later.query_from for sooner, later in pairwise(parts))


def test_a_query_that_is_empty_matches_nothing(matcher: VideoMatcher) -> None:
    empty = signal_of([], np.zeros((0, 32), np.uint8))
    assert matcher.match(empty, np.zeros((0, 8, 32), np.uint8)) == []
